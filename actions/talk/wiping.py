"""Clearing what a conversation holds: its slots, and the uploads that no case has taken."""

from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from casework.services import Services
from casework.turn import current_turn, unit_of_work

_KEPT = frozenset({"language", "channel", "requested_slot", "session_started_metadata"})


def wiped(tracker: Tracker) -> list[EventType]:
    """Return the events that clear every slot but the language and the channel."""
    filled = (name for name, value in tracker.slots.items() if value is not None and name not in _KEPT)
    return [SlotSet(name, None) for name in filled]


async def hand_uploads_on(services: Services, until: datetime) -> None:
    """Give the uploads of this person to their successor, so that a draft that goes on keeps its files."""
    turn = current_turn.get()
    if turn is None or not turn.has_successor:
        return
    async with unit_of_work(services.work) as work:
        files = await work.uploads.of(turn.person)
        work.uploads.drop(turn.person, [file.id for file in files])
        for file in files:
            work.uploads.put(turn.successor, file, until)


async def drop_uploads(services: Services) -> None:
    """Forget the uploads of this person, and with that their keys; without a turn nobody is known to have any."""
    turn = current_turn.get()
    if turn is None:
        return
    async with unit_of_work(services.work) as work:
        files = await work.uploads.of(turn.person)
        work.uploads.drop(turn.person, [file.id for file in files])
