"""Sentences of the edges (turns, terminal, command line), read from a YAML file: `name: {zh: …, en: …}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Catalogue:
    """Texts by name and language. `{value}` in a text is filled from keywords."""

    texts: Mapping[str, Mapping[str, str]]

    def say(self, name: str, language: str | None, /, **values: object) -> str:
        """Return the text in `language`, else in Chinese. Raises `KeyError` for a name that is not in the file."""
        text = self.texts[name]
        return text.get(language or "zh", text["zh"]).format(**values)


def load_catalogue(path: Path) -> Catalogue:
    """Read a catalogue file."""
    return Catalogue(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
