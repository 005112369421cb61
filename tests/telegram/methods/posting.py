"""What every message of the bot goes through, whatever it carries."""

from typing import Any

from tests.telegram.chats import Chat, Json, Kept
from tests.telegram.errors import NotBuilt, bad_request
from tests.telegram.formatting import parsed
from tests.telegram.world import World

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_LONGEST_DATA_BYTES = 64
_MOST_BUTTONS = 100
_BUTTON_KINDS = frozenset({"callback_data", "url", "copy_text"})
_UNBUILT = frozenset(
    {
        "business_connection_id",
        "direct_messages_topic_id",
        "ephemeral_message_parameters",
        "message_effect_id",
        "suggested_post_parameters",
        "allow_paid_broadcast",
    }
)


def open_chat(world: World, parameters: Json) -> Chat:
    """Return the chat the bot may write to, its topic being open. Raises `ApiError`."""
    if unbuilt := sorted(_UNBUILT & parameters.keys()):
        raise NotBuilt(f"parameter {unbuilt[0]}")
    chat = world.chat(parameters["chat_id"])
    chat.refuse_if_closed_to_bot()
    if (thread := parameters.get("message_thread_id")) is not None and chat.topic(thread).is_closed:
        raise bad_request("TOPIC_CLOSED")
    return chat


def post(world: World, parameters: Json, content: Json, *, chat: Chat, is_counted: bool = True) -> Json:
    """Put a message into the chat and return it. Raises `ApiError`."""
    markup = parameters.get("reply_markup")
    keyboard = inline_keyboard(markup)
    replied = _replied(chat, parameters)
    if is_counted:
        world.flood.pass_messages(chat.id, is_group=chat.is_group, now=world.now())
    body = {
        "message_id": chat.new_id(),
        "from": world.bot,
        "chat": chat.body,
        "date": int(world.now()),
        **content,
        **({"reply_markup": keyboard} if keyboard else {}),
        **({"has_protected_content": True} if parameters.get("protect_content") else {}),
        **({"reply_to_message": replied} if replied else {}),
        **_in_topic(parameters),
    }
    chat.keep(body, is_by_bot=True, keyboard=None if keyboard else markup)
    return body


def _in_topic(parameters: Json) -> Json:
    thread = parameters.get("message_thread_id")
    return {} if thread is None else {"message_thread_id": thread, "is_topic_message": True}


def _replied(chat: Chat, parameters: Json) -> Json | None:
    wanted = parameters.get("reply_parameters")
    if wanted is None:
        return None
    kept = chat.find(wanted.get("message_id"))
    if kept is None and not wanted.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return None if kept is None else without_reply(kept)


def without_reply(kept: Kept) -> Json:
    """Return the message as it stands inside another: what it answers itself is left out."""
    return {name: value for name, value in kept.body.items() if name != "reply_to_message"}


def text_content(parameters: Json) -> Json:
    """Return `text` and `entities`. Raises `ApiError` when empty or too long."""
    if "rich_message" in parameters or "text" not in parameters:
        raise NotBuilt("rich messages")
    content = _marked(parameters, "text", "entities", LONGEST_TEXT, "message is too long")
    if not content["text"].strip():
        raise bad_request("message text is empty")
    return content


def caption_content(parameters: Json) -> Json:
    """Return `caption` and `caption_entities`, nothing when there is no caption."""
    if not parameters.get("caption"):
        return {}
    return _marked(parameters, "caption", "caption_entities", LONGEST_CAPTION, "message caption is too long")


def _marked(parameters: Json, name: str, entities_name: str, longest: int, too_long: str) -> Json:
    text, entities = parsed(parameters[name], parameters.get("parse_mode"))
    if len(text) > longest:
        raise bad_request(too_long)
    entities = entities or parameters.get(entities_name, [])
    return {name: text, **({entities_name: entities} if entities else {})}


def inline_keyboard(markup: Any) -> Json | None:
    """Return the inline keyboard if it is one and has buttons. Raises `ApiError` for buttons that are not allowed."""
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    if len(buttons) > _MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        _check_button(button)
    rows = [row for row in markup["inline_keyboard"] if row]
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Json) -> None:
    kinds = button.keys() - {"text", "style", "icon_custom_emoji_id"}
    if unbuilt := kinds - _BUTTON_KINDS:
        raise NotBuilt(f"inline buttons with {sorted(unbuilt)[0]}")
    if len(kinds) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not button["text"]:
        raise bad_request("can't parse inline keyboard button: Button text must be non-empty")
    if not 1 <= len(button.get("callback_data", "-").encode()) <= _LONGEST_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
