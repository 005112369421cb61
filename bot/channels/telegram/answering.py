"""What is done about the pieces of one chat: turns for words, taps and evidence, plain words for the rest."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Protocol

import structlog

from bot.channels.messages import Conversations, Incoming, Reply
from bot.channels.posting import DeliveryInbox, Post, SendFailed
from bot.channels.telegram.address import address_of
from bot.channels.telegram.api import Api, failures
from bot.channels.telegram.erasing import Erasing
from bot.channels.telegram.evidence import EvidenceTurns
from bot.channels.telegram.files import CHANNEL, Files
from bot.channels.telegram.flood import Flood
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.outlet import posts_of
from bot.channels.telegram.payloads import ERASE, ERASE_SURE, say
from bot.channels.telegram.reading import HAVE_CODE, START_LANGUAGES, Piece
from bot.channels.telegram.texts import texts

TYPING_AFTER_SECONDS = 0.7
TYPING_EVERY_SECONDS = 4.0
_TURNS = frozenset({"text", "tap", "start"})
_OWN_TAPS = frozenset({ERASE, ERASE_SURE})

_log = structlog.get_logger(__name__)


class ChatConversations(Conversations, Protocol):
    """The turns, as this channel needs them."""

    async def handle_waiting(self, waiting: Sequence[Incoming]) -> list[Reply]: ...

    async def is_answered(self, channel: str, address: str, message_id: str) -> bool: ...

    async def lose(self, channel: str, address: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class AnsweringParts:
    """What answering is made with."""

    api: Api
    conversations: ChatConversations
    inbox: DeliveryInbox
    files: Files
    flood: Flood
    options: TelegramOptions
    wake_sender: Callable[[], None]


class Answering:
    """Answers the pieces of one chat, oldest first. An exception leaves what was not answered in the inbox."""

    def __init__(self, parts: AnsweringParts) -> None:
        self._parts, self._options = parts, parts.options
        self._erasing = Erasing(parts.inbox, parts.conversations)
        self._evidence = EvidenceTurns(parts.conversations, parts.inbox, parts.files)

    async def answer(self, pieces: Sequence[Piece], *, is_last_try: bool = False) -> None:
        """Answer all of them; on the last try what fails is given up with an apology."""
        for kind, grouped in groupby(with_edits(pieces), key=_step):
            group = list(grouped)
            try:
                await self._step(kind, group)
            except Exception:
                if not is_last_try:
                    raise
                _log.exception("telegram.given_up", kind=kind)
                await self._say(group, "failed")
            finally:
                self._parts.wake_sender()

    async def _step(self, kind: str, pieces: list[Piece]) -> None:
        if kind == "turn":
            await self._turns(pieces)
        elif kind == "file":
            await self._files(pieces)
        elif kind == "own":
            for piece in pieces:
                await self._erasing.answer(piece, self._address(piece), await self._language(piece))
        elif kind == "blocked":
            await self._parts.conversations.lose(CHANNEL, self._address(pieces[-1]))
            await self._parts.inbox.forget_address(self._address(pieces[-1]))
            await self._close(pieces)
        elif kind == "nothing":
            await self._close(pieces)
        else:
            await self._say(pieces, kind)

    async def _turns(self, pieces: list[Piece]) -> None:
        taken = [piece for piece in pieces if self._takes(piece)]
        if refused := [piece for piece in pieces if piece not in taken]:
            await self._refuse_flood(refused)
        if taken:
            await self._room()
            await self._name_campaigns(taken)
            async with self._typing(taken[0].chat):
                replies = await self._parts.conversations.handle_waiting([self._incoming(piece) for piece in taken])
            await self._post(taken, replies)

    async def _name_campaigns(self, pieces: list[Piece]) -> None:
        """Say once which campaign's link was followed; its end never closes the intake, so it opens no other way."""
        for piece in pieces:
            names = self._options.campaigns.get(piece.data) if piece.kind == "start" else None
            if names is None or await self._parts.conversations.is_answered(CHANNEL, self._address(piece), piece.id):
                continue
            language = await self._language(piece)
            words = texts().say("campaign", language, name=names[language])
            payload = say(piece.chat, words, language=language)
            await self._parts.inbox.close(self._address(piece), [], [Post(payload=payload)])

    def _takes(self, piece: Piece) -> bool:
        return self._parts.flood.takes(self._address(piece))

    async def _refuse_flood(self, pieces: list[Piece]) -> None:
        if self._parts.flood.is_to_be_told(self._address(pieces[0])):
            await self._say(pieces, "flooded")
        else:
            await self._close(pieces)

    async def _room(self) -> None:
        """When all together are too fast, wait: what waits is stored."""
        while not self._parts.flood.has_room():  # noqa: ASYNC110 - a window passes, nobody signals it
            await asyncio.sleep(0.05)

    async def _post(self, pieces: list[Piece], replies: Sequence[Reply]) -> None:
        """What a turn said without a commit (too long, a failing action) is in no outbox yet."""
        left = [reply for reply in replies if not reply.is_posted]
        if left:
            posts = [post for reply in left for post in posts_of(pieces[0].chat, reply)]
            await self._close(pieces, posts)

    def _incoming(self, piece: Piece) -> Incoming:
        said = Incoming(
            channel=CHANNEL,
            address=self._address(piece),
            message_id=piece.id,
            language=piece.language,
            note=note_of(piece),
        )
        if piece.kind == "tap":
            return replace(said, tap=piece.data)
        if piece.kind == "start":
            return self._start(piece, said)
        return replace(said, text=piece.text)

    def _start(self, piece: Piece, said: Incoming) -> Incoming:
        """A link may name a language, a campaign or that the person has a code; the code itself never stands in it."""
        if piece.data in START_LANGUAGES:
            return replace(said, language=START_LANGUAGES[piece.data], wish=piece.data)
        if piece.data == HAVE_CODE:
            return replace(said, text="/query_status")
        return replace(said, text="/greet")

    async def _files(self, pieces: list[Piece]) -> None:
        first = pieces[0]
        if not self._takes(first):
            await self._refuse_flood(pieces)
            return
        async with self._typing(first.chat):
            said = replace(self._incoming(first), text=None, note={})
            await self._evidence.answer(pieces, said, await self._language(first))

    async def _say(self, pieces: Sequence[Piece], name: str) -> None:
        """Answer with the channel's own words, once for several pieces."""
        first = pieces[0]
        language = await self._language(first)
        if name == "group":
            await self._decline(pieces, language)
            return
        payload = say(first.chat, texts().say(name, language), language=language)
        payload["heard"] = [piece.message for piece in pieces if piece.message is not None]
        await self._close(pieces, [Post(payload=payload)])

    async def _decline(self, pieces: Sequence[Piece], language: str) -> None:
        """In a group once a minute, in both languages' place the group's own is not known."""
        posts = []
        if self._parts.flood.is_to_be_told(self._address(pieces[0])):
            link = f"https://t.me/{self._parts.api.username}"
            words = "\n".join(texts().say("group", each, link=link) for each in ("zh", "en"))
            posts = [Post(payload=say(pieces[0].chat, words, forgets=True))]
        await self._close(pieces, posts)

    async def _close(self, pieces: Sequence[Piece], posts: Sequence[Post] = ()) -> None:
        if pieces:
            await self._parts.inbox.close(self._address(pieces[0]), [piece.id for piece in pieces], posts)

    async def _language(self, piece: Piece) -> str:
        noted = await self._parts.inbox.chat(self._address(piece))
        return str(noted.get("language") or piece.language or self._options.default_language)

    def _address(self, piece: Piece) -> str:
        return address_of(self._options.bot_id, piece.chat)

    @asynccontextmanager
    async def _typing(self, chat: int) -> AsyncIterator[None]:
        """Show that the bot is writing, when it takes longer than a moment."""
        task = asyncio.create_task(self._type(chat))
        try:
            yield
        finally:
            task.cancel()

    async def _type(self, chat: int) -> None:
        await asyncio.sleep(TYPING_AFTER_SECONDS)
        while True:
            try:
                async with failures():
                    await self._parts.api.bot.send_chat_action(chat, "typing")
            except SendFailed:
                return
            await asyncio.sleep(TYPING_EVERY_SECONDS)


