"""What lives briefly is gone in time, and its keys with it: also for a thief who copied the database earlier."""

import contextlib
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.bootstrap import App
from storage import retention
from storage.errors import DayKeyGone, StorageError
from storage.models import Base
from storage.vault.code_keys import wrapping_key
from storage.vault.day_keys import DayKeys
from storage.vault.sealing import SYMMETRIC, open_sealed
from tests.fakes import FakeClock
from tests.privacy.conftest import PLANTED, Journey, report_and_return, talker_on
from tests.privacy.test_no_link import CASE_SIDE, PERSON_SIDE, half_way, rows


async def test_the_receipt_is_gone_after_an_hour(journey: Journey) -> None:
    talker = talker_on(journey.app, journey.clock)
    for turn in (
        "/start_report",
        "甘井子区城管局的人随便罚款，上周三罚了我两千块，没有单据。",
        "说完了",
        "对",
        "匿名",
        "现在提交",
        "提交",
    ):
        await talker.say(turn)
    assert await journey.app.conversations.receipt_code("web", talker._address) is not None
    journey.clock.advance(minutes=61)
    assert await journey.app.conversations.receipt_code("web", talker._address) is None
    await retention.delete_expired(journey.app.store)
    assert [cell for cell in await rows(journey.app, ("receipts",))] == []


async def test_saying_saved_deletes_the_receipt_at_once(journey: Journey) -> None:
    assert await rows(journey.app, ("receipts", "case_sessions")) == []


async def test_a_draft_is_gone_after_a_day(journey: Journey) -> None:
    other = talker_on(journey.app, journey.clock)
    await other.say("/start_report")
    await other.say(f"西岗区的窗口让我跑了五趟，{PLANTED[0]}")
    journey.clock.advance(hours=25)
    await retention.retain(journey.app.store)
    assert await rows(journey.app, ("conversations", "uploads")) == []
    answer = await other.say("你好")
    assert PLANTED[0] not in "".join(message.text for message in answer.messages)
    assert answer.loop is None


async def test_after_two_days_no_row_of_any_person_is_left_and_no_day_key_of_then(journey: Journey) -> None:
    await half_way(journey.app, journey.clock)
    then = {path.name for path in (journey.data / "keys" / "day").iterdir()}
    assert then
    for _ in range(4):
        journey.clock.advance(days=1)
        await retention.retain(journey.app.store)
    assert await rows(journey.app, PERSON_SIDE) == []
    assert then & {path.name for path in (journey.data / "keys" / "day").iterdir()} == set()


async def test_a_copy_of_the_database_opens_nothing_once_the_day_keys_are_destroyed(journey: Journey) -> None:
    """The thief copied every live row while they lived, and has the server key and all day keys left two days later."""
    await half_way(journey.app, journey.clock)
    copied = await sealed_cells(journey.app, PERSON_SIDE)
    assert len(copied) > 3
    journey.clock.advance(days=2)
    await retention.retain(journey.app.store)
    left = DayKeys(journey.data / "keys" / "day", journey.clock)
    for context, row_id, ciphertext in copied:
        with pytest.raises(DayKeyGone):
            left.open(context, row_id, ciphertext)


_BOUND_TO = {"uploads": "file"}
"""The column that a row's ciphertext is bound to, where it is neither "id" nor the first of the key."""


async def sealed_cells(app: App, names: tuple[str, ...]) -> list[tuple[str, bytes, bytes]]:
    """Return (table, id that the ciphertext is bound to, ciphertext) of every sealed cell."""

    def read(connection: Connection) -> list[tuple[str, bytes, bytes]]:
        found = []
        for table in (Base.metadata.tables[name] for name in names):
            key = "id" if "id" in table.c else _BOUND_TO.get(table.name, next(iter(table.primary_key.columns)).name)
            for row in connection.execute(select(table)).mappings():
                found += [(table.name, bytes(row[key]), bytes(row[c])) for c in ("sealed", "wrapped") if c in row]
        return found

    return await app.store.database.read(read)


async def test_server_and_day_keys_open_nothing_of_a_case(journey: Journey) -> None:
    """Database and every key of the server: each key tried on each sealed cell of the case side under each label."""
    files = [path.read_bytes() for path in (journey.data / "keys").rglob("*") if path.is_file()]
    keys = {content[i : i + 32] for content in files for i in range(len(content) - 31)}
    assert len(keys) >= 2
    labels = [
        f"case.{part}.{what}" for part in ("shared", "office", "contact") for what in ("v1", "entry.v1", "wrap.v1")
    ]
    cells = await sealed_cells(journey.app, CASE_SIDE)
    assert len(cells) >= 5
    assert opened_with(keys, labels, cells) == 0
    assert opened_with({wrapping_key(journey.code)}, labels, cells) == 1, (
        "the code opens its wrap: the search can succeed"
    )
    wraps = [(row_id, wrapped) for table, row_id, wrapped in cells if table == "case_keys" and wrapped[0] == SYMMETRIC]
    shared = {open_sealed(wrapping_key(journey.code), "case.shared.wrap.v1", *wrap) for wrap in wraps}
    assert opened_with(shared, labels, cells) >= 3, "and its key the report and the entries"


def opened_with(keys: set[bytes], labels: list[str], cells: list[tuple[str, bytes, bytes]]) -> int:
    """Count the cells that one of the keys opens under one of the labels."""
    opened = 0
    for (_, row_id, ciphertext), key, label in product(cells, keys, labels):
        with contextlib.suppress(StorageError):
            open_sealed(key, label, row_id, ciphertext)
            opened += 1
    return opened


async def test_a_claimed_folder_holds_nothing_that_opens_the_office_key(tmp_path: Path) -> None:
    from bot.bootstrap import set_up
    from bot.settings import Settings

    data = tmp_path / "data"
    made = await set_up(Settings(data=data), is_terminal=True, clock=FakeClock())
    assert made.one_time_password
    assert made.recovery_key
    assert not (data / "TRIAL").exists()
    for path in (path for path in data.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for secret in (made.one_time_password, made.recovery_key, made.recovery_key.replace("-", "")):
            assert secret.encode() not in content, path.name


async def test_leaving_deletes_the_draft_at_once(journey: Journey) -> None:
    kept = ("conversations", "uploads", "replies", "receipts", "case_sessions")
    before = await rows(journey.app, kept)
    other = talker_on(journey.app, journey.clock)
    await other.say("/start_report")
    await other.say(f"西岗区的窗口让我跑了五趟，{PLANTED[0]}")
    await other.files(["a.txt"])
    assert len(await rows(journey.app, kept)) > len(before)
    await journey.app.conversations.leave("web", other._address)
    assert sorted(map(repr, await rows(journey.app, kept))) == sorted(map(repr, before))
    assert await journey.app.conversations.visible("web", other._address) == ()


async def test_a_code_opens_its_own_case_and_never_the_contact(program: tuple[App, FakeClock]) -> None:
    app, clock = program
    talker, code, _ = await report_and_return(app, clock)
    async with app.store.work() as work:
        case = await work.cases.by_code(code)
    assert case is not None
    assert case.contact is None
    assert {entry.part.value for entry in case.entries} == {"shared"}

    def wraps(connection: Connection) -> set[tuple[str, str]]:
        table = Base.metadata.tables["case_keys"]
        return {(row.part, row.recipient) for row in connection.execute(select(table))}

    found = await app.store.database.read(wraps)
    assert {part for part, recipient in found if recipient == "code"} == {"shared"}
    assert talker.app is app
