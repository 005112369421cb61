"""A channel on memory: updates as Telegram writes them, a bot that records its calls, conversations that echo."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from bot.channels.messages import Incoming, Reply
from bot.channels.posting import Waiting
from bot.channels.telegram.answering import Answering, AnsweringParts
from bot.channels.telegram.files import Files
from bot.channels.telegram.flood import Flood
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.reading import Piece, read_update
from bot.turns import DurableInbox
from tests.fakes import FakeClock, MemoryStore
from tests.fakes.conversations import EchoConversations

BOT_ID = 7001
CHAT = 42
ADDRESS = f"{BOT_ID}/{CHAT}"
TOKEN = f"{BOT_ID}:secret-token"
_IDS = count(100)


def user(**about: Any) -> dict[str, Any]:
    return {"id": CHAT, "is_bot": False, "first_name": "Li", "language_code": "zh-hans", **about}


def message(text: str | None = None, *, chat: int = CHAT, **content: Any) -> dict[str, Any]:
    kind = "private" if chat > 0 else "supergroup"
    body = {"message_id": next(_IDS), "date": 1_770_000_000, "chat": {"id": chat, "type": kind}, "from": user()}
    return body | ({"text": text} if text is not None else {}) | content


def update(**content: Any) -> bytes:
    return json.dumps({"update_id": next(_IDS), **content}).encode()


def text_update(text: str, **about: Any) -> bytes:
    return update(message=message(text, **about))


def tap_update(data: str, *, asked: str = "Which?", title: str = "Yes", chat: int = CHAT) -> bytes:
    keys = {"inline_keyboard": [[{"text": title, "callback_data": data}]]}
    shown = message(asked, chat=chat, reply_markup=keys)
    return update(callback_query={"id": "77", "from": user(), "chat_instance": "1", "data": data, "message": shown})


def file_update(name: str = "a.pdf", *, size: int = 9, **about: Any) -> bytes:
    document = {"file_id": f"id-{name}", "file_unique_id": "u", "file_name": name, "mime_type": "application/pdf"}
    return update(message=message(document=document | {"file_size": size}, **about))


def member_update(status: str, *, old: str = "member", chat: int = CHAT) -> bytes:
    kind = "private" if chat > 0 else "group"
    bot = {"id": BOT_ID, "is_bot": True, "first_name": "bot"}

    def member(state: str) -> dict[str, Any]:
        return {"status": state, "user": bot} | ({"until_date": 0} if state == "kicked" else {})

    change = {"chat": {"id": chat, "type": kind, "title": "g"}, "from": user(), "date": 1_770_000_000}
    return update(my_chat_member=change | {"old_chat_member": member(old), "new_chat_member": member(status)})


@dataclass
class FakeFile:
    """What `getFile` gives."""

    content: bytes
    file_path: str = "https://server/file/x"

    async def download_as_bytearray(self) -> bytearray:
        return bytearray(self.content)


@dataclass
class FakeBot:
    """Records calls by name; `fails` gives the errors that the next calls raise."""

    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    content: bytes = b"%PDF-1.4 content"
    path: str = "https://server/file/x"
    base_url: str = "http://server/botTOKEN"
    username: str = "changtong_bot"

    def __getattr__(self, name: str) -> Any:
        async def call(*args: Any, **values: Any) -> Any:
            self.calls.append((name, args, values))
            if self.fails:
                raise self.fails.pop(0)
            if name == "get_file":
                return FakeFile(self.content, self.path)
            return SimpleNamespace(message_id=next(_IDS))

        return call

    def named(self, name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        return [(args, values) for called, args, values in self.calls if called == name]


@dataclass
class FakeApi:
    """Stands for `Api`."""

    bot: FakeBot = field(default_factory=FakeBot)
    bot_id: int = BOT_ID
    polls: list[Any] = field(default_factory=list)
    offsets: list[int | None] = field(default_factory=list)
    starts: list[Exception] = field(default_factory=list)
    stopped: int = 0

    @property
    def username(self) -> str:
        return self.bot.username

    async def updates(self, offset: int | None, *, limit: int = 100) -> list[bytes]:
        self.offsets.append(offset)
        answer = self.polls.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        found: list[bytes] = answer
        return found

    async def start(self) -> None:
        if self.starts:
            raise self.starts.pop(0)

    async def stop(self) -> None:
        self.stopped += 1


@dataclass
class Echo(EchoConversations):
    """Echoes bursts too. `posted`: whether replies wait in the outbox already."""

    posted: bool = False
    answered: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)

    async def handle_waiting(self, waiting: Sequence[Incoming]) -> list[Reply]:
        return [await self.handle(one) for one in waiting]

    async def handle(self, incoming: Incoming) -> Reply:
        reply = await super().handle(incoming)
        return Reply(messages=reply.messages, state=reply.state, is_posted=self.posted)

    async def is_answered(self, channel: str, address: str, message_id: str) -> bool:
        return message_id in self.answered

    async def lose(self, channel: str, address: str) -> None:
        self.lost.append(address)


class World:
    """Everything that answering needs, on memory."""

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.api, self.conversations = FakeApi(), Echo()
        self.options = TelegramOptions(token=TOKEN, **{"album_quiet": timedelta(0), **options})
        self.inbox = DurableInbox(
            "telegram", self.store.work, self.store.person_keys, self.clock, kept=timedelta(hours=24)
        )
        self.flood, self.woken = Flood(one_a_minute=5), 0
        api: Any = self.api
        self.files = Files(api, self.conversations, limit_bytes=1000, at_once=1)
        self.answering = Answering(self.parts())

    def parts(self) -> AnsweringParts:
        return AnsweringParts(
            api=self.api,  # type: ignore[arg-type]
            conversations=self.conversations,
            inbox=self.inbox,
            files=self.files,
            flood=self.flood,
            options=self.options,
            wake_sender=self.wake,
        )

    def wake(self) -> None:
        self.woken += 1

    async def answer(self, *raws: bytes, **values: Any) -> None:
        await self.answering.answer([read_update(raw) for raw in raws], **values)

    @property
    def posts(self) -> list[dict[str, Any]]:
        rows = sorted(self.store.tables.outbox.values(), key=lambda row: (row.priority, row.queued_at))
        return [row.payload for row in rows]

    @property
    def said(self) -> list[str]:
        return [payload["text"] for payload in self.posts if payload["do"] == "say"]

    @property
    def heard(self) -> list[Incoming]:
        return self.conversations.heard


def waiting(raw: bytes, attempts: int = 1) -> Waiting:
    return Waiting(raw=raw, came_at=FakeClock().now(), attempts=attempts)


def piece(raw: bytes) -> Piece:
    return read_update(raw)
