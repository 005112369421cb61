"""The likeness of a text to each example, by the n-grams they share, is the product of their vectors."""

import numpy as np
from threadpoolctl import threadpool_info

from bot.understanding.heads import Head, Vector
from bot.understanding.vectors import use_one_thread


def head_of(examples: np.ndarray) -> Head:
    """Keep the examples (rows) by column, as training does."""
    size, width = examples.shape
    columns, rows = np.nonzero(examples.T)
    none = np.zeros((width, 1), dtype=np.float32)
    return Head(
        labels=("one",),
        size=np.array(size),
        starts=np.array([0]),
        gram_weights=none,
        gram_bias=none[0],
        near_ends=np.searchsorted(columns, np.arange(width + 1)),
        near_rows=rows.astype(np.int32),
        near_values=examples[rows, columns],
    )


def test_it_is_the_product_of_the_vectors() -> None:
    chosen = np.random.default_rng(7)
    examples = (chosen.random((30, 12)) * (chosen.random((30, 12)) < 0.3)).astype(np.float32)
    examples[:, 5] = 0
    head = head_of(examples)
    for columns in ([], [5], [0], [11], [1, 4, 5, 9, 11], list(range(12))):
        weights = chosen.random(len(columns)).astype(np.float32)
        vector = Vector(columns=np.array(columns, dtype=np.int64), weights=weights)
        found = head._gram_likeness(vector)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, examples[:, columns] @ weights, rtol=1e-5)


def test_products_wait_for_no_other_thread() -> None:
    use_one_thread()
    assert {found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"} == {1}
