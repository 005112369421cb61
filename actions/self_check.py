"""The self-identification check in the conversation: offered before an anonymous summary and before an added message.

One form with one question. Its state: `target` ("report", or the slot of a message with the act that waits for it),
`print` of the draft it began on, `decisions`, `each`, `rewriting`, `last` (the message that was answered last).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import ButtonDict, DomainDict, ServiceAction, entity, failure_count, label, language_of
from actions.talk import reading
from actions.talk.asking import Ask, QuestionForm
from casework import self_check, way_back
from casework.anonymise import Accused
from casework.errors import NoCaseOpen
from casework.report import FileRef, Mode
from casework.self_check import Item
from casework.services import Services
from casework.turn import current_turn

FORM, SLOT, STATE = "self_check_form", "self_check", "self_check_state"
REPORT, OFFICE_MESSAGE = "report", "office_message"
_FIELDS = ("facts", "title", "place")
_FILE = "file:"
Texts = dict[str, str]


async def before_summary(services: Services, tracker: Tracker) -> list[EventType]:
    """Return what begins the check of an anonymous draft not checked as it stands; nothing when it is clean."""
    if tracker.slots.get("mode") != Mode.ANONYMOUS or services.anonymiser is None:
        return []
    texts = await _texts(REPORT, tracker)
    seen = self_check.fingerprint(texts)
    if seen == (tracker.slots.get("draft") or {}).get("checked") or not await _items(services, tracker, texts):
        return []
    return _begun({"target": REPORT, "print": seen}, tracker)


async def before_message(services: Services, tracker: Tracker, slot: str, act: str) -> list[EventType]:
    """Return what begins the check of a message to an anonymous case; `act` carries on afterwards."""
    try:
        if not (await way_back.view(services)).is_anonymous:
            return []
    except NoCaseOpen:
        return []
    return await _before_words(services, tracker, slot, act)


async def before_office_message(services: Services, tracker: Tracker) -> list[EventType]:
    """Return what begins the check of a message to the office, which gives its own code and names nobody."""
    return await _before_words(services, tracker, OFFICE_MESSAGE, "")


async def _before_words(services: Services, tracker: Tracker, slot: str, act: str) -> list[EventType]:
    value = tracker.slots.get(slot)
    if services.anonymiser is None or not isinstance(value, dict) or value.get("checked") or not value.get("text"):
        return []
    texts = {slot: str(value["text"])}
    if not await _items(services, tracker, texts):
        return []
    return _begun({"target": slot, "act": act, "print": self_check.fingerprint(texts)}, tracker)


def _begun(state: dict[str, Any], tracker: Tracker) -> list[EventType]:
    """Go on with decisions made on the same words, else begin anew."""
    before = tracker.slots.get(STATE) or {}
    state = {**before, **state} if before.get("print") == state["print"] else state
    return [SlotSet(STATE, state), SlotSet(SLOT, None), FollowupAction(FORM)]


async def _texts(target: str, tracker: Tracker) -> Texts:
    """Return the words to check: of the draft and its files' names (without endings), or of one message."""
    if target != REPORT:
        value = tracker.slots.get(target)
        return {target: str(value.get("text", ""))} if isinstance(value, dict) else {}
    texts = {name: text for name in _FIELDS if isinstance(text := tracker.slots.get(name), str)}
    return texts | {f"{_FILE}{file.id}": PurePath(file.name).stem for file in await _files(tracker)}


async def _files(tracker: Tracker) -> list[FileRef]:
    turn = current_turn.get()
    removed = (tracker.slots.get("draft") or {}).get("removed") or ()
    files = await turn.work.uploads.of(turn.person) if turn is not None else []
    return [file for file in files if file.id not in removed]


async def _items(services: Services, tracker: Tracker, texts: Texts) -> list[Item]:
    """Look through the words in a thread: a long story takes a tenth of a second, and others are talking."""
    unit, name = tracker.slots.get("accused_unit"), tracker.slots.get("accused_name")
    accused = Accused(
        name=name if isinstance(name, str) else "", unit=str(unit.get("name", "")) if isinstance(unit, dict) else ""
    )
    if services.anonymiser is None:
        return []
    return await asyncio.to_thread(self_check.items_of, services.anonymiser, texts, accused)


