"""A chat's address: the bot's id and the chat's, so that two bots on one database know nobody together."""


def address_of(bot_id: int, chat: int) -> str:
    return f"{bot_id}/{chat}"


def chat_of(address: str) -> int:
    return int(address.partition("/")[2])


def is_group(chat: int) -> bool:
    """Groups and channels have negative ids."""
    return chat < 0
