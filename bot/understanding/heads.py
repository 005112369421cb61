"""Four judges over the same labels, pooled: a linear one and the nearest examples, each by n-grams and by meaning.

Judges that err in different ways mend each other's errors; their logarithms are added (a judge that is sure something
is wrong is heard). Without the sentence encoder the two by n-grams decide. So they do where they are so sure that the
two by meaning would change nothing: the encoder, the dearest part of a message, is not asked then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.understanding.values import EMERGENCY, Ranking
from bot.understanding.vectors import Floats

# Measured by leaving whole voices out of training; see docs/nlu.md.
_SHARPNESS: Final = 0.6
_SHARPNESS_ALONE: Final = 0.9
_NEAR_GRAMS: Final = 8.0
_NEAR_MEANINGS: Final = 10.0
_SURE_BY_GRAMS: Final = 0.9
"""From here on the judges by meaning overruled in none of 331 texts that no example holds."""
_NO_DANGER: Final = 0.005
"""Up to here; what nobody foresaw of danger begins at .014 by n-grams, and is too dear to miss."""
_TINY: Final = 1e-9


def _nowhere() -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One text in both spaces; `embedding` is None without the encoder, which is not asked before its word counts."""

    columns: Any
    weights: Floats
    encode: Callable[[], Floats | None] = _nowhere

    @cached_property
    def embedding(self) -> Floats | None:
        return self.encode()


@dataclass(frozen=True, kw_only=True)
class Head:
    """What is learned of one set of labels. Examples are sorted by label; `starts` says where those of each label
    begin, `size` how many there are.

    Weights are (features × labels). The examples' n-grams are kept by column: those of column c are `near_rows` and
    `near_values` from `near_ends[c]` to `near_ends[c + 1]`. `near_meanings` are the examples (rows) on `axes` around
    `centre`.
    """

    labels: tuple[str, ...]
    size: NDArray[np.int64]
    starts: NDArray[np.int64]
    gram_weights: Floats
    gram_bias: Floats
    near_ends: NDArray[np.int64]
    near_rows: NDArray[np.int32]
    near_values: Floats
    meaning_weights: Floats | None = None
    meaning_bias: Floats | None = None
    axes: Floats | None = None
    centre: Floats | None = None
    near_meanings: Floats | None = None

    def probabilities(self, vector: Vector) -> Floats:
        """Return one probability a label; they sum to 1."""
        pool = np.zeros(len(self.labels), dtype=np.float32)
        if len(vector.columns):  # of a text without a known n-gram these two know nothing
            pool += _log_softmax(vector.weights @ self.gram_weights[vector.columns] + self.gram_bias)
            pool += _log_softmax(np.float32(_NEAR_GRAMS) * self._nearest(self._gram_likeness(vector)))
            alone = _normal(np.float32(_SHARPNESS_ALONE) * pool)
            if self._is_sure(alone):
                return alone
        if vector.embedding is None or self.meaning_weights is None or self.meaning_bias is None:
            return _normal(np.float32(_SHARPNESS_ALONE) * pool)
        pool += _log_softmax(vector.embedding @ self.meaning_weights + self.meaning_bias)
        pool += _log_softmax(np.float32(_NEAR_MEANINGS) * self._nearest(self._meaning_likeness(vector.embedding)))
        return _normal(np.float32(_SHARPNESS) * pool)

    def ranking(self, vector: Vector) -> Ranking:
        """Rank all labels; equal scores in the order of the names."""
        scores = self.probabilities(vector)
        order = np.argsort(-scores, kind="stable")
        return [(self.labels[i], float(scores[i])) for i in order]

    def _is_sure(self, alone: Floats) -> bool:
        """Tell whether the judges by n-grams need no others: one label is nearly certain, and danger is not near."""
        if alone.max() < _SURE_BY_GRAMS:
            return False
        if EMERGENCY not in self.labels:
            return True
        danger = self.labels.index(EMERGENCY)
        return bool(alone[danger] <= _NO_DANGER or alone.argmax() == danger)

    def _nearest(self, likeness: Floats) -> Floats:
        nearest: Floats = np.maximum.reduceat(likeness, self.starts)
        return nearest

    def _gram_likeness(self, vector: Vector) -> Floats:
        starts = self.near_ends[vector.columns]
        counts = self.near_ends[vector.columns + 1] - starts
        ends = counts.cumsum()
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + counts, counts)
        values = self.near_values[places] * np.repeat(vector.weights, counts)
        return np.bincount(self.near_rows[places], values, int(self.size)).astype(np.float32)

    def _meaning_likeness(self, embedding: Floats) -> Floats:
        if self.axes is None or self.centre is None or self.near_meanings is None:
            return np.zeros(int(self.size), dtype=np.float32)
        place = (embedding - self.centre) @ self.axes
        length = max(float(np.linalg.norm(place)), _TINY)
        return (self.near_meanings @ (place / length)).astype(np.float32)


def _log_softmax(scores: Floats) -> Floats:
    above = scores - scores.max()
    result: Floats = above - np.log(np.exp(above).sum())
    return result


def _normal(pool: Floats) -> Floats:
    powers = np.exp(pool - pool.max())
    result: Floats = powers / powers.sum()
    return result
