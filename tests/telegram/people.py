"""What persons do: write, tap, send, edit, block. Each becomes the updates that the real server would give the bot."""

from typing import Any

from tests.telegram.chats import Chat, Json, Kept, Person
from tests.telegram.errors import Refused
from tests.telegram.files import KINDS, StoredFile
from tests.telegram.formatting import commands_in
from tests.telegram.methods.posting import LONGEST_CAPTION, LONGEST_TEXT, without_reply
from tests.telegram.world import World

_MIGRATED_FROM = "migrate_from_chat_id"


def start(world: World, chat: Chat, payload: str | None = None) -> list[int]:
    """Press "start", through a link with a payload or without."""
    chat.is_started = True
    return say(world, chat, "/start" if payload is None else f"/start {payload}")


def say(
    world: World,
    chat: Chat,
    text: str,
    *,
    by: int | None = None,
    thread: int | None = None,
    reply_to: int | None = None,
) -> list[int]:
    """Write a text; a client sends a long one in several messages. Returns their ids."""
    parts = [text[at : at + LONGEST_TEXT] for at in range(0, len(text), LONGEST_TEXT)]
    return [_write(world, chat, _text(part), by=by, thread=thread, reply_to=reply_to) for part in parts]


def _text(text: str) -> Json:
    entities = commands_in(text)
    return {"text": text, **({"entities": entities} if entities else {})}


def send(
    world: World, chat: Chat, files: list[StoredFile], *, caption: str | None = None, by: int | None = None
) -> list[int]:
    """Send a file, or several as an album: one update each, the caption with the first."""
    if len(caption or "") > LONGEST_CAPTION:
        raise Refused("the caption is too long for a client")
    album = {"media_group_id": str(world.updates.next_id)} if len(files) > 1 else {}
    captions = [{"caption": caption} if caption else {}, *[{} for _ in files[1:]]]
    return [
        _write(world, chat, {**file.in_message, **album, **captioned}, by=by)
        for file, captioned in zip(files, captions, strict=True)
    ]


def send_other(world: World, chat: Chat, content: Json, *, by: int | None = None) -> int:
    """Send anything else that a message can carry: a place, a contact, a die."""
    return _write(world, chat, content, by=by)


def stored(world: World, kind: str, file: Json, content: bytes) -> StoredFile:
    """Store what a person is about to send; `size` may claim more than the content has."""
    if kind not in KINDS:
        raise Refused(f"no such kind of file: {kind}")
    return world.files.store(
        kind, content, name=file.get("name"), declared_type=file.get("declared_type"), size=file.get("size")
    )


def edit(world: World, chat: Chat, message_id: int, text: str) -> None:
    """Change an own message, or the caption of one."""
    kept = chat.find(message_id)
    if kept is None or kept.is_by_bot:
        raise Refused(f"message {message_id} is not one that this person can edit")
    field = "text" if "text" in kept.body else "caption"
    body = {**kept.body, field: text, "edit_date": int(world.now())}
    chat.replace(kept, body)
    if _is_seen(world, chat, body):
        world.inject("edited_message", body, ("chat", chat.id))


def tap(
    world: World, chat: Chat, *, title: str | None, data: str | None, message_id: int | None, by: int | None = None
) -> Json:
    """Tap a button that is there; a link opens and tells the bot nothing. Returns the button and its query's id."""
    kept, button = _button(chat, title, data, message_id)
    if "callback_data" not in button:
        return {"button": button, "query": None}
    _refuse_if_blocked(chat)
    query = world.ask(chat.id)
    payload = {
        "id": query.id,
        "from": _author(chat, by).user,
        "message": without_reply(kept),
        "chat_instance": str(abs(chat.id) * 31),
        "data": button["callback_data"],
    }
    world.inject("callback_query", payload, ("user", _author(chat, by).id))
    return {"button": button, "query": query.id}


def _button(chat: Chat, title: str | None, data: str | None, message_id: int | None) -> tuple[Kept, Json]:
    """Return the newest button that still stands and is called so. Raises `Refused`."""
    shown = []
    for number, kept in reversed(chat.messages.items()):
        if kept.is_deleted or message_id not in (None, number):
            continue
        for button in (button for row in kept.buttons for button in row):
            shown.append(button["text"])
            if title == button["text"] or (data is not None and data == button.get("callback_data")):
                return kept, button
    raise Refused(f"no button {title or data!r}; there are {shown}")


