"""Train a model, in a process of its own: `python -m bot.understanding.training NLU_DIR MODEL`.

Prints a line `<fraction> <what is being done>` on standard output for each step. Same files, same model.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bot.understanding.encoding import Encode, encoder_beside
from bot.understanding.errors import TrainingDataRefused
from bot.understanding.heads import Head
from bot.understanding.model import Model, Words
from bot.understanding.normalise import fold, normalise
from bot.understanding.solver import fit
from bot.understanding.spelling import Speller, count_words
from bot.understanding.training_data import TrainingData, read_training_data
from bot.understanding.vectors import Floats, TfIdf, grams, use_one_thread

REFUSED = 3
MIN_TEXTS_OF_GRAM = 2
GRAM_STRENGTH = 10.0
MEANING_STRENGTH = 5.0
STEPS = 30
AXES = 128
MIN_COMMON = 50
COMMON = 0.1
"""What stands in a larger share of the texts does not tell which one is near; half of the work was such n-grams'."""

Progress = Callable[[float, str], None]
Examples = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Texts as they are learned: by label, each once for a label; `wanted` has the numbers of the labels."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    wanted: NDArray[np.int64]

    @classmethod
    def of(cls, examples: Examples) -> Self:
        """Put (normalised text, label) in order."""
        ordered = sorted(set(examples), key=lambda example: example[::-1])
        labels = tuple(sorted({label for _, label in ordered}))
        wanted = np.array([labels.index(label) for _, label in ordered], dtype=np.int64)
        return cls(texts=tuple(text for text, _ in ordered), labels=labels, wanted=wanted)


def train(data: TrainingData, progress: Progress, encode: Encode | None) -> Model:
    """Return the model of `data`; without `encode` it judges by n-grams alone."""
    progress(0.05, "counting n-grams")
    examples = [[(normalise(text), label) for text, label in part] for part in (data.intents, data.categories)]
    texts = [text for part in examples for text, _ in part]
    words = _words(data, texts)
    intents, categories = map(Labelled.of, examples)
    # Asked for before all else: the encoder's process has the longest way to go.
    of_intents, of_categories = _meanings_later((intents, categories), words, encode)
    vocabulary, idf = weigh(texts)
    progress(0.2, "learning the intents")
    intent_head = learn_head(intents, TfIdf(vocabulary, idf), of_intents)
    progress(0.8, "learning the categories")
    category_head = learn_head(categories, TfIdf(vocabulary, idf), of_categories) if categories.texts else None
    return Model(vocabulary=vocabulary, idf=idf, intents=intent_head, categories=category_head, words=words)


def _meanings_later(parts: Sequence[Labelled], words: Words, encode: Encode | None) -> list[Future[Floats] | None]:
    speller = Speller(words.word_counts, words.pair_counts)
    return [encode([speller.mend(text) for text in part.texts]) if encode else None for part in parts]


def _words(data: TrainingData, texts: Sequence[str]) -> Words:
    word_counts, pair_counts = count_words(texts)
    return Words(
        exact=exact_table(data.intents),
        lookups=data.lookups,
        synonyms=data.synonyms,
        patterns=data.patterns,
        expected=data.expected,
        free_text=data.free_text,
        short_text=data.short_text,
        seldom=data.seldom,
        word_counts=word_counts,
        pair_counts=pair_counts,
    )


def exact_table(examples: Examples) -> dict[str, list[str]]:
    """Map folded examples to their intents, sorted; several when the question asked must decide."""
    meanings: dict[str, set[str]] = {}
    for text, label in examples:
        meanings.setdefault(fold(text), set()).add(label)
    return {text: sorted(labels) for text, labels in meanings.items()}


def weigh(texts: Sequence[str], *, least: int = MIN_TEXTS_OF_GRAM) -> tuple[tuple[str, ...], Floats]:
    """Return the n-grams that stand in two texts or more (or in `least`), and how telling each is."""
    seen = Counter(gram for text in texts for gram in grams(text))
    vocabulary = tuple(sorted(gram for gram, n in seen.items() if n >= least))
    counts = np.array([seen[gram] for gram in vocabulary], dtype=np.float32)
    idf = np.log((1 + len(texts)) / (1 + counts)) + 1
    return vocabulary, idf.astype(np.float32)


def learn_head(examples: Labelled, grams: TfIdf, meanings: Future[Floats] | None) -> Head:
    """Return what tells the labels apart; without `meanings` (one row a text) by n-grams alone."""
    use_one_thread()
    rows = gram_rows(examples.texts, grams)
    weights, bias = fit(rows, examples.wanted, strength=GRAM_STRENGTH, steps=STEPS)
    columns = _telling(rows)
    return Head(
        labels=examples.labels,
        size=np.array(len(examples.texts)),
        starts=np.searchsorted(examples.wanted, np.arange(len(examples.labels))),
        gram_weights=weights,
        gram_bias=bias,
        near_ends=columns.indptr.astype(np.int64),
        near_rows=columns.indices.astype(np.int32),
        near_values=columns.data.astype(np.float32),
        **(_meanings(meanings.result(), examples.wanted) if meanings else {}),
    )


def _telling(rows: Any) -> Any:
    """Return the rows by columns, without the columns of n-grams that stand nearly everywhere."""
    columns = rows.tocsc()
    counts = np.diff(columns.indptr)
    is_common = counts > max(MIN_COMMON, COMMON * rows.shape[0])
    columns.data[np.repeat(is_common, counts)] = 0
    columns.eliminate_zeros()
    return columns


def _meanings(meanings: Floats, wanted: NDArray[np.int64]) -> dict[str, Any]:
    weights, bias = fit(meanings, wanted, strength=MEANING_STRENGTH, steps=STEPS)
    centre = meanings.mean(axis=0)
    around = meanings - centre
    _, directions = np.linalg.eigh(around.T @ around)
    axes = np.ascontiguousarray(directions[:, -AXES:], dtype=np.float32)
    places = around @ axes
    places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-9)
    return {
        "meaning_weights": weights,
        "meaning_bias": bias,
        "axes": axes,
        "centre": centre,
        "near_meanings": np.ascontiguousarray(places, dtype=np.float32),
    }


def gram_rows(texts: Sequence[str], grams: TfIdf) -> Any:
    """Return the texts as a sparse (texts × n-grams) matrix of rows of length one."""
    from scipy.sparse import csr_matrix

    vectors = [grams.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
    columns = np.concatenate([columns for columns, _ in vectors])
    weights = np.concatenate([weights for _, weights in vectors])
    return csr_matrix(  # type: ignore[no-untyped-call]
        (weights, columns, ends), shape=(len(texts), len(grams)), dtype=np.float32
    )


def main(arguments: Sequence[str]) -> int:
    """Train NLU_DIR into MODEL; `REFUSED` and the problems on standard error when the files are."""
    nlu_dir, target = Path(arguments[0]), Path(arguments[1])

    def report(fraction: float, step: str) -> None:
        sys.stdout.write(f"{fraction:.2f} {step}\n")
        sys.stdout.flush()

    report(0.0, "reading the examples")
    try:
        with encoder_beside() as encode:
            train(read_training_data(nlu_dir), report, encode).save(target)
    except TrainingDataRefused as error:
        sys.stderr.write("\n".join(error.problems) + "\n")
        return REFUSED
    report(1.0, "done")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
