from pathlib import Path

import pytest

from bot.understanding import Parse
from bot.understanding.errors import HeldOutRefused
from bot.understanding.evaluation import WITH, WITHOUT, area, categories, entities, report
from bot.understanding.held_out import Narrative, Sentence, Utterance, read_held_out
from bot.understanding.values import OUT_OF_SCOPE, ParseContext

HELD_OUT = """\
language: en
styles:
  curt:
  - [greet, ~, hi]
  - [cancel, facts, stop]
kinds:
  inaction: [nobody came]
sentences:
- [in Xigang, {region: xigang, number: [1, 2]}]
"""


class Parrot:
    """Hears "hi" as a greeting, "stop" as a cancellation where a question is open, everything else as outside."""

    def parse(self, text: str, context: ParseContext | None = None) -> Parse:
        asked = context.requested_slot if context else None
        intent = {"hi": "greet", "stop": "cancel" if asked else "nlu_fallback"}.get(text, OUT_OF_SCOPE)
        ranking = [("cancel", 0.4), ("greet", 0.3)] if intent == "nlu_fallback" else [(intent, 1.0)]
        return Parse(text=text, intent=intent, confidence=1.0, ranking=ranking)


def test_a_set_is_read_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(HELD_OUT, encoding="utf-8")
    apart = read_held_out(tmp_path)
    assert [(u.intent, u.asked, u.style) for u in apart.utterances] == [
        ("greet", None, "curt"),
        ("cancel", "facts", "curt"),
    ]
    assert apart.sentences[0].named == (("region", "xigang"), ("number", "1"), ("number", "2"))
    assert [*apart.texts] == ["hi", "stop", "nobody came", "in Xigang"]


@pytest.mark.parametrize("content", ["styles: {x: [[a]]}", "language: en\nkinds: 3", "["])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.yml").write_text(content, encoding="utf-8")
    with pytest.raises(HeldOutRefused, match=r"bad\.yml"):
        read_held_out(tmp_path)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeldOutRefused):
        read_held_out(tmp_path)


def test_figures_with_and_without_context() -> None:
    items = [
        Utterance(text="hi", intent="greet", language="en", style="curt"),
        Utterance(text="stop", intent="cancel", language="en", style="curt", asked="facts"),
        Utterance(text="pizza", intent=OUT_OF_SCOPE, language="en", style="odd"),
    ]
    told = report(Parrot(), items)
    assert told[WITH]["all"]["accuracy"] == told[WITH]["all"]["macro_f1"] == told[WITH]["all"]["outside"] == 1
    without = told[WITHOUT]["all"]
    assert (without["first"], without["ranked"], without["first_three"]) == (0.5, 1, 1)
    assert without["asked_back"] == pytest.approx(1 / 3)
    assert told[WITHOUT]["confused"] == [("cancel", "nlu_fallback", 1)]
    assert set(told[WITH]["by style"]) == {"en curt", "en odd"}
    assert told[WITH]["by style"]["en odd"]["outside"] is None


def test_the_area_counts_ties_half() -> None:
    assert area([(0.5, True), (0.5, False), (0.1, False)]) == 0.75
    assert area([(0.5, True)]) is None


def test_categories_count_the_first_and_the_first_three() -> None:
    items = [Narrative(text="x", kind=kind, language="zh") for kind in ("a", "c", "missing")]
    found = categories(lambda text, language: [("a", 0.4), ("b", 0.3), ("c", 0.2), ("d", 0.1)], items)
    assert found["all"] == pytest.approx({"count": 3, "first": 1 / 3, "first_three": 2 / 3})
    assert found["c"] == {"count": 1, "first": 0, "first_three": 1}


def test_entities_are_right_by_value_or_by_days() -> None:
    named = (("date", "2026-01-01..2026-01-31"), ("region", "xigang"), ("money", "5"))
    days = {"from": "2026-01-01", "to": "2026-01-31", "precision": "month"}
    found = entities(
        lambda text: [
            {"entity": "date", "value": "January", "resolved": days},
            {"entity": "region", "value": "xigang"},
        ],
        [Sentence(text="x", language="en", named=named)],
    )
    assert found["all"] == {"count": 3, "found": pytest.approx(2 / 3)}
    assert found["money"]["found"] == 0
