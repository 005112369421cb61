"""Tells what was taken out of files that came in, and keeps their originals where the reporter wants that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict, ServiceAction, button, label, language_of
from casework.report import FileRef
from casework.turn import current_turn


async def tell_cleaned(
    ids: Sequence[object], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> None:
    """Name what was taken out of the files that just came, with the choice to keep them as they were beside it."""
    turn = current_turn.get()
    if turn is None:
        return
    wanted = {str(one) for one in ids}
    files = [file for file in await turn.work.uploads.of(turn.person) if file.id in wanted and file.removed]
    if not files:
        return
    language = language_of(tracker)
    what = label(domain, "utter_label_between", language).join(_words(files, domain, language))
    buttons = [button(domain, "keep_original", language, "keep_original")]
    dispatcher.utter_message(response="utter_files_cleaned", what=what, buttons=buttons)


def _words(files: Sequence[FileRef], domain: DomainDict, language: str) -> list[str]:
    names = dict.fromkeys(name for file in files for name in file.removed.split(",") if name)
    return [label(domain, f"utter_label_removed_{name}", language) for name in names]


class ActionKeepOriginal(ServiceAction):
    """Keeps the originals of the files that wait: sealed, opened by the office with a recorded reason alone."""

    def name(self) -> str:
        return "action_keep_original"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = current_turn.get()
        files = await turn.work.uploads.of(turn.person) if turn is not None else []
        cleaned = [file for file in files if file.original is not None]
        if turn is None or not cleaned:
            dispatcher.utter_message(response="utter_no_original")
            return []
        until = self.services.clock.now() + timedelta(hours=self.services.profile.retention.draft_hours)
        for file in cleaned:
            turn.work.uploads.put(turn.person, replace(file, keeps_original=True), until)
        dispatcher.utter_message(response="utter_original_kept")
        return []
