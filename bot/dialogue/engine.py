"""The engine: one message in, the bot's messages and the next state out."""

from collections.abc import Sequence
from typing import Any

import structlog

from bot.dialogue.actions import ActionServer, Rejected, Speaker, log_failure
from bot.dialogue.domain import LISTEN, REQUESTED_SLOT, TWO_STAGE_FALLBACK, Domain
from bot.dialogue.errors import ActionFailed, ActionLimitReached, NotJson, Problem
from bot.dialogue.forms import FormRunner, loop_event, slot_event
from bot.dialogue.json_values import json_copy
from bot.dialogue.payload import parse_payload
from bot.dialogue.policy import Policy, Prediction
from bot.dialogue.responses import Responses
from bot.dialogue.situations import Situation
from bot.dialogue.slots import SlotFiller
from bot.dialogue.tracker import State, Tracker, checked_events, new_state, read_state
from bot.dialogue.two_stage import ASK_AFFIRMATION, ASK_REPHRASE, TwoStageFallback
from bot.dialogue.values import DialogueState, Event, Interpreter, Manner, ParseContext, Said, Spoken, SpokenMessage

SESSION_START = "action_session_start"
_LISTENING: Event = {"event": "action", "name": LISTEN}
_FEATURIZED: Event = {"event": "user_featurization", "use_text_for_featurization": False}

OUTSIDE = "(outside)"
"""Stands for the action where events come from outside."""

_RANKED = 10
"""Intents that actions see, as many as from Rasa's classifier: what actions see is copied for each of them."""

log = structlog.get_logger(__name__)


