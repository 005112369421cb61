"""The two-stage fallback where the recorded cases do not reach."""

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action

from bot.dialogue import RASA, Manner, ProjectRefused
from tests.unit.dialogue.projects import Heard, Talk, WordEar, load

DOMAIN = """
intents: [a, nlu_fallback]
entities: [city]
slots:
  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
responses:
  utter_p: [{text: "p {city}"}]
  utter_ask_rephrase: [{text: rephrase}]
  utter_default: [{text: give up}]
  utter_action_failed: [{text: sorry}]
"""
RULES = """
rules:
  - {rule: p, steps: [{intent: a}, {action: utter_p}]}
  - rule: fallback
    steps:
      - intent: nlu_fallback
      - action: action_two_stage_fallback
      - active_loop: action_two_stage_fallback
"""


class Ask(Action):
    def name(self) -> str:
        return "action_default_ask_affirmation"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        dispatcher.utter_message(text="which of these?")
        return []


async def test_asks_for_the_likely_intent(tmp_path: Path) -> None:
    ear = WordEar({"hm": Heard(intent="nlu_fallback", ranking=[("nlu_fallback", 0.3), ("a", 0.2)])})
    spoken = await Talk(load(tmp_path, manner=RASA, ear=ear, domain=DOMAIN, rules=RULES)).say("hm")
    assert [(m.text, m.buttons[0]) for m in spoken.messages] == [("Did you mean 'a'?", ("Yes", "/a"))]


async def test_once_clear_the_turns_between_never_were(tmp_path: Path) -> None:
    talk = Talk(load(tmp_path, manner=RASA, domain=DOMAIN, rules=RULES))
    await talk.say('/a{"city": "x"}')
    before = len(talk.state.turns)
    await talk.say("/nlu_fallback")
    assert talk.state.active_loop == "action_two_stage_fallback"
    assert await talk.texts("/out_of_scope") == ["rephrase"]
    assert await talk.texts("/a") == ["p x"]
    assert (talk.state.active_loop, talk.state.before_fallback, len(talk.state.turns)) == (None, None, before + 1)


async def test_twice_unclear_gives_up(tmp_path: Path) -> None:
    talk = Talk(load(tmp_path, manner=RASA, domain=DOMAIN, rules=RULES))
    await talk.say("/nlu_fallback")
    assert await talk.texts("/nlu_fallback") == ["give up"]
    assert talk.state.active_loop is None


async def test_the_project_s_own_question(tmp_path: Path) -> None:
    domain = DOMAIN + "actions: [action_default_ask_affirmation]\n"
    engine = load(tmp_path, Ask(), manner=Manner(), domain=domain, rules=RULES)
    assert await Talk(engine).texts("/nlu_fallback") == ["which of these?"]


def test_strictly_the_question_must_be_the_project_s_own(tmp_path: Path) -> None:
    with pytest.raises(ProjectRefused, match=r"data/rules\.yml:7: rule 'fallback': without an action"):
        load(tmp_path, manner=Manner(), domain=DOMAIN, rules=RULES)
