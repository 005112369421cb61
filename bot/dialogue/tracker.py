"""One conversation: the state between turns, and the tracker that one turn writes on."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.dialogue.domain import LISTEN, REQUESTED_SLOT, TWO_STAGE_FALLBACK, Domain
from bot.dialogue.errors import ActionFailed, NotJson, StateUnreadable
from bot.dialogue.json_values import checked_copy, json_copy
from bot.dialogue.memory import Recollection, read_recollection
from bot.dialogue.situations import Situation
from bot.dialogue.values import Event, SpokenMessage

REMEMBERED_TURNS = 10
REMEMBERED_CHARACTERS = 200
"""Of texts in past turns; longer ones are cut, so that a conversation's row stays small."""

_FORMAT = 2
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_START = Situation()
_EARLIER = Situation(previous="(earlier)")
"""Stands for all turns before this one: no rule reaches over it."""
_HEARD_INTENTS = 3
_OURS = ("clarified",)
_NAMED = ("slot", "active_loop", "followup", "action", "action_execution_rejected")
_NO_EFFECT = ("bot", "user_featurization", "export", "entities")


@dataclass(frozen=True, kw_only=True)
class State:
    """What is kept between turns; never changed in place."""

    conversation_id: str
    slots: dict[str, Any] = field(repr=False)
    initial_slots: dict[str, Any] = field(repr=False)
    active_loop: str | None = None
    is_rejected: bool = False
    is_paused: bool = False
    is_new: bool = True
    is_stuck: bool = False
    turns: tuple[str, ...] = field(default=(), repr=False)
    """The events of the last turns, each turn as JSON text: it is written once, and few turns need to read it."""
    memory: Recollection | None = field(default=None, repr=False)
    heard: tuple[str, ...] = ()
    before_fallback: "State | None" = field(default=None, repr=False)
    undo: "tuple[State, ...]" = field(default=(), repr=False, compare=False)
    """Where a rewind leads, the last turn's start at the end; kept in memory alone, for Rasa's `back`."""
    untouched: "State | None" = field(default=None, repr=False, compare=False)
    """The state before events came from outside; a rewind undoes them with the turn."""

    @property
    def requested_slot(self) -> str | None:
        asked = self.slots.get(REQUESTED_SLOT)
        return asked if isinstance(asked, str) else None

    def slot(self, name: str) -> Any:
        return self.slots.get(name)

    def snapshot(self) -> dict[str, Any]:
        """Return JSON-ready data; slots at their initial value are left out."""
        return {
            "format": _FORMAT,
            "id": self.conversation_id,
            "slots": {name: value for name, value in self.slots.items() if value != self.initial_slots.get(name)},
            "loop": self.active_loop,
            "rejected": self.is_rejected,
            "paused": self.is_paused,
            "new": self.is_new,
            "stuck": self.is_stuck,
            "turns": list(self.turns),
            "memory": self.memory.written() if self.memory is not None else None,
            "heard": list(self.heard),
            "before_fallback": self.before_fallback.snapshot() if self.before_fallback is not None else None,
        }


def new_state(conversation_id: str, domain: Domain) -> State:
    """Return the state before the first word."""
    return State(conversation_id=conversation_id, slots=dict(domain.initial_slots), initial_slots=domain.initial_slots)


