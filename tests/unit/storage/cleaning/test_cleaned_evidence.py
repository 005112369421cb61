"""Files cleaned on their way in: what is sealed, what goes, what is refused, and what an operator may open."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from casework.errors import FileNotTaken, FileTooLarge
from casework.report import FileRef
from storage.cleaning import KINDS
from storage.cleaning.apart import CleaningApart
from storage.cleaning.evidence import CleanedEvidence
from storage.evidence import FolderEvidence
from tests.unit.storage.cleaning import planted


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 1000):
        yield data[at : at + 1000]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def evidence(folder: Path) -> CleanedEvidence:
    return CleanedEvidence(FolderEvidence(folder, reserve_bytes=0), CleaningApart(KINDS))


async def _sealed(evidence: CleanedEvidence, data: bytes, name: str = "照片.jpg", limit: int = 1 << 20) -> FileRef:
    return await evidence.seal(_chunks(data), name=name, media_type="image/jpeg", limit_bytes=limit)


async def _content(evidence: CleanedEvidence, file: FileRef) -> bytes:
    return b"".join([chunk async for chunk in evidence.open(file)])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_picture_is_cleaned_and_its_original_stays_sealed_beside_it(
    evidence: CleanedEvidence, folder: Path
) -> None:
    data = planted.jpeg()
    file = await _sealed(evidence, data)
    assert {"place", "device", "time", "appended"} <= set(file.removed.split(","))
    assert planted.MARK.encode() not in await _content(evidence, file)
    assert file.original is not None
    assert await _content(evidence, file.original) == data
    assert len(_files(folder)) == 2
    assert not [path for path in _files(folder) if planted.MARK.encode() in path.read_bytes()]


async def test_settled_the_original_is_forgotten_and_swept_unless_wanted(evidence: CleanedEvidence) -> None:
    file = (await _sealed(evidence, planted.jpeg())).settled()
    assert (file.original, file.original_key) == (None, "")
    assert file.ids == (file.id,)


async def test_the_name_takes_the_ending_of_what_the_file_is(evidence: CleanedEvidence) -> None:
    assert (await _sealed(evidence, planted.heic(), "IMG_1.HEIC")).name == "IMG_1.jpg"
    assert (await _sealed(evidence, planted.jpeg(), "a.JPEG")).name == "a.JPEG"
    assert (await _sealed(evidence, planted.png(), "a.jpg")).media_type == "image/png"


async def test_text_is_taken_as_it_is(evidence: CleanedEvidence, folder: Path) -> None:
    file = await _sealed(evidence, "经过如下".encode(), "a.txt")
    assert (file.media_type, file.removed, file.original) == ("text/plain", "", None)
    assert len(_files(folder)) == 1


@pytest.mark.parametrize(
    ("data", "reason"), [(b"PK\x03\x04rest", "archive"), (b"MZ\x00\x01", "kind"), (planted.jpeg()[:300], "damaged")]
)
async def test_of_a_refused_file_nothing_is_left(
    evidence: CleanedEvidence, folder: Path, data: bytes, reason: str
) -> None:
    with pytest.raises(FileNotTaken) as refused:
        await _sealed(evidence, data)
    assert refused.value.reason == reason
    assert _files(folder) == []


async def test_too_large_is_refused_before_anything_is_cleaned(evidence: CleanedEvidence, folder: Path) -> None:
    with pytest.raises(FileTooLarge):
        await _sealed(evidence, planted.jpeg(), limit=500)
    assert _files(folder) == []


async def test_a_cleaner_that_dies_refuses_the_file(
    evidence: CleanedEvidence, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.cleaning.apart._COMMAND", ("false",))
    with pytest.raises(FileNotTaken) as refused:
        await _sealed(evidence, planted.jpeg())
    assert refused.value.reason == "damaged"
    assert _files(folder) == []
