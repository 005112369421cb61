"""A whole turn: actions, events, failures, limits, snapshots."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action
from rasa_sdk.events import (
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    ConversationPaused,
    ConversationResumed,
    FollowupAction,
    ReminderScheduled,
    Restarted,
    SessionEnded,
    SlotSet,
    UserUtteranceReverted,
)
from rasa_sdk.interfaces import ActionExecutionRejection
from structlog.testing import capture_logs

from bot.dialogue import FOREIGN, RASA, DialogueEngine, Manner, Said, StateUnreadable
from tests.unit.dialogue.projects import Heard, Talk, WordEar, load

DOMAIN = """
intents: [act, other, help, restart]
entities: [city]
slots:
  language:
    {type: categorical, values: [zh, en], initial_value: zh, influence_conversation: false, mappings: [{type: custom}]}
  note: {type: any, mappings: [{type: custom}]}
  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
  town:
    type: text
    mappings:
      - {type: from_text, not_intent: act, conditions: [{active_loop: f, requested_slot: town}]}
forms:
  f: {required_slots: [town]}
actions: [action_do]
responses:
  utter_p: [{text: "p {city}"}]
  utter_parts: [{text: "one\\n\\ntwo", custom: {k: "{city}"}}]
  utter_ask_town: [{text: town}]
  utter_restart: [{text: again}]
  utter_action_failed:
    - {text: 抱歉, condition: [{type: slot, name: language, value: zh}]}
    - {text: sorry, condition: [{type: slot, name: language, value: en}]}
"""
RULES = """
rules:
  - {rule: r, steps: [{intent: act}, {action: action_do}]}
  - {rule: s, steps: [{intent: other}, {action: utter_p}]}
  - {rule: h, steps: [{intent: help}, {action: utter_parts}]}
  - rule: done
    condition: [{active_loop: f}]
    steps: [{action: f}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: utter_p}]
