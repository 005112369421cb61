"""What an update means. The library's types read it; what they refuse means nothing and is never answered."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.texts import language_of

Kind = Literal["text", "tap", "file", "start", "edited", "odd", "group", "blocked", "nothing"]

START_LANGUAGES = {"zh": "zh", "en": "en"}
HAVE_CODE = "have_code"
_NOTHING_SAID = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo", "pinned_message",
    "message_auto_delete_timer_changed", "group_chat_created", "supergroup_chat_created", "migrate_to_chat_id",
    "migrate_from_chat_id", "chat_background_set", "write_access_allowed",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file as Telegram describes it; only the message tells its name and type, fetching it does not.

    `content`: what is no file at Telegram but evidence (a place).
    """

    file_id: str = ""
    name: str = field(repr=False)
    declared_type: str = ""
    size: int | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One update, understood. `message` is the id of the person's message, `tapped` of ours with the button."""

    kind: Kind
    update_id: int
    chat: int = field(default=0, repr=False)
    message: int | None = None
    text: str = field(default="", repr=False)
    language: str | None = None
    data: str = ""
    tapped: int | None = None
    tapped_text: str = field(default="", repr=False)
    tapped_title: str = field(default="", repr=False)
    file: SentFile | None = field(default=None, repr=False)
    album: str | None = None

    @property
    def id(self) -> str:
        return str(self.update_id)


def read_update(raw: bytes) -> Piece:
    """Return what a stored update means; kind "nothing" for what needs no answer or cannot be read."""
    data = json.loads(raw)
    update_id = int(data["update_id"])
    try:
        update = Update.de_json(data, None)
        piece = _piece(update) if update is not None else None
    except (KeyError, TypeError, ValueError, AttributeError):  # whatever the library trips over
        piece = None
    return piece or Piece(kind="nothing", update_id=update_id)


def _piece(update: Update) -> Piece | None:
    if update.callback_query is not None:
        return _tap(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _member(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _in_group(update, message)
    common = _common(update.update_id, message)
    if update.edited_message is not None:
        return Piece(kind="edited", text=message.text or message.caption or "", **common)
    return _said(message, common)


def _common(update_id: int, message: Message) -> dict[str, Any]:
    language = language_of(message.from_user.language_code) if message.from_user else None
    return {"update_id": update_id, "chat": message.chat.id, "message": message.message_id, "language": language}


def _said(message: Message, common: dict[str, Any]) -> Piece:
    if message.text is not None:
        return _text(message.text, common)
    if (file := file_of(message)) is not None:
        return Piece(kind="file", file=file, text=message.caption or "", album=message.media_group_id, **common)
    if message.contact is not None:
        card = message.contact
        words = " ".join(filter(None, (card.last_name, card.first_name, card.phone_number)))
        return Piece(kind="text", text=words, **common)
    if any(getattr(message, name, None) for name in _NOTHING_SAID):
        return Piece(kind="nothing", **common)
    return Piece(kind="odd", **common)


def _text(text: str, common: dict[str, Any]) -> Piece:
    word, _, argument = text.partition(" ")
    name = word.partition("@")[0].lower()
    if name == "/start":
        return Piece(kind="start", data=argument.strip(), **common)
    if word.startswith("/") and "@" in word:
        text = f"{name} {argument}".strip()
    return Piece(kind="text", text=text, **common)


def _tap(update_id: int, query: CallbackQuery) -> Piece:
    message = query.message
    chat = message.chat.id if message is not None else query.from_user.id
    common: dict[str, Any] = {
        "update_id": update_id,
        "chat": chat,
        "language": language_of(query.from_user.language_code),
    }
    if message is not None and message.chat.type != ChatType.PRIVATE:
        return Piece(kind="nothing", **common)
    title, text = "", ""
    if isinstance(message, Message):
        text = message.text or ""
        rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
        title = next((b.text for row in rows for b in row if b.callback_data == query.data), "")
    return Piece(
        kind="tap",
        data=str(query.data or ""),
        tapped=message.message_id if message is not None else None,
        tapped_text=text,
        tapped_title=title,
        **common,
    )


def _member(update_id: int, change: ChatMemberUpdated) -> Piece:
    status, is_private = change.new_chat_member.status, change.chat.type == ChatType.PRIVATE
    if is_private:
        is_gone = status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        return Piece(kind="blocked" if is_gone else "nothing", update_id=update_id, chat=change.chat.id)
    was_out = change.old_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    is_in = status in (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)
    can_speak = change.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    return Piece(
        kind="group" if was_out and is_in and can_speak else "nothing", update_id=update_id, chat=change.chat.id
    )


def _in_group(update: Update, message: Message) -> Piece:
    """Answer in a group only what is said to us: a command, a mention, an answer to a message of ours.

    In its privacy mode Telegram gives a bot nothing else; a bot that is made administrator gets everything.
    """
    common = _common(update.update_id, message)
    text = message.text or message.caption or ""
    is_to_us = text.startswith("/") or "@" in text
    replied = message.reply_to_message
    is_reply = replied is not None and replied.from_user is not None and replied.from_user.is_bot
    kind: Kind = "group" if update.message is not None and (is_to_us or is_reply) else "nothing"
    return Piece(kind=kind, **common)


def file_of(message: Message) -> SentFile | None:
    """Return what a message brings as evidence, None when it brings none."""
    if message.photo:
        best = message.photo[-1]
        return SentFile(file_id=best.file_id, name="photo.jpg", declared_type="image/jpeg", size=best.file_size)
    for kind, name, declared in _KINDS:
        sent = getattr(message, kind, None)
        if sent is not None:
            return SentFile(
                file_id=sent.file_id,
                name=getattr(sent, "file_name", None) or name,
                declared_type=getattr(sent, "mime_type", None) or declared,
                size=sent.file_size,
            )
    return _place_of(message)


_KINDS = (
    ("document", "file", "application/octet-stream"),
    ("voice", "voice.ogg", "audio/ogg"),
    ("video", "video.mp4", "video/mp4"),
    ("video_note", "video.mp4", "video/mp4"),
    ("audio", "audio.mp3", "audio/mpeg"),
)
"""An animation comes as a document too."""


def _place_of(message: Message) -> SentFile | None:
    """A place is kept as a small file: latitude, longitude, and what the person called it."""
    place = message.venue.location if message.venue else message.location
    if place is None:
        return None
    lines = [f"geo:{place.latitude:.6f},{place.longitude:.6f}"]
    if message.venue:
        lines += [message.venue.title, message.venue.address]
    return SentFile(name="location.txt", declared_type="text/plain", content="\n".join(lines).encode())
