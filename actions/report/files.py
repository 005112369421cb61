"""The files of a draft: sent at any step, listed, removed; and a long story kept as a file."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.files import attach
from actions.report.cleaned import tell_cleaned
from actions.report.draft import FORM, values_of
from actions.speaking import DomainDict, ServiceAction, entities, entity
from actions.talk.reading import text_of
from actions.talk.telling import offer_menu
from casework.intake import CHANNELS_WITHOUT_FILES, bookkeeping
from casework.intake.wording import ordinal_in
from casework.report import MAX_FILES, FileRef
from casework.services import Services
from casework.turn import current_turn

_LONG_TEXT_LIMIT_BYTES = 1_000_000


def takes_files(tracker: Tracker) -> bool:
    """Tell whether the person's channel can send files."""
    return tracker.get_slot("channel") not in CHANNELS_WITHOUT_FILES


async def files_of(tracker: Tracker) -> list[FileRef]:
    """Return the uploads of this person that were not removed in this draft, as sent; none without a turn."""
    turn = current_turn.get()
    if turn is None:
        return []
    removed = bookkeeping(values_of(tracker)).get("removed") or ()
    return [file for file in await turn.work.uploads.of(turn.person) if file.id not in removed]


async def keep_as_file(services: Services, text: str, name: str) -> bool:
    """Seal a long story as a file of this draft. Returns False where no turn is in progress to hold it."""
    turn = current_turn.get()
    if turn is None:
        return False
    file = await services.evidence.seal(
        _once(text.encode()), name=name, media_type="text/plain", limit_bytes=_LONG_TEXT_LIMIT_BYTES
    )
    life = timedelta(hours=services.profile.retention.draft_hours)
    turn.work.uploads.put(turn.person, file, services.clock.now() + life)
    return True


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


class ActionEvidence(ServiceAction):
    """Takes files at any step: for an open case, for the report, or kept until it is said what for."""

    def name(self) -> str:
        return "action_evidence"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        ids = entities(tracker, "ids")
        ids = [one for entry in ids for one in (entry if isinstance(entry, list) else [entry])]
        await tell_cleaned(ids, dispatcher, tracker, domain)
        taken = await attach(self.services, tracker, dispatcher, domain, ids)
        if taken is not None:
            return taken
        count = len({file.id for file in await files_of(tracker)} | set(map(str, ids)))
        if tracker.active_loop_name == FORM or tracker.get_slot("draft") is not None:
            dispatcher.utter_message(response="utter_files_received", n=min(count, MAX_FILES), limit=MAX_FILES)
            return []
        dispatcher.utter_message(response="utter_files_kept")
        offer_menu(dispatcher, tracker, domain)
        return []


class ActionEvidenceRefused(ServiceAction):
    """Says why a file was not taken."""

    def name(self) -> str:
        return "action_evidence_refused"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        reason = entity(tracker, "reason")
        response = f"utter_file_refused_{reason}"
        known = response in domain.get("responses", {})
        dispatcher.utter_message(response=response if known else "utter_file_refused_empty", limit=MAX_FILES)
        offer_menu(dispatcher, tracker, domain)
        return []


class ActionRemoveFile(ServiceAction):
    """Removes a file of the draft by its button."""

    def name(self) -> str:
        return "action_remove_file"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        file = await self._file(tracker)
        turn = current_turn.get()
        if file is None or turn is None:
            dispatcher.utter_message(response="utter_file_not_there")
            offer_menu(dispatcher, tracker, domain)
            return []
        turn.work.uploads.drop(turn.person, [file.id])
        dispatcher.utter_message(response="utter_file_removed", name=file.name)
        draft: dict[str, Any] = values_of(tracker)["draft"]
        return [SlotSet("draft", draft | {"removed": [*(draft.get("removed") or ()), file.id]})]

    async def _file(self, tracker: Tracker) -> FileRef | None:
        """Return the file meant: by its id, by its number in the list, or the only one."""
        files = await files_of(tracker)
        wanted, number = entity(tracker, "file"), entity(tracker, "number")
        if wanted is not None:
            return next((file for file in files if file.id == wanted), None)
        if isinstance(number, int | float) and 1 <= number <= len(files):
            return files[int(number) - 1]
        said = text_of(tracker).lower()
        if (place := ordinal_in(said)) and place <= len(files):
            return files[place - 1]
        named = [file for file in files if file.name.lower() in said]
        return named[0] if named else files[0] if len(files) == 1 else None
