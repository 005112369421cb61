"""Changing the language: the slot first, then words in the new language."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict, ServiceAction, entity, language_of
from actions.talk.telling import offer_menu
from actions.talk.welcome import introduce, is_opening


class ActionChangeLanguage(ServiceAction):
    """Sets the language that was named, else the other one."""

    def name(self) -> str:
        return "action_change_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        named = entity(tracker, "language_code")
        other = "zh" if language_of(tracker) == "en" else "en"
        if named and named not in ("zh", "en"):
            dispatcher.utter_message(response="utter_language_unknown")
            return []
        return [SlotSet("language", named or other)]


class ActionLanguageChanged(ServiceAction):
    """Confirms in the new language; who chose it at the start hears the first words in it."""

    def name(self) -> str:
        return "action_language_changed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if entity(tracker, "language_code") in (None, "zh", "en"):
            dispatcher.utter_message(response="utter_language_changed")
        if is_opening(tracker) and not tracker.active_loop_name:
            introduce(self.services, dispatcher, tracker, domain)
        offer_menu(dispatcher, tracker, domain)
        return []
