"""A trained model as arrays: what training writes and serving reads."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, Self

import numpy as np

from bot.understanding.heads import Head, Vector
from bot.understanding.spelling import Speller
from bot.understanding.vectors import Floats, TfIdf

_MOST_REMEMBERED: Final = 4


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is looked up, not learned."""

    exact: dict[str, list[str]] = field(default_factory=dict)
    lookups: dict[str, list[str]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    expected: dict[str, list[str]] = field(default_factory=dict)
    free_text: list[str] = field(default_factory=list)
    short_text: list[str] = field(default_factory=list)
    seldom: list[str] = field(default_factory=list)
    word_counts: dict[str, int] = field(default_factory=dict)
    pair_counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything that serving needs, ready to use."""

    vocabulary: tuple[str, ...]
    idf: Floats
    intents: Head
    categories: Head | None
    words: Words

    def save(self, path: Path) -> None:
        """Write beside `path`, then move into place, so that a reader never sees half a model."""
        arrays: dict[str, Any] = {"idf": self.idf}
        for name, head in (("intents", self.intents), ("categories", self.categories)):
            if head is not None:
                arrays |= {f"{name}.{k}": v for k, v in vars(head).items() if k != "labels" and v is not None}
        facts = {
            "vocabulary": self.vocabulary,
            "intents": self.intents.labels,
            "categories": self.categories.labels if self.categories else (),
            "words": asdict(self.words),
        }
        arrays["facts"] = np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), dtype=np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own for each process: two that train at once do not write into one file.
        draft = path.with_suffix(f".{os.getpid()}.part.npz")
        np.savez(draft, **arrays)
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; raises `OSError`, `ValueError` or `KeyError` when it is not that."""
        # Opened here: numpy leaves the file open when it is broken.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            intents = _head("intents", facts["intents"], arrays)
            categories = _head("categories", facts["categories"], arrays) if facts["categories"] else None
            return cls(
                vocabulary=tuple(facts["vocabulary"]),
                idf=arrays["idf"],
                intents=intents,
                categories=categories,
                words=Words(**facts["words"]),
            )


def _head(name: str, labels: list[str], arrays: Mapping[str, Any]) -> Head:
    prefix = f"{name}."
    return Head(labels=tuple(labels), **{k.removeprefix(prefix): arrays[k] for k in arrays if k.startswith(prefix)})


class Encoder(Protocol):
    """What gives a text its meaning in numbers."""

    def encode(self, texts: Sequence[str]) -> Floats: ...


class Vectoriser:
    """Turns a normalised text into a `Vector`."""

    def __init__(self, grams: TfIdf, encoder: Encoder | None, speller: Speller | None = None) -> None:
        self._grams = grams
        self._encoder = encoder
        self._speller = speller or Speller({}, {})
        self._last: dict[bytes, Floats] = {}

    @classmethod
    def of(cls, model: Model, encoder: Encoder | None) -> Self:
        """Return what makes vectors for `model`."""
        speller = Speller(model.words.word_counts, model.words.pair_counts)
        return cls(TfIdf(model.vocabulary, model.idf), encoder, speller)

    def vector(self, text: str) -> Vector:
        """Return `text` in both spaces."""
        columns, weights = self._grams.vector(text)
        return Vector(columns=columns, weights=weights, encode=partial(self._encoded, text))

    def _encoded(self, text: str) -> Floats | None:
        """Encode a text; the last few are remembered, since a turn may read one text more than once."""
        if self._encoder is None:
            return None
        name = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()
        if name not in self._last:
            row: Floats = self._encoder.encode([self._speller.mend(text)])[0]
            if len(self._last) >= _MOST_REMEMBERED:
                self._last.pop(next(iter(self._last)), None)
            self._last[name] = row
            return row
        return self._last[name]
