"""Floors well under what was measured; see the numbers in the assertion messages."""

import pytest
from ruamel.yaml import YAML

from bot.understanding import Context, Interpreter
from bot.understanding.normalise import fold
from bot.understanding.training_data import read_training_data
from tests.unit.understanding.conftest import NLU
from tests.unit.understanding.held_out import HERE, measure, sentences, utterances


def test_no_held_out_text_is_in_the_training_data() -> None:
    data = read_training_data(NLU)
    learned = {fold(text) for text, _ in [*data.intents, *data.categories]}
    # Bare codes and bare yes-like words cannot be worded anew.
    apart = {fold(item.text) for item in utterances() if len(fold(item.text)) > 4}
    apart |= {fold(text) for kind in ("danger", "harmless") for text in sentences(kind)}
    assert len(apart & learned) <= 12, sorted(apart & learned)


@pytest.mark.parametrize(("with_question", "first", "three"), [(True, 0.80, 0.92), (False, 0.70, 0.90)])
def test_intents_of_unseen_texts(interpreter: Interpreter, with_question: bool, first: float, three: float) -> None:
    measured = measure(interpreter, list(utterances()), with_question=with_question)
    assert measured.first >= first, (measured.first, measured.wrong)
    assert measured.first_three >= three, measured.first_three
    assert measured.outside >= 0.88, measured.outside


@pytest.mark.parametrize("asked", [None, "facts", "region", "confirm", "accused_name"])
def test_danger_is_caught_at_every_step(interpreter: Interpreter, asked: str | None) -> None:
    texts = sentences("danger")
    missed = [t for t in texts if interpreter.parse(t, Context(requested_slot=asked)).intent != "emergency"]
    assert len(missed) <= 0.10 * len(texts), missed


@pytest.mark.parametrize("asked", [None, "facts", "region", "confirm", "accused_name"])
def test_ordinary_complaints_raise_no_alarm(interpreter: Interpreter, asked: str | None) -> None:
    texts = sentences("harmless")
    alarms = [t for t in texts if interpreter.parse(t, Context(requested_slot=asked)).intent == "emergency"]
    assert len(alarms) <= 0.12 * len(texts), alarms


def test_categories_of_unseen_narratives(interpreter: Interpreter) -> None:
    content = YAML(typ="safe", pure=True).load((HERE / "categories.yml").read_text(encoding="utf-8"))
    ranked = [
        (name, [label for label, _ in interpreter.categories.rank(text, "zh")])
        for name, texts in content.items()
        for text in texts
    ]
    assert sum(name == labels[0] for name, labels in ranked) >= 0.7 * len(ranked)
    assert sum(name in labels[:3] for name, labels in ranked) >= 0.9 * len(ranked)
