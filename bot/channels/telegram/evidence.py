"""Files that waited together: one turn for what was taken, one for what was not, the captions as the next message."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bot.channels.messages import Conversations, Incoming, Reply, UploadRefused
from bot.channels.posting import DeliveryInbox, Post
from bot.channels.telegram.files import CHANNEL, FileLate, Files
from bot.channels.telegram.outlet import posts_of
from bot.channels.telegram.payloads import say
from bot.channels.telegram.reading import Piece
from bot.channels.telegram.texts import texts


class _Conversations(Conversations, Protocol):
    async def is_answered(self, channel: str, address: str, message_id: str) -> bool: ...


@dataclass(kw_only=True)
class _Taken:
    """What became of some files: ids, the last reason of a refusal, whether one could not be fetched."""

    ids: list[str] = field(default_factory=list)
    reason: str = ""
    is_late: bool = False


class EvidenceTurns:
    """Answers pieces of kind "file". Whatever stops it, what was answered is not done again."""

    def __init__(self, conversations: _Conversations, inbox: DeliveryInbox, files: Files) -> None:
        self._conversations, self._inbox, self._files = conversations, inbox, files

    async def answer(self, pieces: Sequence[Piece], said: Incoming, language: str) -> None:
        """Fetch, and run the turns; `said` is addressed and says nothing yet. The last turn ends the updates."""
        taken = _Taken()
        if not await self._is_begun(pieces[0], said):
            taken = await self._take(said.address, pieces)
        turns = list(self._turns(pieces, taken, said))
        await self._say_late(pieces, taken, said, language, closes=not turns)
        replies = [await self._conversations.handle(turn) for turn in turns]
        await self._post(pieces, said, replies)
        if not turns and not taken.is_late:
            await self._inbox.close(said.address, [piece.id for piece in pieces])

    async def _is_begun(self, first: Piece, said: Incoming) -> bool:
        """Tell whether a turn of these files was committed before something stopped."""
        names = (f"{first.id}.files", f"{first.id}.refused")
        return any([await self._conversations.is_answered(CHANNEL, said.address, name) for name in names])

    async def _take(self, address: str, pieces: Sequence[Piece]) -> _Taken:
        taken = _Taken()
        for piece in pieces:
            if piece.file is None:
                continue
            try:
                taken.ids.append(await self._files.take(address, piece.file, piece.id))
            except UploadRefused as refused:
                taken.reason = refused.reason
            except FileLate:
                taken.is_late = True
        return taken

    def _turns(self, pieces: Sequence[Piece], taken: _Taken, said: Incoming) -> Sequence[Incoming]:
        """Return the turns; all but the last have an id of their own, the last stands for all the updates."""
        parts: list[tuple[str, dict[str, Any]]] = []
        if taken.ids:
            parts.append(("files", {"files": tuple(taken.ids)}))
        if taken.reason:
            parts.append(("refused", {"refused": taken.reason}))
        if text := "\n".join(piece.text for piece in pieces if piece.text.strip()):
            parts.append(("caption", {"text": text}))
        note = {"messages": [piece.message for piece in pieces]}
        turns = [replace(said, message_id=f"{pieces[0].id}.{name}", **what) for name, what in parts]
        if turns:
            turns[0] = replace(turns[0], note=note)
            rest = tuple(piece.id for piece in pieces[:-1])
            turns[-1] = replace(turns[-1], message_id=pieces[-1].id, also=rest)
        return turns

    async def _say_late(
        self, pieces: Sequence[Piece], taken: _Taken, said: Incoming, language: str, *, closes: bool
    ) -> None:
        if taken.is_late:
            payload = say(pieces[0].chat, texts().say("file_late", language), language=language)
            ids = [piece.id for piece in pieces] if closes else []
            await self._inbox.close(said.address, ids, [Post(payload=payload)])

    async def _post(self, pieces: Sequence[Piece], said: Incoming, replies: Sequence[Reply]) -> None:
        """What a turn said without a commit is in no outbox yet, and its update is not ended."""
        left = [reply for reply in replies if not reply.is_posted]
        if left:
            posts = [post for reply in left for post in posts_of(pieces[0].chat, reply)]
            ids = [piece.id for piece in pieces] if not replies[-1].is_posted else []
            await self._inbox.close(said.address, ids, posts)
