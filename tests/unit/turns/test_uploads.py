"""Uploads: sealed outside a turn, at most ten, not too large, not empty; a turn takes only the person's own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.messages import UploadRefused
from casework.errors import NoSpace
from casework.report import FileRef
from tests.unit.turns.conftest import World, names


async def test_an_upload_is_sealed_and_noted(world: World) -> None:
    file_id = await world.upload(b"photo", "C:\\pictures\\receipt.jpg")
    [kept] = world.store.tables.uploads.values()
    assert (kept.value.id, kept.value.name, kept.value.size) == (file_id, "receipt.jpg", 5)


async def test_the_engine_hears_the_ids(world: World) -> None:
    await world.say("谢谢")
    one, two = await world.upload(), await world.upload()
    assert names(await world.say(files=(one, two))) == ["utter_evidence"]
    assert world.dialogue.heard[-1].text == f'/evidence{{"ids": ["{one}", "{two}"]}}'
    lines = await world.processor.visible("web", world.address)
    assert lines[-2].message.custom == {"files": ["a.txt", "a.txt"]}


async def test_another_person_s_file_is_no_file(world: World) -> None:
    await world.say("谢谢")
    file_id = await world.upload()
    world.address = "secret-2"
    await world.say(files=(file_id,))
    assert world.dialogue.heard[-1].text == '/evidence_refused{"reason": "empty"}'


@pytest.mark.parametrize(("given", "reason"), [("too_many", "too_many"), ('"}{', "empty")])
async def test_a_refusal_is_told_to_the_engine(world: World, given: str, reason: str) -> None:
    await world.say(refused=given)
    assert world.dialogue.heard[-1].text == f'/evidence_refused{{"reason": "{reason}"}}'


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"x" * 101, "too_large")])
async def test_empty_and_too_large_are_refused(world: World, content: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        await world.upload(content)
    assert refused.value.reason == reason
    assert world.store.tables.uploads == {}


async def test_ten_files_at_most_also_when_they_come_at_once(world: World) -> None:
    results = await asyncio.gather(*(world.upload() for _ in range(14)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, UploadRefused)]
    assert [error.reason for error in refused] == ["too_many"] * 4
    with pytest.raises(UploadRefused, match="too_many"):
        await world.upload()


async def test_a_full_disk_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(chunks: AsyncIterator[bytes], **_: object) -> FileRef:
        raise NoSpace

    monkeypatch.setattr(world.store.evidence, "seal", full)
    with pytest.raises(UploadRefused, match="no_space"):
        await world.upload()
