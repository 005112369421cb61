"""What the real Rasa 3.6.21 answered, case by case (recorded; see the head of golden.yml)."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.dialogue import RASA, ProjectRefused, SpokenMessage
from tests.unit.dialogue.projects import Talk, load

CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("golden.yml"))
NOT_YET: dict[str, str] = {}
"""Names of cases that do not pass yet, each with its reason."""


def cases() -> list[Any]:
    marks = {name: pytest.mark.xfail(strict=True, reason=reason) for name, reason in NOT_YET.items()}
    return [
        pytest.param(case, id=case["name"], marks=[marks[case["name"]]] if case["name"] in marks else [])
        for case in CASES
    ]


def written(message: SpokenMessage) -> dict[str, Any]:
    """Write a message as Rasa's REST channel does."""
    made: dict[str, Any] = {"text": message.text} if message.text else {}
    if message.buttons:
        made["buttons"] = [{"title": title, "payload": payload} for title, payload in message.buttons]
    if message.custom:
        made["custom"] = message.custom
    return {**made, "image": message.image} if message.image else made


def test_the_table_names_only_cases_that_exist() -> None:
    assert set(NOT_YET) <= {case["name"] for case in CASES}


@pytest.mark.parametrize("case", cases())
async def test_answers_as_rasa(case: dict[str, Any], tmp_path: Path) -> None:
    files = {key: case[key] for key in ("config", "domain", "rules")}
    if "refused" in case:
        with pytest.raises(ProjectRefused) as refused:
            load(tmp_path, manner=RASA, **files)
        assert all(problem.file == "data/rules.yml" and problem.line > 0 for problem in refused.value.problems)
        return
    talk = Talk(load(tmp_path, manner=RASA, **files))
    for turn in case["turns"]:
        spoken = await talk.say(turn["user"])
        assert [written(message) for message in spoken.messages] == turn["bot"], turn["user"]
        assert talk.set_slots == turn["slots"], turn["user"]
        assert talk.state.active_loop == turn["active_loop"], turn["user"]
