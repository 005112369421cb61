from collections import Counter, defaultdict
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.understanding.errors import TrainingDataRefused
from bot.understanding.normalise import fold
from bot.understanding.training_data import data_files, data_hash, read_training_data
from tests.unit.understanding.conftest import NLU, ROOT

SAID_BY_NOBODY = {
    "open",
    "returned",
    "evidence",
    "evidence_refused",
    "old_button",
    "nlu_fallback",
    "word_given",
    "locked",
}


def write(project: Path, text: str) -> None:
    (project / "data" / "nlu" / "more.yml").write_text(text, encoding="utf-8")


def test_annotations_of_entities_are_read_as_text(project: Path) -> None:
    write(
        project,
        "nlu:\n- intent: inform\n  examples: |\n    - in [Xigang](region) it is\n"
        '    - [the bureau]{"entity": "unit"}\n',
    )
    texts = [text for text, label in read_training_data(project).intents if label == "inform"]
    assert texts == ["in Xigang it is", "the bureau"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("nlu:\n- intent: restart\n  examples: |\n    - again\n", "reserved"),
        ("nlu:\n- intent: x\n  examples: |\n    no dash\n", "must begin with"),
        ("nlu:\n- something: x\n", "neither"),
        ("nlu:\n- regex: x\n  examples: |\n    - (\n", "pattern"),
        ("other: 1\n", "nlu"),
        ("nlu: [\n", "more.yml"),
    ],
)
def test_bad_files_are_refused_with_their_name(project: Path, content: str, reason: str) -> None:
    write(project, content)
    with pytest.raises(TrainingDataRefused) as refused:
        read_training_data(project)
    assert len(refused.value.problems) == 1
    assert "more.yml" in refused.value.problems[0]
    assert reason in refused.value.problems[0]


def test_no_examples_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataRefused, match="no examples"):
        read_training_data(tmp_path)


def test_lookups_synonyms_patterns_and_questions_are_read(project: Path) -> None:
    write(
        project,
        "nlu:\n- lookup: a\n  examples: |\n    - one\n- synonym: b\n  examples: |\n    - two\n"
        "- regex: c\n  examples: |\n    - t+\n",
    )
    (project / "expected.yml").write_text("expected: {q: [greet]}\nfree_text: [q]\nshort_text: [r]\n", encoding="utf-8")
    data = read_training_data(project)
    assert (data.lookups, data.synonyms, data.patterns) == ({"a": ["one"]}, {"two": "b"}, {"c": ["t+"]})
    assert (data.expected, data.free_text, data.short_text) == ({"q": ["greet"]}, ["q"], ["r"])


def test_the_hash_changes_with_every_file_and_the_salt(project: Path) -> None:
    before = data_hash(project, "v1")
    assert before == data_hash(project, "v1") != data_hash(project, "v2")
    write(project, "nlu: []\n")
    assert len(data_files(project)) == 2
    assert data_hash(project, "v1") != before


def test_every_intent_that_people_say_has_forty_examples_a_language() -> None:
    files = [YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) for path in NLU.glob("domain/*.yml")]
    intents = {intent for file in files for intent in file.get("intents", ())}
    for language in ("zh", "en"):
        counts: Counter[str] = Counter()
        for path in NLU.glob(f"data/nlu/**/*_{language}.yml"):
            for entry in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["nlu"]:
                counts[entry["intent"]] += len({fold(line[2:]) for line in entry["examples"].splitlines()})
        assert set(counts) == intents - SAID_BY_NOBODY
        assert {intent: n for intent, n in counts.items() if n < 40} == {}


def test_every_category_of_the_profile_has_forty_narratives_a_language() -> None:
    profile = YAML(typ="safe", pure=True).load((ROOT / "profiles" / "dalian.yml").read_text(encoding="utf-8"))
    wanted = {category["id"] for category in profile["categories"]}
    for language in ("zh", "en"):
        told: dict[str, set[str]] = defaultdict(set)
        for path in NLU.glob(f"categories/*_{language}.yml"):
            for entry in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["nlu"]:
                told[entry["intent"]] |= {fold(line[2:]) for line in entry["examples"].splitlines()}
        assert set(told) == wanted
        assert {kind: len(texts) for kind, texts in told.items() if len(texts) < 40} == {}


def test_expected_intents_exist() -> None:
    files = [YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) for path in NLU.glob("domain/*.yml")]
    intents = {intent for file in files for intent in file.get("intents", ())}
    data = read_training_data(NLU)
    named = {intent for listed in data.expected.values() for intent in listed}
    assert named <= intents
    assert {*data.free_text, *data.short_text} <= set(data.expected)
