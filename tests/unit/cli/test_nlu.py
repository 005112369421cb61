"""`changtong nlu` on a small project: lines in, figures and files out."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import nlu
from bot.cli.nlu_tables import BEGIN, END, cross_table, tables
from bot.cli.nlu_values import parse_whole
from bot.settings import HOUSE, Settings
from bot.understanding import Gazetteer, Interpreter, load_interpreter
from casework import code as codes
from casework.profile import load_profile

TODAY = date(2026, 11, 24)
EXAMPLES = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello there
    - 你好
- intent: describe_incident
  examples: |
    - he took money from me for a stamp
    - 他收了我的钱还不办事
- intent: provide_code
  examples: |
    - my code is 〔code〕
    - 查一下〔code〕
"""
CATEGORIES = """\
version: "3.1"
nlu:
- intent: inaction
  examples: |
    - nobody came though I called ten times
- intent: bribe_demand
  examples: |
    - he took money from me for a stamp
"""
APART = """\
language: en
styles:
  curt:
  - [greet, ~, hello over there]
  - [out_of_scope, ~, pizza]
kinds:
  bribe_demand: [he took my money for his stamp]
sentences:
- ["on 5 May 2025 in Xigang", {region: xigang, date: "2025-05-05..2025-05-05"}]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real patterns and words, and few examples."""
    folder = tmp_path_factory.mktemp("nlu")
    for name, content in (
        ("data/nlu/few_en.yml", EXAMPLES),
        ("categories/few_en.yml", CATEGORIES),
        ("heldout/few.yml", APART),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    for name in ("patterns.yml", "words.yml", "streets.yml"):
        (folder / "data/nlu" / name).write_bytes((HOUSE / "nlu_data/data/nlu" / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def settings(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(nlu_data=project, data=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def interpreter(settings: Settings) -> Interpreter:
    return load_interpreter(settings.nlu_data, settings.cache, Gazetteer.of(load_profile(settings.profile)))


@pytest.fixture(autouse=True)
def _chosen(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("CHANGTONG_NLU_DATA", str(settings.nlu_data))
    monkeypatch.setenv("CHANGTONG_DATA", str(settings.data))


def typed(monkeypatch: pytest.MonkeyPatch, *lines: object) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{json.dumps(line)}\n" for line in lines)))


@pytest.mark.usefixtures("interpreter")
def test_lines_are_parsed_in_rasas_shape(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(
        monkeypatch,
        {"text": "hello there"},
        {
            "text": "he took money from me for a stamp",
            "context": {"active_loop": "report_form", "requested_slot": "facts"},
        },
    )
    nlu.parse(today="2026-11-24")
    hello, story = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert set(hello) == {"text", "intent", "entities", "intent_ranking"}
    assert hello["intent"]["name"] == hello["intent_ranking"][0]["name"] == "greet"
    assert story["intent"]["name"] == "describe_incident"
    assert story["category_ranking"][0]["name"] == "bribe_demand"


@pytest.mark.usefixtures("interpreter")
@pytest.mark.parametrize("line", ["no json", "[]", '{"txt": 1}'])
def test_a_line_that_cannot_be_read_ends_it(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{line}\n"))
    with pytest.raises(typer.Exit) as ended:
        nlu.parse(today="2026-11-24")
    assert ended.value.exit_code == 1
    assert "2" in capsys.readouterr().err


@pytest.mark.usefixtures("interpreter")
def test_the_texts_kept_apart_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    nlu.evaluate(as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["intents"]["without context"]["all"]["count"] == 2
    assert told["categories"]["all"]["first"] == 1
    assert told["entities"]["all"]["found"] == 1
    nlu.evaluate()
    assert "## with context" in capsys.readouterr().out


@pytest.mark.usefixtures("interpreter")
def test_the_figures_of_a_document_are_renewed_between_its_marks(tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    nlu.evaluate(into=document)
    text = document.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n## without context")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    document.write_text("no marks", encoding="utf-8")
    with pytest.raises(typer.Exit):
        nlu.evaluate(into=document)
    assert document.read_text(encoding="utf-8") == "no marks"


def test_across_folds_every_example_is_kept_apart_once(capsys: pytest.CaptureFixture[str]) -> None:
    nlu.evaluate(cross="folds", folds=2, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [part["count"] for part in told.values()] == [3, 3]


def test_leaks_end_with_an_exit_code(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:

    nlu.likeness(least=0.99)
    assert capsys.readouterr().out == ""
    (tmp_path / "leak.yml").write_text('language: en\nstyles: {x: [[greet, ~, "Hello, there!"]]}\n', encoding="utf-8")
    with pytest.raises(typer.Exit):
        nlu.likeness(held_out=tmp_path, least=0.99)
    assert "Hello, there!" in capsys.readouterr().out


def test_corrections_are_written_redacted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "corrections.jsonl"
    said = {"text": "call me on 13812345678, he took money", "language": "en", "intent": "describe_incident"}
    source.write_text(json.dumps(said) + "\n", encoding="utf-8")
    nlu.learn(target=tmp_path / "out", source=source)
    (written,) = (tmp_path / "out").rglob("*.yml")
    assert written.name == "corrections_en.yml"
    assert "13812345678" not in written.read_text(encoding="utf-8")
    assert "took money" in written.read_text(encoding="utf-8")
    assert "corrections_en.yml" in capsys.readouterr().err


def test_corrections_are_kept_redacted_until_they_are_learned(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = settings.data / "corrections.jsonl"
    with pytest.raises(typer.Exit):
        nlu.learn(target=tmp_path / "out", kept=True)
    monkeypatch.setattr("sys.stdin", io.StringIO("他打电话 13812345678 找我要钱\n\nring 13812345678, he took money\n"))
    nlu.correct(intent="describe_incident")
    monkeypatch.setattr("sys.stdin", io.StringIO("he wanted money on 13812345678\n"))
    nlu.correct(category="bribe_demand")
    assert "took money" in capsys.readouterr().out
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert [(line["language"], line.get("intent"), line.get("category")) for line in lines] == [
        ("zh", "describe_incident", None),
        ("en", "describe_incident", None),
        ("en", None, "bribe_demand"),
    ]
    assert "13812345678" not in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0
    nlu.learn(target=tmp_path / "out", kept=True)
    assert len([*(tmp_path / "out").rglob("*.yml")]) == 3


@pytest.mark.parametrize(
    ("chosen", "has_folder"),
    [({}, True), ({"intent": "greet", "category": "inaction"}, True), ({"intent": "unheard_of"}, True),
     ({"category": "greet"}, True), ({"intent": "greet"}, False)],
)  # fmt: skip
def test_a_correction_without_a_label_that_exists_or_a_folder_is_refused(
    chosen: dict[str, str], has_folder: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hello again\n"))
    data = settings.data / ("refused" if has_folder else "nowhere")
    if has_folder:
        data.mkdir(exist_ok=True)
    with pytest.raises(typer.Exit) as ended:
        nlu.correct(**chosen, data=data)
    assert ended.value.exit_code == 1
    assert not (data / "corrections.jsonl").exists()


def values(interpreter: Interpreter, text: str, entity: str) -> list[Any]:
    return [e["value"] for e in parse_whole(interpreter, text, None, TODAY)[1] if e["entity"] == entity]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("收了我两万块", 20_000), ("罚款3万5千元", 35_000), ("一百二十万元工程款", 1_200_000), ("每户200元", 200),
        ("转了￥3,600", 3_600), ("损失12.8万元", 128_000), ("五百块钱", 500), ("欠我八千多块", 8_000),
        ("paid 5,000 yuan", 5_000), ("about 1.2 million RMB", 1_200_000), ("20k yuan", 20_000),
        ("three hundred yuan", 300), ("twenty five thousand yuan", 25_000), ("two hundred and fifty yuan", 250),
        ("¥350 each", 350), ("要了3w块", 30_000), ("罚了两万三，不开票", 23_000),
    ],
)  # fmt: skip
def test_amounts_of_money(interpreter: Interpreter, text: str, yuan: int) -> None:
    assert values(interpreter, text, "money") == [yuan]


@pytest.mark.parametrize("text", ["三月五号", "2024年", "第三科", "13812345678", "in May 2024", "窗口三号"])
def test_dates_and_numbers_are_no_money(interpreter: Interpreter, text: str) -> None:
    assert values(interpreter, text, "money") == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("拖了四个月", 120), ("停业两周", 14), ("等了半年", 182), ("耽误45天", 45), ("前后三年多", 1095),
        ("delayed for three months", 90), ("closed two weeks", 14), ("20 working days", 20), ("half a year", 182),
    ],
)  # fmt: skip
def test_stretches_of_time(interpreter: Interpreter, text: str, days: int) -> None:
    assert values(interpreter, text, "duration") == [days]


@pytest.mark.parametrize("text", ["三个月前", "two weeks ago", "三月", "2024年", "5号", "two weeks ago he came"])
def test_points_in_time_are_no_stretches(interpreter: Interpreter, text: str) -> None:
    assert values(interpreter, text, "duration") == []


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("去年五月的事", "2025-05-01", "2025-05-31", "month"),
        ("2025年3月15日上午", "2025-03-15", "2025-03-15", "day"),
        ("2023.6到2023.9一直罚", "2023-06-01", "2023-09-30", "range"),
        ("on 5 May 2025", "2025-05-05", "2025-05-05", "day"),
        ("in 2022 they came", "2022-01-01", "2022-12-31", "year"),
    ],
)
def test_dates_have_their_days_and_their_precision(
    interpreter: Interpreter, text: str, first: str, last: str, precision: str
) -> None:
    (when,) = (e for e in parse_whole(interpreter, text, None, TODAY)[1] if e["entity"] == "date")
    assert when["resolved"] == {"from": first, "to": last, "precision": precision}


def test_a_code_is_found_where_it_stands_and_kept_from_the_intents(interpreter: Interpreter) -> None:
    code = codes.generate()
    whole, found = parse_whole(interpreter, f"查一下{code}", None, TODAY)
    assert whole.intent == "provide_code"
    assert [(e["entity"], e["value"]) for e in found] == [("code", code)]
    assert whole.text[found[0]["start"] : found[0]["end"]] == code


def test_tables_leave_out_what_was_not_measured() -> None:
    row = {
        "count": 2,
        "accuracy": 1.0,
        "macro_f1": 0.5,
        "first": 0.5,
        "ranked": 1.0,
        "first_three": 1.0,
        "asked_back": 0.0,
        "outside": None,
    }
    assert tables({}) == ""
    lines = cross_table({"fold 1": row, "fold 2": {**row, "count": 6, "accuracy": 0.0}}).splitlines()
    assert lines[-1].startswith("| mean | 8 | .250 |")
