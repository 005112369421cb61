"""Buttons: opaque ids out, payloads in; only what was issued here, and the listed commands, ever becomes a payload."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.messages import Button
from bot.turns.hygiene import bare_number, normal_title
from bot.turns.ports import SpokenMessage

COMMANDS = frozenset(
    {
        "help", "start_report", "query_status", "show_code", "ask_human", "change_language", "cancel", "done",
        "forget_me", "greet", "resume_bot",
    }
)  # fmt: skip
"""May be typed with a slash at any time, and tapped on buttons however old."""

AFTER_SUBMISSION = frozenset(
    {
        "add_info", "answer_question", "ask_anonymity", "ask_privacy", "ask_retaliation", "become_named",
        "dissatisfied_result", "faq_contact", "faq_evidence", "faq_false_report", "faq_scope", "faq_time", "goodbye",
        "rate_result", "report_retaliation", "request_review", "watch", "withdraw_report",
    }
)  # fmt: skip
"""Mean the same wherever they are tapped. The conversation that issued them is gone after a submission, its receipt
lives on: while it does, these are taken."""

OLD_BUTTON = "/old_button"
_NAMED = COMMANDS | AFTER_SUBMISSION


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The buttons that may be tapped now; the last `numbered` may be picked by number."""

    shown: tuple[Button, ...] = ()
    numbered: int = 0
    is_after_submission: bool = False

    def tapped(self, button_id: str) -> Button | None:
        """Return the button with this id; None when it was not issued here or its question is over."""
        for button in self.shown:
            if button.id == button_id:
                return button
        free = COMMANDS | AFTER_SUBMISSION if self.is_after_submission else COMMANDS
        return Button(title="", id=button_id, payload=f"/{button_id}") if button_id in free else None

    def typed(self, text: str, *, takes_number: bool) -> Button | None:
        """Return the button that was meant by typing its title or, unless the question takes a number, its number."""
        title = normal_title(text)
        for button in reversed(self.shown):
            if title and normal_title(button.title) == title:
                return button
        number = None if takes_number else bare_number(text)
        if number is not None and 1 <= number <= self.numbered:
            return self.shown[-self.numbered :][number - 1]
        return None


def command(text: str) -> str | None:
    """Return the payload of a listed command, typed with a slash and nothing else; None for any other text."""
    name = text[1:].strip().lower() if text[:1] in ("/", "／") else ""
    return f"/{name}" if name in COMMANDS else None


def issue(message: SpokenMessage, *, is_preview: bool = False) -> tuple[Button, ...]:
    """Give ids to the buttons of a message. A command's id is its name, all others are random.

    A preview keeps nothing, so its ids follow from the payloads: the first turn issues the same ones again.
    """
    return tuple(
        Button(title=title, id=_id(payload, is_preview=is_preview), payload=payload)
        for title, payload in message.buttons
    )


def numbered(groups: Sequence[tuple[Button, ...]]) -> int:
    """Return how many of the buttons shown, counted from the last, may be picked by number."""
    return next((len(group) for group in reversed(groups) if group), 0)


def _id(payload: str, *, is_preview: bool) -> str:
    name = payload.removeprefix("/")
    if name in _NAMED:
        return name
    return hashlib.blake2b(payload.encode(), digest_size=9).hexdigest() if is_preview else secrets.token_urlsafe(9)
