"""What was taken out of a file is told, its original kept on request; a file's name is part of the check."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from casework.anonymise import Anonymiser
from casework.report import FileRef
from tests.unit.actions.stage import Talk, theatre


@pytest.fixture
async def checking() -> AsyncIterator[None]:
    """Give the shared services the tool that finds; taken away again for the other tests."""
    services = theatre().services
    object.__setattr__(services, "anonymiser", Anonymiser(services.profile))
    yield
    object.__setattr__(services, "anonymiser", None)


async def _upload(talk: Talk, **changes: Any) -> FileRef:
    values: dict[str, Any] = {"id": secrets.token_hex(16), "key": "k", "name": "photo.jpg", "size": 1}
    file = FileRef(**values | changes)
    async with talk.shared.store.work() as work:
        work.uploads.put(talk.person, file, talk.shared.clock.now() + timedelta(hours=1))
        await work.commit()
    return file


async def _waiting(talk: Talk) -> list[FileRef]:
    async with talk.shared.store.work() as work:
        return await work.uploads.of(talk.person)


async def test_what_was_taken_out_is_told_and_the_original_is_kept_on_request() -> None:
    talk = await Talk(language="en").begin()
    await talk.tap("start_report")
    file = await _upload(talk, removed="place,device", original_id="0" * 32, original_key="o", original_size=2)
    assert "utter_files_cleaned" in await talk.tap("evidence", ids=[file.id])
    assert "the place, the phone, camera or printer" in talk.text
    assert "/keep_original" in talk.payloads
    assert "utter_original_kept" in await talk.tap("keep_original")
    (kept,) = await _waiting(talk)
    assert kept.keeps_original
    assert kept.settled().original_id == "0" * 32


async def test_a_file_that_told_nothing_is_taken_without_words_about_it() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    file = await _upload(talk)
    assert "utter_files_cleaned" not in await talk.tap("evidence", ids=[file.id])
    assert "utter_no_original" in await talk.tap("keep_original")


@pytest.mark.parametrize("reason", ["kind", "archive", "damaged", "bomb", "locked", "macros", "video"])
async def test_every_refusal_has_its_own_words(reason: str) -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert f"utter_file_refused_{reason}" in await talk.tap("evidence_refused", reason=reason)


@pytest.mark.usefixtures("checking")
async def test_a_name_in_a_file_s_name_is_masked_and_the_file_stays() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.say(
        "甘井子区住建局的人拖着不办施工许可，跑了六趟，每次都说缺材料，也不写明缺什么。", "describe_incident"
    )
    await talk.tap("done")
    await talk.tap("affirm")
    await talk.tap("inform", field="mode", value="anonymous")
    file = await _upload(talk, name="13812345678.jpg")
    await talk.tap("evidence", ids=[file.id])
    await talk.tap("submit_now")
    assert talk.loop == "self_check_form"
    await talk.tap("inform", field="self_check", value="mask_all")
    (kept,) = await _waiting(talk)
    assert (kept.id, kept.key) == (file.id, file.key)
    assert "13812345678" not in kept.name
