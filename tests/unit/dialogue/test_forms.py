"""Forms as they run: activation, validation, rejection, interruptions, one form inside another."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action, FormValidationAction, ValidationAction
from rasa_sdk.events import FollowupAction, SlotSet

from bot.dialogue import DialogueEngine
from tests.unit.dialogue.projects import Heard, Talk, WordEar, load

DOMAIN = """
intents: [begin, inform, help, cancel, affirm, deny, jump, quiet]
entities: [kind, place]
slots:
  kind: {type: any, mappings: [{type: custom, conditions: [{active_loop: report}]}]}
  contact: {type: any, mappings: [{type: custom, conditions: [{active_loop: report}]}]}
  story: {type: any, mappings: [{type: custom, conditions: [{active_loop: report}]}]}
  sure: {type: any, mappings: [{type: custom, conditions: [{active_loop: confirm}]}]}
forms:
  report: {required_slots: [kind, contact, story]}
  confirm: {required_slots: [sure]}
actions:
  [validate_report, validate_confirm, action_ask_report_story, action_submit, action_decided, action_begin, action_jump]
responses:
  utter_ask_report_kind: [{text: "kind?"}]
  utter_ask_kind: [{text: "wrong question"}]
  utter_ask_contact: [{text: "contact?"}]
  utter_ask_sure: [{text: "sure?"}]
  utter_help: [{text: help}]
  utter_quiet: [{text: quiet}]
"""
RULES = """
rules:
  - {rule: begin, steps: [{or: [{intent: begin}, {intent: inform}]}, {action: action_begin}]}
  - {rule: help, steps: [{intent: help}, {action: utter_help}]}
  - {rule: cancel, steps: [{intent: cancel}, {action: confirm}, {active_loop: confirm}]}
  - {rule: jump, steps: [{intent: jump}, {action: action_jump}]}
  - {rule: quiet, condition: [{active_loop: report}], steps: [{intent: quiet}, {action: utter_quiet}]}
  - rule: end
    condition: [{active_loop: report}]
    steps: [{action: report}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: action_submit}]
  - rule: decided
    condition: [{active_loop: confirm}]
    steps: [{action: confirm}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: action_decided}]
