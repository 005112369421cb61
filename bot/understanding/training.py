"""Train a model, in a process of its own: `python -m bot.understanding.training NLU_DIR MODEL`.

Prints a line `<fraction> <what is being done>` on standard output for each step. Same files, same model.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.errors import TrainingDataRefused
from bot.understanding.heads import Head
from bot.understanding.model import Model, Words
from bot.understanding.normalise import fold, normalise
from bot.understanding.solver import fit
from bot.understanding.spelling import Speller, count_words
from bot.understanding.training_data import TrainingData, read_training_data
from bot.understanding.vectors import Floats, SentenceEncoder, TfIdf, encoder_name, grams

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


def train(data: TrainingData, progress: Progress) -> Model:
    """Return the model of `data`; uses the sentence encoder when it is installed."""
    progress(0.05, "counting n-grams")
    intents = [(normalise(text), label) for text, label in data.intents]
    categories = [(normalise(text), label) for text, label in data.categories]
    texts = [text for text, _ in intents + categories]
    vocabulary, idf = weigh(texts)
    words = _words(data, texts)
    speller = Speller(words.word_counts, words.pair_counts)
    encoder = SentenceEncoder() if encoder_name() else None
    progress(0.2, "learning the intents")
    intent_head = learn_head(intents, TfIdf(vocabulary, idf), encoder, speller)
    progress(0.8, "learning the categories")
    category_head = learn_head(categories, TfIdf(vocabulary, idf), encoder, speller) if categories else None
    return Model(vocabulary=vocabulary, idf=idf, intents=intent_head, categories=category_head, words=words)


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


def learn_head(
    examples: Examples, grams: TfIdf, encoder: SentenceEncoder | None, speller: Speller | None = None
) -> Head:
    """Return what tells the labels of (normalised text, label) apart; a text counts once for a label."""
    ordered = sorted(set(examples), key=lambda example: example[::-1])
    texts = [text for text, _ in ordered]
    labels = tuple(sorted({label for _, label in ordered}))
    wanted = np.array([labels.index(label) for _, label in ordered])
    mended = [(speller or Speller({}, {})).mend(text) for text in texts] if encoder else []
    with ThreadPoolExecutor(1) as pool:  # numpy lets both run at once: a third of the time is saved on two cores
        encoding = pool.submit(encoder.encode, mended) if encoder else None
        rows = gram_rows(texts, grams)
        weights, bias = fit(rows, wanted, strength=GRAM_STRENGTH, steps=STEPS)
    columns = _telling(rows)
    return Head(
        labels=labels,
        size=np.array(len(texts)),
        starts=np.searchsorted(wanted, np.arange(len(labels))),
        gram_weights=weights,
        gram_bias=bias,
        near_ends=columns.indptr.astype(np.int64),
        near_rows=columns.indices.astype(np.int32),
        near_values=columns.data.astype(np.float32),
        **(_meanings(encoding.result(), wanted) if encoding else {}),
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
        data = read_training_data(nlu_dir)
    except TrainingDataRefused as error:
        sys.stderr.write("\n".join(error.problems) + "\n")
        return REFUSED
    model = train(data, report)
    model.save(target)
    report(1.0, "done")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
