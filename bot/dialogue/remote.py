"""The same dialogue run by a Rasa server: what `DialogueEngine` is to a caller, over HTTP.

Over our channel (`deploy/rasa`) a message carries its id and its meaning, read with the question in view. Over Rasa's
own REST channel it carries the text alone. An action that fails undoes the turn, and a server that is started anew
knows nothing: at the next turn it is told how far the conversation had come.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import structlog

from bot.dialogue.domain import LISTEN, REQUESTED_SLOT, Domain
from bot.dialogue.errors import StateUnreadable
from bot.dialogue.json_values import json_copy
from bot.dialogue.payload import parse_payload
from bot.dialogue.responses import Responses, messages
from bot.dialogue.values import (
    DialogueState,
    Interpreter,
    Manner,
    ParseContext,
    Said,
    Spoken,
    SpokenMessage,
)
from bot.dialogue.webhook import ActionDesk, parsed

Channel = Literal["changtong", "rest"]
TIMEOUT_SECONDS = 60.0
_NONE_KEPT = httpx.Limits(max_keepalive_connections=0)
"""A connection a call: beside a turn on Rasa it costs nothing, and there is nothing to close."""

_FORMAT = "rasa-1"
_NO_PAYLOAD = "\N{FULLWIDTH SOLIDUS}"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class RemoteState:
    """What is known of a conversation on the server; `known` and `mark` say how far it had come."""

    conversation_id: str
    slots: dict[str, Any] = field(repr=False)
    active_loop: str | None = None
    known: int = 0
    mark: float | None = None

    @property
    def requested_slot(self) -> str | None:
        asked = self.slots.get(REQUESTED_SLOT)
        return asked if isinstance(asked, str) else None

    def slot(self, name: str) -> Any:
        return self.slots.get(name)

    def snapshot(self) -> dict[str, Any]:
        place = {"loop": self.active_loop, "known": self.known, "mark": self.mark}
        return {"format": _FORMAT, "id": self.conversation_id, "slots": dict(self.slots), **place}


class RemoteDialogue:
    """Talks with one Rasa server. Holds nothing of any conversation."""

    def __init__(
        self,
        url: str,
        *,
        domain: Domain,
        responses: Responses,
        interpreter: Interpreter,
        desk: ActionDesk,
        channel: Channel = "changtong",
        manner: Manner | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._domain, self._responses, self._interpreter, self._desk = domain, responses, interpreter, desk
        self._channel = channel
        self._manner = manner or Manner()
        self._url = url.rstrip("/")
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, limits=_NONE_KEPT)

    def new(self, conversation_id: str) -> RemoteState:
        """Return the state of a conversation in which nothing was said."""
        return RemoteState(conversation_id=conversation_id, slots=_set(self._domain.initial_slots))

    def restore(self, data: dict[str, Any]) -> RemoteState:
        """Return the state of a snapshot. Raises `StateUnreadable`."""
        try:
            if data["format"] != _FORMAT:
                raise StateUnreadable(f"format {data['format']!r}, expected {_FORMAT!r}")
            return RemoteState(
                conversation_id=str(data["id"]),
                slots=dict(data["slots"]),
                active_loop=data["loop"],
                known=int(data["known"]),
                mark=data["mark"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StateUnreadable("not a snapshot of a conversation on a Rasa server") from error

    async def intent_of(self, state: DialogueState, text: str) -> str:
        """Return the intent that the text would have, given the question asked; changes nothing."""
        return self._interpreter.parse(text, self._context(state)).intent

    async def say(self, state: DialogueState, said: Said, channel: str) -> Spoken:
        """Run one turn on the server. Never raises; see `Spoken.has_failed`."""
        if not isinstance(state, RemoteState):
            raise TypeError(f"expected a state made by this dialogue, got {type(state).__name__}")
        meaning, failure = self._meaning(said, state), ""
        with self._desk.waiting(state.conversation_id) as turn:
            try:
                after, spoken = await self._turn(state, said, channel, meaning)
            except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
                failure = type(error).__name__
        if failure:
            log.error("rasa_turn_failed", error=failure)
        if failure or turn.failed:
            return self._failed(state, meaning, channel)
        intent = meaning["intent"]
        return Spoken(state=after, messages=spoken, intent=intent["name"], confidence=intent["confidence"])

    async def _turn(
        self, state: RemoteState, said: Said, channel: str, meaning: dict[str, Any]
    ) -> tuple[RemoteState, tuple[SpokenMessage, ...]]:
        if self._channel == "rest":
            return await self._rest_turn(state, said)
        body = {
            "sender": state.conversation_id,
            "text": said.text,
            "message_id": said.message_id,
            "channel": channel,
            "parse_data": {**meaning, "message_id": said.message_id, "metadata": {}},
            "known": state.known,
            "mark": state.mark,
            "slots": state.slots,
            "loop": state.active_loop,
        }
        answer = await self._post("/webhooks/changtong/turn", body)
        return self._after(state, answer), self._messages(answer["messages"])

    async def _rest_turn(self, state: RemoteState, said: Said) -> tuple[RemoteState, tuple[SpokenMessage, ...]]:
        """Say it as any client does; what begins with "/" and is no payload must not be taken for one."""
        await self._settle(state)
        text = said.text
        if not said.is_payload and text.startswith("/"):
            text = _NO_PAYLOAD + text[1:]
        answer = await self._post("/webhooks/rest/webhook", {"sender": state.conversation_id, "message": text})
        tracker = await self._tracker(state)
        loop = (tracker.get("active_loop") or {}).get("name")
        standing = {"slots": tracker["slots"], "loop": loop, "mark": tracker.get("latest_event_time")}
        return self._after(state, standing), self._messages(answer)

    async def _settle(self, state: RemoteState) -> None:
        """Lay the conversation anew where the server has not got it as it was left.

        It was started anew meanwhile, or a turn was undone, or its answer was lost.
        """
        if state.mark is not None and (await self._tracker(state)).get("latest_event_time") == state.mark:
            return
        path = f"{self._url}/conversations/{state.conversation_id}/tracker/events"
        (await self._client.put(path, json=_laid_anew(state))).raise_for_status()

    async def _tracker(self, state: RemoteState) -> dict[str, Any]:
        path = f"{self._url}/conversations/{state.conversation_id}/tracker"
        response = await self._client.get(path, params={"include_events": "NONE"})
        response.raise_for_status()
        tracker: dict[str, Any] = response.json()
        return tracker

    def _messages(self, whole: list[dict[str, Any]]) -> tuple[SpokenMessage, ...]:
        """Cut what was said as the embedded engine does; what Rasa's own channel has cut stays as it is."""
        cut = (messages(one, one.get("response"), splits_text=self._manner.splits_text) for one in whole)
        return tuple(message for several in cut for message in several)

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = await self._client.post(self._url + path, json=body)
        response.raise_for_status()
        return response.json()

    def _after(self, state: RemoteState, answer: dict[str, Any]) -> RemoteState:
        kept = {name: value for name, value in answer["slots"].items() if name in self._domain.slots}
        return RemoteState(
            conversation_id=state.conversation_id,
            slots=_set(json_copy(kept)),
            active_loop=answer["loop"],
            known=int(answer.get("known") or 0),
            mark=answer.get("mark"),
        )

    def _meaning(self, said: Said, state: RemoteState) -> dict[str, Any]:
        payload = parse_payload(said.text, self._domain.intents, self._domain.entities) if said.is_payload else None
        if payload is None:
            return parsed(said.text, self._interpreter, self._context(state))
        named = {"name": payload.intent, "confidence": payload.confidence}
        return {"text": said.text, "intent": named, "entities": payload.entities, "intent_ranking": [named]}

    def _context(self, state: DialogueState) -> ParseContext:
        language = state.slot(self._manner.language_slot)
        return ParseContext(
            active_loop=state.active_loop,
            requested_slot=state.requested_slot,
            language=language if isinstance(language, str) else None,
        )

    def _failed(self, state: RemoteState, meaning: dict[str, Any], channel: str) -> Spoken:
        name, intent = self._manner.failure_response, meaning["intent"]
        draft = self._responses.draft(name, state.slots, channel, {}) or {}
        apology = tuple(messages(draft, name, splits_text=self._manner.splits_text))
        return Spoken(
            state=state, messages=apology, intent=intent["name"], confidence=intent["confidence"], has_failed=True
        )


def _set(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if value is not None}


def _laid_anew(state: RemoteState) -> list[dict[str, Any]]:
    """Return events that lead to this state."""
    slots = [{"event": "slot", "name": name, "value": value} for name, value in state.slots.items()]
    loop = state.active_loop
    entered = [{"event": "action", "name": loop}, {"event": "active_loop", "name": loop}] if loop else []
    begun = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
    return [*begun, *slots, *entered, {"event": "action", "name": LISTEN}]
