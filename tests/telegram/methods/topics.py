"""Topics of forums."""

from tests.telegram.chats import Chat, Json, Topic
from tests.telegram.errors import bad_request
from tests.telegram.world import World

_LONGEST_NAME = 128
_COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def create(world: World, parameters: Json) -> Json:
    chat = _forum(world, parameters)
    name, colour = _name(parameters["name"]), parameters.get("icon_color", _COLOURS[0])
    if colour not in _COLOURS:
        raise bad_request("invalid icon color specified")
    world.flood.pass_messages(chat.id, is_group=True, now=world.now())
    look = {"name": name, "icon_color": colour}
    topic = Topic(id=_say(world, chat, {"forum_topic_created": look}), name=name, icon_color=colour)
    chat.topics[topic.id] = topic
    return {"message_thread_id": topic.id, **look}


def edit(world: World, parameters: Json) -> bool:
    chat = _forum(world, parameters)
    topic = chat.topic(parameters["message_thread_id"])
    name = _name(parameters.get("name", topic.name))
    if name == topic.name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = name
    _say(world, chat, {"forum_topic_edited": {"name": name}}, topic)
    return True


def close(world: World, parameters: Json) -> bool:
    return _set_closed(world, parameters, is_closed=True)


def reopen(world: World, parameters: Json) -> bool:
    return _set_closed(world, parameters, is_closed=False)


def delete(world: World, parameters: Json) -> bool:
    chat = _forum(world, parameters)
    topic = chat.topic(parameters["message_thread_id"])
    del chat.topics[topic.id]
    for kept in chat.messages.values():
        if kept.body.get("message_thread_id") == topic.id:
            chat.delete(kept)
    return True


def _set_closed(world: World, parameters: Json, *, is_closed: bool) -> bool:
    chat = _forum(world, parameters)
    topic = chat.topic(parameters["message_thread_id"])
    if topic.is_closed == is_closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.is_closed = is_closed
    _say(world, chat, {"forum_topic_closed" if is_closed else "forum_topic_reopened": {}}, topic)
    return True


def _forum(world: World, parameters: Json) -> Chat:
    chat = world.chat(parameters["chat_id"])
    chat.refuse_if_closed_to_bot()
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _name(name: str) -> str:
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise bad_request("invalid forum topic name specified")
    return name


def _say(world: World, chat: Chat, what: Json, topic: Topic | None = None) -> int:
    """Put the service message into the chat and return its id."""
    number = chat.new_id()
    thread = topic.id if topic else number
    body = {"message_id": number, "from": world.bot, "chat": chat.body, "date": int(world.now()), **what}
    chat.keep({**body, "message_thread_id": thread, "is_topic_message": True}, is_by_bot=True)
    return number


METHODS = {
    "createForumTopic": create,
    "editForumTopic": edit,
    "closeForumTopic": close,
    "reopenForumTopic": reopen,
    "deleteForumTopic": delete,
}
