"""Turns operators' corrections into training data: what a message or story was taken for, and what it was."""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.understanding.errors import CorrectionsRefused
from bot.understanding.measure import is_story
from bot.understanding.normalise import fold, normalise

Redact = Callable[[str, str], str]
"""(text, language) -> the text without names, numbers, places that point at somebody."""

INTENT, CATEGORY = "intent", "category"
_LONGEST: Final = 1_500


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One correction. `kind` is what was corrected: an intent or a category; `label` is the right one."""

    text: str
    language: str
    kind: str
    label: str


def read_corrections(lines: Iterable[str]) -> Iterator[Correction]:
    """Read JSON lines `{"text", "language", "intent" | "category"}`; raises `CorrectionsRefused` naming the line."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _correction(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise CorrectionsRefused(f"line {number}: {error}") from error


def _correction(content: dict[str, str]) -> Correction:
    kind = INTENT if INTENT in content else CATEGORY
    language = content["language"]
    if language not in ("zh", "en"):
        raise ValueError(f"language {language!r}: expected zh or en")
    return Correction(text=str(content["text"]), language=language, kind=kind, label=str(content[kind]))


def keep_correction(correction: Correction, path: Path) -> None:
    """Add one correction to the file that `read_corrections` reads; the text must have been redacted by then."""
    line = {"text": correction.text, "language": correction.language, correction.kind: correction.label}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def as_training_data(
    corrections: Iterable[Correction], redact: Redact, known: dict[str, frozenset[str]]
) -> dict[tuple[str, str], str]:
    """Return the files to write, by (kind, language): Rasa's format, redacted, without repetitions.

    `known` holds the labels of each kind; a correction to any other is left out, and so is a text that redaction leaves
    with nothing to learn from.
    """
    found: dict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for correction in corrections:
        text = normalise(redact(correction.text[:_LONGEST], correction.language)).replace("\n", " ")
        if correction.label in known[correction.kind] and _says_something(text):
            found[correction.kind, correction.language][correction.label].setdefault(fold(text), text)
    return {key: _file(labels) for key, labels in sorted(found.items())}


def write_training_data(files: dict[tuple[str, str], str], folder: Path) -> list[Path]:
    """Write the files under `folder` as training reads them and return their paths."""
    written = []
    for (kind, language), content in files.items():
        place = folder / ("data/nlu" if kind == INTENT else "categories") / f"corrections_{language}.yml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
        written.append(place)
    return written


def _says_something(text: str) -> bool:
    letters = [char for char in text if char.isalnum()]
    return len(letters) > 1 or is_story(text)


def _file(labels: dict[str, dict[str, str]]) -> str:
    lines = ['version: "3.1"', "# Operators' corrections, redacted. Read every line before training with them.", "nlu:"]
    for label, texts in sorted(labels.items()):
        lines += [f"- intent: {label}", "  examples: |", *(f"    - {text}" for text in sorted(texts.values()))]
    return "\n".join(lines) + "\n"
