import asyncio
import base64
import errno
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.ports import Evidence
from casework.report import FileRef
from storage.errors import FileEmpty, FileTooLarge, NoSpace, Tampered
from storage.evidence import FolderEvidence
from storage.vault.sealing import padme

CHUNK = 64 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def evidence(folder: Path) -> FolderEvidence:
    return FolderEvidence(folder)


async def in_pieces(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def seal(evidence: Evidence, data: bytes, limit: int = 1 << 24) -> FileRef:
    return await evidence.seal(in_pieces(data), name="照片.jpg", media_type="image/jpeg", limit_bytes=limit)


async def read(evidence: Evidence, file: FileRef) -> bytes:
    return b"".join([chunk async for chunk in evidence.open(file)])


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([1, 7, 511, 513, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17]),
    st.integers(1000, 100_000),
)
def test_what_is_sealed_is_read_again(tmp_path_factory: pytest.TempPathFactory, length: int, piece: int) -> None:
    async def round_trip() -> None:
        evidence = FolderEvidence(tmp_path_factory.getbasetemp() / "evidence")
        data = os.urandom(length)
        file = await evidence.seal(in_pieces(data, piece), name="a", media_type="b", limit_bytes=length)
        assert (file.size, file.name, file.media_type) == (length, "a", "b")
        chunks = [chunk async for chunk in evidence.open(file)]
        assert b"".join(chunks) == data
        assert all(chunks)

    asyncio.run(round_trip())


async def test_the_file_tells_neither_name_nor_content_nor_exact_size(evidence: FolderEvidence, folder: Path) -> None:
    sizes = set()
    for length in (100_400, 102_000):
        file = await seal(evidence, b"testimony" + bytes(length - 9))
        path = folder / file.id[:2] / file.id
        assert b"testimony" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        sizes.add(path.stat().st_size)
    assert len(sizes) == 1
    assert sizes.pop() > padme(100_400)
    assert "照片" not in "".join(str(path) for path in files_in(folder))
    assert "照片" not in repr(file)
    assert file.key not in repr(file)


async def test_each_file_has_a_key_of_its_own(evidence: FolderEvidence) -> None:
    one, two = await seal(evidence, b"same"), await seal(evidence, b"same")
    assert one.key != two.key
    with pytest.raises(Tampered):
        await read(evidence, replace(one, key=two.key))


async def test_a_file_over_the_limit_leaves_nothing(evidence: FolderEvidence, folder: Path) -> None:
    with pytest.raises(FileTooLarge) as refused:
        await seal(evidence, bytes(30_001), limit=30_000)
    assert (refused.value.limit_bytes, refused.value.reason) == (30_000, "too_large")
    assert files_in(folder) == []
    assert (await seal(evidence, bytes(30_000), limit=30_000)).size == 30_000


async def test_an_empty_file_leaves_nothing(evidence: FolderEvidence, folder: Path) -> None:
    with pytest.raises(FileEmpty):
        await seal(evidence, b"")
    assert files_in(folder) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("function", ["fsync", "open"])
async def test_a_full_disk_is_named_and_leaves_nothing(
    evidence: FolderEvidence, folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, function: str
) -> None:
    def full(*args: object) -> int:
        raise OSError(code, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, function, full)
        with pytest.raises(NoSpace):
            await seal(evidence, bytes(1000))
    assert files_in(folder) == []


