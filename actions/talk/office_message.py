"""A person: for now a message to the office, a case of its own with its own code.

Sending ends the conversation (its row is deleted, so that nothing ties it to the case). A draft that is open goes on
under the successor where the channel has one. Elsewhere it would go with the conversation: the person is told first
and chooses; until the message is sent the draft stays.
"""

import secrets
from datetime import timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.self_check import before_office_message
from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, entity, intent_of, language_of
from actions.talk import reading
from actions.talk.asking import LEFT, Ask, TextForm, back_to_draft, emptied, has_left
from actions.talk.handing_off import hand_off
from actions.talk.telling import day_in_words, offer_menu, tell
from actions.talk.wiping import drop_uploads, hand_uploads_on, wiped
from casework.errors import IntakeClosed
from casework.submitting import Submitted, send_message
from casework.turn import current_turn

UPLOADS_KEPT = timedelta(hours=24)
_OWN = ("office_message", "message_confirmed", "message_draft")


class ActionAskHuman(ServiceAction):
    """Says how a person answers, and starts the message; with a draft open, only when that was chosen."""

    def name(self) -> str:
        return "action_ask_human"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.active_loop_name == "message_form":
            return []
        if begun := await hand_off(self.services, dispatcher, tracker, domain):
            return begun.events
        if _loses_draft(tracker) and entity(tracker, "choice") != "message":
            language = language_of(tracker)
            buttons = [
                button(domain, "back_to_question", language, "resume_bot"),
                button(domain, "message_anyway", language, "ask_human", choice="message"),
            ]
            tell(self.services, dispatcher, tracker, "utter_human_draft", buttons=buttons)
            return []
        tell(self.services, dispatcher, tracker, "utter_human")
        draft_id = SlotSet("message_draft", secrets.token_hex(16))
        return [*emptied("office_message", "message_confirmed", "case_words"), draft_id, FollowupAction("message_form")]


class AskOfficeMessage(Ask):
    form = "message_form"
    slot = "office_message"


class AskMessageConfirmed(Ask):
    form = "message_form"
    slot = "message_confirmed"
    can_be_left = False

    def response(self, tracker: Tracker) -> str:
        return super().response(tracker) + ("_draft" if _loses_draft(tracker) else "")

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return [
            button(domain, "send", language, "affirm"),
            button(domain, "write_again", language, "edit_field"),
            button(domain, "do_not_send", language, "deny"),
        ]

    async def arguments(self, tracker: Tracker, language: str) -> dict[str, Any]:
        return {"words": (tracker.get_slot("office_message") or {}).get("text", "")}


class ValidateMessageForm(TextForm):
    form = "message_form"
    slot = "office_message"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if question == "office_message":
            if reading.text_of(tracker) and intent_of(tracker).startswith("faq_"):
                return {self.slot: {"text": reading.text_of(tracker)}}  # asked of the office, not of the bot
            return self.read_text(tracker)
        if reading.is_said(tracker, "affirm", "submit_now", "done"):
            return {"message_confirmed": "send"}
        if reading.is_said(tracker, "edit_field", "go_back", "start_over"):
            return {"message_confirmed": "write_again"}
        return {"message_confirmed": "left"} if reading.is_said(tracker, "deny", "cancel") else {}

    def validate_office_message(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        checked = self.checked(value, dispatcher, tracker)
        return {**checked, "message_confirmed": "left"} if value == LEFT else checked

    def validate_message_confirmed(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        if value == "write_again":
            return {"office_message": None, "message_confirmed": None, "failures": None}
        return {"message_confirmed": value, "failures": None}


class ActionSendMessage(ServiceAction):
    """Sends the message and gives its code."""

    def name(self) -> str:
        return "action_send_message"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        message = tracker.get_slot("office_message") or LEFT
        if has_left(message) or tracker.get_slot("message_confirmed") != "send":
            dispatcher.utter_message(response="utter_not_sent")
            if tracker.get_slot("draft") is None:
                offer_menu(dispatcher, tracker, domain)
            return [*emptied(*_OWN), *back_to_draft(tracker)]
        if check := await before_office_message(self.services, tracker):
            return check
        draft_id = str(tracker.get_slot("message_draft") or tracker.sender_id)
        language = language_of(tracker)
        try:
            sent = await send_message(self.services, message["text"], language=language, draft_id=draft_id)
        except IntakeClosed:
            tell(self.services, dispatcher, tracker, "utter_intake_closed")
            return [*emptied(*_OWN), *back_to_draft(tracker)]
        _give_code(dispatcher, tracker, domain, sent)
        if not _has_draft(tracker) or _loses_draft(tracker):
            await drop_uploads(self.services)
            return wiped(tracker)
        return await self._carry_on(dispatcher, tracker, domain)

    async def _carry_on(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The report that is being made goes on, with its files, under the key that the person has from now on.

        Its question is put when the person wants it: "saved" would be an answer to it.
        """
        turn = current_turn.get()
        if turn is not None:
            turn.carries_on = True
        await hand_uploads_on(self.services, self.services.clock.now() + UPLOADS_KEPT)
        go_on = button(domain, "go_on", language_of(tracker), "start_report")
        dispatcher.utter_message(response="utter_draft_still_here", buttons=[go_on])
        return emptied(*_OWN)


def _has_draft(tracker: Tracker) -> bool:
    """Tell whether a report is being made, also one that lies behind its word."""
    return tracker.get_slot("draft") is not None or bool(tracker.get_slot("locked"))


def _loses_draft(tracker: Tracker) -> bool:
    """Tell whether sending a message would take the report with it that is being made."""
    turn = current_turn.get()
    return _has_draft(tracker) and (turn is None or not turn.has_successor)


def _give_code(dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, sent: Submitted) -> None:
    language = language_of(tracker)
    due = day_in_words(domain, language, sent.due_on) if sent.due_on else ""
    dispatcher.utter_message(response="utter_message_sent_by" if due else "utter_message_sent", due=due)
    buttons = [button(domain, "saved", language, "done"), button(domain, "show_code", language, "show_code")]
    dispatcher.utter_message(response="utter_message_code", code=sent.code, buttons=buttons)
