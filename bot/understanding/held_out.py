"""Reads the texts kept apart from training (`nlu_data/heldout`): utterances, whole stories, sentences with entities."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.understanding.errors import HeldOutRefused


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """One message and what it means; `asked` is the question that stood open."""

    text: str
    intent: str
    language: str
    style: str
    asked: str | None = None


@dataclass(frozen=True, kw_only=True)
class Narrative:
    """A whole story and the kind that fits it best."""

    text: str
    kind: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence and the values named in it: (entity, value)."""

    text: str
    language: str
    named: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Everything kept apart."""

    utterances: tuple[Utterance, ...] = ()
    narratives: tuple[Narrative, ...] = ()
    sentences: tuple[Sentence, ...] = field(default=(), repr=False)

    @property
    def texts(self) -> Iterator[str]:
        yield from (item.text for item in self.utterances)
        yield from (item.text for item in self.narratives)
        yield from (item.text for item in self.sentences)


def read_held_out(folder: Path) -> HeldOut:
    """Read every file of the folder; raises `HeldOutRefused` naming the file that cannot be read."""
    utterances: list[Utterance] = []
    narratives: list[Narrative] = []
    sentences: list[Sentence] = []
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise HeldOutRefused(f"{folder}: no held-out files (*.yml)")
    for path in paths:
        try:
            content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
            utterances.extend(_utterances(content))
            narratives.extend(_narratives(content))
            sentences.extend(_sentences(content))
        except (YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise HeldOutRefused(f"{path.name}: {error}") from error
    return HeldOut(utterances=tuple(utterances), narratives=tuple(narratives), sentences=tuple(sentences))


def _utterances(content: dict[str, Any]) -> Iterator[Utterance]:
    for style, lines in content.get("styles", {}).items():
        for intent, asked, text in lines:
            yield Utterance(text=str(text), intent=intent, language=content["language"], style=style, asked=asked)


def _narratives(content: dict[str, Any]) -> Iterator[Narrative]:
    for kind, texts in content.get("kinds", {}).items():
        for text in texts:
            yield Narrative(text=str(text), kind=kind, language=content["language"])


def _sentences(content: dict[str, Any]) -> Iterator[Sentence]:
    for text, named in content.get("sentences", ()):
        pairs = tuple((name, str(value)) for name, values in named.items() for value in _several(values))
        yield Sentence(text=str(text), language=content["language"], named=pairs)


def _several(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
