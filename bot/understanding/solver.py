"""Multinomial logistic regression for thousands of short texts and dozens of labels, in a second or two.

A few dozen steps of L-BFGS in single precision on the whole set: measured as good as a solver run to its end, which
takes five times as long, and stopping early spares the rarest n-grams.
"""

from collections import deque
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.understanding.vectors import Floats

_MEMORY: Final = 8
_TINY: Final = 1e-12
_ENOUGH_DESCENT: Final = 1e-4
_SHORTEST_STEP: Final = 1e-4


def fit(rows: Any, wanted: NDArray[np.int64], *, strength: float, steps: int) -> tuple[Floats, Floats]:
    """Return (features × labels) weights and one bias a label.

    `rows` is a dense or sparse (examples × features) matrix of float32, `wanted` the label's number of each row. Every
    label weighs the same, however many examples it has; `strength` is the inverse of the pull towards zero.
    """
    labels = int(wanted.max()) + 1
    problem = _Problem(rows, wanted, labels, 1 / (strength * len(wanted)))
    solved = _descend(problem, (rows.shape[1] + 1) * labels, steps).reshape(-1, labels)
    return np.ascontiguousarray(solved[:-1]), solved[-1].copy()


def _descend(problem: "_Problem", size: int, steps: int) -> Floats:
    """Return the variables after so many steps of L-BFGS, fewer when nothing is left to gain."""
    place = np.zeros(size, dtype=np.float32)
    loss, slope = problem(place)
    past: deque[tuple[Floats, Floats, float]] = deque(maxlen=_MEMORY)
    for _ in range(steps):
        way = _direction(slope, past)
        descent = float(way @ slope)
        length, (new_loss, new_slope) = 1.0, problem(place + way)
        while new_loss > loss + _ENOUGH_DESCENT * length * descent and length > _SHORTEST_STEP:
            length /= 2
            new_loss, new_slope = problem(place + np.float32(length) * way)
        if new_loss >= loss:
            break
        step, turn = np.float32(length) * way, new_slope - slope
        bend = float(step @ turn)
        if bend > _TINY:
            past.append((step, turn, bend))
        place, loss, slope = place + step, new_loss, new_slope
    return place


def _direction(slope: Floats, past: "deque[tuple[Floats, Floats, float]]") -> Floats:
    """Return the way down that the last steps suggest (the two-loop recursion)."""
    # In place: the variables are millions, and a copy of them costs more than the sum.
    from scipy.linalg.blas import saxpy  # type: ignore[attr-defined]

    way = -slope
    if not past:
        return way / np.float32(max(float(np.linalg.norm(slope)), _TINY))
    shares = []
    for step, turn, bend in reversed(past):
        share = float(step @ way) / bend
        shares.append(share)
        saxpy(turn, way, a=-share)
    _, turn, bend = past[-1]
    way *= np.float32(bend / float(turn @ turn))
    for (step, turn, bend), share in zip(past, reversed(shares), strict=True):
        saxpy(step, way, a=share - float(turn @ way) / bend)
    return way


class _Problem:
    """The weighted loss and its slope; the last row of the variables is the bias."""

    def __init__(self, rows: Any, wanted: NDArray[np.int64], labels: int, decay: float) -> None:
        self._rows, self._columns = rows, rows.T.tocsr() if hasattr(rows, "tocsr") else rows.T
        self._wanted, self._labels, self._decay = wanted, labels, np.float32(decay)
        counts = np.bincount(wanted, minlength=labels)
        self._weights = (1 / (labels * counts))[wanted].astype(np.float32)
        self._numbers = np.arange(len(wanted))

    def __call__(self, variables: Floats) -> tuple[float, Floats]:
        table = variables.reshape(-1, self._labels)
        scores = self._rows @ table[:-1] + table[-1]
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        likely = np.maximum(shares[self._numbers, self._wanted], _TINY)
        weights = table[:-1].ravel()
        loss = -float(self._weights @ np.log(likely)) + float(self._decay) / 2 * float(weights @ weights)
        shares[self._numbers, self._wanted] -= 1
        shares *= self._weights[:, None]
        slope = np.empty_like(table)
        slope[:-1] = self._columns @ shares
        slope[:-1] += self._decay * table[:-1]
        slope[-1] = shares.sum(axis=0)
        return loss, slope.ravel()