def _step(piece: Piece) -> str:
    if piece.kind == "tap" and piece.data in _OWN_TAPS:
        return "own"
    return "turn" if piece.kind in _TURNS else piece.kind


def note_of(piece: Piece) -> dict[str, Any]:
    """Return what the outlet is told: the person's message, or the question that was answered by a tap."""
    if piece.kind != "tap":
        return {"messages": [piece.message]}
    if piece.tapped is None or not is_random(piece.data):
        return {}
    return {"tapped": piece.tapped, "text": piece.tapped_text, "title": piece.tapped_title}


def is_random(data: str) -> bool:
    """Tell a question's button from the ways on that may be tapped at any time: their ids are names."""
    return not data.replace("_", "").isalpha() or not data.islower()


def with_edits(pieces: Sequence[Piece]) -> list[Piece]:
    """An edit of what still waits changes it and says nothing; the edit itself is then nothing to answer."""
    edits = {piece.message: piece for piece in pieces if piece.kind == "edited"}
    merged, waiting = [], {piece.message for piece in pieces if piece.kind in ("text", "file")}
    for piece in pieces:
        edit = edits.get(piece.message) if piece.kind in ("text", "file") else None
        if edit is not None:
            piece = replace(piece, text=edit.text)
        elif piece.kind == "edited" and piece.message in waiting:
            piece = replace(piece, kind="nothing")
        merged.append(piece)
    return merged
