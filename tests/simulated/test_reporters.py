"""Every kind of reporter comes to a code or leaves cleanly; how many messages that takes is what the documents say."""

import re
from pathlib import Path
from statistics import median

import pytest

from tests.simulated.conftest import Arrival
from tests.simulated.personas import PERSONAS, Leaver, Steady, Teller
from tests.simulated.reporter import Course, faults

SEEDS = range(3)
LANGUAGES = ("zh", "en")
DOCUMENT = Path(__file__).parents[2] / "docs" / "dialogue.md"
_ROW = re.compile(r"^\| (\w+) \| (\d+) \| (\d+) \|", re.MULTILINE)


def _play(arrival: Arrival, persona: type[Steady], language: str, seed: int) -> Course:
    course = arrival.play(persona, language, seed)
    assert faults(course) == [], course.told()
    return course


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_reporter_comes_to_an_end(persona: type[Steady], language: str, arrival: Arrival) -> None:
    courses = [_play(arrival, persona, language, seed) for seed in SEEDS]
    if persona is Leaver:
        assert [course.code for course in courses] == [None] * len(courses)
    else:
        assert [course.told() for course in courses if course.code is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("persona", "most"), [(Steady, 14), (Teller, 6)])
def test_a_code_takes_few_messages(persona: type[Steady], most: int, language: str, arrival: Arrival) -> None:
    courses = [_play(arrival, persona, language, seed) for seed in range(3, 7)]
    turns = [course.turns for course in courses]
    assert median(turns) <= most, (turns, courses[0].told())


def test_the_same_seed_is_the_same_conversation(arrival: Arrival) -> None:
    first, second = (arrival.play_anew(PERSONAS[3], "zh", 5) for _ in range(2))
    assert first.said == second.said


def test_the_document_tells_how_many_messages_it_takes(arrival: Arrival) -> None:
    """Within one message or two: what a model understands of a misspelt word may change with its examples."""
    told = {name: (int(zh), int(en)) for name, zh, en in _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))}
    assert list(told) == [persona.__name__ for persona in PERSONAS]
    for persona in PERSONAS:
        for language, published in zip(LANGUAGES, told[persona.__name__], strict=True):
            counted = median(arrival.play(persona, language, seed).turns for seed in SEEDS)
            assert abs(counted - published) <= 2, (persona.__name__, language, counted)
