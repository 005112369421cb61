"""Reads an answer, or sees that the message is none: what may be taken as free text, and what is a command instead."""

from rasa_sdk import Tracker

from actions.speaking import intent_of
from casework.code import PLACEHOLDER
from casework.intake.wording import REASON, SAID_WITH_WISH
from casework.turn import current_turn

LEAVING = frozenset({"cancel", "go_back"})
"""Intents that end a question of ours without an answer."""

DIGRESSIONS = frozenset(
    (
        *("ask_anonymity", "ask_human", "ask_privacy", "ask_retaliation", "become_named", "cancel", "change_language"),
        *("done", "emergency", "explain_question", "faq_contact", "faq_evidence", "faq_false_report", "faq_scope"),
        *("faq_time", "forget_me", "go_back", "goodbye", "greet", "help", "provide_code", "query_status"),
        *("rate_result", "request_review", "review_report", "show_code", "skip", "start_over", "start_report"),
        *("submit_now", "thanks", "watch", "withdraw_report"),
    )
)
"""Intents that a free text may have instead of being the answer, when it is short and sure, or exact."""

_SHORT_CHARACTERS = 15
_SHORT_WORDS = 6
_BARE_WORDS = 2
_BARE_CHARACTERS = 12
_WISH_WORDS = 8
_WISH_CHARACTERS = 16
_SURE = 0.6
_EXACT = 0.99


def text_of(tracker: Tracker) -> str:
    """Return what was typed; "" for a payload."""
    return "" if is_payload(tracker) else str(tracker.latest_message.get("text") or "").strip()


def is_payload(tracker: Tracker) -> bool:
    """Tell whether the message is `/intent{…}` of a button or a command, not something typed that begins with "/"."""
    intent, text = intent_of(tracker), str(tracker.latest_message.get("text") or "").strip()
    if not intent or not text.startswith(f"/{intent}"):
        return False
    rest = text.removeprefix(f"/{intent}")
    return not rest or (rest[0] in "{@" and _span_the_json(tracker, text))


def _span_the_json(tracker: Tracker, text: str) -> bool:
    """A payload's entities all stand where its JSON stands; those found in a typed text stand at their words."""
    found = tracker.latest_message.get("entities") or []
    return bool(found) and all(entity.get("start") == text.find("{") for entity in found)


def is_short(text: str) -> bool:
    """Tell whether a text is short enough to be a command: a few characters of Chinese, a few words of English."""
    return len(text) <= _SHORT_CHARACTERS or (text.isascii() and len(text.split()) <= _SHORT_WORDS)


def is_digression(tracker: Tracker) -> bool:
    """Tell whether the message is a command or a question of its own rather than a free text."""
    intent = intent_of(tracker)
    if is_payload(tracker):
        return True
    confidence = float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)
    if intent not in DIGRESSIONS:
        return False
    if intent == "emergency":  # told at length it is part of the matter too: answered first, and kept
        return is_short(text_of(tracker))
    return confidence >= _EXACT or (confidence >= _SURE and is_short(text_of(tracker)))


def free_text(tracker: Tracker) -> str | None:
    """Return the text if it is an answer to a free-text question, None when it is something else."""
    return None if is_digression(tracker) else text_of(tracker)


def is_said(tracker: Tracker, *intents: str) -> bool:
    """Tell whether the message is one of the intents and no longer text of its own."""
    return intent_of(tracker) in intents and (is_payload(tracker) or is_short(text_of(tracker)))


def is_bare(tracker: Tracker, intent: str) -> bool:
    """Tell whether the message is a tap, or a word or two, with that meaning and nothing of its own."""
    words = text_of(tracker).split()
    return intent_of(tracker) == intent and len(words) <= _BARE_WORDS and sum(map(len, words)) <= _BARE_CHARACTERS


def words_beside(tracker: Tracker) -> str:
    """Return what a wish said besides: "add this: he took nets"; all of it with a reason, or too long for a wish."""
    text = text_of(tracker).replace(PLACEHOLDER, " ").strip(" ,，。.;；、")
    after = SAID_WITH_WISH.match(text)
    if after is not None:
        return (after["said"] or after["more"]).strip()
    if REASON.search(text):
        return text
    is_long = len(text.split()) > _WISH_WORDS if text.isascii() else len(text) > _WISH_CHARACTERS
    is_known = float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0) >= _EXACT
    return text if is_long and not is_known else ""


def has_code() -> bool:
    """Tell whether the message of this turn holds a tracking code, right or mistyped."""
    turn = current_turn.get()
    return turn is not None and turn.code is not None
