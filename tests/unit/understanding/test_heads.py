from pathlib import Path

import numpy as np
import pytest

from bot.understanding import training
from bot.understanding.heads import Vector
from bot.understanding.model import Model, Vectoriser
from bot.understanding.training_data import read_training_data
from bot.understanding.vectors import SentenceEncoder, encoder_name


def learned(project: Path) -> Model:
    return training.train(read_training_data(project), lambda fraction, step: None)


def test_the_judges_agree_on_what_they_learned(project: Path) -> None:
    model = learned(project)
    vectoriser = Vectoriser.of(model, SentenceEncoder() if encoder_name() else None)
    for text, label in (("hello there", "greet"), ("stop it now", "cancel"), ("取消", "cancel")):
        ranking = model.intents.ranking(vectoriser.vector(text))
        assert ranking[0][0] == label
        assert sum(score for _, score in ranking) == pytest.approx(1, abs=1e-5)


def test_a_text_of_which_nothing_is_known_is_not_judged_by_its_letters(project: Path) -> None:
    head = learned(project).intents
    nothing = Vector(columns=np.zeros(0, dtype=np.int64), weights=np.zeros(0, dtype=np.float32), embedding=None)
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