async def test_a_disk_that_fills_while_writing_is_named(
    evidence: FolderEvidence, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdopen

    def to_full_device(descriptor: int, mode: str) -> object:
        os.close(descriptor)
        return Path("/dev/full").open(mode)

    monkeypatch.setattr(os, "fdopen", to_full_device)
    with pytest.raises(NoSpace):
        await seal(evidence, bytes(300_000))
    monkeypatch.setattr(os, "fdopen", real)
    assert files_in(folder) == []


async def test_another_failure_of_the_disk_is_not_hidden(
    evidence: FolderEvidence, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(OSError, match="broken"):
            await seal(evidence, bytes(1000))
    assert files_in(folder) == []


async def test_a_client_that_goes_away_leaves_nothing(evidence: FolderEvidence, folder: Path) -> None:
    asked_for_more = asyncio.Event()

    async def forever() -> AsyncIterator[bytes]:
        yield bytes(200_000)
        asked_for_more.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(evidence.seal(forever(), name="a", media_type="", limit_bytes=1 << 20))
    await asked_for_more.wait()
    assert len(files_in(folder)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_in(folder) == []


async def test_nothing_is_under_its_name_before_it_is_whole(evidence: FolderEvidence, folder: Path) -> None:
    seen: list[str] = []

    async def watched() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield bytes(100_000)
            seen.extend(path.parent.name for path in files_in(folder))

    await evidence.seal(watched(), name="a", media_type="", limit_bytes=1 << 20)
    assert set(seen) == {"incoming"}
    assert [path.parent.name for path in files_in(folder)] != ["incoming"]


async def test_every_kind_of_tampering_is_found(evidence: FolderEvidence, folder: Path) -> None:
    data = os.urandom(3 * CHUNK)
    file = await seal(evidence, data)
    path = folder / file.id[:2] / file.id
    whole = path.read_bytes()
    step = CHUNK + 17
    first, second, rest = whole[:25], whole[25 : 25 + step], whole[25 + step :]
    third, rest = rest[:step], rest[step:]
    wrong = {
        "format": b"\x04" + whole[1:],
        "header": whole[:1] + bytes([whole[1] ^ 1]) + whole[2:],
        "last byte": whole[:-1] + bytes([whole[-1] ^ 1]),
        "empty": b"",
        "header only": whole[:25],
        "cut inside": whole[:-30],
        "cut at a message": first + second,
        "cut end": whole[:-25],
        "swapped": first + third + second + rest,
        "dropped": first + third + rest,
        "doubled": first + second + second + third + rest,
        "longer": whole + bytes(25),
        "end twice": whole + whole[-25:],
    }
    for position in range(0, len(whole), 9973):
        wrong[f"byte {position}"] = whole[:position] + bytes([whole[position] ^ 0x10]) + whole[position + 1 :]
    for name, changed in wrong.items():
        path.write_bytes(changed)
        with pytest.raises(Tampered):
            assert await read(evidence, file) is None, name
    path.write_bytes(whole)
    assert await read(evidence, file) == data


async def test_what_is_given_out_before_the_fault_is_right(evidence: FolderEvidence, folder: Path) -> None:
    data = os.urandom(4 * CHUNK)
    file = await seal(evidence, data)
    path = folder / file.id[:2] / file.id
    changed = bytearray(path.read_bytes())
    changed[25 + 2 * (CHUNK + 17) + 5] ^= 1
    path.write_bytes(bytes(changed))
    chunks = evidence.open(file)
    given = [await anext(chunks), await anext(chunks)]
    with pytest.raises(Tampered):
        await anext(chunks)
    assert b"".join(given) == data[: 2 * CHUNK]


async def test_another_files_content_is_refused(evidence: FolderEvidence, folder: Path) -> None:
    one, two = await seal(evidence, b"one"), await seal(evidence, b"two")
    (folder / two.id[:2] / two.id).write_bytes((folder / one.id[:2] / one.id).read_bytes())
    with pytest.raises(Tampered):
        await read(evidence, replace(two, key=one.key))


async def test_a_reference_that_does_not_fit_is_refused(evidence: FolderEvidence) -> None:
    file = await seal(evidence, b"content")
    for wrong in (
        replace(file, size=6),
        replace(file, size=8),
        replace(file, id="0" * 32),
        replace(file, id="../../etc/passwd"),
        replace(file, id=""),
        replace(file, key=base64.b64encode(b"short").decode()),
        replace(file, key="no base64"),
    ):
        with pytest.raises(Tampered):
            await read(evidence, wrong)


async def test_a_reader_may_stop_early(evidence: FolderEvidence) -> None:
    file = await seal(evidence, bytes(3 * CHUNK))
    chunks = evidence.open(file)
    assert len(await anext(chunks)) == CHUNK
    await chunks.aclose()


async def test_a_sweep_takes_what_nobody_refers_to_after_an_hour(folder: Path) -> None:
    evidence = FolderEvidence(folder)
    kept, lost = await seal(evidence, b"kept"), await seal(evidence, b"lost")
    (folder / "incoming" / "dead").write_bytes(b"half")
    assert await evidence.sweep({kept.id}) == []
    later = FolderEvidence(folder, now=lambda: time.time() + 3601)
    assert sorted(await later.sweep({kept.id})) == sorted([lost.id, "dead"])
    assert await read(evidence, kept) == b"kept"
    assert [path.name for path in files_in(folder)] == [kept.id]
    assert await later.sweep({kept.id}) == []


async def test_a_sweep_coarsens_the_time_of_writing(folder: Path) -> None:
    file = await seal(FolderEvidence(folder), b"kept")
    await FolderEvidence(folder, now=lambda: time.time() + 3601).sweep({file.id})
    written = datetime.fromtimestamp((folder / file.id[:2] / file.id).stat().st_mtime, UTC)
    assert (written.hour, written.minute, written.second, written.microsecond) == (0, 0, 0, 0)


async def test_a_sweep_passes_over_what_went_while_it_looked(evidence: FolderEvidence, folder: Path) -> None:
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "gone").symlink_to("nowhere")
    assert await evidence.sweep(set()) == []


async def test_a_sweep_of_nothing_is_quiet(evidence: FolderEvidence) -> None:
    assert await evidence.sweep(set()) == []


def times_of_day(folder: Path) -> set[float]:
    return {path.stat().st_mtime % 86_400 for path in folder.rglob("*")}


async def test_a_sweep_coarsens_the_times_of_the_folders_too(folder: Path) -> None:
    """A folder's time is that of the last file put into it, to the microsecond, and most hold one."""
    evidence = FolderEvidence(folder, now=lambda: time.time() + 3700)
    kept, gone = await seal(evidence, b"kept"), await seal(evidence, b"gone")
    await evidence.sweep({kept.id})
    await evidence.sweep({kept.id})
    assert {name for name in files_in(folder) if gone.id in str(name)} == set()
    assert times_of_day(folder) == {0}


async def test_no_file_is_taken_when_the_disk_has_room_for_reports_only(folder: Path) -> None:
    evidence = FolderEvidence(folder, reserve_bytes=1 << 62)
    with pytest.raises(NoSpace):
        await seal(evidence, b"x")
    assert files_in(folder) == []
