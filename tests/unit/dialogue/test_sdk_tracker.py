"""The tracker that actions get in this process is the one they would get over the wire."""

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker as SdkTracker

from bot.dialogue.sdk_tracker import LiveTracker
from bot.dialogue.tracker import Tracker, new_state
from bot.dialogue.values import SpokenMessage
from tests.unit.dialogue.projects import load

DOMAIN = """
intents: [inform]
slots:
  a: {type: any, mappings: [{type: custom}]}
  b: {type: any, mappings: [{type: custom}]}
responses:
  utter_b: [{text: said}]
"""
FLAT = ("sender_id", "slots", "latest_message", "active_loop", "latest_action_name", "followup_action", "stack")


def message(text: str) -> dict[str, Any]:
    intent = {"name": "inform", "confidence": 1.0}
    empty: dict[str, Any] = {"entities": [], "message_id": "", "metadata": {}}
    return {"text": text, "intent": intent, "intent_ranking": [intent], **empty}


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    """A second turn, in which the bot has said something and two slots were set last."""
    domain = load(tmp_path, domain=DOMAIN).domain
    first = Tracker(new_state("id", domain), domain)
    first.hear(message("one"), "web")
    first.apply(slot("a", "x"))
    second = Tracker(first.finish(), domain)
    second.hear(message("two"), "web")
    second.apply({"event": "bot", "name": "utter_b", "message": SpokenMessage(text="said")})
    second.apply_all([slot("a", 1), slot("b", {"deep": [1]})])
    return second


def by_wire(tracker: Tracker) -> SdkTracker:
    view: Any = tracker.view()
    return SdkTracker.from_dict(view)


def test_it_says_what_the_wire_would_say(tracker: Tracker) -> None:
    live, wired = LiveTracker(tracker), by_wire(tracker)
    assert [getattr(live, name) for name in FLAT] == [getattr(wired, name) for name in FLAT]
    assert live.events == wired.events
    assert live.is_paused() == wired.is_paused()
    assert live.current_state() == wired.current_state()
    assert "said" not in repr(live.events)


@pytest.mark.parametrize("looks_first", [False, True])
def test_slots_to_validate_are_those_set_last(tracker: Tracker, looks_first: bool) -> None:
    live, wired = LiveTracker(tracker), by_wire(tracker)
    for one in (live, wired):
        _ = one.events if looks_first else None
        one.add_slots([slot("b", 2), {"event": "followup", "name": "action_x"}])
    assert list(live.slots_to_validate().items()) == list(wired.slots_to_validate().items()) == [("a", 1), ("b", 2)]
    assert live.slots == wired.slots
    assert live.events == wired.events


def test_what_an_action_changes_in_it_stays_there(tracker: Tracker) -> None:
    live = LiveTracker(tracker)
    live.slots_to_validate()["b"]["deep"].append(2)
    live.slots["b"]["deep"].append(3)
    live.events.clear()
    assert live.events == []
    assert tracker.slots["b"] == {"deep": [1]}
    assert len(tracker.view()["events"]) == len(by_wire(tracker).events) > 0


def test_what_happens_later_does_not_show(tracker: Tracker) -> None:
    live, wired = LiveTracker(tracker), by_wire(tracker)
    tracker.apply(slot("a", "later"))
    assert live.events == wired.events
    assert live.slots["a"] == 1
