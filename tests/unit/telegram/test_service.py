"""The channel put together: start, menus, stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram.error import NetworkError

from bot.channels.posting import Unsure
from bot.channels.telegram.commands import MENU, menu, set_menus
from bot.channels.telegram.flood import Flood
from bot.channels.telegram.service import Telegram
from bot.channels.telegram.texts import texts
from bot.turns.buttons import COMMANDS
from tests.unit.telegram.test_intake import Leads
from tests.unit.telegram.world import FakeApi, World, text_update


class FakeSender:
    def __init__(self) -> None:
        self.woken, self.begun, self.fails = 0, 0, False

    def wake(self) -> None:
        self.woken += 1

    async def run(self) -> None:
        self.begun += 1
        if self.fails:
            raise RuntimeError
        await asyncio.Event().wait()


def service_of(world: World, sender: Any = None) -> Telegram:
    return Telegram(
        world.options,
        api=world.api,  # type: ignore[arg-type]
        conversations=world.conversations,
        inbox=world.inbox,
        sender=sender or FakeSender(),
        lead=Leads(),
    )


async def _until(is_so: Any) -> None:
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 - what is waited for signals nobody
            await asyncio.sleep(0.01)


class _Endless(FakeApi):
    """Polls that never end once what was given is given."""

    async def updates(self, offset: int | None, *, limit: int = 100) -> list[bytes]:
        if not self.polls:
            await asyncio.Event().wait()
        return await super().updates(offset)


async def test_it_polls_answers_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.api = _Endless(polls=[[text_update("hello")]], starts=[Unsure(), Unsure()])
    monkeypatch.setattr("bot.channels.telegram.service.FIRST_WAIT_SECONDS", 0.001)
    service = service_of(world)
    assert not service.is_delivered_to
    service.start()
    await _until(lambda: len(world.heard) == 1)
    await _until(lambda: len(world.api.bot.named("set_my_commands")) == 3)
    await service.stop()
    assert world.api.stopped == 1
    assert world.api.bot.named("set_webhook") == []


async def test_the_sender_is_woken_by_other_processes_and_listening_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.telegram.service.FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr("bot.channels.telegram.service.LISTEN_SECONDS", 0.001)
    world, sender, tries = World(webhook="https://report.example"), FakeSender(), []

    @asynccontextmanager
    async def listening(heard: Any) -> AsyncIterator[None]:
        tries.append(heard)
        if len(tries) == 1:
            raise OSError
        heard()
        yield

    service = Telegram(
        world.options,
        api=world.api,  # type: ignore[arg-type]
        conversations=world.conversations,
        inbox=world.inbox,
        sender=sender,
        lead=Leads(),
        listening=listening,
    )
    service.start()
    await _until(lambda: sender.woken > 1)
    await service.stop()


async def test_with_a_public_address_telegram_delivers() -> None:
    world = World(webhook="https://report.example", webhook_secret="s")
    service = service_of(world)
    assert service.is_delivered_to
    service.start()
    await _until(lambda: world.api.bot.named("set_webhook"))
    await service.stop()
    assert world.api.offsets == []


async def test_a_channel_that_stops_by_itself_is_told_and_begins_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.service.FIRST_WAIT_SECONDS", 0.001)
    world = World(webhook="https://report.example")
    sender = FakeSender()
    sender.fails = True
    service = service_of(world, sender)
    service.start()
    await _until(lambda: sender.begun > 1)
    sender.fails = False
    await _until(lambda: world.api.bot.named("set_webhook"))
    await service.stop()
    assert "telegram.stopped" in capsys.readouterr().out


async def test_a_failure_in_the_moment_of_the_end_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.service.FIRST_WAIT_SECONDS", 0.001)
    service, begun = service_of(World()), []

    async def run() -> None:
        begun.append(True)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError from None

    monkeypatch.setattr(service, "_run", run)
    service.start()
    await _until(lambda: begun)
    async with asyncio.timeout(5):
        await service.stop()
    assert len(begun) == 1


def test_the_menu_holds_commands_that_the_turns_take() -> None:
    assert set(MENU) <= COMMANDS
    for language in ("zh", "en"):
        assert all(1 <= len(command.description) <= 256 for command in menu(language))


async def test_menus_are_set_per_language_and_groups_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        return None

    monkeypatch.setattr("bot.channels.telegram.commands.asyncio.sleep", sleep)
    world = World()
    world.api.bot.fails = [NetworkError("x")]
    await set_menus(world.api, "zh")  # type: ignore[arg-type]
    languages = [values.get("language_code") for _, values in world.api.bot.named("set_my_commands")]
    assert languages == ["zh", "zh", "en", None]
    assert len(world.api.bot.named("delete_my_commands")) == 1
    world.api.bot.fails = [NetworkError("x")] * 9
    await set_menus(world.api, "zh")  # type: ignore[arg-type]


def test_every_text_has_both_languages() -> None:
    for name, words in texts().texts.items():
        assert set(words) == {"zh", "en"}, name


def test_a_flood_counts_each_chat_and_all_together() -> None:
    flood = Flood(one_a_minute=2, all_a_second=2)
    assert [flood.takes("a"), flood.takes("a"), flood.takes("a"), flood.takes("b")] == [True, True, False, True]
    assert [flood.is_to_be_told("a"), flood.is_to_be_told("a"), flood.is_to_be_told("b")] == [True, False, True]
    assert [flood.has_room(), flood.has_room(), flood.has_room()] == [True, True, False]
