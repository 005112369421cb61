"""The short cut before looking for misspelt names leaves none of them out."""

from collections.abc import Iterator

import pytest

from bot.understanding.places import _Index, _one_off

NAMES = ("甘井子", "甘井子区", "高新园区", "市自然资源局", "甘井子区住房和城乡建设局", "ganjingzi", "housing bureau")


def one_mistake(name: str) -> Iterator[str]:
    """Yield every deletion, swap, substitution and insertion."""
    for i in range(len(name)):
        yield name[:i] + name[i + 1 :]
        yield name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2 :]
        yield name[:i] + "x" + name[i + 1 :]
        yield name[:i] + "x" + name[i:]
    yield name + "x"


@pytest.mark.parametrize("name", NAMES)
def test_every_single_mistake_is_looked_at(name: str) -> None:
    index = _Index()
    index.add(name, "it")
    index.add_near(name, 3)
    pieces = [piece for piece in one_mistake(name) if _one_off(piece, name)]
    assert len(pieces) > len(name)
    assert all(index._may_be_near(piece) for piece in pieces)
    found = {(hit.meant, *hit.ids) for piece in pieces for hit in index.near_hits(piece) if len(hit.meant) == len(name)}
    assert found == {(name, "it")}


def test_other_text_is_not_looked_at() -> None:
    index = _Index()
    index.add_near("甘井子区住房和城乡建设局", 3)
    assert not index._may_be_near("窗口工作人员拒绝受理")
