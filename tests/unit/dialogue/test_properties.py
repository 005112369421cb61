"""Whatever is said: no turn raises, and the state stays whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa_sdk import Action
from rasa_sdk.events import FollowupAction, SlotSet

from bot.dialogue import DialogueEngine, Said
from tests.unit.dialogue.projects import Heard, WordEar, load

DOMAIN = """
intents: [begin, inform, stop, break_it, loop]
entities: [city, value]
slots:
  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
  free:
    type: text
    influence_conversation: false
    mappings: [{type: from_text, conditions: [{active_loop: f, requested_slot: free}]}]
  kept: {type: any, mappings: [{type: custom}]}
forms:
  f: {required_slots: [city, free]}
actions: [action_keep, action_break, action_loop]
responses:
  utter_ask_city: [{text: "city?"}]
  utter_ask_free: [{text: "free?", buttons: [{title: "{city}", payload: '/inform{{"city": "{city}"}}'}]}]
  utter_done: [{text: "done {city} {free}"}]
  utter_action_failed: [{text: sorry}]
"""
RULES = """
rules:
  - {rule: begin, steps: [{intent: begin}, {action: f}, {active_loop: f}]}
  - {rule: inform, steps: [{intent: inform}, {action: action_keep}]}
  - {rule: break, steps: [{intent: break_it}, {action: action_break}]}
  - {rule: loop, steps: [{intent: loop}, {action: action_loop}]}
  - {rule: stop, steps: [{intent: stop}, {action: action_deactivate_loop}]}
  - rule: end
    condition: [{active_loop: f}]
    steps: [{action: f}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: utter_done}]
"""


class Keep(Action):
    def name(self) -> str:
        return "action_keep"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        dispatcher.utter_message(text=str(tracker.latest_message["text"]))
        return [SlotSet("kept", [entity["value"] for entity in tracker.latest_message["entities"]])]


class Break(Action):
    def name(self) -> str:
        return "action_break"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        tracker.slots.clear()
        raise RuntimeError


class Loop(Action):
    def name(self) -> str:
        return "action_loop"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        return [SlotSet("kept", "half"), FollowupAction("action_loop")]


class AnyEar(WordEar):
    """Understands by length: every intent comes up."""

    def parse(self, text: str, context: Any) -> Heard:
        intents = ["begin", "inform", "stop", "break_it", "loop", "nlu_fallback", "unheard"]
        return Heard(intent=intents[len(text) % len(intents)], entities=[{"entity": "value", "value": text}])


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DialogueEngine:
    folder: Path = tmp_path_factory.mktemp("project")
    return load(folder, Keep(), Break(), Loop(), domain=DOMAIN, rules=RULES, ear=AnyEar())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.builds(
    lambda intent, name, value, tail: f"/{intent}{json.dumps({name: value})}{tail}",
    st.sampled_from(["begin", "inform", "stop", "break_it", "loop", "nope", "restart"]),
    st.sampled_from(["city", "value", "nope"]),
    JSON,
    st.text(max_size=3),
)
SLASHED = st.text(max_size=20).map(lambda text: f"/{text}")
MESSAGES = st.one_of(
    st.builds(Said, text=st.text(max_size=30), is_payload=st.booleans()),
    st.builds(Said, text=SLASHED, is_payload=st.booleans()),
    st.builds(Said, text=PAYLOADS, is_payload=st.just(True)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(MESSAGES, max_size=8))
async def test_no_turn_raises_and_every_state_is_whole(engine: DialogueEngine, said: list[Said]) -> None:
    state: Any = engine.new("c")
    for message in said:
        before = json.dumps(state.snapshot())
        spoken = await engine.say(state, message, "web")
        assert json.dumps(state.snapshot()) == before, "the state before was changed in place"
        written = json.dumps(spoken.state.snapshot(), ensure_ascii=False).encode("utf-8")
        state = engine.restore(json.loads(written))
        assert state == spoken.state
        assert set(state.slots) == {"city", "free", "kept", "requested_slot"}
        assert (state.active_loop is None) == (state.requested_slot is None)
        assert state.slot("kept") != "half", "half a turn was kept"
        if spoken.has_failed:
            assert spoken.state.snapshot() == json.loads(before)
            assert [m.text for m in spoken.messages] == ["sorry"]
