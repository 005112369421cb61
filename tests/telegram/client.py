"""How a test drives the stand-in: `TestSide` is the server seen by the tests, `Someone` a person in their chat."""

import asyncio
import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import aiohttp

Json = dict[str, Any]
PATIENCE_SECONDS = 20.0


class ImpossibleAct(Exception):
    """No person could do this now; says why."""


class BotSilent(AssertionError):
    """The bot did not do what was waited for; says what stands in the chat."""


@dataclass(frozen=True)
class Seen:
    """A message as it stands in a chat."""

    body: Json = field(repr=False)
    is_by_bot: bool
    is_deleted: bool
    earlier: list[Json] = field(repr=False)
    keyboard: Json | None = None
    change: int = 0

    @property
    def id(self) -> int:
        return int(self.body["message_id"])

    @property
    def text(self) -> str:
        return str(self.body.get("text") or self.body.get("caption") or "")

    @property
    def buttons(self) -> list[Json]:
        rows = self.body.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def titles(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    @property
    def as_sent(self) -> "Seen":
        """The message as it came, before edits."""
        return replace(self, body=self.earlier[0], earlier=[]) if self.earlier else self

    @property
    def is_protected(self) -> bool:
        return bool(self.body.get("has_protected_content"))


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file that a person sends; `size` may claim more than the content has."""

    kind: str = "document"
    name: str | None = None
    content: bytes = field(default=b"content", repr=False)
    declared_type: str | None = None
    size: int | None = None

    @property
    def as_json(self) -> Json:
        optional = {"name": self.name, "declared_type": self.declared_type, "size": self.size}
        given = {name: value for name, value in optional.items() if value is not None}
        return {"kind": self.kind, "content": base64.b64encode(self.content).decode(), **given}


class TestSide:
    """The control interface of a running stand-in. `token` changes with every `reset`."""

    __test__ = False

    def __init__(self, address: str) -> None:
        self.address, self.token = address, ""
        self.bot: Json = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def do(self, act: str, **asked: Any) -> Any:
        """Do one act of `tests.telegram.control.ACTS`. Raises `ImpossibleAct`."""
        assert self._session is not None
        async with self._session.post(f"{self.address}/control/{act}", json=asked) as answer:
            body = await answer.json(content_type=None)
            if answer.status == 409:
                raise ImpossibleAct(body["detail"])
            assert answer.status == 200, f"{act}: {answer.status}"
            return body

    async def reset(self, *, is_flood_on: bool = True) -> str:
        """Begin anew with nobody there; returns the bot's token."""
        begun = await self.do("reset", is_flood_on=is_flood_on)
        self.token, self.bot = begun["token"], begun["bot"]
        return self.token

    async def someone(self, language: str = "zh", **about: str) -> "Someone":
        """Return a new person who has not started the bot."""
        user = await self.do("person", language_code=language, **about)
        return Someone(side=self, id=user["id"], chat=user["id"])

    async def group(
        self, *people: "Someone", kind: str = "supergroup", title: str = "邻里", is_forum: bool = False
    ) -> "Someone":
        """Return the first of these persons in a new group with the bot."""
        numbers = [person.id for person in people]
        chat = await self.do("group", kind=kind, title=title, people=numbers, is_forum=is_forum)
        return Someone(side=self, id=people[0].id, chat=chat["id"])

    async def fault(self, kind: str, method: str = "", **about: Any) -> None:
        """Let the next call (or `times`, or a `share`) go wrong; see `tests.telegram.faults`."""
        await self.do("fault", kind=kind, method=method, **about)

    async def settings(self, **values: Any) -> None:
        """Set is_flood_on, latency_seconds, is_privacy_mode, backoff_scale, lost_share, webhook_latency_seconds."""
        await self.do("settings", **values)

    async def calls(self, method: str | None = None) -> list[Json]:
        """Return the calls of the bot: `at`, `method`, `parameters`, `status`."""
        found: list[Json] = await self.do("calls", method=method)
        return found

    async def stats(self) -> Json:
        found: Json = await self.do("stats")
        return found

    async def errors(self) -> list[str]:
        """Return what broke the schema or is not built."""
        found: list[str] = await self.do("errors")
        return found

    async def until(self, is_so: Callable[[Json], bool], within: float = PATIENCE_SECONDS) -> Json:
        """Wait until the statistics are so; returns them."""
        end = asyncio.get_running_loop().time() + within
        while not is_so(stats := await self.stats()):
            if asyncio.get_running_loop().time() > end:
                raise BotSilent(f"after {within} s: {stats}")
            await asyncio.sleep(0.05)
        return stats


@dataclass
class Someone:
    """A person in a chat: their own with the bot, or a group. `read` is how far `hears` has come."""

    side: TestSide = field(repr=False)
    id: int
    chat: int
    read: int = 0

    async def start(self, payload: str | None = None) -> list[int]:
        return await self._do("start", payload=payload)  # type: ignore[no-any-return]

    async def know(self) -> None:
        """Have started the bot long ago: nothing is delivered."""
        await self._do("know")

    async def say(self, text: str, **about: Any) -> list[int]:
        """Write; `thread` and `reply_to` may be said. Returns the ids of the messages."""
        return await self._do("say", text=text, **self._by(), **about)  # type: ignore[no-any-return]

    async def tap(self, title: str | None = None, *, data: str | None = None, message_id: int | None = None) -> Json:
        """Tap the newest button so called. Raises `ImpossibleAct` when it is not there."""
        return await self._do("tap", title=title, data=data, message_id=message_id, **self._by())  # type: ignore[no-any-return]

    async def send(self, *files: SentFile, caption: str | None = None) -> list[int]:
        """Send a file, or several as an album."""
        sent = [file.as_json for file in files]
        return await self._do("send", files=sent, caption=caption, **self._by())  # type: ignore[no-any-return]

    async def send_place(self, latitude: float, longitude: float) -> int:
        place = {"location": {"latitude": latitude, "longitude": longitude}}
        return await self._do("send_other", content=place, **self._by())  # type: ignore[no-any-return]

    async def send_other(self, **content: Any) -> int:
        """Send a message that carries these fields of `Message`."""
        return await self._do("send_other", content=content, **self._by())  # type: ignore[no-any-return]

    async def edit(self, message_id: int, text: str) -> None:
        await self._do("edit", message_id=message_id, text=text)

    async def block(self) -> None:
        await self._do("block")

    async def unblock(self) -> None:
        await self._do("unblock")

    async def messages(self) -> list[Seen]:
        """Return all messages of the chat, also deleted ones."""
        return [Seen(**message) for message in await self._do("messages")]

    async def shown(self) -> list[Seen]:
        """Return what the bot wrote and still stands."""
        return [message for message in await self.messages() if message.is_by_bot and not message.is_deleted]

    async def hears(self, wanted: str | Callable[[Seen], bool], within: float = PATIENCE_SECONDS) -> Seen:
        """Wait for a message of the bot, new or edited since the last `hears`, with this text or so made."""
        is_it = wanted if callable(wanted) else (lambda message: wanted in message.text or wanted in message.titles)
        end = asyncio.get_running_loop().time() + within
        heard: list[Seen] = []
        while (left := end - asyncio.get_running_loop().time()) > 0:
            for message in await self.news(self.read, left):
                if message.change <= self.read:
                    continue
                self.read = message.change
                heard.append(message)
                if is_it(message):
                    return message
        raise BotSilent(f"not heard within {within} s: {wanted}; heard {[message.text for message in heard]}")

    async def standing(self, until: Callable[[list[Seen]], bool], within: float = PATIENCE_SECONDS) -> list[Seen]:
        """Wait until what still stands in the chat, of both sides, is so; returns it."""
        end = asyncio.get_running_loop().time() + within
        while not until(left := [message for message in await self.messages() if not message.is_deleted]):
            if asyncio.get_running_loop().time() > end:
                raise BotSilent(f"after {within} s there still stand {[message.text for message in left]}")
            await asyncio.sleep(0.05)
        return left

    async def news(self, after: int, seconds: float) -> list[Seen]:
        """Wait for changes after that number; returns the bot's messages among them, in order of change."""
        told = await self.side.do("wait", chat=self.chat, after=after, seconds=seconds)
        found = (Seen(**message) for message in told["messages"])
        return sorted((m for m in found if m.is_by_bot and not m.is_deleted), key=lambda message: message.change)

    async def quiet(self, seconds: float = 0.3, within: float = PATIENCE_SECONDS) -> list[Seen]:
        """Wait until nothing changed for so long; returns the bot's messages since the last reading."""
        begun, last = self.read, self.read
        end = asyncio.get_running_loop().time() + within
        while asyncio.get_running_loop().time() < end:
            told = await self.side.do("wait", chat=self.chat, after=last, seconds=seconds)
            if told["changes"] == last:
                break
            last = told["changes"]
        self.read = last
        return await self.news(begun, 0)

    def _by(self) -> Json:
        return {"by": self.id} if self.chat != self.id else {}

    async def _do(self, act: str, **asked: Any) -> Any:
        return await self.side.do(act, chat=self.chat, **asked)


def titles(messages: Iterable[Seen]) -> Sequence[str]:
    """Return the titles of all buttons."""
    return [title for message in messages for title in message.titles]
