"""Stories are followed to the letter, or not at all."""

from pathlib import Path

import pytest

from bot.dialogue import RASA, ProjectRefused
from tests.unit.dialogue.projects import CONFIG, Talk, load

CONFIG_WITH_MEMORY = CONFIG + "  - {name: MemoizationPolicy, max_history: 5}\n"
DOMAIN = """
intents: [a, b, help, fill]
entities: [city]
slots:
  city: {type: text, mappings: [{type: from_entity, entity: city}]}
responses:
  utter_p: [{text: p}]
  utter_q: [{text: q}]
  utter_city: [{text: city}]
  utter_help: [{text: help}]
  utter_default: [{text: default}]
"""
RULES = """
rules:
  - {rule: help, steps: [{intent: help}, {action: utter_help}]}
"""
STORIES = """
stories:
  - {story: s, steps: [{intent: a}, {action: utter_p}, {intent: b}, {action: utter_q}]}
  - {story: t, steps: [{intent: fill, entities: [{city: x}]}, {slot_was_set: [{city: x}]}, {action: utter_city}]}
"""


def talk(folder: Path, stories: str = STORIES) -> Talk:
    return Talk(load(folder, manner=RASA, domain=DOMAIN, rules=RULES + stories, config=CONFIG_WITH_MEMORY))


async def test_a_story_is_followed_over_two_turns(tmp_path: Path) -> None:
    conversation = talk(tmp_path)
    assert await conversation.texts("/a") == ["p"]
    assert await conversation.texts("/b") == ["q"]


async def test_a_turn_of_a_rule_alone_is_not_seen(tmp_path: Path) -> None:
    conversation = talk(tmp_path)
    assert await conversation.texts("/help") == ["help"]
    assert await conversation.texts("/a") == ["p"]
    assert await conversation.texts("/help") == ["help"]
    assert await conversation.texts("/b") == ["q"]


async def test_off_the_story_the_turn_is_undone(tmp_path: Path) -> None:
    conversation = talk(tmp_path)
    assert await conversation.texts("/b") == ["default"]
    assert await conversation.texts("/a") == ["p"]
    assert await conversation.texts("/a") == ["default"]
    assert await conversation.texts("/b") == ["q"]


async def test_slots_are_part_of_the_story(tmp_path: Path) -> None:
    conversation = talk(tmp_path)
    assert await conversation.texts("/fill") == ["default"]
    assert await conversation.texts('/fill{"city": "x"}') == ["city"]


@pytest.mark.parametrize(
    "entry", ["fill: {use_entities: []}", "fill: {use_entities: false}", "fill: {ignore_entities: [city]}"]
)
async def test_an_intent_may_hide_its_entities(entry: str, tmp_path: Path) -> None:
    domain = DOMAIN.replace("help, fill]", f"help, {{{entry}}}]")
    stories = STORIES.replace(", entities: [{city: x}]", "")
    engine = load(tmp_path, manner=RASA, domain=domain, rules=RULES + stories, config=CONFIG_WITH_MEMORY)
    assert await Talk(engine).texts('/fill{"city": "x"}') == ["city"]


async def test_an_entity_may_be_hidden_everywhere(tmp_path: Path) -> None:
    domain = DOMAIN.replace("entities: [city]", "entities: [{city: {influence_conversation: false}}]")
    stories = STORIES.replace(", entities: [{city: x}]", "")
    engine = load(tmp_path, manner=RASA, domain=domain, rules=RULES + stories, config=CONFIG_WITH_MEMORY)
    assert await Talk(engine).texts('/fill{"city": "x"}') == ["city"]


async def test_after_a_restart_the_story_begins_anew(tmp_path: Path) -> None:
    conversation = talk(tmp_path)
    await conversation.say("/a")
    await conversation.say("/restart")
    assert await conversation.texts("/b") == ["default"]
    assert await conversation.texts("/a") == ["p"]


def test_a_story_that_contradicts_a_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectRefused, match=r"data/rules\.yml:6: story 's' says 'utter_p'"):
        talk(tmp_path, "\nstories:\n  - {story: s, steps: [{intent: help}, {action: utter_p}]}\n")


async def test_without_the_policy_stories_are_only_checked(tmp_path: Path) -> None:
    engine = load(tmp_path, manner=RASA, domain=DOMAIN, rules=RULES + STORIES)
    assert any("stories are not run" in problem.reason for problem in engine.warnings)
    assert await Talk(engine).texts("/a") == ["default"]
