"""Receipts, case sessions and uploads: what lives for minutes or hours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.code import generate
from casework.errors import Conflict
from casework.ports import Receipt
from casework.report import FileRef
from tests.contract.conftest import Ground

HOUR = timedelta(hours=1)


def make_receipt(draft: str = "draft-1") -> Receipt:
    return Receipt(code=generate(), language="zh", draft=draft)


async def _put(ground: Ground, receipt: Receipt, address: str = "a") -> None:
    async with ground.work() as work:
        work.receipts.put(ground.person(address), receipt, ground.clock.now() + HOUR)
        await work.commit()


async def test_a_receipt_is_found_by_person_and_by_draft_for_an_hour(ground: Ground) -> None:
    receipt = make_receipt()
    await _put(ground, receipt)
    async with ground.work() as work:
        assert await work.receipts.get(ground.person()) == receipt
        assert await work.receipts.by_draft("draft-1") == receipt
        assert await work.receipts.by_draft("draft-2") is None
        assert await work.receipts.get(ground.person("other")) is None
    ground.clock.advance(hours=1)
    async with ground.work() as work:
        assert await work.receipts.get(ground.person()) is None
        assert await work.receipts.by_draft("draft-1") is None


async def test_the_same_draft_has_one_receipt(ground: Ground) -> None:
    await _put(ground, make_receipt())
    with pytest.raises(Conflict):
        await _put(ground, make_receipt(), "other")


async def test_an_expired_receipt_does_not_stand_in_the_way(ground: Ground) -> None:
    await _put(ground, make_receipt())
    ground.clock.advance(hours=2)
    await _put(ground, make_receipt(), "other")


async def test_a_new_receipt_replaces_the_persons_old_one(ground: Ground) -> None:
    await _put(ground, make_receipt())
    second = make_receipt("draft-2")
    await _put(ground, second)
    async with ground.work() as work:
        assert await work.receipts.get(ground.person()) == second
        assert await work.receipts.by_draft("draft-1") is None


async def test_a_dropped_receipt_is_gone(ground: Ground) -> None:
    await _put(ground, make_receipt())
    async with ground.work() as work:
        work.receipts.drop(ground.person())
        assert await work.receipts.get(ground.person()) is None
        assert await work.receipts.by_draft("draft-1") is None
        await work.commit()
    async with ground.work() as work:
        assert await work.receipts.get(ground.person()) is None


async def test_a_unit_reads_back_what_it_put(ground: Ground) -> None:
    receipt, code = make_receipt(), generate()
    soon = ground.clock.now() + HOUR
    async with ground.work() as work:
        work.receipts.put(ground.person(), receipt, soon)
        work.case_sessions.put(ground.person(), code, soon)
        assert await work.receipts.get(ground.person()) == receipt
        assert await work.receipts.by_draft("draft-1") == receipt
        assert await work.case_sessions.get(ground.person()) == code


async def test_a_case_session_expires_is_replaced_and_dropped(ground: Ground) -> None:
    for code in (generate(), last := generate()):
        async with ground.work() as work:
            work.case_sessions.put(ground.person(), code, ground.clock.now() + timedelta(minutes=15))
            await work.commit()
    async with ground.work() as work:
        assert await work.case_sessions.get(ground.person()) == last
        assert await work.case_sessions.get(ground.person("other")) is None
        work.case_sessions.drop(ground.person())
        assert await work.case_sessions.get(ground.person()) is None
    ground.clock.advance(minutes=15)
    async with ground.work() as work:
        assert await work.case_sessions.get(ground.person()) is None


async def test_a_dropped_case_session_is_gone(ground: Ground) -> None:
    async with ground.work() as work:
        work.case_sessions.put(ground.person(), generate(), ground.clock.now() + HOUR)
        await work.commit()
    async with ground.work() as work:
        work.case_sessions.drop(ground.person())
        await work.commit()
    async with ground.work() as work:
        assert await work.case_sessions.get(ground.person()) is None


def make_file(number: int) -> FileRef:
    return FileRef(id=f"{number:032x}", key="a2V5", name=f"照片{number}.jpg", size=10, media_type="image/jpeg")


async def test_files_sent_at_one_moment_keep_their_order_also_when_put_again_or_handed_on(ground: Ground) -> None:
    files = [make_file(n) for n in (7, 3, 9, 1, 8, 2, 6)]
    for file in files:
        async with ground.work() as work:
            assert len(await work.uploads.of(ground.person())) < len(files)
            work.uploads.put(ground.person(), file, ground.clock.now() + HOUR)
            await work.commit()
    ground.clock.advance(seconds=9)
    async with ground.work() as work:
        await work.uploads.of(ground.person())
        work.uploads.put(ground.person(), replace(files[2], name="renamed.jpg"), ground.clock.now() + HOUR)
        await work.commit()
    wanted = [file.id for file in files]
    async with ground.work() as work:
        kept = await work.uploads.of(ground.person())
        assert [file.id for file in kept] == wanted
        work.uploads.drop(ground.person(), wanted)
        for file in kept:
            work.uploads.put(ground.person("successor"), file, ground.clock.now() + HOUR)
        await work.commit()
    async with ground.work() as work:
        assert [file.id for file in await work.uploads.of(ground.person("successor"))] == wanted


async def test_an_upload_is_known_by_the_message_that_brought_it_until_it_is_dropped(ground: Ground) -> None:
    first, other = make_file(1), make_file(2)
    async with ground.work() as work:
        work.uploads.put(ground.person(), first, ground.clock.now() + HOUR, sent_as="42")
        work.uploads.put(ground.person(), other, ground.clock.now() + HOUR)
        await work.commit()
    async with ground.work() as work:
        assert await work.uploads.sent(ground.person(), "42") == first
        assert await work.uploads.sent(ground.person(), "43") is None
        assert await work.uploads.sent(ground.person("other"), "42") is None
        renamed = replace(first, name="renamed.jpg")
        work.uploads.put(ground.person(), renamed, ground.clock.now() + HOUR)
        await work.commit()
    async with ground.work() as work:
        assert await work.uploads.sent(ground.person(), "42") == renamed
        work.uploads.drop(ground.person(), [first.id])
        assert await work.uploads.sent(ground.person(), "42") is None


async def test_uploads_come_in_the_order_they_were_made_until_dropped_or_expired(ground: Ground) -> None:
    files = [make_file(n) for n in (3, 1, 2)]
    for file in files:
        async with ground.work() as work:
            work.uploads.put(ground.person(), file, ground.clock.now() + HOUR)
            assert (await work.uploads.of(ground.person()))[-1] == file
            await work.commit()
        ground.clock.advance(seconds=1)
    async with ground.work() as work:
        assert await work.uploads.of(ground.person()) == files
        assert await work.uploads.of(ground.person("other")) == []
        work.uploads.drop(ground.person(), [files[0].id, "unknown"])
        assert await work.uploads.of(ground.person()) == files[1:]
        await work.commit()
    async with ground.work() as work:
        assert await work.uploads.of(ground.person()) == files[1:]
    ground.clock.advance(hours=1)
    async with ground.work() as work:
        assert await work.uploads.of(ground.person()) == []
