"""Writes what happened as Rasa's events and trackers are written, and tells what of it still holds."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from bot.dialogue.domain import LISTEN
from bot.dialogue.tracker import State
from bot.dialogue.values import Event, SpokenMessage

METADATA_SLOT = "session_started_metadata"
_POLICY = {"policy": None, "confidence": None}
_BOT_PARTS = ("elements", "quick_replies", "buttons", "attachment", "image", "custom")


class Verbosity(StrEnum):
    """Which events a tracker shows: none, those since the last restart, those not undone, all."""

    NONE = "NONE"
    AFTER_RESTART = "AFTER_RESTART"
    APPLIED = "APPLIED"
    ALL = "ALL"


def written_events(events: Iterable[Event], now: float) -> list[Event]:
    """Return events as Rasa writes them, with their time in seconds; `clarified` is what Rasa does instead."""
    made: list[Event] = []
    heard: Event = {}
    for event in events:
        if event["event"] == "user":
            heard = event
        for one in _clarified(heard) if event["event"] == "clarified" else (event,):
            made += _written(one, now)
    return made


def _clarified(heard: Event) -> tuple[Event, ...]:
    return ({"event": "active_loop", "name": None}, {"event": "rewind"}, {"event": "action", "name": LISTEN}, heard)


def _written(event: Event, now: float) -> list[Event]:
    kind = event["event"]
    base: Event = {"event": kind, "timestamp": now, "metadata": event.get("metadata") or {}}
    if kind == "bot":
        return [{**base, **_said(event)}] if "draft" in event or "message" not in event else []
    if kind == "action":
        action = {"name": event["name"], "action_text": None, "hide_rule_turn": False}
        return [{**base, **_POLICY, **action}]
    if kind == "action_execution_rejected":
        return [{**base, **_POLICY, "name": event["name"]}]
    return [{**base, **{key: value for key, value in event.items() if key not in base}}]


def _said(event: Event) -> Event:
    """Return the text and parts of a message, as one however many messages it made."""
    draft = event.get("draft") or event.get("data") or {}
    data = {part: draft.get(part) or None for part in _BOT_PARTS}
    text = event.get("text") if "draft" not in event else draft.get("text")
    data["attachment"] = data["attachment"] or data["image"]
    named = {"utter_action": event["name"]} if event.get("name") else {}
    return {"text": text or None, "data": data, "metadata": {**(event.get("metadata") or {}), **named}}


def applied(events: Sequence[Event]) -> list[Event]:
    """Return the events that were not undone."""
    kept: list[Event] = []
    for event in events:
        if event["event"] in ("restart", "session_started"):
            kept = []
        elif event["event"] == "rewind":
            _drop_from_last(kept, "user")
            _drop_from_last(kept, "action")
        else:
            kept.append(event)
    return kept


def _drop_from_last(kept: list[Event], kind: str) -> None:
    while kept and kept.pop()["event"] != kind:
        pass


def shown(events: Sequence[Event], verbosity: Verbosity) -> list[Event] | None:
    """Return the events that a tracker of this verbosity shows."""
    if verbosity is Verbosity.NONE:
        return None
    if verbosity is Verbosity.APPLIED:
        return applied(events)
    last = max((i for i, event in enumerate(events) if event["event"] == "restart"), default=-1)
    return list(events[last + 1 :] if verbosity is Verbosity.AFTER_RESTART else events)


def written_tracker(state: State, events: Sequence[Event], verbosity: Verbosity) -> dict[str, Any]:
    """Return a conversation as Rasa's tracker is written."""
    held = applied(events)
    heard = next((event for event in reversed(held) if event["event"] == "user"), None)
    action = next((event["name"] for event in reversed(held) if event["event"] == "action"), None)
    loop: dict[str, Any] = {}
    if state.active_loop is not None:
        loop = {"name": state.active_loop, "is_interrupted": False, "rejected": state.is_rejected}
        loop["trigger_message"] = None
    return {
        "sender_id": state.conversation_id,
        "slots": {**state.slots, METADATA_SLOT: state.slots.get(METADATA_SLOT)},
        "latest_message": heard["parse_data"] if heard is not None else _nothing_heard(),
        "latest_event_time": events[-1]["timestamp"] if events else None,
        "followup_action": None if heard is not None or action is not None else LISTEN,
        "paused": state.is_paused,
        "events": shown(events, verbosity),
        "latest_input_channel": heard.get("input_channel") if heard is not None else None,
        "active_loop": loop,
        "latest_action": {"action_name": action} if action else {},
        "latest_action_name": action,
    }


def _nothing_heard() -> dict[str, Any]:
    return {"intent": {}, "entities": [], "text": None, "message_id": None, "metadata": {}}


def written_message(message: SpokenMessage, recipient: str) -> dict[str, Any]:
    """Return a message as Rasa's REST channel writes it."""
    made: dict[str, Any] = {"recipient_id": recipient}
    if message.text:
        made["text"] = message.text
    if message.image:
        made["image"] = message.image
    if message.buttons:
        made["buttons"] = list(message.button_data)
    if message.attachment:
        made["attachment"] = message.attachment
    if message.custom:
        made["custom"] = message.custom
    return made
