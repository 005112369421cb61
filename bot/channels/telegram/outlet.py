"""Replies as Telegram messages: joined where nothing stands between them, in the turn's own commit."""

import re
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Protocol

from bot.channels.messages import OutgoingMessage, Reply
from bot.channels.posting import Post, Priority
from bot.channels.telegram.address import chat_of
from bot.channels.telegram.chat_notes import deletable
from bot.channels.telegram.payloads import ERASE, Payload, bare, erase, mark, say, typing
from bot.channels.telegram.texts import texts

LONGEST_MESSAGE = 4_096
SHOWN_AGAIN = "utter_code_again"
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}(?![0-9A-Za-z])")
TIDYING_KEPT = timedelta(hours=1)
TYPING_KEPT = timedelta(seconds=5)


class _Outbox(Protocol):
    def put(self, payload: Payload, *, expires_at: Any, person: Any = None, priority: int = 0) -> None: ...

    def drop_of(self, person: Any) -> None: ...


class _Chats(Protocol):
    async def load(self, person: Any) -> dict[str, Any]: ...


class _Watches(Protocol):
    def drop_of(self, person: Any) -> None: ...


class _Work(Protocol):
    @property
    def outbox(self) -> _Outbox: ...
    @property
    def chats(self) -> _Chats: ...
    @property
    def watches(self) -> _Watches: ...


class _Heard(Protocol):
    @property
    def address(self) -> str: ...
    @property
    def notes(self) -> Sequence[dict[str, Any]]: ...


class TelegramOutlet:
    """Satisfies `bot.turns.ports.Outlet`."""

    def __init__(self, now: Callable[[], Any]) -> None:
        self._now = now

    async def collect(self, work: _Work, person: Any, heard: _Heard, reply: Reply) -> None:
        """Collect the reply's messages, and the tidying of the question that was answered by a tap."""
        chat = chat_of(heard.address)
        posts = posts_of(chat, reply)
        heard_ids = [number for note in heard.notes for number in note.get("messages", ()) if number is not None]
        if posts and heard_ids:
            posts[0].payload["heard"] = heard_ids
        if reply.is_forgotten:
            posts = await self._forgetting(work, person, chat, posts, heard_ids)
        elif _gives_code(reply):
            noted = await work.chats.load(person)
            posts[-1].payload["carry"] = noted.get("ids", [])
        tapped = [note["tapped"] for note in heard.notes if note.get("tapped") is not None]
        for post in posts if tapped else ():
            post.payload["answered"] = tapped[-1]
        posts += tidying(chat, heard.notes)
        for post in posts:
            work.outbox.put(
                post.payload, person=person, expires_at=self._now() + post.kept, priority=int(post.priority)
            )

    def show_typing(self, work: _Work, address: str) -> None:
        """Collect the sign that somebody types, in nobody's queue: no message waits for it."""
        post = Post(payload=typing(chat_of(address)), priority=Priority.ANSWER, kept=TYPING_KEPT)
        work.outbox.put(post.payload, expires_at=self._now() + post.kept, priority=int(post.priority))

    async def _forgetting(
        self, work: _Work, person: Any, chat: int, posts: list[Post], heard_ids: list[int]
    ) -> list[Post]:
        """Forget the address, and take what can still be taken out of the chat itself; only the last words stay."""
        ids = [*deletable(await work.chats.load(person), time.time()), *heard_ids]
        work.outbox.drop_of(person)
        work.watches.drop_of(person)
        for post in posts:
            post.payload["forgets"] = True
        erasing = [Post(payload=erase(chat, part), priority=Priority.ANSWER) for part in in_hundreds(ids)]
        return [*posts, *erasing]


def posts_of(chat: int, reply: Reply) -> list[Post]:
    """Return the rows of a reply, the offer to delete the chat after a new code."""
    language = reply.state.language
    posts = [
        Post(
            payload=say(
                chat,
                text,
                language=language,
                buttons=[(button.title, button.id) for button in last.buttons],
                protect=has_code(text),
            )
        )
        for text, last in joined(reply.messages)
    ]
    if _gives_code(reply):
        words = texts()
        button = (words.say("erase_button", language), ERASE)
        offer = say(chat, words.say("erase_offer", language), language=language, buttons=[button])
        offer["beside"] = True
        posts.append(Post(payload=offer))
    turn = secrets.token_hex(4)
    for post in posts:
        post.payload["turn"] = turn
    return posts


def has_code(text: str) -> bool:
    """Tell whether a tracking code stands in what the bot says, which is how it prints one."""
    return _CODE.search(text) is not None


def _gives_code(reply: Reply) -> bool:
    return any(has_code(m.text) and m.response != SHOWN_AGAIN for m in reply.messages)


def joined(messages: Iterable[OutgoingMessage]) -> list[tuple[str, OutgoingMessage]]:
    """Join messages until one has buttons, as far as they fit into one of Telegram's; one with a code stands alone.

    A chat may get one message a second: five short ones would keep a person waiting. Gives each text and the message
    whose buttons stand under it. What comes without words (a receipt's picture) has no place here.
    """
    groups: list[list[OutgoingMessage]] = []
    for message in messages:
        if not message.text:
            continue
        if groups and _fits(groups[-1], message):
            groups[-1].append(message)
        else:
            groups.append([message])
    return [("\n\n".join(message.text for message in group), group[-1]) for group in groups]


def _fits(group: list[OutgoingMessage], message: OutgoingMessage) -> bool:
    if group[-1].buttons or has_code(message.text) or has_code(group[-1].text):
        return False
    return sum(len(m.text) + 2 for m in group) + len(message.text) <= LONGEST_MESSAGE - 100


def tidying(chat: int, notes: Iterable[dict[str, Any]]) -> list[Post]:
    """Mark the choice under an answered question, or take its buttons away; `notes` are of the taps."""
    posts = []
    for note in notes:
        if note.get("tapped") is None:
            continue
        chosen = texts().say("chosen", None, title=note["title"]) if note.get("title") else ""
        text = f"{note.get('text', '')}\n\n{chosen}"
        fits = bool(chosen and note.get("text")) and len(text) <= LONGEST_MESSAGE
        payload = mark(chat, note["tapped"], text) if fits else bare(chat, note["tapped"])
        posts.append(Post(payload=payload, priority=Priority.TIDYING, kept=TIDYING_KEPT))
    return posts


def in_hundreds(ids: Sequence[int]) -> list[list[int]]:
    """Telegram deletes a hundred messages a call."""
    unique = sorted(set(ids))
    return [unique[start : start + 100] for start in range(0, len(unique), 100)]
