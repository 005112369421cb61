"""Rows of the outbox as calls of the library, and what its errors mean."""

import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.posting import Gone, Moved, NoAccess, NotNow, Refused, SendFailed, Unreached, Unsure
from bot.channels.telegram.api import Api, failure_of, silence_libraries
from bot.channels.telegram.messenger import TelegramMessenger, keyboard
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.payloads import bare, erase, mark, ping, say, typing
from tests.unit.telegram.world import CHAT, TOKEN, FakeApi


def network(cause: Exception) -> NetworkError:
    error = NetworkError("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ChatMigrated(-100), Moved),
        (Forbidden("bot was blocked by the user"), Gone),
        (InvalidToken("x"), NoAccess),
        (BadRequest("Chat not found"), Gone),
        (BadRequest("message text is empty"), Refused),
        (network(httpx.ConnectError("x")), Unreached),
        (network(httpx.ReadError("x")), Unsure),
        (NetworkError("Bad Gateway"), Unsure),
        (TimedOut(), Unsure),
        (TelegramError("x"), Refused),
    ],
)
def test_errors_are_told_apart(error: TelegramError, failure: type[SendFailed]) -> None:
    assert type(failure_of(error)) is failure


def test_a_wait_and_a_new_address_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    waits = [failure_of(RetryAfter(wait)) for wait in (7, timedelta(seconds=7))]
    assert [isinstance(wait, NotNow) and wait.seconds for wait in waits] == [7.0, 7.0]
    moved = failure_of(ChatMigrated(-100))
    assert isinstance(moved, Moved)
    assert moved.address == "-100"


def made() -> tuple[TelegramMessenger, FakeApi]:
    api = FakeApi()
    return TelegramMessenger(api), api  # type: ignore[arg-type]


async def test_a_message_is_sent_and_noted() -> None:
    messenger, api = made()
    payload = say(CHAT, "hello", language="en", buttons=[("Yes", "b")], protect=True) | {"heard": [1], "turn": "t"}
    change = await messenger.send(payload)
    ((args, values),) = api.bot.named("send_message")
    assert args == (CHAT, "hello")
    assert (values["protect_content"], values["link_preview_options"].is_disabled) == (True, True)
    assert change is not None
    noted = change({})
    message = noted["keyboards"][0]
    assert ([one[0] for one in noted["ids"]], noted["language"], noted["chat"]) == ([1, message], "en", CHAT)


async def test_the_buttons_of_one_reply_stand_together_and_the_next_reply_takes_them_away() -> None:
    messenger, _ = made()
    noted: dict[str, Any] = {}
    for turn, button in (("t1", "a"), ("t1", "b"), ("t2", "c")):
        payload = say(CHAT, "?", buttons=[("Yes", button)]) | {"turn": turn}
        tidied = messenger.follow_up(payload, noted)
        change = await messenger.send(payload)
        assert change is not None
        noted, before = change(noted), noted.get("keyboards", [])
        assert [post.payload["message"] for post in tidied] == (before if turn == "t2" else [])
    assert len(noted["keyboards"]) == 1


async def test_what_a_tap_marked_is_not_tidied_again() -> None:
    messenger, _ = made()
    noted = {"turn": "t1", "keyboards": [5, 6]}
    asking = say(CHAT, "?", buttons=[("Yes", "a")]) | {"turn": "t2", "answered": 5}
    assert [post.payload["message"] for post in messenger.follow_up(asking, noted)] == [6]
    change = await messenger.send(say(CHAT, "thanks") | {"turn": "t2", "answered": 5})
    assert change is not None
    assert change(noted)["keyboards"] == [6]


async def test_an_offer_beside_takes_no_buttons_away() -> None:
    messenger, _ = made()
    offer = say(CHAT, "?", buttons=[("Yes", "a")]) | {"turn": "t2", "beside": True}
    assert messenger.follow_up(offer, {"turn": "t1", "keyboards": [5]}) == []
    assert messenger.follow_up(bare(CHAT, 1), {"keyboards": [5]}) == []


async def test_edits_and_deletions_are_calls_and_fail_silently() -> None:
    messenger, api = made()
    for payload in (mark(CHAT, 1, "x"), bare(CHAT, 1), erase(CHAT, [1, 2]), typing(CHAT)):
        assert await messenger.send(payload) is None
        api.bot.fails = [BadRequest("message is not modified")]
        assert await messenger.send(payload) is None
    names = [name for name, _, _ in api.bot.calls]
    assert names[::2] == ["edit_message_text", "edit_message_reply_markup", "delete_messages", "send_chat_action"]
    api.bot.fails = [TimedOut()]
    with pytest.raises(Unsure):
        await messenger.send(bare(CHAT, 1))


async def test_a_message_that_is_refused_or_has_nobody_raises() -> None:
    messenger, api = made()
    for error, failure in ((BadRequest("x"), Refused), (Forbidden("x"), Gone)):
        api.bot.fails = [error]
        with pytest.raises(failure):
            await messenger.send(say(CHAT, "x"))


async def test_nothing_is_noted_of_groups_and_of_who_is_forgotten() -> None:
    messenger, _ = made()
    assert await messenger.send(say(-5, "x")) is None
    assert await messenger.send(say(CHAT, "x", forgets=True)) is None
    assert await messenger.send(ping(CHAT, "x")) is not None


def test_pauses_and_repeats() -> None:
    messenger, _ = made()
    assert [messenger.pause_after(p) for p in (say(CHAT, "x"), bare(CHAT, 1), say(-5, "x"))] == [1.0, 0.0, 3.05]
    assert [messenger.may_repeat(p) for p in (say(CHAT, "x"), ping(CHAT, "x"))] == [True, False]
    kept = [messenger.kept_aside(p) for p in (say(CHAT, "x"), say(CHAT, "x", protect=True))]
    assert kept == [timedelta(hours=24), timedelta()]
    assert messenger.moved(say(-5, "x"), "-100")["chat"] == -100


def test_short_buttons_share_a_row() -> None:
    rows = keyboard([("是", "1"), ("不是", "2"), ("这个标题太长了放不下两个", "3"), ("短", "4")]).inline_keyboard
    assert [[key.callback_data for key in row] for row in rows] == [["1", "2"], ["3"], ["4"]]


class _Polling:
    """Stands for the library's request."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def retrieve(self, url: str) -> bytes:
        self.urls.append(url)
        return '{"ok": true, "result": [{"update_id": 1, "x": "您"}]}'.encode()


async def test_updates_are_given_raw_and_the_token_is_in_no_record() -> None:
    silence_libraries()
    assert all(logging.getLogger(name).level == logging.WARNING for name in ("httpx", "httpcore", "telegram"))
    api = Api(TelegramOptions(token=TOKEN, api="http://server"))
    api._polling = polling = _Polling()  # type: ignore[assignment]
    assert await api.updates(None) == ['{"update_id": 1, "x": "您"}'.encode()]
    await api.updates(7)
    assert "offset" not in polling.urls[0]
    assert "offset=7" in polling.urls[1]
    assert polling.urls[1].startswith(f"http://server/bot{TOKEN}/getUpdates?")
    assert TOKEN not in repr(TelegramOptions(token=TOKEN))
