"""Conversations in memory, as a server of one project keeps them: state, all events, one turn at a time."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.domain import LISTEN
from bot.dialogue.engine import SESSION_START, DialogueEngine
from bot.dialogue.event_log import Verbosity, written_events, written_tracker
from bot.dialogue.tracker import State
from bot.dialogue.values import Event, Said, SpokenMessage

COLLECTOR = "collector"
"""What Rasa's REST channel calls itself; responses for a channel are chosen by it."""

_SECONDS_A_MINUTE = 60


@dataclass(kw_only=True)
class Conversation:
    """One conversation. `heard_at` is when the person wrote last, in seconds."""

    state: State
    events: list[Event] = field(default_factory=list, repr=False)
    heard_at: float | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)


class Conversations:
    """All conversations since the start; nothing is written to disk."""

    def __init__(self, engine: DialogueEngine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._all: dict[str, Conversation] = {}

    async def say(
        self, conversation_id: str, text: str, *, input_channel: str = "rest", metadata: dict[str, Any] | None = None
    ) -> tuple[SpokenMessage, ...]:
        """Run one turn and return the answers; a text that begins with "/" may be a payload."""
        conversation = self._of(conversation_id)
        text = text.strip()
        said = Said(
            text=text,
            is_payload=text.startswith("/"),
            message_id=secrets.token_hex(16),
            input_channel=input_channel,
            metadata=metadata or {},
        )
        async with conversation.turn:
            opened = await self._begun(conversation)
            spoken = await self._engine.say(conversation.state, said, COLLECTOR)
            self._take(conversation, spoken.state, spoken.events)
            conversation.heard_at = self._clock()
        return opened + spoken.messages

    async def tracker(self, conversation_id: str, verbosity: Verbosity, until: float | None = None) -> dict[str, Any]:
        """Return the tracker, of a new conversation if there was none; `until` leaves out what came later."""
        conversation = self._of(conversation_id)
        async with conversation.turn:
            await self._begun(conversation)
            if until is None:
                return written_tracker(conversation.state, conversation.events, verbosity)
            events = [event for event in conversation.events if event["timestamp"] <= until]
            return written_tracker(self._engine.replay(conversation_id, events), events, verbosity)

    async def append(self, conversation_id: str, events: Sequence[Event], verbosity: Verbosity) -> dict[str, Any]:
        """Let events take effect and return the tracker. Raises `ActionFailed` for unsupported ones."""
        conversation = self._of(conversation_id)
        async with conversation.turn:
            if not _begins_session(events):
                await self._begun(conversation)
            state = self._engine.apply(conversation.state, events)
            self._take(conversation, state, events)
            return written_tracker(state, conversation.events, verbosity)

    async def replace(self, conversation_id: str, events: Sequence[Event], verbosity: Verbosity) -> dict[str, Any]:
        """Let the conversation be what these events made it; return the tracker. Raises `ActionFailed`."""
        state = self._engine.replay(conversation_id, events)
        conversation = self._of(conversation_id)
        async with conversation.turn:
            conversation.events = []
            self._take(conversation, state, events)
            return written_tracker(state, conversation.events, verbosity)

    def _of(self, conversation_id: str) -> Conversation:
        if conversation_id not in self._all:
            self._all[conversation_id] = Conversation(state=self._engine.new(conversation_id))
        return self._all[conversation_id]

    def _take(self, conversation: Conversation, state: Any, events: Sequence[Event]) -> None:
        conversation.state = state
        conversation.events += written_events(events, self._clock())

    async def _begun(self, conversation: Conversation) -> tuple[SpokenMessage, ...]:
        """Begin a session where there is none, or the last one is over."""
        if conversation.events and not self._is_expired(conversation):
            return ()
        spoken = await self._engine.start_session(conversation.state, COLLECTOR)
        self._take(conversation, spoken.state, spoken.events)
        conversation.heard_at = None
        return spoken.messages

    def _is_expired(self, conversation: Conversation) -> bool:
        minutes = self._engine.domain.session_minutes
        if not minutes or conversation.heard_at is None:
            return False
        return self._clock() - conversation.heard_at > minutes * _SECONDS_A_MINUTE


def _begins_session(events: Sequence[Event]) -> bool:
    kinds = [(event.get("event"), event.get("name")) for event in events[:2]]
    return kinds == [("action", SESSION_START), ("session_started", None)] or kinds == [("action", LISTEN)]
