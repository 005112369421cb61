"""Reads the marked sentences and measures what is found: by characters, by kind, by owner."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.redaction.values import filled
from casework.anonymise import Anonymiser

_MARK: Final = re.compile(r"\[\[(\w+)\|(\w+)\|(.*?)\]\]")
_FOLDER: Final = Path(__file__).parent
_BOTH: Final = (
    "seen",
    "unseen",
    "fresh",
    "last",
    "wide",
    "sealed",
    "sealed2",
    "sealed3",
    "outside",
    "outside2",
    "outside3",
    "outside4",
)
SETS: Final = (*(f"{language}_{name}" for name in _BOTH for language in ("zh", "en")), "zh_sealed4")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A text and what stands in it: (kind, whose, start, end)."""

    text: str
    spans: tuple[tuple[str, str, int, int], ...]


@dataclass(kw_only=True)
class Score:
    """Counts of characters and of owners.

    `kept` counts what is not the accused's and was taken for it (and so stays: the dangerous mistake), `accused_masked`
    the accused's that would be masked (the report loses its sense).
    """

    wanted: int = 0
    hit: int = 0
    marked: int = 0
    owners: int = 0
    owners_right: int = 0
    not_accused: int = 0
    kept: int = 0
    accused: int = 0
    accused_masked: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return self.hit / max(self.wanted, 1)

    @property
    def precision(self) -> float:
        return self.hit / max(self.marked, 1)


def marked(name: str, rounds: int = 10) -> list[Marked]:
    """Read `<name>.txt`, filled anew `rounds` times."""
    lines = (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    wanted = [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]
    return [_marked(filled(line, random.Random(f"{name}{turn}{line}"))) for turn in range(rounds) for line in wanted]


def _marked(line: str) -> Marked:
    pieces, spans, at, length = [], [], 0, 0
    for match in _MARK.finditer(line):
        before = line[at : match.start()]
        start = length + len(before)
        length = start + len(match.group(3))
        pieces += [before, match.group(3)]
        spans.append((match.group(1), match.group(2), start, length))
        at = match.end()
    return Marked(text="".join([*pieces, line[at:]]), spans=tuple(spans))


def measure(anonymiser: Anonymiser, sentences: list[Marked]) -> Score:
    """Compare by characters, whatever the kind; the owner by the span that covers most."""
    score = Score()
    for sentence in sentences:
        finds = anonymiser.finds(sentence.text)
        gold = {place for _, _, start, end in sentence.spans for place in range(start, end)}
        found = {place for find in finds for place in range(find.start, find.end)}
        score.wanted, score.marked, score.hit = (
            score.wanted + len(gold),
            score.marked + len(found),
            score.hit + len(gold & found),
        )
        for kind, whose, start, end in sentence.spans:
            lost = "".join(sentence.text[i] if i not in found else "·" for i in range(start, end))
            if lost.strip("·"):
                score.missed.append(f"{kind} {lost} | {sentence.text}")
                score.by_kind[kind] += 1
            owner = next((find.whose.value for find in finds if find.start < end and start < find.end), None)
            if owner:
                _count_owner(score, whose, owner)
        for find in finds:
            if not set(range(find.start, find.end)) <= gold:
                score.wrong.append(f"{find.kind.value} {sentence.text[find.start : find.end]} | {sentence.text}")
    return score


def _count_owner(score: Score, whose: str, said: str) -> None:
    score.owners, score.owners_right = score.owners + 1, score.owners_right + (said == whose)
    if whose == "accused":
        score.accused, score.accused_masked = score.accused + 1, score.accused_masked + (said != whose)
    else:
        score.not_accused, score.kept = score.not_accused + 1, score.kept + (said == "accused")
