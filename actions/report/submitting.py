"""Submits the draft, or keeps it whole and says why not."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.report.draft import FORM, ground_of, values_of
from actions.report.files import files_of
from actions.speaking import DomainDict, ServiceAction, button, language_of
from actions.talk.telling import day_in_words, tell
from casework import submitting
from casework.errors import CaseworkError, IntakeClosed, ReportOnHead, TooManyReports
from casework.intake import DISCARD, QUESTIONS, assemble
from casework.report import Mode
from casework.submitting import Submitted


class ActionSubmit(ServiceAction):
    """Hands the report in, gives the code, and says what happens next."""

    def name(self) -> str:
        return "action_submit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.slots.get("confirm") == DISCARD:
            return [SlotSet("confirm", None), SlotSet("confirm_purpose", "discard"), FollowupAction("confirm_form")]
        try:
            submitted = await self._submit(tracker)
        except TooManyReports as error:
            return self._not_sent("utter_report_too_many", dispatcher, tracker, limit=error.limit)
        except IntakeClosed:
            return self._not_sent("utter_report_intake_closed", dispatcher, tracker)
        except ReportOnHead:
            superior = self.services.profile.superior
            language = language_of(tracker)
            told = {"superior": superior.words.in_language(language), "channel": superior.channel.in_language(language)}
            return self._not_sent("utter_report_on_head", dispatcher, tracker, **told)
        except CaseworkError:
            return self._not_sent("utter_report_not_sent", dispatcher, tracker)
        self._give_receipt(submitted, dispatcher, tracker, domain)
        return [SlotSet(name, None) for name in (*QUESTIONS, "draft", "failures")]

    async def _submit(self, tracker: Tracker) -> Submitted:
        values, files = values_of(tracker), await files_of(tracker)
        channel = str(tracker.get_slot("channel") or "unknown")
        report, contact = assemble(values, files, ground_of(self.services, tracker), channel=channel)
        return await submitting.submit(self.services, report, contact, draft_id=values["draft"]["id"])

    def _not_sent(
        self, response: str, dispatcher: CollectingDispatcher, tracker: Tracker, **arguments: Any
    ) -> list[EventType]:
        """Say why, name the other ways, and stay at the summary with everything kept."""
        tell(self.services, dispatcher, tracker, response, **arguments)
        return [SlotSet("confirm", None), FollowupAction(FORM)]

    def _give_receipt(
        self, submitted: Submitted, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> None:
        """Say the code as an argument only, so that it stands in no template and no tracker."""
        language = language_of(tracker)
        buttons = [
            button(domain, "saved", language, "done"),
            button(domain, "show_code", language, "show_code"),
            button(domain, "new_report", language, "start_report"),
        ]
        day = "" if submitted.due_on is None else day_in_words(domain, language, submitted.due_on)
        ending = _standing(submitted) + ("" if day else "_undated")
        dispatcher.utter_message(response=f"utter_receipt_next{ending}", day=day)
        if submitted.watched_until is not None:
            until = day_in_words(domain, language, submitted.watched_until)
            dispatcher.utter_message(response="utter_watch_on", until=until)
        dispatcher.utter_message(
            response="utter_receipt", code=submitted.code, buttons=buttons, json_message={"receipt": True}
        )


def _standing(submitted: Submitted) -> str:
    """Name the words for how the reporter stands: who wished to be told here can be reached, if by nobody's eyes."""
    if submitted.row.mode is not Mode.ANONYMOUS:
        return ""
    return "_anonymous" if submitted.watched_until is None else "_watched"