def block(world: World, chat: Chat) -> None:
    _change_membership(world, chat, is_blocked=True)


def unblock(world: World, chat: Chat) -> None:
    _change_membership(world, chat, is_blocked=False)


def _change_membership(world: World, chat: Chat, *, is_blocked: bool) -> None:
    if chat.is_blocked == is_blocked or not chat.is_started:
        raise Refused("the bot is so already, or was never started")
    chat.is_blocked = is_blocked
    old, new = _membership(world, is_in=is_blocked), _membership(world, is_in=not is_blocked)
    payload = {
        "chat": chat.body,
        "from": _author(chat, None).user,
        "date": int(world.now()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    world.inject("my_chat_member", payload, ("membership", chat.id))


def _membership(world: World, *, is_in: bool) -> Json:
    return {"user": world.bot, **({"status": "member"} if is_in else {"status": "kicked", "until_date": 0})}


def make_group(world: World, kind: str, title: str, people: list[int], *, is_forum: bool) -> Chat:
    """Make a group of these persons and take the bot in."""
    chat = world.add_group(kind, title, is_forum=is_forum)
    chat.members = {number: _person(world, number) for number in people}
    by = _author(chat, None).user
    payload = {
        "chat": chat.body,
        "from": by,
        "date": int(world.now()),
        "old_chat_member": {"user": world.bot, "status": "left"},
        "new_chat_member": _membership(world, is_in=True),
    }
    world.inject("my_chat_member", payload, ("membership", chat.id))
    _write(world, chat, {"new_chat_members": [world.bot]})
    return chat


def migrate(world: World, chat: Chat) -> Chat:
    """Turn a group into a supergroup with another id."""
    if chat.type != "group" or chat.migrated_to is not None:
        raise Refused("only a group that was not migrated migrates")
    new = world.add_group("supergroup", chat.title)
    new.members = chat.members
    _write(world, chat, {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    _write(world, new, {_MIGRATED_FROM: chat.id})
    return new


def _person(world: World, number: int) -> Person:
    chat = world.chats.get(number)
    if chat is None or chat.person is None:
        raise Refused(f"no person {number}")
    return chat.person


def _author(chat: Chat, by: int | None) -> Person:
    if chat.person is not None:
        return chat.person
    person = chat.members.get(by) if by is not None else next(iter(chat.members.values()), None)
    if person is None:
        raise Refused("nobody like that is in the group")
    return person


def _refuse_if_blocked(chat: Chat) -> None:
    if chat.is_private and not chat.is_started:
        raise Refused("the chat was not started")
    if chat.is_private and chat.is_blocked:
        raise Refused("the person has blocked the bot")
    if chat.migrated_to is not None:
        raise Refused("the group has become a supergroup")


def _write(
    world: World,
    chat: Chat,
    content: Json,
    *,
    by: int | None = None,
    thread: int | None = None,
    reply_to: int | None = None,
) -> int:
    _refuse_if_blocked(chat)
    body: Json = {
        "message_id": chat.new_id(),
        "from": _author(chat, by).user,
        "chat": chat.body,
        "date": int(world.now()),
        **content,
        **({} if thread is None else {"message_thread_id": chat.topic(thread).id, "is_topic_message": True}),
        **_reply(chat, reply_to),
    }
    chat.keep(body, is_by_bot=False)
    if _is_seen(world, chat, body):
        world.inject("message", body, ("chat", chat.id))
    return int(body["message_id"])


def _reply(chat: Chat, reply_to: int | None) -> Json:
    if reply_to is None:
        return {}
    kept = chat.find(reply_to)
    if kept is None:
        raise Refused(f"no message {reply_to} to reply to")
    return {"reply_to_message": without_reply(kept)}


def _is_seen(world: World, chat: Chat, body: Json) -> bool:
    """In groups a bot in privacy mode sees commands, its name, answers to itself, and service messages."""
    if chat.is_private:
        return True
    if chat.is_blocked:
        return False
    text: Any = body.get("text") or body.get("caption")
    if not world.is_privacy_mode or (text is None and "from" in body and not _has_file(body)):
        return True
    answered = body.get("reply_to_message", {}).get("from", {}).get("id")
    is_named = text is not None and (text.startswith("/") or f"@{world.bot['username']}" in text)
    return is_named or answered == world.bot["id"]


def _has_file(body: Json) -> bool:
    return bool(KINDS & body.keys())
