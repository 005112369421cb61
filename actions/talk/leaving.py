"""Ways out: cancel, start over, forget me, goodbye. What would lose something asks first."""

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict, ServiceAction, button, language_of
from actions.talk.closing import finish
from actions.talk.telling import offer_menu, tell

CLOSED: list[EventType] = [ActiveLoop(None), SlotSet("requested_slot", None)]
"""Events that leave the open form without an end."""


def ask_to_confirm(purpose: str) -> list[EventType]:
    """Return the events that ask "really?"; `purpose` is cancel, start_over, discard, withdraw or forget."""
    return [SlotSet("confirm_purpose", purpose), SlotSet("confirmed", None), FollowupAction("confirm_form")]


class ActionCancel(ServiceAction):
    """Asks before a draft is thrown away. The forms of one question read "cancel" themselves."""

    def name(self) -> str:
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.get_slot("draft") is not None:
            return ask_to_confirm("cancel")
        dispatcher.utter_message(response="utter_nothing_to_cancel")
        if tracker.active_loop_name:
            return [*CLOSED]
        offer_menu(dispatcher, tracker, domain)
        return []


class ActionStartOver(ServiceAction):
    """Asks before a draft is thrown away for a new one; without a draft the choices are shown again."""

    def name(self) -> str:
        return "action_start_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.get_slot("draft") is not None or tracker.get_slot("locked"):
            return ask_to_confirm("start_over")
        events: list[EventType] = [*CLOSED] if tracker.active_loop_name else []
        tracker.active_loop = {}
        offer_menu(dispatcher, tracker, domain)
        return events


class ActionForget(ServiceAction):
    """Asks before everything of the person is deleted."""

    def name(self) -> str:
        return "action_forget"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return ask_to_confirm("forget")


class ActionGoodbye(ServiceAction):
    """Leaves: the receipt and the open case go at once; a draft stays its 24 hours and can be taken up again."""

    def name(self) -> str:
        return "action_goodbye"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        await finish(self.services, dispatcher, code_response="utter_goodbye_code")
        has_draft = tracker.get_slot("draft") is not None
        if has_draft:
            protect = button(domain, "set_word", language_of(tracker), "set_word")
            tell(self.services, dispatcher, tracker, "utter_goodbye_draft", buttons=[protect])
        else:
            tell(self.services, dispatcher, tracker, "utter_goodbye")
        return [*CLOSED] if tracker.active_loop_name else []
