"""Floors well under what was measured; see the numbers in the assertion messages."""

import re
from datetime import date

import pytest
from ruamel.yaml import YAML

from bot.cli.nlu_values import parse_whole
from bot.understanding import Context, Interpreter, evaluation
from bot.understanding.held_out import read_held_out
from bot.understanding.normalise import fold
from bot.understanding.training_data import read_training_data
from bot.understanding.values import EMERGENCY, FALLBACK, OUT_OF_SCOPE
from tests.unit.understanding.conftest import NLU, ROOT
from tests.unit.understanding.held_out import HERE, measure, sentences, utterances

WRITTEN = date(2026, 11, 24)


def test_no_held_out_text_is_in_the_training_data() -> None:
    data = read_training_data(NLU)
    learned = {fold(text) for text, _ in [*data.intents, *data.categories]}
    # Bare codes and bare yes-like words cannot be worded anew.
    unseen = [*utterances(), *utterances("blind")]
    apart = {fold(item.text) for item in unseen if len(fold(item.text)) > 4}
    apart |= {fold(text) for kind in ("danger", "harmless") for text in sentences(kind)}
    assert len(apart & learned) <= 12, sorted(apart & learned)


@pytest.mark.parametrize(
    ("name", "with_question", "first", "three"),
    [
        ("held_out", True, 0.85, 0.92),
        ("held_out", False, 0.75, 0.90),
        ("blind", True, 0.50, 0.78),
        ("blind", False, 0.42, 0.75),
    ],
)
def test_intents_of_unseen_texts(
    interpreter: Interpreter, name: str, with_question: bool, first: float, three: float
) -> None:
    measured = measure(interpreter, list(utterances(name)), with_question=with_question)
    assert measured.first >= first, (measured.first, measured.wrong)
    assert measured.first_three >= three, measured.first_three
    assert measured.outside >= 0.85, measured.outside


def test_the_goals_are_reached_on_the_texts_kept_apart(interpreter: Interpreter) -> None:
    apart = read_held_out(NLU / "heldout")
    alone, asked = (
        evaluation.report(interpreter, apart.utterances)[name]["all"] for name in ("without context", "with context")
    )
    assert alone["first"] >= 0.85, alone
    assert asked["first"] >= 0.93, asked
    assert min(alone["first_three"], asked["first_three"]) >= 0.97
    assert min(alone["outside"], asked["outside"]) >= 0.97
    kinds = evaluation.categories(interpreter.categories.rank, apart.narratives)
    assert min(kinds[group]["first_three"] for group in ("all", "zh", "en")) >= 0.90


@pytest.mark.parametrize(
    ("folder", "first", "kinds", "named"), [("second_apart", 0.93, 0.94, 0.93), ("third_apart", 0.86, 0.90, 0.86)]
)
def test_later_sets_are_understood_too(
    interpreter: Interpreter, folder: str, first: float, kinds: float, named: float
) -> None:
    apart = read_held_out(NLU / "heldout" / folder)
    heard = evaluation.figures(evaluation.hear(interpreter, apart.utterances, with_context=True))
    assert heard.first >= first, heard
    assert (heard.outside or 0.0) >= 0.96, heard
    ranked = evaluation.categories(interpreter.categories.rank, apart.narratives)
    assert ranked["all"]["first_three"] >= kinds, ranked
    found = evaluation.entities(lambda text: parse_whole(interpreter, text, None, WRITTEN)[1], apart.sentences)
    assert found["all"]["found"] >= named, found


def test_the_document_tells_the_figures_that_are_measured(interpreter: Interpreter) -> None:
    """Within one utterance in a hundred: another processor adds in another order."""
    apart = read_held_out(NLU / "heldout")
    document = (ROOT / "docs" / "nlu.md").read_text(encoding="utf-8")
    measured = evaluation.report(interpreter, apart.utterances)
    for context, row in zip(
        ("without context", "with context"), re.findall(r"^\| all \| 464 \|(.*)$", document, re.M), strict=True
    ):
        told = [float(cell) for cell in row.strip(" |").split(" | ")]
        figures = [value for name, value in measured[context]["all"].items() if name != "count"]
        assert told == pytest.approx(figures, abs=0.01), context


def test_the_blind_texts_are_rather_asked_back_than_mistaken(interpreter: Interpreter) -> None:
    items = [item for item in utterances("blind") if item.intent not in (OUT_OF_SCOPE, EMERGENCY)]
    heard = [(item.intent, interpreter.parse(item.text, Context(requested_slot=item.asked)).intent) for item in items]
    mistaken = [pair for pair in heard if pair[1] not in (pair[0], FALLBACK, OUT_OF_SCOPE)]
    assert len(mistaken) <= 0.2 * len(items), mistaken


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
