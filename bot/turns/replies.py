"""Replies kept for a message that comes twice; a code in them is a mask until the receipt fills it again."""

import json
import zlib

from bot.channels.messages import OutgoingMessage, Reply, TurnState
from bot.turns.masking import holds_printed, mask_values, refill
from bot.turns.memory import list_to_message, message_to_list


def encode_reply(reply: Reply) -> bytes:
    """Return compact bytes for the store to seal. Codes are masked; of a successor the secret stays."""
    data = {
        "m": [message_to_list(without_codes(message)) for message in reply.messages],
        "s": dict(vars(reply.state)),
        "n": reply.successor,
    }
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def decode_reply(blob: bytes, code: str | None) -> Reply:
    """Read what `encode_reply` gave, with `code` where it was masked."""
    data = json.loads(zlib.decompress(blob))
    messages = refill(data["m"], code) if code else data["m"]
    return Reply(
        messages=tuple(list_to_message(message) for message in messages),
        state=TurnState(**data["s"]),
        successor=data["n"],
        is_repeat=True,
    )


def without_codes(message: OutgoingMessage) -> OutgoingMessage:
    """Return a message as it may be kept."""
    parts = (part for button in message.buttons for part in (button.title, button.id, button.payload))
    if not message.custom and not holds_printed((message.text, message.response or "", *parts)):
        return message
    return list_to_message(mask_values(message_to_list(message)))
