"""After a whole anonymous journey nothing that was written, and no secret, can be found anywhere."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.code import normalise
from storage import backup as backups
from tests.privacy.conftest import PLANTED, Journey, report_and_return
from tests.support.postgres import PrivateServer


def spellings(word: str) -> Iterator[bytes]:
    """Give the ways a word can stand in a file that is not encrypted."""
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        yield word.encode(encoding)
    yield word.encode("unicode_escape")
    utf8 = word.encode()
    for shift in range(3):  # base64 shows a word in three ways, by where it begins
        encoded = base64.b64encode(b"\0" * shift + utf8)
        yield encoded[4 if shift else 0 : -4]


def needles(journey: Journey) -> list[bytes]:
    symbols = normalise(journey.code)
    groups = [symbols[i : i + 5] for i in range(0, 20, 5)]
    codes = [symbols, journey.code, " ".join(groups), symbols.lower(), " ".join(groups).lower()]
    return [spelled for word in (*PLANTED, *codes, *journey.addresses) for spelled in spellings(word)]


def files_of(journey: Journey) -> Iterator[Path]:
    """Give every file of the data folder, and PostgreSQL's whole folder with its journal."""
    folders = [journey.data, *([journey.server.data] if journey.server else [])]
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


async def flush(journey: Journey) -> None:
    """Bring what PostgreSQL holds in memory to its files."""
    if journey.server is not None:
        await journey.app.store.database.outside_transaction(["CHECKPOINT"])


def found(journey: Journey) -> list[str]:
    wanted = needles(journey)
    return [
        f"{path.name}: {needle!r}"
        for path in files_of(journey)
        for content in [path.read_bytes()]
        for needle in wanted
        if needle in content
    ]


async def test_no_file_holds_a_word_a_code_or_an_address(journey: Journey) -> None:
    await flush(journey)
    assert len(list(files_of(journey))) > 4
    assert found(journey) == []


async def test_the_search_would_find_them(journey: Journey) -> None:
    """A check that cannot fail proves nothing: planted in the clear, every spelling is found."""
    for number, needle in enumerate(needles(journey)):
        (journey.data / f"planted{number}").write_bytes(b"..." + needle + b"...")
    assert len({hit.split(":")[0] for hit in found(journey)}) >= len(needles(journey))


async def test_no_log_holds_a_word_a_code_or_an_address(journey: Journey) -> None:
    for word in (*PLANTED, journey.code, normalise(journey.code), *journey.addresses):
        assert word not in journey.logs
    for person in journey.addresses:
        key = journey.app.store.person_keys.person("web", person)
        assert key.hex() not in journey.logs


async def test_a_backup_holds_no_word_and_no_server_or_day_key(journey: Journey, tmp_path: Path) -> None:
    if journey.server is not None and shutil.which("pg_dump") is None:
        pytest.fail("pg_dump is not installed; .ci/run installs it")
    target = tmp_path / "backup"
    await backups.backup(journey.app.store.config, target)
    keys = [path.read_bytes() for path in (journey.data / "keys").rglob("*") if path.is_file()]
    assert len(keys) >= 2
    for path in (path for path in target.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not any(needle in content for needle in (*needles(journey), *keys)), path.name


async def test_a_submission_deletes_the_conversation_and_changes_the_address(journey: Journey) -> None:
    before, after = journey.addresses
    assert before != after
    async with journey.app.store.work() as work:
        person = journey.app.store.person_keys.person("web", before)
        assert await work.conversations.load(person) is None
        assert await work.receipts.get(person) is None
        assert await work.case_sessions.get(person) is None
        assert await work.uploads.of(person) == []


async def test_two_journeys_with_the_same_words_leave_different_bytes(journey: Journey) -> None:
    """No ciphertext, look-up or mark says that two reports are alike, but for the unit's index (it is promised so)."""
    await report_and_return(journey.app, journey.clock)
    seen: set[bytes] = set()
    for values in (await case_bytes(journey)).values():
        for value in values:
            assert value not in seen
            seen.add(value)


async def case_bytes(journey: Journey) -> dict[str, list[bytes]]:
    """Return the byte columns of the case side that are no key between its own tables."""
    from storage.models import CaseEntryRecord, CaseKeyRecord, CasePartRecord, CaseRecord

    columns = (CaseRecord.lookup, CasePartRecord.sealed, CaseKeyRecord.wrapped, CaseEntryRecord.sealed)

    def read(connection: object) -> dict[str, list[bytes]]:
        from sqlalchemy import Connection, select

        assert isinstance(connection, Connection)
        return {
            str(column): [bytes(v) for v in connection.execute(select(column)).scalars() if v] for column in columns
        }

    return await journey.app.store.database.read(read)


def test_the_private_server_is_searched_whole(postgres_server: PrivateServer) -> None:
    assert (postgres_server.data / "pg_wal").is_dir()
