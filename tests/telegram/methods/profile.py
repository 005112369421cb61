"""What the bot is and shows of itself: its name, its texts, its menus of commands; and what a chat is."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.telegram.chats import Json
from tests.telegram.errors import bad_request
from tests.telegram.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_LONGEST_DESCRIPTION = 256
_TEXTS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Json) -> Json:
    powers = {"can_join_groups": True, "supports_inline_queries": False}
    return {**world.bot, **powers, "can_read_all_group_messages": not world.is_privacy_mode}


def set_commands(world: World, parameters: Json) -> bool:
    commands = parameters["commands"]
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _LONGEST_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(parameters)] = commands
    return True


def get_commands(world: World, parameters: Json) -> list[Json]:
    return world.commands.get(_scope(parameters), [])


def delete_commands(world: World, parameters: Json) -> bool:
    world.commands.pop(_scope(parameters), None)
    return True


def _scope(parameters: Json) -> tuple[str, str]:
    scope = parameters.get("scope", {"type": "default"})
    language = parameters.get("language_code", "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return json.dumps(scope, sort_keys=True), language


def _sets(what: str) -> Callable[[World, Json], bool]:
    def set_text(world: World, parameters: Json) -> bool:
        text = parameters.get(what, "")
        if len(text) > _TEXTS[what]:
            raise bad_request(f"BOT_{what.upper()}_TOO_LONG")
        world.profile[what, parameters.get("language_code", "")] = text
        return True

    return set_text


def _gets(what: str) -> Callable[[World, Json], Json]:
    def get_text(world: World, parameters: Json) -> Json:
        language = parameters.get("language_code", "")
        return {what: world.profile.get((what, language), world.profile.get((what, ""), ""))}

    return get_text


def set_menu_button(world: World, parameters: Json) -> bool:
    if "chat_id" in parameters:
        world.chat(parameters["chat_id"])
    return True


def get_chat(world: World, parameters: Json) -> Json:
    chat = world.chat(parameters["chat_id"])
    gifts = dict.fromkeys(world.schema.types["AcceptedGiftTypes"], False)
    return {**chat.body, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def leave_chat(world: World, parameters: Json) -> bool:
    chat = world.chat(parameters["chat_id"])
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.is_blocked = True
    return True


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _sets("name"),
    "getMyName": _gets("name"),
    "setMyDescription": _sets("description"),
    "getMyDescription": _gets("description"),
    "setMyShortDescription": _sets("short_description"),
    "getMyShortDescription": _gets("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChat": get_chat,
    "leaveChat": leave_chat,
}
