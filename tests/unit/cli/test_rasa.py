"""`changtong run --rasa`: what it says, and what it refuses."""

from pathlib import Path

import pytest

from bot.cli.edge import Refused
from bot.cli.talking import check_rasa
from bot.settings import Settings
from tests.unit.cli.conftest import Run

TOKEN = "123456:test-token-of-no-bot"


def test_without_it_the_embedded_engine_talks(capsys: pytest.CaptureFixture[str]) -> None:
    check_rasa(Settings(), None, i_know=False)
    assert capsys.readouterr().err == ""


def test_says_that_the_promise_does_not_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANGTONG_LANGUAGE", "en")
    check_rasa(Settings(), "http://127.0.0.1:5005", i_know=False)
    assert "the promise of anonymity does not hold" in capsys.readouterr().err


def test_is_refused_with_telegram_unless_one_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGTONG_TELEGRAM_TOKEN", TOKEN)
    with pytest.raises(Refused) as refused:
        check_rasa(Settings(), "http://127.0.0.1:5005", i_know=False)
    assert refused.value.name == "rasa_no_telegram"
    check_rasa(Settings(), "http://127.0.0.1:5005", i_know=True)


def test_the_command_ends_with_the_cause(changtong: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHANGTONG_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("CHANGTONG_LANGUAGE", "en")
    ended = changtong("run", "--data", tmp_path / "data", "--rasa", "http://127.0.0.1:5005")
    assert (ended.code, "--i-know" in ended.err) == (1, True)


def test_actions_need_a_folder(changtong: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGTONG_LANGUAGE", "en")
    ended = changtong("actions", "--data", tmp_path / "data")
    assert ended.code == 1
    assert "changtong setup" in ended.err
