"""The training files (Rasa 3.1 format): examples, lookups, synonyms, patterns; and the hash that names a model."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.understanding.errors import TrainingDataRefused

RESERVED = frozenset({"nlu_fallback", "restart", "back", "session_start"})

# Rasa's annotations, `[text](entity)` and `[text]{"entity": …}`: entities are found by rules here, the text counts.
_ANNOTATION: Final = re.compile(r"\[([^\[\]]+)\](?:\([\w:.-]+\)|\{[^{}]*\})")


@dataclass(kw_only=True)
class TrainingData:
    """All that is learned from. Examples are (text, label)."""

    intents: list[tuple[str, str]] = field(default_factory=list)
    categories: list[tuple[str, str]] = field(default_factory=list)
    lookups: dict[str, list[str]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    expected: dict[str, list[str]] = field(default_factory=dict)
    free_text: list[str] = field(default_factory=list)
    short_text: list[str] = field(default_factory=list)
    seldom: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One example of an intent and the file it stands in, relative to the folder."""

    text: str
    label: str
    file: str


def read_examples(nlu_dir: Path) -> list[Example]:
    """Return the examples of intents with their files; the files must have been read without problems."""
    found: list[Example] = []
    for path in data_files(nlu_dir):
        name, data = path.relative_to(nlu_dir).as_posix(), TrainingData()
        _take(data, name, YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
        found.extend(Example(text=text, label=label, file=name) for text, label in data.intents)
    return found


def data_files(nlu_dir: Path) -> list[Path]:
    """List the files that training reads, in a stable order: `data/nlu/**`, `categories/*`, `expected.yml`."""
    found = [*nlu_dir.glob("data/nlu/**/*.yml"), *nlu_dir.glob("categories/*.yml"), *nlu_dir.glob("expected.yml")]
    return sorted(found, key=lambda path: path.relative_to(nlu_dir).as_posix())


def data_hash(nlu_dir: Path, *salt: str) -> str:
    """Name the state of the files and of `salt` in 16 hex digits."""
    digest = hashlib.sha256("\0".join(salt).encode())
    for path in data_files(nlu_dir):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(nlu_dir).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def read_training_data(nlu_dir: Path) -> TrainingData:
    """Read every file; raises `TrainingDataRefused` with all problems."""
    data, problems = TrainingData(), []
    for path in data_files(nlu_dir):
        name = path.relative_to(nlu_dir).as_posix()
        try:
            content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
            _take(data, name, content)
        except (YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            problems.append(f"{name}: {error}")
    if not data.intents and not problems:
        problems.append(f"{nlu_dir}: no examples of intents in data/nlu")
    if problems:
        raise TrainingDataRefused(problems)
    return data


def _take(data: TrainingData, name: str, content: dict[str, Any]) -> None:
    if name == "expected.yml":
        data.expected.update({slot: list(intents) for slot, intents in content["expected"].items()})
        data.free_text.extend(content.get("free_text", ()))
        data.short_text.extend(content.get("short_text", ()))
        data.seldom.extend(content.get("seldom", ()))
        return
    examples = data.categories if name.startswith("categories/") else data.intents
    for entry in content["nlu"]:
        _take_entry(data, examples, entry)


def _take_entry(data: TrainingData, examples: list[tuple[str, str]], entry: dict[str, Any]) -> None:
    if "intent" in entry:
        label = entry["intent"]
        if label in RESERVED:
            raise ValueError(f"intent {label} is reserved and takes no examples")
        examples.extend((_ANNOTATION.sub(r"\1", text), label) for text in _lines(entry["examples"]))
    elif "lookup" in entry:
        data.lookups.setdefault(entry["lookup"], []).extend(_lines(entry["examples"]))
    elif "synonym" in entry:
        data.synonyms.update(dict.fromkeys(_lines(entry["examples"]), entry["synonym"]))
    elif "regex" in entry:
        data.patterns.setdefault(entry["regex"], []).extend(_patterns(entry["examples"]))
    else:
        raise ValueError(f"an entry with {sorted(entry)} is neither intent, lookup, synonym nor regex")


def _patterns(block: str) -> Iterator[str]:
    for line in _lines(block):
        try:
            re.compile(line)
        except re.error as error:
            raise ValueError(f"the pattern {line!r}: {error}") from error
        yield line


def _lines(block: str) -> Iterator[str]:
    for line in block.splitlines():
        if line.strip():
            if not line.startswith("- "):
                raise ValueError(f"an example must begin with '- ': {line!r}")
            yield line[2:].strip()
