"""The commands on projects of others."""

import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bot.dialogue import ParseContext
from bot.dialogue.__main__ import main
from bot.dialogue.opening import Nothing
from tests.unit.dialogue.projects import write_project

REPORT_PROJECT = Path(__file__).parents[3] / "benchmarks" / "report_project"
DOMAIN = "intents: [a, b]\nresponses:\n  utter_p: [{text: p, buttons: [{title: B, payload: /b}]}]\n"
RULES = "rules:\n  - {rule: r, steps: [{intent: a}, {action: utter_p}]}\n"
EAR = "tests.unit.dialogue.test_command:small_ear"


class SmallEar:
    """Takes "one" for intent a."""

    def parse(self, text: str, context: ParseContext) -> Nothing:
        return Nothing(intent="a", confidence=1.0) if text == "one" else Nothing()


def small_ear(project: Path, cache: Path, progress: Callable[[float, str], None]) -> SmallEar:
    progress(1.0, "done")
    return SmallEar()


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(arguments, out), out.getvalue()


def test_a_foreign_project_passes_with_warnings(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    code, text = run("validate", "--project", str(tmp_path))
    assert code == 0
    assert "domain.yml:1: warning: intent 'b' has no rule without conditions" in text
    assert text.endswith("0 problems, 2 warnings\n")


def test_strictly_the_same_project_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    code, text = run("validate", "--project", str(tmp_path), "--strict")
    assert (code, text.splitlines()[-1]) == (1, "2 problems, 0 warnings")


def test_all_problems_are_listed_with_their_place(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES.replace("utter_p", "utter_q"), config="policies: []\n")
    code, text = run("validate", "--project", str(tmp_path))
    assert code == 1
    assert "data/rules.yml:2: rule 'r': action 'utter_q' is not" in text
    assert "config.yml:1: policies: RulePolicy must be named" in text


def test_a_command_is_needed() -> None:
    with pytest.raises(SystemExit):
        main([])


@pytest.mark.parametrize("command", ["serve", "shell", "test"])
def test_what_cannot_be_run_is_refused(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES.replace("utter_p", "utter_q"))
    assert run(command, "--project", str(tmp_path)) == (1, "")
    assert "data/rules.yml:2: rule 'r': action 'utter_q' is not" in capsys.readouterr().err


def test_an_action_that_nobody_has_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, domain=DOMAIN + "actions: [action_x]\n", rules=RULES)
    assert run("test", "--project", str(tmp_path), "--interpreter", EAR)[0] == 1
    assert "domain.yml:4: action 'action_x' does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [("--interpreter", "nowhere:ear", "EarUnknown"), ("--actions", "nowhere_at_all", "ActionsUnreadable")],
)
def test_names_that_lead_nowhere(
    option: str, value: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    assert run("test", "--project", str(tmp_path), option, value)[0] == 1
    assert told in capsys.readouterr().err


def test_trains_the_ear_of_a_project_that_is_right(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    code, text = run("train", "--project", str(tmp_path), "--interpreter", EAR)
    assert (code, text.splitlines()[-1]) == (0, "100% done")
    write_project(tmp_path, domain=DOMAIN, rules=RULES.replace("utter_p", "utter_q"))
    assert run("train", "--project", str(tmp_path), "--interpreter", EAR)[0] == 1


def test_talks_on_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RULES + "  - {rule: b, steps: [{intent: b}, {action: utter_p}, {action: utter_p}]}\n"
    write_project(tmp_path, domain=DOMAIN, rules=rules)
    monkeypatch.setattr(sys, "stdin", io.StringIO("one\n1\n/stop\none\n"))
    code, text = run("shell", "--project", str(tmp_path), "--interpreter", EAR)
    assert (code, text) == (0, "p\n  1: B (/b)\np\n  1: B (/b)\np\n  2: B (/b)\n")


STORIES = """
stories:
  - {story: right, steps: [{user: one, intent: a}, {action: utter_p}]}
  - {story: wrong, steps: [{intent: a}, {action: utter_p}, {intent: b}, {action: utter_p}]}
  - {story: misheard, steps: [{user: "[one](city)", intent: b}, {action: action_default_fallback}]}
  - {story: strange, steps: [{checkpoint: c}, 7]}
  - {story: empty}
"""
TRANSCRIPTS = """
- {name: right, language: en, turns: [{say: one, bot: [utter_p], buttons: [/b]}, {tap: B, intent: b, bot: []}]}
- {name: wrong, language: en, turns: [{say: one, has: q}]}
- {name: no button, language: en, turns: [{tap: Z}]}
- {name: too much, language: en, turns: [{wait: 31m}]}
- {name: none}
"""


def test_runs_stories_and_transcripts(tmp_path: Path) -> None:
    tests = {"tests__test_stories": STORIES, "tests__talk": TRANSCRIPTS, "tests__bad": "a: ["}
    write_project(tmp_path, domain=DOMAIN, rules=RULES, **tests)
    code, text = run("test", "--project", str(tmp_path), "--interpreter", EAR)
    lines = text.splitlines()
    assert (code, lines[-1]) == (1, "2 passed, 8 failed, 1 skipped")
    assert "passed: tests/test_stories.yml: right" in lines
    assert "passed: tests/talk.yml: right" in lines
    assert "    tests/test_stories.yml:4: expected action 'utter_p', got action 'action_default_fallback'" in lines
    assert "    tests/test_stories.yml:5: expected intent 'b', got intent 'a'" in lines
    assert "    tests/test_stories.yml:5: expected entities [('city', 'one')], got entities []" in lines
    assert "    turn 1: has: 'q' is missing" in lines
    assert "    turn 1: no button 'Z' was shown" in lines
    assert "    needs the whole program: wait" in lines


def test_no_test_at_all_is_a_failure(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES, tests__none="")
    assert run("test", "--project", str(tmp_path), "--interpreter", EAR) == (1, "0 passed, 0 failed, 0 skipped\n")


def command(*arguments: str, cache: Path) -> list[str]:
    return [sys.executable, "-m", "bot.dialogue", *arguments, "--project", str(REPORT_PROJECT), "--cache", str(cache)]


def test_the_small_report_project_with_its_own_stories(tmp_path: Path) -> None:
    """One of its four stories is wrong on purpose."""
    done = subprocess.run(command("test", cache=tmp_path), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "3 passed, 1 failed, 0 skipped"
    assert "expected action 'utter_out_of_scope', got action 'utter_greet'" in done.stdout


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        command("serve", "--port", str(port), cache=tmp_path), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()


def test_serves_the_small_report_project(served: str) -> None:
    transport = httpx.HTTPTransport(retries=40)
    with httpx.Client(base_url=served, transport=transport, trust_env=False, timeout=20) as client:
        said = [
            client.post("/webhooks/rest/webhook", json={"sender": "s", "message": text}).json()
            for text in ("我要举报", '/inform{"reporter_type": "citizen"}', "刁难", "某某局")
        ]
        tracker = client.get("/conversations/s/tracker").json()
    assert [answer[0]["text"] for answer in said][-1] == "请描述事情经过。"
    assert (tracker["slots"]["category"], tracker["active_loop"]["name"]) == ("obstruction", "report_form")
