"""The topic `redaction`: recall and precision by characters, and processor time for 400 characters."""

import statistics
import time
from pathlib import Path

from benchmarks.figures import Figure, Goal, at_most
from benchmarks.redaction.measuring import SETS, marked, measure
from bot.bootstrap import anonymiser
from casework.anonymise import Anonymiser
from casework.profile import load_profile

TOPIC = "redaction"
_LENGTH = 400
_PROFILE = Path("profiles") / "dalian.yml"


def figures(runs: int) -> list[Figure]:
    """Measure every set, then the time of each language."""
    tool = anonymiser(load_profile(_PROFILE))
    found = []
    for name in SETS:
        score = measure(tool, marked(name))
        found += [
            _share(f"{name}: recall by characters", score.recall, 0.99),
            _share(f"{name}: precision by characters", score.precision, 0.95),
            _share(f"{name}: owner right", score.owners_right / max(score.owners, 1), None),
            _share(f"{name}: another's taken for the accused's", score.kept / max(score.not_accused, 1), None),
            _share(f"{name}: the accused's offered for masking", score.accused_masked / max(score.accused, 1), None),
        ]
    return found + [_time(tool, language, runs) for language in ("zh", "en")]


def _share(name: str, value: float, floor: float | None) -> Figure:
    goal = Goal(bound=floor, is_floor=True) if floor is not None else None
    return Figure(topic=TOPIC, name=name, value=round(value, 4), unit="share", goal=goal)


def _time(tool: Anonymiser, language: str, runs: int) -> Figure:
    """Time of the processor, so that a busy machine does not count."""
    text = "\n".join(sentence.text for sentence in marked(f"{language}_seen", 1))
    pieces = [text[at : at + _LENGTH] for at in range(0, len(text) - _LENGTH, _LENGTH // 2)]
    for piece in pieces:
        tool.finds(piece)
    times = [_milliseconds(tool, piece) for _ in range(runs) for piece in pieces]
    value, best = statistics.median(times), min(times)
    name = f"{language}: {_LENGTH} characters, processor time"
    return Figure(topic=TOPIC, name=name, value=value, unit="ms", best=best, runs=len(times), goal=at_most(15))


def _milliseconds(tool: Anonymiser, text: str) -> float:
    began = time.process_time()
    tool.finds(text)
    return (time.process_time() - began) * 1000