async def _standing(services: Services, tracker: Tracker) -> tuple[dict[str, Any], Texts, list[Item]]:
    state = dict(tracker.slots.get(STATE) or {})
    texts = await _texts(str(state.get("target") or REPORT), tracker)
    return state, texts, await _items(services, tracker, texts)


class AskSelfCheck(Ask):
    """Shows the text with its finds, or one find with what may be done about it."""

    form, slot, can_be_left = FORM, SLOT, False

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        state, texts, items = await _standing(self.services, tracker)
        again = ("", "_2", "_3")[min(failure_count(tracker, SLOT), 2)]
        number = len(state.get("decisions") or ())
        if number < len(items) and state.get("rewriting"):
            dispatcher.utter_message(response="utter_self_check_rewrite", words=items[number].words)
        elif number < len(items) and state.get("each"):
            self._show_one(items, number, again, dispatcher, tracker, domain)
        else:
            lines = _lines(texts, items, domain, language_of(tracker))
            buttons = _all_buttons(domain, language_of(tracker))
            response = f"utter_ask_{FORM}_{SLOT}{again}"
            dispatcher.utter_message(response=response, buttons=buttons, lines=lines, n=len(items))
        return []

    def _show_one(
        self,
        items: Sequence[Item],
        number: int,
        again: str,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,
    ) -> None:
        item, language = items[number], language_of(tracker)
        buttons = [_choice(domain, "keep", language, self_check.KEEP)]
        if not item.is_hint:
            buttons.insert(0, _choice(domain, "mask", language, self_check.MASK))
        buttons.append(_choice(domain, "rewrite", language, self_check.REWRITE))
        if number:
            buttons.append(_choice(domain, "check_back", language, self_check.BACK))
        if len(items) - number > 1:
            buttons.append(_choice(domain, "mask_all", language, self_check.MASK_ALL))
        told: dict[str, Any] = {
            "n": number + 1,
            "total": len(items),
            "words": item.words,
            "why": _why(item, domain, language),
        }
        dispatcher.utter_message(response=f"utter_self_check_one{again}", buttons=buttons, **told)


def _all_buttons(domain: DomainDict, language: str) -> list[ButtonDict]:
    return [
        _choice(domain, "mask_all", language, self_check.MASK_ALL),
        _choice(domain, "check_each", language, self_check.EACH),
        _choice(domain, "keep_all", language, self_check.KEEP_ALL),
    ]


def _choice(domain: DomainDict, name: str, language: str, value: str) -> ButtonDict:
    titles = {"payload": "", "title": label(domain, f"utter_button_self_{name}", language)}
    return titles | {"payload": f'/inform{{"field": "{SLOT}", "value": "{value}"}}'}


def _why(item: Item, domain: DomainDict, language: str) -> str:
    return label(domain, f"utter_label_find_{item.kind}", language)


def _lines(texts: Texts, items: Sequence[Item], domain: DomainDict, language: str) -> str:
    """Return each field that holds finds, marked and numbered, and under it the reason of each."""
    lines, number = [], 1
    for name, text in texts.items():
        here = [item for item in items if item.field == name]
        if not here:
            continue
        lines.append(self_check.marked(text, here, first=number))
        for item in here:
            why = _why(item, domain, language)
            lines.append(label(domain, "utter_label_self_line", language, n=number, words=item.words, why=why))
            number += 1
    return "\n".join(lines)


