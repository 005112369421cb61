"""The first words: what this is, what the channel can and cannot hide, rights and duties, other ways, the choices."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict, ServiceAction, button, entity, label, language_of
from actions.talk.telling import offer_menu, tell, web_chat
from casework.services import Services

_OPENING = frozenset({"open", "greet", "change_language"})


class ActionOpen(ServiceAction):
    """Keeps what `/open` says of the new conversation."""

    def name(self) -> str:
        return "action_open"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        language = entity(tracker, "language")
        events: list[EventType] = [SlotSet("channel", entity(tracker, "channel"))]
        if language in ("zh", "en"):
            events.append(SlotSet("language", language))
        return events


class ActionWelcome(ServiceAction):
    """Greets, in the language that `action_open` set; a page that greeted already hears nothing."""

    def name(self) -> str:
        return "action_welcome"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        returning = entity(tracker, "returning")
        if returning:
            name = "utter_draft_perhaps_expired" if returning == "perhaps" else "utter_draft_expired"
            tell(self.services, dispatcher, tracker, name)
        greeted = entity(tracker, "greeted")
        if greeted == "briefly":
            _introduce_briefly(self.services, dispatcher, tracker, domain)
        elif not greeted:
            _choose_language(self.services, dispatcher, tracker, domain)
            introduce(self.services, dispatcher, tracker, domain)
            offer_menu(dispatcher, tracker, domain)
        return []


class ActionGreet(ServiceAction):
    """Answers a greeting; the choices follow unless they were shown just now."""

    def name(self) -> str:
        return "action_greet"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_greet")
        if said_before(tracker)[-1:] != ["open"]:
            offer_menu(dispatcher, tracker, domain)
        return []


def _choose_language(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> None:
    language = language_of(tracker)
    buttons = [
        button(domain, "chinese", language, "change_language", language_code="zh"),
        button(domain, "english", language, "change_language", language_code="en"),
    ]
    tell(services, dispatcher, tracker, "utter_welcome", buttons=buttons)


def _introduce_briefly(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> None:
    """Say in one message what this is and what the channel cannot hide, to somebody who came to the point at once."""
    language = language_of(tracker)
    other = "chinese" if language == "en" else "english"
    code = "zh" if language == "en" else "en"
    limits = label(domain, channel_response(tracker, domain, is_brief=True), language, web_chat=web_chat(services))
    buttons = [button(domain, other, language, "change_language", language_code=code)]
    tell(services, dispatcher, tracker, "utter_welcome_brief", limits=limits, buttons=buttons)


def introduce(services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
    """Say what everybody should know before the first question."""
    tell(services, dispatcher, tracker, channel_response(tracker, domain))
    dispatcher.utter_message(response="utter_rights")
    tell(services, dispatcher, tracker, "utter_other_ways")


def channel_response(tracker: Tracker, domain: DomainDict, *, is_brief: bool = False) -> str:
    """Return the response that says what this channel can and cannot hide, in full or in one sentence."""
    channel = tracker.get_slot("channel")
    if is_brief:
        response = f"utter_channel_brief_{channel}"
        return response if response in domain["responses"] else "utter_channel_brief_other"
    response = f"utter_channel_{channel}"
    return response if response in domain["responses"] else "utter_channel_other"


def said_before(tracker: Tracker) -> list[str]:
    """Return the intents of the person's messages before the latest, oldest first, as far as they are remembered."""
    users = [event for event in tracker.events if event.get("event") == "user"]
    return [str(((user.get("parse_data") or {}).get("intent") or {}).get("name") or "") for user in users[:-1]]


def is_opening(tracker: Tracker) -> bool:
    """Tell whether nothing but greetings and the choice of a language was said so far."""
    return set(said_before(tracker)) <= _OPENING
