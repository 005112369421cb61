""" "Done": the code is saved, or the case is closed."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict
from actions.talk.telling import offer_menu
from casework import way_back
from casework.errors import NoCaseOpen
from casework.services import Services


async def done(
    services: Services, tracker: Tracker, dispatcher: CollectingDispatcher, domain: DomainDict
) -> list[EventType]:
    """Finish what is finished where no form is open: drop the receipt ("saved"), close the case session, and say so.

    The action of the intent `done` calls this when no form is open.
    """
    if not await finish(services, dispatcher, code_response="utter_code_saved"):
        dispatcher.utter_message(response="utter_nothing_to_finish")
    offer_menu(dispatcher, tracker, domain)
    return [SlotSet("case_wish", None), SlotSet("case_files", None)]


async def finish(services: Services, dispatcher: CollectingDispatcher, *, code_response: str) -> bool:
    """Drop receipt and case session; say what was dropped, and return whether anything was."""
    had_code = await way_back.show_code(services) is not None
    had_case = await _has_case_open(services)
    if had_code:
        await way_back.saved(services)
        dispatcher.utter_message(response=code_response)
    if had_case:
        await way_back.close(services)
        dispatcher.utter_message(response="utter_case_closed")
    return had_code or had_case


async def _has_case_open(services: Services) -> bool:
    try:
        await way_back.view(services)
    except NoCaseOpen:
        return False
    return True
