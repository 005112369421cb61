"""A case in plain words: where it stands, the open question, what happened, the next day, what may be done."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import ButtonDict, DomainDict, button, label, language_of
from actions.talk.telling import day_in_words
from casework.case import CaseKind, Entry, EntryKind, Part
from casework.way_back import CaseView

INTENTS = {
    "answer": "answer_question",
    "add_info": "add_info",
    "rate": "rate_result",
    "review": "request_review",
    "named": "become_named",
    "retaliation": "report_retaliation",
    "withdraw": "withdraw_report",
}
"""Acts on a case, in the order in which they are offered, and the intents that begin them."""

_SHOWN = 10


def show_case(view: CaseView, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
    """Say all that the code's holder may know, the open question first."""
    language = language_of(tracker)
    kind = label(domain, f"utter_label_case_{view.kind}", language)
    told = f"utter_label_told_message_{view.status}" if view.kind == CaseKind.MESSAGE else ""
    told = told if told in domain["responses"] else f"utter_label_told_{view.status}"
    status = label(domain, f"utter_label_status_{view.status}", language)
    sentence = label(domain, told, language)
    dispatcher.utter_message(response="utter_case_status", kind=kind, status=status, sentence=sentence)
    if view.open_question is not None:
        dispatcher.utter_message(response="utter_case_question", words=view.open_question.text)
    _show_history(view, dispatcher, domain, language)
    if view.next_deadline is not None:
        name, day = view.next_deadline
        line = label(domain, f"utter_label_deadline_{name}", language, day=day_in_words(domain, language, day))
        dispatcher.utter_message(response="utter_case_deadline", line=line)
    offer_acts(view, dispatcher, tracker, domain)


def offer_acts(view: CaseView, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
    """Offer what is allowed now, and "done"."""
    language = language_of(tracker)
    dispatcher.utter_message(response="utter_case_menu", buttons=act_buttons(view, domain, language))


def act_buttons(view: CaseView, domain: DomainDict, language: str) -> list[ButtonDict]:
    """Return the buttons of the allowed acts, then "done"."""
    allowed = [act for act in INTENTS if act in view.allowed]
    buttons = [button(domain, f"act_{act}", language, INTENTS[act]) for act in allowed]
    return [*buttons, button(domain, "case_done", language, "done")]


def _show_history(view: CaseView, dispatcher: CollectingDispatcher, domain: DomainDict, language: str) -> None:
    entries = [entry for entry in view.history if entry.part == Part.SHARED]
    if not entries:
        return
    shown = entries[-_SHOWN:]
    lines = "\n".join(_line(entry, view.kind, domain, language) for entry in shown)
    response = "utter_case_history" if shown == entries else "utter_case_history_last"
    dispatcher.utter_message(response=response, lines=lines, n=len(entries) - len(shown))


def _line(entry: Entry, kind: CaseKind, domain: DomainDict, language: str) -> str:
    """Return one line. What the office wrote is shown; what the reporter wrote is only named."""
    is_message = kind == CaseKind.MESSAGE and entry.kind == EntryKind.ADDITION and entry.seq == 1
    name = "message" if is_message else str(entry.kind)
    line = label(
        domain,
        f"utter_label_line_{name}",
        language,
        day=day_in_words(domain, language, entry.day),
        status=label(domain, f"utter_label_status_{entry.status}", language) if entry.status else "",
        stars=entry.data.get("stars", ""),
    )
    files = label(domain, "utter_label_files", language, n=len(entry.files)) if entry.files else ""
    return line + files + (_told(entry, domain, language) if entry.author != "reporter" else "")


def _told(entry: Entry, domain: DomainDict, language: str) -> str:
    """Return what the office says with an entry: its words, the reason, where to go, the outcome."""
    told = label(domain, "utter_label_words", language, words=entry.text) if entry.text else ""
    for name in ("reason", "channel", "to", "outcome"):
        words = entry.data.get(name)
        if words and name == "outcome":
            words = label(domain, f"utter_label_outcome_{words}", language)
        told += label(domain, f"utter_label_{name}", language, words=words) if words else ""
    return told
