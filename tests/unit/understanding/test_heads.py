from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.understanding import training
from bot.understanding.encoding import encoder_beside
from bot.understanding.heads import Head, Vector
from bot.understanding.model import Model, Vectoriser
from bot.understanding.training_data import read_training_data
from bot.understanding.vectors import Floats, SentenceEncoder, TfIdf, encoder_name


def learned(project: Path) -> Model:
    with encoder_beside() as encode:
        return training.train(read_training_data(project), lambda fraction, step: None, encode)


def test_the_judges_agree_on_what_they_learned(project: Path) -> None:
    model = learned(project)
    vectoriser = Vectoriser.of(model, SentenceEncoder() if encoder_name() else None)
    for text, label in (("hello there", "greet"), ("stop it now", "cancel"), ("取消", "cancel")):
        ranking = model.intents.ranking(vectoriser.vector(text))
        assert ranking[0][0] == label
        assert sum(score for _, score in ranking) == pytest.approx(1, abs=1e-5)


def test_a_text_of_which_nothing_is_known_is_not_judged_by_its_letters(project: Path) -> None:
    head = learned(project).intents
    nothing = Vector(columns=np.zeros(0, dtype=np.int64), weights=np.zeros(0, dtype=np.float32))
    assert head.probabilities(nothing) == pytest.approx([0.5, 0.5])


def test_the_same_files_give_the_same_model(project: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert training.main([str(project), str(tmp_path / name)]) == 0
    one, two = (Model.load(tmp_path / name) for name in ("one", "two"))
    assert one.vocabulary == two.vocabulary
    assert (one.intents.gram_weights == two.intents.gram_weights).all()
    assert (one.intents.near_values == two.intents.near_values).all()
    if one.intents.near_meanings is not None and two.intents.near_meanings is not None:
        assert (one.intents.near_meanings == two.intents.near_meanings).all()


class Asked:
    """Counts how often the encoder is asked."""

    def __init__(self) -> None:
        self.times = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.times += len(texts)
        return np.ones((len(texts), 512), dtype=np.float32)


def two_labels(labels: tuple[str, str], pull: float) -> Head:
    """Return a head of two examples with one n-gram each, which the linear judges tell apart by `pull`."""
    meaning = np.zeros((512, 2), dtype=np.float32)
    return Head(
        labels=labels,
        size=np.array(2),
        starts=np.array([0, 1]),
        gram_weights=np.array([[pull, 0], [0, pull]], dtype=np.float32),
        gram_bias=np.zeros(2, dtype=np.float32),
        near_ends=np.array([0, 1, 2]),
        near_rows=np.array([0, 1], dtype=np.int32),
        near_values=np.ones(2, dtype=np.float32),
        meaning_weights=meaning,
        meaning_bias=np.zeros(2, dtype=np.float32),
        axes=np.zeros((512, 1), dtype=np.float32),
        centre=np.zeros(512, dtype=np.float32),
        near_meanings=np.zeros((2, 1), dtype=np.float32),
    )


@pytest.mark.parametrize(
    ("labels", "pull", "asked"),
    [
        (("cancel", "greet"), 9.0, 0),  # sure by n-grams alone
        (("cancel", "greet"), -8.5, 1),  # the two judges disagree
        (("cancel", "emergency"), 9.0, 0),
        (("cancel", "emergency"), -3.5, 1),  # danger is not ruled out
        (("emergency", "greet"), 9.0, 0),  # danger itself needs no second opinion
    ],
)
def test_the_encoder_is_asked_only_where_n_grams_leave_a_doubt(
    labels: tuple[str, str], pull: float, asked: int
) -> None:
    encoder = Asked()
    vectoriser = Vectoriser(TfIdf(["a", "b"], np.ones(2, dtype=np.float32)), encoder)
    probabilities = two_labels(labels, pull).probabilities(vectoriser.vector("a"))
    assert (encoder.times, round(float(probabilities.sum()), 4)) == (asked, 1.0)


def test_one_text_read_twice_is_encoded_once_and_only_the_last_few_are_remembered() -> None:
    encoder = Asked()
    vectoriser = Vectoriser(TfIdf(["a"], np.ones(1, dtype=np.float32)), encoder)
    for text in ("one", "one", "two", "one"):
        assert vectoriser.vector(text).embedding is not None
    assert encoder.times == 2
    for number in range(20):
        assert vectoriser.vector(f"text {number}").embedding is not None
    assert vectoriser.vector("one").embedding is not None
    assert encoder.times == 23


def test_n_grams_that_stand_nearly_everywhere_do_not_say_which_example_is_near() -> None:
    texts = [f"a {chr(0x4E00 + number)}" for number in range(60)]
    examples = [(text, "one" if number % 2 else "two") for number, text in enumerate(texts)]
    vocabulary, idf = training.weigh(texts, least=1)
    head = training.learn_head(training.Labelled.of(examples), TfIdf(vocabulary, idf), None)
    counts = dict(zip(vocabulary, np.diff(head.near_ends), strict=True))
    assert (counts["a"], counts["\u4e00"]) == (0, 1)