def read_state(data: dict[str, Any], domain: Domain) -> State:
    """Return the state of a snapshot; slots and loops that the domain no longer has are dropped.

    Raises `StateUnreadable` when the data is not a snapshot.
    """
    try:
        if data["format"] != _FORMAT:
            raise StateUnreadable(f"format {data['format']!r}, expected {_FORMAT}")
        kept = {name: value for name, value in data["slots"].items() if name in domain.slots}
        loop = data["loop"] if data["loop"] in domain.forms or data["loop"] == TWO_STAGE_FALLBACK else None
        return State(
            conversation_id=str(data["id"]),
            slots={**domain.initial_slots, **kept},
            initial_slots=domain.initial_slots,
            active_loop=loop,
            is_rejected=bool(data["rejected"]),
            is_paused=bool(data["paused"]),
            is_new=bool(data["new"]),
            is_stuck=bool(data["stuck"]),
            turns=tuple(map(str, data["turns"])),
            memory=read_recollection(data["memory"]) if data["memory"] is not None else None,
            heard=tuple(data["heard"]),
            before_fallback=read_state(data["before_fallback"], domain) if data["before_fallback"] else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StateUnreadable("not a snapshot of a conversation") from error


class Tracker:
    """The working copy of a state for one turn. Values in `slots` are never changed in place."""

    def __init__(self, state: State, domain: Domain) -> None:
        self.start = state
        self.domain = domain
        self.message: dict[str, Any] = {}
        self.spoken: list[SpokenMessage] = []
        self.heard = state.heard
        self.log: list[Event] = []
        """All that happened, in order; unlike `events` also what was undone."""
        self._channel = ""
        self._take(state)

    def _take(self, state: State) -> None:
        self.slots = dict(state.slots)
        self.active_loop = state.active_loop
        self.is_rejected = state.is_rejected
        self.is_interrupted = False
        self.is_paused = state.is_paused
        self.is_new = state.is_new
        self.latest_action: str | None = LISTEN
        self.followup: str | None = None
        self.rejected_action: str | None = None
        self.is_over = False
        self.events: list[Event] = []
        self.turns = state.turns
        self.path: list[Situation] = [_START if state.is_new else _EARLIER]
        self.before_fallback = state.before_fallback
        self.memory = state.memory
        self.undo = state.undo

    def fork(self) -> "Tracker":
        """Return a copy to try events on; nothing done to it shows here."""
        made = Tracker.__new__(Tracker)
        made.__dict__.update(self.__dict__)
        made.slots, made.events, made.path = dict(self.slots), list(self.events), list(self.path)
        made.spoken, made.log = [], []
        return made

    @property
    def requested_slot(self) -> str | None:
        asked = self.slots.get(REQUESTED_SLOT)
        return asked if isinstance(asked, str) else None

    @property
    def intent(self) -> str | None:
        name = self.message.get("intent", {}).get("name")
        return name if isinstance(name, str) else None

    @property
    def text(self) -> str:
        return str(self.message.get("text") or "")

    def hear(self, message: dict[str, Any], channel: str) -> None:
        """Begin the turn with the person's message."""
        self.message, self._channel, self.is_new = message, channel, False
        self.undo = (*self.start.undo, replace(self._untouched(), undo=()))[-REMEMBERED_TURNS:]
        self.heard = (*self.heard, str(self.intent))[-_HEARD_INTENTS:]
        self._note_message()

    def _note_message(self) -> None:
        message, channel = self.message, self._channel
        user = {"event": "user", "text": message["text"], "parse_data": message, "input_channel": channel}
        heard = {**user, "message_id": message["message_id"]}
        self.events += [{"event": "action", "name": LISTEN}, heard]
        self.log.append(heard)

    def apply_all(self, events: list[Event]) -> None:
        for event in events:
            self.apply(event)

    def apply(self, event: Event) -> None:
        """Let one event take effect and note it. Raises `ActionFailed` for events that are not supported."""
        kind = event["event"]
        self.events.append(event)
        self.log.append(event)
        if kind in _NO_EFFECT:
            if kind == "bot" and "message" in event:
                self.spoken.append(event["message"])
            return
        effect = _EFFECTS.get(kind)
        if effect is None:
            raise ActionFailed(str(self.latest_action), f"event {kind!r} is not supported")
        effect(self, event)

    def _on_slot(self, event: Event) -> None:
        name = event["name"]
        if name not in self.domain.slots:
            raise ActionFailed(str(self.latest_action), f"slot {name!r} is not in the domain")
        self.slots[name] = event.get("value")

    def _on_action(self, event: Event) -> None:
        self.latest_action = event["name"]
        self.followup = None
        self.rejected_action = None
        self.is_interrupted = False
        if event["name"] == self.active_loop:
            self.is_rejected = False

    def _on_active_loop(self, event: Event) -> None:
        self.active_loop = event["name"]
        self.before_fallback = self._without_fallback() if event["name"] == TWO_STAGE_FALLBACK else None
        self.is_rejected = False
        self.is_interrupted = False

    def _on_rejected(self, event: Event) -> None:
        self.rejected_action = event["name"]
        if event["name"] == self.active_loop:
            self.is_rejected = True

    def _on_interrupted(self, event: Event) -> None:
        self.is_interrupted = bool(event["is_interrupted"]) and self.active_loop is not None

    def _on_followup(self, event: Event) -> None:
        self.followup = event["name"]

    def _on_reset_slots(self, _: Event) -> None:
        self.slots = dict(self.domain.initial_slots)

    def _on_paused(self, event: Event) -> None:
        self.is_paused = event["event"] == "pause"

    def _on_restart(self, _: Event) -> None:
        self._take(new_state(self.start.conversation_id, self.domain))
        self.is_over = True

    def _on_rewind(self, _: Event) -> None:
        """Undo the last turn but for what was said aloud: this one, or from outside or once more the one before."""
        before = self.undo[:-1]
        self._take(self.undo[-1] if self.undo else self.start)
        self.undo = before
        self.is_over = True

    def _untouched(self) -> State:
        return self.start.untouched or self.start

    def forget_last_message(self) -> None:
        """Let a rewind reach over this turn: Rasa drops messages that a form took without being interrupted."""
        self.undo = self.undo[:-1]

    def _without_fallback(self) -> State:
        return self.start.before_fallback or self.start

    def _on_clarified(self, _: Event) -> None:
        """Go back to before the fallback and hear the clear message there."""
        self.start = replace(self._without_fallback(), undo=())
        self._take(self.start)
        self.undo = (self.start,)
        self._note_message()

    def finish(self, *, is_stuck: bool = False, is_outside: bool = False) -> State:
        """Return the state after the turn, or after events from outside."""
        turn = _remembered(self.events)
        turns = (*self.turns, _ENCODER.encode(turn)) if turn else self.turns
        return State(
            conversation_id=self.start.conversation_id,
            slots=self.slots,
            initial_slots=self.domain.initial_slots,
            active_loop=self.active_loop,
            is_rejected=self.is_rejected,
            is_paused=self.is_paused,
            is_new=self.is_new,
            is_stuck=is_stuck,
            turns=turns[-REMEMBERED_TURNS:],
            memory=self.memory,
            heard=self.heard,
            before_fallback=self.before_fallback,
            undo=self.undo,
            untouched=self._untouched() if is_outside and not self.is_over else None,
        )

    def view(self) -> dict[str, Any]:
        """Return the tracker as rasa-sdk reads it; shares no container with the state."""
        return {**self.view_without_events(), "events": shown_events(self.turns, self.events)}

    def view_without_events(self) -> dict[str, Any]:
        loop: dict[str, Any] = {}
        if self.active_loop is not None:
            loop = {"name": self.active_loop, "rejected": self.is_rejected, "is_interrupted": self.is_interrupted}
        return {
            "sender_id": self.start.conversation_id,
            "slots": checked_copy(self.slots),
            "latest_message": checked_copy(self.message),
            "latest_event_time": None,
            "followup_action": self.followup,
            "paused": self.is_paused,
            "latest_input_channel": next((e["input_channel"] for e in self.events if e["event"] == "user"), None),
            "active_loop": loop,
            "latest_action_name": self.latest_action,
        }


_EFFECTS = {
    "slot": Tracker._on_slot,
    "action": Tracker._on_action,
    "active_loop": Tracker._on_active_loop,
    "action_execution_rejected": Tracker._on_rejected,
    "loop_interrupted": Tracker._on_interrupted,
    "followup": Tracker._on_followup,
    "reset_slots": Tracker._on_reset_slots,
    "pause": Tracker._on_paused,
    "resume": Tracker._on_paused,
    "restart": Tracker._on_restart,
    "session_started": Tracker._on_restart,
    "rewind": Tracker._on_rewind,
    "clarified": Tracker._on_clarified,
}


def shown_events(turns: Sequence[str], events: Iterable[Event]) -> list[Event]:
    """Return the events of past turns and of this one as actions see them, oldest first."""
    return [*(_shown(event) for turn in turns for event in json.loads(turn)), *map(_shown_copy, events)]


def _shown(event: Event) -> Event:
    """Return an event for actions; of what the bot said only the response's name."""
    if event["event"] == "bot":
        return {"event": "bot", "text": None, "data": {}, "metadata": {"utter_action": event.get("name")}}
    return event


def _shown_copy(event: Event) -> Event:
    return _shown(event if event["event"] == "bot" else checked_copy(event))


def _remembered(events: list[Event]) -> list[Event]:
    """Return what later turns see of this one: no long texts, no structured values."""
    kept = []
    for event in events:
        if event["event"] == "user":
            kept.append(_remembered_user(event))
        elif event["event"] == "bot":
            kept.append({"event": "bot", "name": event.get("name")})
        elif event["event"] != "slot" or _is_small(event["value"]):
            kept.append({key: value for key, value in event.items() if value is not None or key in ("name", "value")})
    return kept


def _remembered_user(event: Event) -> Event:
    message = event["parse_data"]
    text = event["text"][:REMEMBERED_CHARACTERS]
    parse = {"intent": message["intent"], "entities": []}
    return {**event, "text": text, "parse_data": parse}


def _is_small(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 64)


def checked_events(action: str, events: Sequence[Event]) -> list[Event]:
    """Return copies of an action's events. Raises `ActionFailed` when a value is not JSON or a name is missing."""
    try:
        copies = [json_copy(event) for event in events]
    except NotJson as error:
        raise ActionFailed(action, f"returned an event that is not JSON: {error}") from error
    for event in copies:
        if event.get("event") in _OURS or event.get("event") not in (*_EFFECTS, *_NO_EFFECT):
            raise ActionFailed(action, f"event {event.get('event')!r} is not supported")
        if event["event"] in _NAMED and "name" not in event:
            raise ActionFailed(action, f"event {event['event']!r} without a name")
    return copies
