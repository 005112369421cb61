"""What the profile says about the office, for the arguments of responses; and the menus that are offered everywhere."""

from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import ButtonDict, DomainDict, button, label, language_of
from casework.intake import SERVICE_QUESTIONS
from casework.profile import Profile
from casework.services import Services


def facts_of(profile: Profile, language: str) -> dict[str, Any]:
    """Return the arguments that texts about the service use: names, other ways, deadlines in days."""
    ways, days, hours = profile.other_ways, profile.deadlines, profile.office_hours
    return {
        "city": profile.city.in_language(language),
        "office": profile.office.words.in_language(language),
        "phone": ways.phone,
        "website": ways.website,
        "address": ways.address.in_language(language),
        "acceptance_days": days.acceptance_working_days,
        "feedback_days": days.feedback_working_days,
        "message_days": days.message_working_days,
        "conclusion_days": days.conclusion_days,
        "draft_hours": profile.retention.draft_hours,
        "opens": f"{hours.opens:%H:%M}",
        "closes": f"{hours.closes:%H:%M}",
    }


def web_chat(services: Services) -> str:
    """Return where the web chat is, to be told elsewhere; the office's site when the program does not know."""
    return services.web_chat or services.profile.other_ways.website


def tell(services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, response: str, **more: object) -> None:
    """Say a response that may use any of `facts_of`."""
    facts = facts_of(services.profile, language_of(tracker)) | {"web_chat": web_chat(services)}
    dispatcher.utter_message(response=response, **{**facts, **more})


def day_in_words(domain: DomainDict, language: str, day: date) -> str:
    """Return a day as people write it."""
    parts = {"year": day.year, "month": day.month, "day": day.day, "iso": day.isoformat()}
    return label(domain, "utter_label_day", language, **parts)


def main_menu(domain: DomainDict, language: str) -> list[ButtonDict]:
    """Return the four ways on that are always open."""
    return [
        button(domain, "report", language, "start_report"),
        button(domain, "have_code", language, "query_status"),
        button(domain, "questions", language, "help"),
        button(domain, "person", language, "ask_human"),
    ]


def question_menu(domain: DomainDict, language: str) -> list[ButtonDict]:
    """Return what people ask about the service, as buttons."""
    return [button(domain, topic, language, topic) for topic in SERVICE_QUESTIONS]


def offer_menu(dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
    """Offer the ways on where no question is open; a draft that was put aside comes first."""
    if tracker.active_loop_name:
        return
    language = language_of(tracker)
    if tracker.get_slot("draft") is not None:
        buttons = [button(domain, "go_on", language, "start_report"), *main_menu(domain, language)[1:]]
        dispatcher.utter_message(response="utter_menu_draft", buttons=buttons)
        return
    dispatcher.utter_message(response="utter_menu", buttons=main_menu(domain, language))


def speak_of_danger(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, buttons: list[ButtonDict] | None = None
) -> None:
    """Name the emergency numbers and the profile's lines."""
    language = language_of(tracker)
    ordered = sorted(services.profile.lines, key=lambda line: not line.is_emergency)
    lines = "\n".join(f"{line.number}  {line.words.in_language(language)}" for line in ordered)
    dispatcher.utter_message(response="utter_emergency", lines=lines, buttons=buttons or [])