"""


class ValidateReport(FormValidationAction):
    """Reads all slots itself, as the patterns do."""

    def __init__(self) -> None:
        self.seen: list[tuple[str | None, str | None]] = []

    def name(self) -> str:
        return "validate_report"

    async def required_slots(self, domain_slots: Any, dispatcher: Any, tracker: Any, domain: Any) -> list[str]:
        is_named = tracker.get_slot("kind") == "named"
        return [slot for slot in domain_slots if slot != "contact" or is_named]

    async def get_extraction_events(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        asked, intent = tracker.get_slot("requested_slot"), tracker.latest_message["intent"]["name"]
        self.seen.append((asked, intent))
        entities = {entity["entity"]: entity["value"] for entity in tracker.latest_message["entities"]}
        found = {"kind": entities["kind"]} if "kind" in entities else {}
        if asked in ("contact", "story") and intent == "inform" and not found:
            found = {asked: tracker.latest_message["text"]}
        return [SlotSet(name, value) for name, value in found.items()]

    def validate_kind(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        if value == "bad":
            dispatcher.utter_message(text="not that")
            return {"kind": None}
        return {"kind": value, "contact": None} if value == "anonymous" else {"kind": value}

    def validate_story(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        return {"story": value}


class ValidateConfirm(FormValidationAction):
    def __init__(self) -> None:
        self.asked: list[str | None] = []

    def name(self) -> str:
        return "validate_confirm"

    async def get_extraction_events(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        self.asked.append(tracker.get_slot("requested_slot"))
        intent = tracker.latest_message["intent"]["name"]
        is_ours = tracker.get_slot("requested_slot") == "sure" and intent in ("affirm", "deny")
        return [SlotSet("sure", intent == "affirm")] if is_ours else []

    def validate_sure(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        return {"sure": value}


class Small(Action):
    """A named action made of a function."""

    def __init__(self, name: str, body: Any) -> None:
        self._name, self._body = name, body

    def name(self) -> str:
        return self._name

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        return self._body(dispatcher, tracker)


def ask_story(dispatcher: Any, tracker: Any) -> list[Any]:
    dispatcher.utter_message(text=f"story of {tracker.get_slot('kind')}?")
    return []


def submit(dispatcher: Any, tracker: Any) -> list[Any]:
    dispatcher.utter_message(text=f"sent {tracker.get_slot('story')}")
    return [SlotSet(name, None) for name in ("kind", "contact", "story")]


def decided(dispatcher: Any, tracker: Any) -> list[Any]:
    if tracker.get_slot("sure"):
        return [SlotSet(name, None) for name in ("kind", "contact", "story", "sure")]
    return [SlotSet("sure", None), FollowupAction("report")]


def begin(dispatcher: Any, tracker: Any) -> list[Any]:
    return [] if tracker.active_loop_name == "report" else [FollowupAction("report")]


@pytest.fixture
def validators() -> tuple[ValidateReport, ValidateConfirm]:
    return ValidateReport(), ValidateConfirm()


@pytest.fixture
def engine(tmp_path: Path, validators: tuple[ValidateReport, ValidateConfirm]) -> DialogueEngine:
    actions = [
        *validators,
        Small("action_ask_report_story", ask_story),
        Small("action_submit", submit),
        Small("action_decided", decided),
        Small("action_begin", begin),
        Small("action_jump", lambda *_: [FollowupAction("confirm")]),
    ]
    ear = WordEar({"it was so": Heard(intent="inform"), "hm": Heard(intent="quiet")})
    return load(tmp_path, *actions, domain=DOMAIN, rules=RULES, ear=ear)


async def test_asks_only_what_is_required_and_submits(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    assert await talk.texts("/begin") == ["kind?"]
    assert await talk.texts('/inform{"kind": "anonymous"}') == ["story of anonymous?"]
    assert talk.state.requested_slot == "story"
    assert await talk.texts("it was so") == ["sent it was so"]
    assert (talk.state.active_loop, talk.set_slots) == (None, {})


async def test_a_required_slot_may_appear_with_an_answer(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    assert await talk.texts('/inform{"kind": "named"}') == ["contact?"]
    assert await talk.texts('/inform{"kind": "anonymous"}') == ["story of anonymous?"]


async def test_what_the_first_message_gives_is_not_asked(engine: DialogueEngine) -> None:
    assert await Talk(engine).texts('/begin{"kind": "named"}') == ["contact?"]


async def test_a_refused_answer_is_told_and_asked_again(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    assert await talk.texts('/inform{"kind": "bad"}') == ["not that", "kind?"]


async def test_a_rule_without_condition_comes_back_to_the_question(
    engine: DialogueEngine, validators: tuple[ValidateReport, ValidateConfirm]
) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    validators[0].seen.clear()
    assert await talk.texts("/help") == ["help", "kind?"]
    assert validators[0].seen == [("kind", "help"), ("kind", "help")]
    assert talk.state.requested_slot == "kind"


async def test_a_rule_of_the_form_without_the_form_does_not_come_back(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    assert await talk.texts("hm") == ["quiet"]
    assert (talk.state.active_loop, talk.state.is_rejected) == ("report", True)


async def test_saying_begin_inside_the_form_asks_again(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    assert await talk.texts("/begin") == ["kind?"]


async def test_what_no_rule_knows_is_undone(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    before = talk.state
    spoken = await talk.say("who knows")
    assert (spoken.messages, replace(talk.state, heard=before.heard)) == ((), before)


@pytest.mark.parametrize("word", ["/cancel", "/jump"])
async def test_a_form_inside_a_form_asks_first(word: str, engine: DialogueEngine) -> None:
    talk = Talk(engine)
    await talk.say("/begin")
    await talk.say('/inform{"kind": "named"}')
    assert await talk.texts(word) == ["sure?"]
    assert talk.state.active_loop == "confirm"
    assert await talk.texts("/deny") == ["contact?"]
    assert (talk.state.active_loop, talk.state.requested_slot) == ("report", "contact")
    await talk.say(word)
    await talk.say("/affirm")
    assert (talk.state.active_loop, talk.set_slots) == (None, {})


async def test_on_entry_from_a_form_the_other_question_stands_first(
    engine: DialogueEngine, validators: tuple[ValidateReport, ValidateConfirm]
) -> None:
    """The trap of the patterns: a validator must read its own question only."""
    talk = Talk(engine)
    await talk.say("/begin")
    await talk.say("/cancel")
    assert validators[1].asked == ["kind", None]


async def test_forms_run_the_same_from_a_snapshot(engine: DialogueEngine) -> None:
    talk = Talk(engine)
    for text in ("/begin", "/help", '/inform{"kind": "named"}', "/cancel", "/deny"):
        await talk.say(text)
    assert talk.state.active_loop == "report"


EXTRACTION = """
intents: [a, b]
entities: [city, kind]
slots:
  cities: {type: list, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
  first: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: kind}]}
  second: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: kind}]}
  whole: {type: text, influence_conversation: false, mappings: [{type: from_text, conditions: [{active_loop: null}]}]}
  role: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: kind, role: boss}]}
  intent: {type: bool, influence_conversation: false, mappings: [{type: from_intent, intent: b, value: true}]}
  made: {type: any, mappings: [{type: custom, action: action_make}, {type: custom, action: action_make}]}