class ValidateSelfCheckForm(QuestionForm):
    """Reads a decision: a tap, its words, yes, no, skip, or the new words asked for."""

    form = FORM

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        said = self._said(tracker)
        if said is None:
            return {}
        return {SLOT: {"said": said, "id": str(tracker.latest_message.get("message_id") or "")}}

    def _said(self, tracker: Tracker) -> Any:
        state = tracker.slots.get(STATE) or {}
        if entity(tracker, "field") == SLOT and reading.is_payload(tracker):
            return entity(tracker, "value")
        if (
            state.get("rewriting")
            and not reading.is_said(tracker, *reading.LEAVING)
            and (words := reading.text_of(tracker))
        ):
            return {self_check.REWRITE: words}
        each = bool(state.get("each"))
        if reading.is_said(tracker, "affirm"):
            return self_check.MASK if each else self_check.MASK_ALL
        if reading.is_said(tracker, "deny"):
            return self_check.KEEP if each else self_check.KEEP_ALL
        if reading.is_said(tracker, "skip", "done", "submit_now"):
            return self_check.KEEP_ALL
        if reading.is_said(tracker, "go_back"):
            return self_check.BACK
        return self_check.decision_in(reading.text_of(tracker))

    async def validate_self_check(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Take one answer once, however often it is validated; full when every find is decided."""
        if not isinstance(value, dict):
            return {SLOT: value}
        state, _, items = await _standing(self.services, tracker)
        if value["id"] and state.get("last") == value["id"]:
            return {SLOT: None}
        if value["said"] == self_check.MASK and items[len(state.get("decisions") or ())].is_hint:
            value = {**value, "said": self_check.REWRITE}
        after = self_check.with_decision(state, value["said"], items) | {"last": value["id"]}
        is_full = len(after["decisions"]) >= len(items)
        return {SLOT: True if is_full else None, STATE: after, "failures": None}


class ActionSelfChecked(ServiceAction):
    """Writes what was decided into the draft or the message, and goes on where the person was."""

    def name(self) -> str:
        return "action_self_checked"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        state, texts, items = await _standing(self.services, tracker)
        changed = self_check.applied(texts, items, state.get("decisions") or (), language_of(tracker))
        response = "utter_self_check_changed" if changed else "utter_self_check_kept"
        dispatcher.utter_message(response=response)
        cleared: list[EventType] = [SlotSet(SLOT, None), SlotSet(STATE, None), SlotSet("failures", None)]
        target = str(state.get("target") or REPORT)
        if target != REPORT:
            words = {
                **(tracker.slots.get(target) or {}),
                "text": changed.get(target, texts.get(target)),
                "checked": True,
            }
            tracker.slots[target] = words
            after = await self._carry_on(target, str(state["act"]), dispatcher, tracker, domain)
            return [*cleared, SlotSet(target, words), *after]
        await self._rename(changed, tracker)
        draft = dict(tracker.slots.get("draft") or {}) | {"checked": self_check.fingerprint({**texts, **changed})}
        fields: list[EventType] = [SlotSet(name, text) for name, text in changed.items() if name in _FIELDS]
        return [*cleared, *fields, SlotSet("draft", draft), FollowupAction("report_form")]

    async def _carry_on(
        self, target: str, act: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Send or add what was checked. Those modules offer this check, so they are imported before it."""
        from actions.follow_up.case_acts import given
        from actions.talk.office_message import ActionSendMessage

        if target == OFFICE_MESSAGE:
            return await ActionSendMessage(self.services).run(dispatcher, tracker, domain)
        return await given(act, self.services, dispatcher, tracker, domain)

    async def _rename(self, changed: Texts, tracker: Tracker) -> None:
        """Give files the names decided on; they stay the same files."""
        turn = current_turn.get()
        if turn is None:
            return
        until = self.services.clock.now() + timedelta(hours=self.services.profile.retention.draft_hours)
        for file in await _files(tracker):
            if f"{_FILE}{file.id}" in changed:
                name = changed[f"{_FILE}{file.id}"] + PurePath(file.name).suffix
                turn.work.uploads.put(turn.person, replace(file, name=name), until)


ACTIONS: tuple[type[ServiceAction], ...] = (AskSelfCheck, ValidateSelfCheckForm, ActionSelfChecked)
"""What the report's topic builds."""
