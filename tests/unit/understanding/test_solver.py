import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.understanding.solver import fit

ROWS = np.eye(3, dtype=np.float32)[np.array([0, 0, 0, 1, 1, 2])]
WANTED = np.array([0, 0, 0, 1, 1, 2])


@pytest.mark.parametrize("rows", [ROWS, csr_matrix(ROWS)], ids=["dense", "sparse"])  # type: ignore[no-untyped-call]
def test_it_tells_the_labels_apart(rows: object) -> None:
    weights, bias = fit(rows, WANTED, strength=10, steps=30)
    assert weights.shape == (3, 3)
    assert ((ROWS @ weights + bias).argmax(axis=1) == WANTED).all()


def test_every_label_weighs_the_same() -> None:
    _, bias = fit(np.zeros((6, 1), dtype=np.float32), WANTED, strength=10, steps=30)
    assert bias == pytest.approx(np.zeros(3), abs=1e-4)


def test_the_same_examples_give_the_same_weights() -> None:
    first, second = (fit(ROWS, WANTED, strength=5, steps=20)[0] for _ in range(2))
    assert (first == second).all()


def test_the_slope_is_that_of_the_loss() -> None:
    from bot.understanding.solver import _Problem

    problem = _Problem(ROWS, WANTED, 3, 0.01)
    place = np.linspace(-1, 1, 12, dtype=np.float32)
    loss, slope = problem(place)
    for i in (0, 5, 11):
        step = np.zeros(12, dtype=np.float32)
        step[i] = 1e-2
        assert (problem(place + step)[0] - loss) / 1e-2 == pytest.approx(float(slope[i]), abs=2e-3)
