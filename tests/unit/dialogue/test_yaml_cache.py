"""Files once read are read faster; a broken cache changes nothing."""

from pathlib import Path

import pytest

from bot.dialogue import DialogueEngine, Manner, ProjectRefused, load_project
from tests.unit.dialogue.projects import Talk, WordEar, write_project

DOMAIN = "intents: [a]\nresponses:\n  utter_p: [{text: p}]\n"
RULES = "rules:\n  - {rule: r, steps: [{intent: a}, {action: utter_p}]}\n"


def load(folder: Path, cache: Path) -> DialogueEngine:
    return load_project(folder, actions=[], interpreter=WordEar(), manner=Manner(is_strict=False), cache=cache)


async def test_the_second_load_reads_what_the_first_kept(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project", domain=DOMAIN, rules=RULES)
    first = load(folder, tmp_path / "cache")
    file = tmp_path / "cache" / "dialogue.json"
    kept = file.read_text()
    second = load(folder, tmp_path / "cache")
    assert (second.domain.data, second.warnings) == (first.domain.data, first.warnings)
    assert file.read_text() == kept
    file.write_text(kept.replace('"text", 3, "p"', '"text", 3, "from the cache"'))
    assert await Talk(load(folder, tmp_path / "cache")).texts("/a") == ["from the cache"]


def test_a_change_is_read_and_refused_with_its_line(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project", domain=DOMAIN, rules=RULES)
    load(folder, tmp_path / "cache")
    write_project(folder, domain=DOMAIN, rules=RULES.replace("utter_p", "utter_q"))
    for _ in range(2):
        with pytest.raises(ProjectRefused, match=r"data/rules\.yml:2: rule 'r': action 'utter_q'"):
            load(folder, tmp_path / "cache")


@pytest.mark.parametrize("content", ["", "[", "[]", "{}", '{"x": 1}'])
async def test_a_broken_cache_is_made_anew(content: str, tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project", domain=DOMAIN, rules=RULES)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "dialogue.json").write_text(content)
    assert await Talk(load(folder, tmp_path / "cache")).texts("/a") == ["p"]
    assert "utter_p" in (tmp_path / "cache" / "dialogue.json").read_text()


async def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project", domain=DOMAIN, rules=RULES)
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert await Talk(load(folder, tmp_path / "cache")).texts("/a") == ["p"]
