"""Every text of the edges is there in both languages, with the same values to fill in; every command is described."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup

from bot.catalogue import load_catalogue
from bot.channels import terminal
from bot.cli import edge
from bot.cli.edge import Words
from bot.cli.program import program
from bot.turns import processor
from casework.case import CaseStatus, EntryKind


@pytest.mark.parametrize("path", [edge.TEXTS, terminal.TEXTS, processor.TEXTS], ids=lambda path: str(path.name))
def test_both_languages_fill_in_the_same_values(path: Path) -> None:
    for name, text in load_catalogue(path).texts.items():
        assert set(text) == {"zh", "en"}, name
        assert _values(text["zh"]) == _values(text["en"]), name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_and_option_is_described(language: str) -> None:
    for path, help_text, options in _commands(program(Words(chosen=language)), "changtong"):
        assert help_text, path
        for name, text in options.items():
            assert text or name == "help", f"{path} --{name}"


def test_every_status_and_entry_has_a_name() -> None:
    words = Words(chosen="en")
    assert all(words.find(f"status_{status}") for status in CaseStatus)
    assert all(words.find(f"entry_{kind}") for kind in EntryKind)


@pytest.mark.parametrize(("lang", "expected"), [("zh_CN.UTF-8", "zh"), ("en_US.UTF-8", "en"), ("C", "en")])
def test_the_language_of_the_machine(lang: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHANGTONG_LANGUAGE", raising=False)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", lang)
    assert edge.language() == expected
    monkeypatch.setenv("CHANGTONG_LANGUAGE", "zh")
    assert edge.language() == "zh"


def _values(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def _commands(group: TyperGroup, path: str) -> Iterator[tuple[str, str | None, dict[str, str | None]]]:
    for name, command in group.commands.items():
        options = {str(p.name): getattr(p, "help", None) for p in command.params}
        yield f"{path} {name}", command.help, options
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{path} {name}")