"""
Body = Callable[[Any, Any, Any], Any]


class Do(Action):
    """An action made of a function; notes the trackers it was given."""

    def __init__(self, body: Body | None = None) -> None:
        self._body = body or (lambda dispatcher, tracker, domain: [])
        self.trackers: list[Any] = []

    def name(self) -> str:
        return "action_do"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        self.trackers.append(tracker)
        return self._body(dispatcher, tracker, domain)


def engine(
    folder: Path, body: Body | None = None, manner: Manner = FOREIGN, ear: WordEar | None = None
) -> DialogueEngine:
    return load(folder, Do(body), domain=DOMAIN, rules=RULES, manner=manner, ear=ear)


def returning(*events: Any) -> Body:
    return lambda dispatcher, tracker, domain: list(events)


async def test_tells_intent_confidence_and_messages(tmp_path: Path) -> None:
    spoken = await Talk(engine(tmp_path)).say('/other@0.7{"city": "x"}')
    assert (spoken.intent, spoken.confidence, spoken.has_failed) == ("other", 0.7, False)
    assert [(message.text, message.response) for message in spoken.messages] == [("p x", "utter_p")]


async def test_text_with_a_slash_is_text_unless_it_is_a_payload(tmp_path: Path) -> None:
    ear = WordEar({"/other": Heard(intent="help")})
    made = engine(tmp_path, ear=ear)
    spoken = await made.say(made.new("c"), Said(text="/other"), "web")
    assert spoken.intent == "help"


async def test_a_payload_of_an_unknown_intent_is_text(tmp_path: Path) -> None:
    ear = WordEar({"/nope": Heard(intent="help")})
    assert (await Talk(engine(tmp_path, ear=ear)).say("/nope")).intent == "help"


async def test_the_ear_gets_the_question_and_intent_of_changes_nothing(tmp_path: Path) -> None:
    ear = WordEar({"hello": Heard(intent="help")})
    made = engine(tmp_path, returning(FollowupAction("f")), ear=ear)
    talk = Talk(made)
    await talk.say("/act")
    before = talk.state.snapshot()
    assert await made.intent_of(talk.state, "hello") == "help"
    assert talk.state.snapshot() == before
    context = ear.contexts[-1]
    assert (context.active_loop, context.requested_slot, context.language) == ("f", "town", "zh")


async def test_actions_see_message_id_slots_and_names_of_what_was_said(tmp_path: Path) -> None:
    action = Do()
    talk = Talk(load(tmp_path, action, domain=DOMAIN, rules=RULES, manner=FOREIGN))
    await talk.say('/other{"city": "x"}')
    await talk.say("/act")
    tracker = action.trackers[-1]
    assert tracker.sender_id == "c1"
    assert tracker.latest_message["message_id"] == "m2"
    assert tracker.get_intent_of_latest_message() == "act"
    assert tracker.get_slot("city") == "x"
    assert tracker.latest_action_name == "action_listen"
    assert tracker.get_latest_input_channel() == "collector"
    said = [event for event in tracker.events if event["event"] == "bot"]
    assert said == [{"event": "bot", "text": None, "data": {}, "metadata": {"utter_action": "utter_p"}}]
    users = [event["message_id"] for event in tracker.events if event["event"] == "user"]
    assert users == ["m1", "m2"]


async def test_splits_or_keeps_texts_whole(tmp_path: Path) -> None:
    split = await Talk(engine(tmp_path)).say("/help")
    assert [(m.text, m.custom) for m in split.messages] == [("one", {}), ("two", {}), ("", {"k": "None"})]
    whole = await Talk(engine(tmp_path, manner=Manner(is_strict=False, splits_text=False))).say("/help")
    assert [(m.text, m.custom) for m in whole.messages] == [("one\n\ntwo", {"k": "None"})]


def speaking(**said: Any) -> Body:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(**said)
        return []

    return body


async def test_arguments_are_filled_once_and_buttons_come_as_given(tmp_path: Path) -> None:
    button = {"title": "{city}", "payload": '/other{"city": "y"}'}
    body = speaking(response="utter_p", city="{language}", buttons=[button], json_message={"n": 1})
    spoken = await Talk(engine(tmp_path, body)).say("/act")
    first, second = spoken.messages
    assert (first.text, first.buttons) == ("p {language}", (("{city}", '/other{"city": "y"}'),))
    assert (second.custom, second.response) == ({"n": 1}, "utter_p")


async def test_an_unknown_response_says_nothing(tmp_path: Path) -> None:
    assert (await Talk(engine(tmp_path, speaking(response="utter_nope"))).say("/act")).messages == ()


async def test_plain_texts_images_attachments_and_elements(tmp_path: Path) -> None:
    body = speaking(text="t", image="i", attachment="a", elements=[{"title": "e"}])
    spoken = await Talk(engine(tmp_path, body)).say("/act")
    assert [(m.text, m.image, m.attachment, m.custom) for m in spoken.messages] == [
        ("t", None, None, {}),
        ("", "i", None, {}),
        ("", None, "a", {}),
        ("e : ", None, None, {}),
    ]


async def test_follow_up_opens_a_form_and_none_closes_it(tmp_path: Path) -> None:
    answers = iter([[FollowupAction("f")], [ActiveLoop(None), SlotSet("requested_slot", None)]])
    talk = Talk(engine(tmp_path, lambda *_: next(answers)))
    assert await talk.texts("/act") == ["town"]
    assert (talk.state.active_loop, talk.state.requested_slot) == ("f", "town")
    assert await talk.texts("/act") == []
    assert talk.state.active_loop is None


async def test_an_unknown_follow_up_is_passed_over(tmp_path: Path) -> None:
    spoken = await Talk(engine(tmp_path, returning(FollowupAction("nope")))).say("/act")
    assert not spoken.has_failed


async def test_reset_restart_and_rewind(tmp_path: Path) -> None:
    events = iter([[SlotSet("note", {"n": [1]})], [AllSlotsReset()]])
    talk = Talk(engine(tmp_path, lambda *_: next(events)))
    await talk.say('/act{"city": "x"}')
    assert talk.set_slots == {"language": "zh", "note": {"n": [1]}, "city": "x"}
    await talk.say("/act")
    assert talk.set_slots == {"language": "zh"}
    await talk.say('/other{"city": "x"}')
    assert await talk.texts("/restart") == ["again"]
    assert talk.set_slots == {"language": "zh"}
    assert talk.state.turns == ()


@pytest.mark.parametrize("event", [Restarted(), UserUtteranceReverted()])
async def test_an_action_may_undo(event: Any, tmp_path: Path) -> None:
    talk = Talk(engine(tmp_path, returning(SlotSet("note", "n"), event)))
    await talk.say('/act{"city": "x"}')
    assert talk.set_slots == {"language": "zh"}


async def test_paused_the_bot_is_silent_and_slots_still_fill(tmp_path: Path) -> None:
    events = iter([[ConversationPaused()]])
    talk = Talk(engine(tmp_path, lambda *_: next(events)))
    await talk.say("/act")
    assert (await talk.say('/other{"city": "x"}')).messages == ()
    assert talk.set_slots["city"] == "x"
    assert await talk.texts("/restart") == ["again"]


async def test_resume_ends_the_pause(tmp_path: Path) -> None:
    talk = Talk(engine(tmp_path, returning(ConversationPaused(), ConversationResumed())))
    await talk.say("/act")
    assert await talk.texts("/other") == ["p None"]


def raising(error: Exception) -> Body:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(response="utter_p")
        tracker.slots["note"]["n"].append(2)
        raise error

    return body


async def test_a_failing_action_apologises_and_changes_nothing(tmp_path: Path) -> None:
    events: list[Body] = [returning(SlotSet("note", {"n": [1]})), raising(KeyError("secret words"))]
    talk = Talk(engine(tmp_path, lambda *given: events.pop(0)(*given)))
    await talk.say("/act")
    before = talk.state.snapshot()
    with capture_logs() as logs:
        spoken = await talk.say('/act{"city": "x"}')
    assert (spoken.has_failed, [m.text for m in spoken.messages]) == (True, ["抱歉"])
    assert talk.state.snapshot() == before
    assert before["slots"]["note"] == {"n": [1]}
    assert [(log["event"], log["action"]) for log in logs] == [("action_failed", "action_do")]
    assert "secret" not in repr(logs)


async def test_rasa_s_manner_is_silent_and_goes_on(tmp_path: Path) -> None:
    spoken = await Talk(engine(tmp_path, lambda *_: 1 / 0, manner=RASA)).say("/act")
    assert (spoken.has_failed, spoken.messages) == (False, ())


BAD_EVENTS = [
    SlotSet("note", object()),
    SlotSet("note", float("nan")),
    SlotSet("note", {1: 2}),
    SlotSet("nope", 1),
    {"event": "slot"},
    {"event": "dance"},
    {"event": "clarified"},
    ActionReverted(),
    SessionEnded(),
    ReminderScheduled("act", __import__("datetime").datetime(2026, 1, 1, tzinfo=__import__("datetime").UTC)),
]


@pytest.mark.parametrize("event", BAD_EVENTS)
async def test_events_that_cannot_be_kept_fail_the_turn(event: Any, tmp_path: Path) -> None:
    spoken = await Talk(engine(tmp_path, returning(event))).say("/act")
    assert spoken.has_failed


async def test_json_messages_must_be_json(tmp_path: Path) -> None:
    assert (await Talk(engine(tmp_path, speaking(json_message={"x": object()}))).say("/act")).has_failed


async def test_an_action_may_reject(tmp_path: Path) -> None:
    def body(*_: Any) -> list[Any]:
        raise ActionExecutionRejection("action_do")

    spoken = await Talk(engine(tmp_path, body)).say('/act{"city": "x"}')
    assert (spoken.has_failed, spoken.messages) == (False, ())
    assert spoken.state.slot("city") is None


class FailingMappings(Do):
    def name(self) -> str:
        return "action_validate_slot_mappings"


@pytest.mark.parametrize(("manner", "has_failed", "city"), [(FOREIGN, True, None), (RASA, False, "x")])
async def test_a_failing_validation_of_mappings(
    manner: Manner, has_failed: bool, city: str | None, tmp_path: Path
) -> None:
    domain = DOMAIN.replace("[action_do]", "[action_do, action_validate_slot_mappings]")
    actions = [Do(), FailingMappings(lambda *_: 1 / 0)]
    talk = Talk(load(tmp_path, *actions, domain=domain, rules=RULES, manner=manner))
    spoken = await talk.say('/other{"city": "x"}')
    assert (spoken.has_failed, talk.state.slot("city")) == (has_failed, city)


async def test_rules_may_name_default_actions(tmp_path: Path) -> None:
    rules = """
