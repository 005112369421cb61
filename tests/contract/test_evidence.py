"""Evidence: sealed while it streams, given back whole, refused whole."""

from collections.abc import AsyncIterator

import pytest

from casework.errors import FileEmpty, FileTooLarge
from tests.contract.conftest import Ground


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_file_comes_back_as_it_was(ground: Ground) -> None:
    parts = (b"a" * 70_000, b"", b"b" * 70_000)
    file = await ground.evidence.seal(_chunks(*parts), name="录音.mp3", media_type="audio/mpeg", limit_bytes=140_000)
    assert (file.name, file.size, file.media_type) == ("录音.mp3", 140_000, "audio/mpeg")
    assert b"".join([chunk async for chunk in ground.evidence.open(file)]) == b"".join(parts)


async def test_what_is_too_large_or_empty_is_refused(ground: Ground) -> None:
    with pytest.raises(FileTooLarge):
        await ground.evidence.seal(_chunks(b"12", b"34"), name="a", media_type="", limit_bytes=3)
    with pytest.raises(FileEmpty):
        await ground.evidence.seal(_chunks(b""), name="a", media_type="", limit_bytes=3)


async def test_a_young_file_is_not_swept(ground: Ground) -> None:
    file = await ground.evidence.seal(_chunks(b"12"), name="a", media_type="", limit_bytes=3)
    assert await ground.evidence.sweep(set()) == []
    assert [chunk async for chunk in ground.evidence.open(file)] == [b"12"]
