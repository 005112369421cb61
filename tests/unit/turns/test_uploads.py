"""Uploads: sealed outside a turn, at most ten, not too large, not empty; a turn takes only the person's own."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.messages import UploadRefused
from casework.code import generate
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


async def test_what_a_message_brought_is_taken_once_also_when_it_comes_again_at_once(world: World) -> None:
    ids = await asyncio.gather(*(world.upload(sent_as=name) for name in ("7", "7", "8", "", "")))
    assert ids[0] == ids[1]
    assert len(set(ids)) == len(world.store.tables.uploads) == 4


async def test_a_full_disk_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(chunks: AsyncIterator[bytes], **_: object) -> FileRef:
        raise NoSpace

    monkeypatch.setattr(world.store.evidence, "seal", full)
    with pytest.raises(UploadRefused, match="no_space"):
        await world.upload()


async def test_of_many_files_at_once_no_more_are_sealed_than_are_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends thousands at once must not fill the disk with what is refused afterwards."""
    sealed: list[str] = []
    seal = world.store.evidence.seal

    async def counted(chunks: AsyncIterator[bytes], **values: Any) -> FileRef:
        sealed.append(values["name"])
        await asyncio.sleep(0)
        return await seal(chunks, **values)

    monkeypatch.setattr(world.store.evidence, "seal", counted)
    await asyncio.gather(*(world.upload() for _ in range(30)), return_exceptions=True)
    assert len(sealed) == world.rules.most_files


async def test_a_code_in_a_file_s_name_is_not_kept(world: World) -> None:
    code = generate()
    await world.upload(name=f"我的查询码 {code.lower()}.png")
    [kept] = world.store.tables.uploads.values()
    assert kept.value.name == "我的查询码 〔code〕.png"
