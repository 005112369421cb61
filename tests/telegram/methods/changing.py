"""What the bot changes afterwards: edits, deletions, answers to taps."""

from typing import Any

from tests.telegram.chats import Chat, Json, Kept
from tests.telegram.errors import NotBuilt, bad_request
from tests.telegram.methods.posting import caption_content, inline_keyboard, text_content
from tests.telegram.world import World

_DELETABLE_SECONDS = 48 * 3600
_MOST_AT_ONCE = 100
_LONGEST_TOAST = 200
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


def edit_text(world: World, parameters: Json) -> Json:
    content = text_content(parameters)
    return _edit(world, parameters, lambda kept: {**_without(kept, "text", "entities"), **content}, "text")


def edit_caption(world: World, parameters: Json) -> Json:
    content = caption_content(parameters)
    return _edit(world, parameters, lambda kept: {**_without(kept, "caption", "caption_entities"), **content}, None)


def edit_markup(world: World, parameters: Json) -> Json:
    return _edit(world, parameters, lambda kept: _without(kept), None)


def _without(kept: Kept, *names: str) -> Json:
    return {name: value for name, value in kept.body.items() if name not in (*names, "reply_markup", "edit_date")}


def _edit(world: World, parameters: Json, changed: Any, needs: str | None) -> Json:
    chat, kept = _own_message(world, parameters)
    if needs is not None and needs not in kept.body:
        raise bad_request("there is no text in the message to edit")
    keyboard = inline_keyboard(parameters.get("reply_markup"))
    body = {**changed(kept), **({"reply_markup": keyboard} if keyboard else {})}
    if body == {name: value for name, value in kept.body.items() if name != "edit_date"}:
        raise bad_request(_SAME)
    world.flood.pass_edit(world.now())
    chat.replace(kept, {**body, "edit_date": int(world.now())})
    return kept.body


def _own_message(world: World, parameters: Json) -> tuple[Chat, Kept]:
    if "inline_message_id" in parameters:
        raise NotBuilt("inline messages")
    if "chat_id" not in parameters:
        raise bad_request("message identifier is not specified")
    chat = world.chat(parameters["chat_id"])
    chat.refuse_if_closed_to_bot()
    kept = chat.find(parameters.get("message_id"))
    if kept is None:
        raise bad_request("message to edit not found")
    if not kept.is_by_bot:
        raise bad_request("message can't be edited")
    return chat, kept


def delete_message(world: World, parameters: Json) -> bool:
    chat = world.chat(parameters["chat_id"])
    chat.refuse_if_closed_to_bot()
    kept = chat.find(parameters["message_id"])
    if kept is None:
        raise bad_request("message to delete not found")
    if not _is_deletable(world, chat, kept):
        raise bad_request("message can't be deleted for everyone")
    chat.delete(kept)
    return True


def delete_messages(world: World, parameters: Json) -> bool:
    """Delete those that can be; others are passed over, as the real server does."""
    chat = world.chat(parameters["chat_id"])
    chat.refuse_if_closed_to_bot()
    if not 1 <= len(parameters["message_ids"]) <= _MOST_AT_ONCE:
        raise bad_request("there must be 1 to 100 message identifiers")
    for message_id in parameters["message_ids"]:
        kept = chat.find(message_id)
        if kept is not None and _is_deletable(world, chat, kept):
            chat.delete(kept)
    return True


def _is_deletable(world: World, chat: Chat, kept: Kept) -> bool:
    is_young = world.now() - kept.body["date"] < _DELETABLE_SECONDS
    return is_young and (kept.is_by_bot or chat.is_private)


def answer_callback_query(world: World, parameters: Json) -> bool:
    if len(parameters.get("text", "")) > _LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer(parameters["callback_query_id"], parameters)
    return True


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
}