class DialogueEngine:
    """Runs the conversations of one project. Holds nothing of any of them."""

    def __init__(
        self,
        domain: Domain,
        responses: Responses,
        policy: Policy,
        server: ActionServer,
        interpreter: Interpreter,
        *,
        manner: Manner,
        warnings: tuple[Problem, ...] = (),
    ) -> None:
        self.domain = domain
        self.warnings = warnings
        self.policy = policy
        self._server = server
        self._interpreter = interpreter
        self.manner = manner
        self._speaker = Speaker(responses, server, splits_text=manner.splits_text)
        self._filler = SlotFiller(domain, self._speaker, bears_failures=not manner.apologises)
        self._forms = FormRunner(domain, self._speaker, self._filler)
        self._fallback = TwoStageFallback(domain, self._speaker)

    async def close(self) -> None:
        """Let go of what actions are called by."""
        await self._server.close()

    def new(self, conversation_id: str) -> State:
        """Return the state of a conversation in which nothing was said."""
        return new_state(conversation_id, self.domain)

    def restore(self, data: dict[str, Any]) -> State:
        """Return the state of a snapshot. Raises `StateUnreadable`."""
        return read_state(data, self.domain)

    def apply(self, state: DialogueState, events: Sequence[Event]) -> State:
        """Return the state after events from outside the conversation. Raises `ActionFailed` for unsupported ones."""
        return self._after(_own(state), events).finish(is_outside=all(event.get("event") != "user" for event in events))

    def replay(self, conversation_id: str, events: Sequence[Event]) -> State:
        """Return the state of a conversation that went like this; what the stories saw of it is not known.

        Raises `ActionFailed` for events that are not supported.
        """
        return self._after(self.new(conversation_id), events).finish()

    def _after(self, state: State, events: Sequence[Event]) -> Tracker:
        tracker = Tracker(state, self.domain)
        for event in events:
            if event.get("event") == "user":
                tracker = Tracker(tracker.finish(), self.domain)
                tracker.hear(_heard_before(event), str(event.get("input_channel") or ""))
            else:
                tracker.apply_all(checked_events(OUTSIDE, [event]))
        return tracker

    def parse(self, text: str, context: ParseContext | None = None) -> dict[str, Any]:
        """Return what a text or payload means, in the shape of Rasa's `/model/parse`."""
        return self._parsed(_clean(text).strip(), context or ParseContext(), takes_payload=True)

    async def start_session(self, state: DialogueState, channel: str) -> Spoken:
        """Begin a session: by the project's own action, else by carrying slots over as the domain says."""
        tracker = Tracker(_own(state), self.domain)
        await self._begin_session(tracker, channel)
        return Spoken(state=tracker.finish(), messages=tuple(tracker.spoken), events=tuple(tracker.log))

    async def _begin_session(self, tracker: Tracker, channel: str) -> None:
        events = await self._events_of(SESSION_START, tracker, channel)
        tracker.log.append({"event": "action", "name": SESSION_START})
        tracker.apply_all([event for event in events if event.get("name") != LISTEN])
        tracker.log.append(_LISTENING)

    async def intent_of(self, state: DialogueState, text: str) -> str:
        """Return the intent that the text would have, given the question asked; changes nothing."""
        return self._interpreter.parse(_clean(text), self._context(state)).intent

    async def say(self, state: DialogueState, said: Said, channel: str) -> Spoken:
        """Run one turn. Never raises for what a person says or an action does; see `Spoken.has_failed`."""
        state = _own(state)
        tracker = Tracker(state, self.domain)
        tracker.hear(self._understood(said, state), said.input_channel or channel)
        try:
            is_stuck = await self._turn(tracker, channel)
        except (ActionFailed, ActionLimitReached) as error:
            failure = error
        else:
            return self._spoken(tracker, tracker.finish(is_stuck=is_stuck), tuple(tracker.spoken))
        if isinstance(failure, ActionFailed):
            log_failure(failure)
        else:
            log.error("action_limit_reached", action=str(failure))
        return self._spoken(tracker, state, self._apology(state, channel), has_failed=True)

    def _spoken(
        self, tracker: Tracker, state: State, messages: tuple[SpokenMessage, ...], *, has_failed: bool = False
    ) -> Spoken:
        intent = tracker.message["intent"]
        return Spoken(
            state=state,
            messages=messages,
            intent=intent["name"],
            confidence=intent["confidence"],
            has_failed=has_failed,
            events=tuple(tracker.log),
        )

    def _apology(self, state: State, channel: str) -> tuple[SpokenMessage, ...]:
        events = self._speaker.utter(self.manner.failure_response, Tracker(state, self.domain), channel)
        return tuple(event["message"] for event in events)

    def _context(self, state: DialogueState) -> ParseContext:
        language = state.slot(self.manner.language_slot)
        return ParseContext(
            active_loop=state.active_loop,
            requested_slot=state.requested_slot,
            language=language if isinstance(language, str) else None,
        )

    def _understood(self, said: Said, state: State) -> dict[str, Any]:
        message = self._parsed(_clean(said.text), self._context(state), takes_payload=said.is_payload)
        return {**message, "message_id": said.message_id, "metadata": said.metadata}

    def _parsed(self, text: str, context: ParseContext, *, takes_payload: bool) -> dict[str, Any]:
        payload = parse_payload(text, self.domain.intents, self.domain.entities) if takes_payload else None
        ranking: list[tuple[str | None, float]]
        if payload is not None:
            ranking = [(payload.intent, payload.confidence)]
            entities = payload.entities
        else:
            parse = self._interpreter.parse(text, context)
            ranking = [(parse.intent or None, float(parse.confidence))]
            ranking += [entry for entry in parse.ranking if entry[0] != parse.intent]
            entities = _json_entities(parse.entities)
        named = [{"name": name, "confidence": float(confidence)} for name, confidence in ranking[:_RANKED]]
        return {"text": text, "intent": named[0], "entities": entities, "intent_ranking": named}

    async def _turn(self, tracker: Tracker, channel: str) -> bool:
        """Run the turn to its end; return whether it was broken off at the limit (Rasa's manner alone)."""
        tracker.apply_all(await self._filler.run(tracker, channel))
        if tracker.start.is_stuck:
            return True
        if tracker.is_paused and tracker.intent != "restart":
            return False
        for _ in range(self.manner.action_limit):
            situation = self.policy.situation(tracker)
            prediction = self.policy.predict(tracker, situation)
            if prediction.action in (None, LISTEN):
                tracker.memory = self.policy.remembered(tracker, situation, prediction)
                return self._listens(tracker)
            await self._execute(prediction, situation, tracker, channel)
            if tracker.is_over and tracker.followup is None:
                if prediction.action == "action_restart" and SESSION_START in self._server.names:
                    await self._begin_session(tracker, channel)
                return self._listens(tracker)
        if not self.manner.apologises:
            return True
        if not self._listens_next(tracker):
            raise ActionLimitReached(str(tracker.latest_action))
        return False

    def _listens(self, tracker: Tracker) -> bool:
        """Note that the turn came to its end, so that it was not broken off."""
        if len(tracker.path) == 1 and not tracker.is_over:
            tracker.log.append(_FEATURIZED)
        tracker.log.append(_LISTENING)
        return False

    def _listens_next(self, tracker: Tracker) -> bool:
        trial = tracker.fork()
        return self.policy.predict(trial, self.policy.situation(trial)).action in (None, LISTEN)

    async def _execute(self, prediction: Prediction, situation: Situation, tracker: Tracker, channel: str) -> None:
        name = str(prediction.action)
        was_interrupted = tracker.is_interrupted
        tracker.is_interrupted = was_interrupted or prediction.interrupts
        memory = self.policy.remembered(tracker, situation, prediction)
        try:
            events = await self._events_of(name, tracker, channel)
        except Rejected as rejection:
            tracker.is_interrupted = was_interrupted
            tracker.apply({"event": "action_execution_rejected", "name": rejection.action})
            return
        if not any(event["event"] == "action_execution_rejected" for event in events):
            self._note(prediction, tracker)
            tracker.apply({"event": "action", "name": name})
        if name in self.domain.forms and memory is not None:
            memory = memory.marked()
        if name == tracker.active_loop and len(tracker.path) == 1:
            tracker.forget_last_message()
            memory = tracker.memory.at_loop.marked() if tracker.memory and tracker.memory.at_loop else memory
        tracker.path.append(situation)
        tracker.memory = memory
        tracker.apply_all(events)

    def _note(self, prediction: Prediction, tracker: Tracker) -> None:
        if prediction.interrupts and not prediction.is_followup:
            tracker.log.append({"event": "loop_interrupted", "is_interrupted": True})
        if len(tracker.path) == 1:
            tracker.log.append(_FEATURIZED)

    async def _events_of(self, name: str, tracker: Tracker, channel: str) -> list[Event]:
        try:
            if name in self.domain.forms:
                return await self._forms.run(name, tracker, channel)
            if name in self._server.names and name in self.domain.actions:
                return await self._speaker.run(name, tracker, channel)
            return await self._default(name, tracker, channel)
        except ActionFailed as failure:
            if self.manner.apologises:
                raise
            log_failure(failure)
            return []

    async def _default(self, name: str, tracker: Tracker, channel: str) -> list[Event]:
        """Run an action that needs no code of the project."""
        if name == "action_extract_slots":
            return await self._filler.run(tracker, channel)
        if name == TWO_STAGE_FALLBACK:
            return await self._fallback.run(tracker, channel)
        if name in (ASK_AFFIRMATION, ASK_REPHRASE):
            return await self._fallback.ask(name, tracker, channel)
        if name == "action_deactivate_loop":
            return [loop_event(None), slot_event(REQUESTED_SLOT, None)]
        if name == SESSION_START:
            return [{"event": "session_started"}, *self._carried(tracker)]
        said, then = _DEFAULTS.get(name, (name, ()))
        return [*self._speaker.utter(said, tracker, channel), *({"event": event} for event in then)]

    def _carried(self, tracker: Tracker) -> list[Event]:
        if not self.domain.carries_slots_over:
            return []
        initial = self.domain.initial_slots
        return [slot_event(name, value) for name, value in tracker.slots.items() if value != initial.get(name)]


_DEFAULTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "action_default_fallback": ("utter_default", ("rewind",)),
    "action_restart": ("utter_restart", ("restart",)),
    "action_back": ("utter_back", ("rewind", "rewind")),
}


def _own(state: DialogueState) -> State:
    if not isinstance(state, State):
        raise TypeError(f"expected a state made by this engine, got {type(state).__name__}")
    return state


def _heard_before(event: Event) -> dict[str, Any]:
    """Return the message of a user event as Rasa writes it."""
    parse = event.get("parse_data") or {}
    intent = parse.get("intent") or {}
    named = {"name": intent.get("name"), "confidence": float(intent.get("confidence") or 0.0)}
    return {
        "text": str(event.get("text") or ""),
        "intent": named,
        "entities": list(parse.get("entities") or ()),
        "intent_ranking": [named],
        "message_id": str(event.get("message_id") or ""),
        "metadata": {},
    }


def _clean(text: str) -> str:
    """Replace what cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _json_entities(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for entity in entities:
        try:
            found.append(json_copy(entity))
        except NotJson:
            log.warning("entity_not_json", entity=str(entity.get("entity")))
    return found
