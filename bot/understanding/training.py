"""Train a model with scikit-learn, in a process of its own: `python -m bot.understanding.training NLU_DIR MODEL`.

Prints a line `<fraction> <what is being done>` on standard output for each step. Same files, same model.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.understanding.errors import TrainingDataRefused
from bot.understanding.model import Head, Model, Words
from bot.understanding.normalise import fold, normalise
from bot.understanding.training_data import TrainingData, read_training_data
from bot.understanding.vectors import Floats, SentenceEncoder, TfIdf, char_grams, encoder_name

REFUSED = 3
MIN_TEXTS_OF_GRAM = 2
GRAM_STRENGTH = 20.0
MEANING_STRENGTH = 10.0

Progress = Callable[[float, str], None]
Examples = Sequence[tuple[str, str]]


def train(data: TrainingData, progress: Progress) -> Model:
    """Return the model of `data`; uses the sentence encoder when it is installed."""
    progress(0.05, "counting n-grams")
    intents = [(normalise(text), label) for text, label in data.intents]
    categories = [(normalise(text), label) for text, label in data.categories]
    vocabulary, idf = weigh([text for text, _ in intents + categories])
    encoder = SentenceEncoder() if encoder_name() else None
    progress(0.2, "learning the intents")
    intent_head = learn_head(intents, TfIdf(vocabulary, idf), encoder)
    progress(0.8, "learning the categories")
    category_head = learn_head(categories, TfIdf(vocabulary, idf), encoder) if categories else None
    return Model(vocabulary=vocabulary, idf=idf, intents=intent_head, categories=category_head, words=_words(data))


def _words(data: TrainingData) -> Words:
    return Words(
        exact=exact_table(data.intents),
        lookups=data.lookups,
        synonyms=data.synonyms,
        patterns=data.patterns,
        expected=data.expected,
        free_text=data.free_text,
        short_text=data.short_text,
    )


def exact_table(examples: Examples) -> dict[str, list[str]]:
    """Map folded examples to their intents, sorted; several when the question asked must decide."""
    meanings: dict[str, set[str]] = {}
    for text, label in examples:
        meanings.setdefault(fold(text), set()).add(label)
    return {text: sorted(labels) for text, labels in meanings.items()}


def weigh(texts: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """Return the n-grams that stand in two texts or more, and how telling each is."""
    seen = Counter(gram for text in texts for gram in char_grams(text))
    vocabulary = tuple(sorted(gram for gram, n in seen.items() if n >= MIN_TEXTS_OF_GRAM))
    counts = np.array([seen[gram] for gram in vocabulary], dtype=np.float32)
    idf = np.log((1 + len(texts)) / (1 + counts)) + 1
    return vocabulary, idf.astype(np.float32)


def learn_head(examples: Examples, grams: TfIdf, encoder: SentenceEncoder | None) -> Head:
    """Return what tells the labels of (normalised text, label) apart."""
    texts = [text for text, _ in examples]
    labels = tuple(sorted({label for _, label in examples}))
    wanted = np.array([labels.index(label) for _, label in examples])
    gram_weights, gram_bias = _fit(_rows(texts, grams), wanted, GRAM_STRENGTH)
    if encoder is None:
        return Head(labels=labels, gram_weights=gram_weights, gram_bias=gram_bias)
    meaning_weights, meaning_bias = _fit(encoder.encode(texts), wanted, MEANING_STRENGTH)
    return Head(
        labels=labels,
        gram_weights=gram_weights,
        gram_bias=gram_bias,
        meaning_weights=meaning_weights,
        meaning_bias=meaning_bias,
    )


def _rows(texts: Sequence[str], grams: TfIdf) -> object:
    from scipy.sparse import csr_matrix

    vectors = [grams.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
    columns = np.concatenate([columns for columns, _ in vectors])
    weights = np.concatenate([weights for _, weights in vectors])
    return csr_matrix(  # type: ignore[no-untyped-call]
        (weights, columns, ends), shape=(len(texts), len(grams))
    )


def _fit(rows: object, wanted: NDArray[np.int64], strength: float) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    learner = LogisticRegression(  # type: ignore[no-untyped-call]
        C=strength, max_iter=200, class_weight="balanced", tol=1e-3
    )
    learner.fit(rows, wanted)
    # Two labels are learned as one row of weights for the second.
    weights, bias = learner.coef_, learner.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)


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
