"""The command that lists problems."""

import io
from pathlib import Path

import pytest

from bot.dialogue.__main__ import main
from tests.unit.dialogue.projects import write_project

DOMAIN = "intents: [a, b]\nresponses:\n  utter_p: [{text: p}]\n"
RULES = "rules:\n  - {rule: r, steps: [{intent: a}, {action: utter_p}]}\n"


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(["validate", *arguments], out), out.getvalue()


def test_a_foreign_project_passes_with_warnings(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    code, text = run("--project", str(tmp_path))
    assert code == 0
    assert "domain.yml:1: warning: intent 'b' has no rule without conditions" in text
    assert text.endswith("0 problems, 2 warnings\n")


def test_strictly_the_same_project_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    code, text = run("--project", str(tmp_path), "--strict")
    assert (code, text.splitlines()[-1]) == (1, "2 problems, 0 warnings")


def test_all_problems_are_listed_with_their_place(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES.replace("utter_p", "utter_q"), config="policies: []\n")
    code, text = run("--project", str(tmp_path))
    assert code == 1
    assert "data/rules.yml:2: rule 'r': action 'utter_q' is not" in text
    assert "config.yml:1: policies: RulePolicy must be named" in text


def test_a_command_is_needed() -> None:
    with pytest.raises(SystemExit):
        main([])
