"""What was measured, against what was wanted; as tables and as JSON."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A bound that issue or profile sets: at least or at most `bound`."""

    bound: float
    is_floor: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.is_floor else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.is_floor else '≤'} {number(self.bound)}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured value. `best` is the best of the runs and `value` their median; `load` the load average then."""

    topic: str
    name: str
    value: float
    unit: str
    best: float | None = None
    runs: int = 1
    goal: Goal | None = None
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def is_met(self) -> bool | None:
        return self.goal.is_met(self.value) if self.goal else None


def at_least(bound: float) -> Goal:
    return Goal(bound=bound, is_floor=True)


def at_most(bound: float) -> Goal:
    return Goal(bound=bound)


def of_runs(topic: str, name: str, values: Sequence[float], unit: str, goal: Goal | None = None) -> Figure:
    """Return the median of several runs; the best is the highest for a rate ("…/s"), else the lowest."""
    best = max(values) if unit.endswith("/s") else min(values)
    return Figure(
        topic=topic, name=name, value=statistics.median(values), unit=unit, best=best, runs=len(values), goal=goal
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile (1..100) of at least one value."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def number(value: float) -> str:
    """Print three significant digits below 100, whole numbers above."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def show(console: Console, title: str, figures: Sequence[Figure]) -> None:
    """Print one table a topic."""
    table = Table(title=title, title_justify="left")
    for head in ("what", "median", "best", "unit", "goal", "met", "load"):
        table.add_column(head, justify="left" if head in ("what", "unit") else "right")
    for figure in figures:
        met = {True: "yes", False: "[red]no[/red]", None: ""}[figure.is_met]
        best = number(figure.best) if figure.best is not None and figure.runs > 1 else ""
        goal = str(figure.goal or "")
        table.add_row(figure.name, number(figure.value), best, figure.unit, goal, met, f"{figure.load:.1f}")
    console.print(table)


def as_data(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """Return JSON-ready rows."""
    return [asdict(figure) | {"met": figure.is_met} for figure in figures]