rules:
  - {rule: r, steps: [{intent: act}, {action: action_extract_slots}, {action: utter_p}]}
  - {rule: s, steps: [{intent: help}, {action: action_do}]}
  - {rule: stop, condition: [{active_loop: f}], steps: [{intent: other}, {action: action_deactivate_loop},
                                                         {active_loop: null}]}
"""
    domain = DOMAIN.replace("not_intent: act", "not_intent: [act, other]")
    talk = Talk(load(tmp_path, Do(returning(FollowupAction("f"))), domain=domain, rules=rules, manner=FOREIGN))
    assert await talk.texts('/act{"city": "x"}') == ["p x"]
    assert await talk.texts("/help") == ["town"]
    assert await talk.texts("/other") == []
    assert (talk.state.active_loop, talk.state.requested_slot) == (None, None)


async def test_an_endless_turn_apologises_and_the_conversation_goes_on(tmp_path: Path) -> None:
    talk = Talk(engine(tmp_path, returning(FollowupAction("action_do"))))
    spoken = await talk.say("/act")
    assert (spoken.has_failed, [m.text for m in spoken.messages]) == (True, ["抱歉"])
    assert await talk.texts("/other") == ["p None"]


async def test_as_many_actions_as_allowed_are_not_too_many(tmp_path: Path) -> None:
    manner = Manner(is_strict=False, action_limit=1)
    assert not (await Talk(engine(tmp_path, manner=manner)).say("/act")).has_failed


async def test_actions_cannot_change_the_state_behind_our_back(tmp_path: Path) -> None:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        tracker.latest_message["text"] = "changed"
        for event in tracker.events:
            event["name"] = "changed"
        (tracker.slots["note"] or {}).clear()
        return [] if tracker.slots["note"] is not None else [SlotSet("note", {"n": 1})]

    talk = Talk(engine(tmp_path, body))
    await talk.say("/act")
    await talk.say("/act")
    assert talk.state.slot("note") == {"n": 1}
    assert "changed" not in repr(talk.state.turns)


async def test_a_snapshot_is_json_small_and_remembers_ten_turns(tmp_path: Path) -> None:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        return [SlotSet("note", {"facts": "x" * 3000})]

    talk = Talk(engine(tmp_path, body))
    for _ in range(15):
        await talk.say("/act")
        await talk.say("y" * 5000)
    written = json.dumps(talk.state.snapshot())
    assert talk.engine.restore(json.loads(written)) == talk.state
    assert len(talk.state.turns) == 10
    assert len(written) < 15_000


@pytest.mark.parametrize(
    "data", [{}, {"format": 2}, {"format": 1, "slots": 3}, {"format": 1, "slots": {}, "loop": None}]
)
def test_what_is_no_snapshot_is_refused(data: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(StateUnreadable):
        engine(tmp_path).restore(data)


async def test_a_snapshot_of_an_older_domain_is_read(tmp_path: Path) -> None:
    made = engine(tmp_path)
    data = {**made.new("c").snapshot(), "slots": {"gone": 1, "city": "x"}, "loop": "gone_form"}
    state = made.restore(data)
    assert (state.slot("gone"), state.slot("city"), state.active_loop) == (None, "x", None)


async def test_only_states_of_this_engine_are_run(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        await engine(tmp_path).say(object(), Said(text="x"), "web")  # type: ignore[arg-type]


async def test_entities_that_are_not_json_are_left_out(tmp_path: Path) -> None:
    found: list[dict[str, Any]] = [{"entity": "city", "value": object()}, {"entity": "city", "value": "x"}]
    ear = WordEar({"hello": Heard(intent="other", entities=found, ranking=[("other", 0.9), ("help", 0.1)])})
    assert await Talk(engine(tmp_path, ear=ear)).texts("hello") == ["p x"]


async def test_broken_characters_are_replaced(tmp_path: Path) -> None:
    action = Do(returning(FollowupAction("f")))
    talk = Talk(load(tmp_path, action, domain=DOMAIN, rules=RULES, manner=FOREIGN))
    await talk.say("/act")
    await talk.say("a\ud800b")
    assert talk.state.slot("town") == "a?b"


async def test_session_start_keeps_slots_and_closes_the_form(tmp_path: Path) -> None:
    domain = DOMAIN.replace("help, restart]", "help, restart, session_start]")
    talk = Talk(load(tmp_path, Do(returning(FollowupAction("f"))), domain=domain, rules=RULES, manner=FOREIGN))
    await talk.say('/act{"city": "x"}')
    await talk.say("/session_start")
    assert (talk.state.active_loop, talk.set_slots) == (
        None,
        {"language": "zh", "city": "x", "town": "/session_start", "requested_slot": "town"},
    )
