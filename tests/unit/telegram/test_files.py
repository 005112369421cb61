"""Fetching evidence."""

from pathlib import Path

import pytest
from telegram.error import BadRequest, TimedOut

from bot.channels.messages import UploadRefused
from bot.channels.telegram.files import FileLate, type_of
from bot.channels.telegram.reading import SentFile
from tests.unit.telegram.world import ADDRESS, World

PDF = SentFile(file_id="f", name="a.pdf", declared_type="text/plain", size=9)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        return None

    monkeypatch.setattr("bot.channels.telegram.files.asyncio.sleep", sleep)


async def test_a_file_is_fetched_and_handed_over_under_its_name() -> None:
    world = World()
    file_id = await world.files.take(ADDRESS, PDF, "7")
    assert world.conversations.files[file_id] == b"%PDF-1.4 content"
    assert world.conversations.names == ["a.pdf"]
    assert world.conversations.sent_as == ["7"]


async def test_a_file_on_the_servers_own_disk_is_read_there(tmp_path: Path) -> None:
    world = World()
    path = tmp_path / "file"
    path.write_bytes(b"on disk")
    world.api.bot.path = str(path)
    assert world.conversations.files[await world.files.take(ADDRESS, PDF, "7")] == b"on disk"


async def test_a_place_needs_no_fetching() -> None:
    world = World()
    await world.files.take(ADDRESS, SentFile(name="location.txt", declared_type="text/plain", content=b"geo:1,2"), "7")
    assert world.api.bot.calls == []


async def test_a_file_that_is_too_large_is_refused_before_and_after_it_is_fetched() -> None:
    world = World()
    for file in (SentFile(file_id="f", name="x", size=1001), SentFile(file_id="f", name="x", content=b"x" * 1001)):
        with pytest.raises(UploadRefused, match="too_large"):
            await world.files.take(ADDRESS, file, "7")
    world.api.bot.fails = [BadRequest("file is too big")]
    with pytest.raises(UploadRefused, match="too_large"):
        await world.files.take(ADDRESS, PDF, "7")


async def test_a_fetch_is_tried_three_times() -> None:
    world = World()
    world.api.bot.fails = [TimedOut(), OSError()]
    await world.files.take(ADDRESS, PDF, "7")
    world.api.bot.fails = [TimedOut(), TimedOut(), TimedOut()]
    with pytest.raises(FileLate):
        await world.files.take(ADDRESS, PDF, "7")


def test_the_type_is_told_by_the_content() -> None:
    assert type_of(b"%PDF-1.7\n%abc", "image/jpeg") == "application/pdf"
    assert type_of(b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "text/plain") == "image/png"
    assert type_of(b"\x01\x02\x03plain", "text/plain") == "text/plain"
    assert type_of(b"", "text/plain") == "text/plain"