forms:
  f: {required_slots: [first, second]}
responses:
  utter_ask_first: [{text: first}]
  utter_ask_second: [{text: second}]
  utter_p: [{text: p}]
actions: [action_make, action_validate_slot_mappings]
"""
EXTRACTION_RULES = """
rules:
  - {rule: r, steps: [{intent: a}, {action: f}, {active_loop: f}]}
  - {rule: s, steps: [{intent: b}, {action: utter_p}]}
"""


class Make(Action):
    def __init__(self) -> None:
        self.count = 0

    def name(self) -> str:
        return "action_make"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        self.count += 1
        return [SlotSet("made", self.count), FollowupAction("utter_p")]


class Mappings(ValidationAction):
    def validate_whole(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        return {"whole": str(value).upper()}

    def validate_cities(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        return {"cities": value}


async def test_every_kind_of_mapping(tmp_path: Path) -> None:
    make = Make()
    talk = Talk(load(tmp_path, make, Mappings(), domain=EXTRACTION, rules=EXTRACTION_RULES))
    await talk.say('/b{"city": ["x", "y"], "kind": "k"}')
    assert talk.set_slots == {
        "cities": ["x", "y"],
        "first": "k",
        "second": "k",
        "whole": '/B{"CITY": ["X", "Y"], "KIND": "K"}',
        "intent": True,
        "made": 1,
    }


async def test_an_entity_two_slots_want_goes_to_the_one_asked(tmp_path: Path) -> None:
    talk = Talk(load(tmp_path, Make(), Mappings(), domain=EXTRACTION, rules=EXTRACTION_RULES))
    assert await talk.texts("/a") == ["first"]
    assert await talk.texts('/a{"kind": "k"}') == ["second"]
    assert (talk.state.slot("first"), talk.state.slot("second")) == ("k", None)


async def test_roles_must_agree(tmp_path: Path) -> None:
    ear = WordEar({"boss": Heard(intent="b", entities=[{"entity": "kind", "value": "k", "role": "boss"}])})
    talk = Talk(load(tmp_path, Make(), Mappings(), domain=EXTRACTION, rules=EXTRACTION_RULES, ear=ear))
    await talk.say("boss")
    assert (talk.state.slot("role"), talk.state.slot("first")) == ("k", None)
