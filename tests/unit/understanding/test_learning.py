import json
from pathlib import Path

import pytest

from bot.understanding.errors import CorrectionsRefused
from bot.understanding.learning import as_training_data, read_corrections, write_training_data
from bot.understanding.training_data import read_training_data

KNOWN = {"intent": frozenset({"cancel", "greet"}), "category": frozenset({"inaction"})}


def line(**content: str) -> str:
    return json.dumps(content, ensure_ascii=False)


def redacted(text: str, language: str) -> str:
    return text.replace("王建国", "某人" if language == "zh" else "somebody")


def test_corrections_become_training_data_that_training_reads(tmp_path: Path) -> None:
    lines = [
        line(text="王建国的事算了", language="zh", intent="cancel"),
        line(text="王建国的事算了！", language="zh", intent="cancel"),
        line(text="hello 王建国", language="en", intent="greet"),
        line(text="报了半年没人来看\n一眼", language="zh", category="inaction"),
        "",
    ]
    written = write_training_data(as_training_data(read_corrections(lines), redacted, KNOWN), tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == [
        "categories/corrections_zh.yml",
        "data/nlu/corrections_en.yml",
        "data/nlu/corrections_zh.yml",
    ]
    data = read_training_data(tmp_path)
    assert sorted(data.intents) == [("hello somebody", "greet"), ("某人的事算了", "cancel")]
    assert data.categories == [("报了半年没人来看 一眼", "inaction")]
    assert all("王建国" not in path.read_text(encoding="utf-8") for path in written)


def test_unknown_labels_and_what_redaction_empties_are_left_out() -> None:
    lines = [
        line(text="so be it", language="en", intent="unheard_of"),
        line(text="王建国", language="en", intent="greet"),
    ]
    assert as_training_data(read_corrections(lines), lambda text, language: "", KNOWN) == {}


@pytest.mark.parametrize(
    "bad", ["no json", line(text="secret", intent="greet"), line(text="secret", language="fr", intent="greet"), "3"]
)
def test_a_line_that_cannot_be_read_is_named_by_its_number_alone(bad: str) -> None:
    good = line(text="hi", language="en", intent="greet")
    with pytest.raises(CorrectionsRefused, match="line 2") as refused:
        list(read_corrections([good, bad]))
    assert "secret" not in str(refused.value)
