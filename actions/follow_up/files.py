"""Files for a case that was submitted: they wait for the words of an addition or an answer, or for "files only"."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict
from casework import way_back
from casework.errors import NoCaseOpen
from casework.report import MAX_FILES
from casework.services import Services

_FORMS = frozenset({"add_info_form", "answer_form"})


async def attach(
    services: Services, tracker: Tracker, dispatcher: CollectingDispatcher, domain: DomainDict, ids: list[Any]
) -> list[EventType] | None:
    """Take uploads for the case; None when they are not for a case, and belong to the report or to nothing.

    The action of the intent `evidence` calls this first. While an addition or an answer is asked, the files go with
    it and the form asks again by itself. Without any form, a draft aside, an open case begins an addition.
    """
    loop = tracker.active_loop_name
    is_free = not loop and tracker.get_slot("draft") is None
    if loop not in _FORMS and not (is_free and await _takes_additions(services)):
        return None
    before = list(tracker.get_slot("case_files") or [])
    files = list(dict.fromkeys([*before, *map(str, ids)]))
    kept = files[:MAX_FILES]
    response = "utter_files_attached" if len(files) == len(kept) else "utter_files_too_many"
    dispatcher.utter_message(response=response, n=len(kept), limit=MAX_FILES)
    follow_up: list[EventType] = [] if loop else [SlotSet("addition", None), FollowupAction("add_info_form")]
    return [SlotSet("case_files", kept), *follow_up]


async def _takes_additions(services: Services) -> bool:
    try:
        view = await way_back.view(services)
    except NoCaseOpen:
        return False
    return "add_info" in view.allowed
