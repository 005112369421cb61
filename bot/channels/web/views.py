"""Replies as the page and the API show them."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.messages import Line, OutgoingMessage
from bot.channels.web.receipt import qr_data_uri


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """The code and its picture."""

    code: str = field(repr=False)
    qr: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """One bubble. `buttons` are (title, id); those of older messages are not drawn."""

    author: str
    text: str = field(repr=False)
    buttons: tuple[tuple[str, str], ...] = ()
    receipt: ReceiptView | None = None

    @property
    def paragraphs(self) -> list[list[str]]:
        return [block.split("\n") for block in self.text.split("\n\n")]


def message_view(message: OutgoingMessage, code: str | None, *, author: str = "bot") -> MessageView:
    """Draw a message; one that carries the receipt gets the code's picture while the code may be shown."""
    shows_receipt = bool(message.custom.get("receipt")) and code is not None
    return MessageView(
        author=author,
        text=message.text,
        buttons=tuple((button.title, button.id) for button in message.buttons),
        receipt=receipt_view(code) if shows_receipt and code else None,
    )


def reply_views(messages: tuple[OutgoingMessage, ...], code: str | None) -> list[tuple[MessageView, OutgoingMessage]]:
    """Draw a reply; a receipt that comes as a message of its own joins the words that it belongs to."""
    drawn: list[tuple[MessageView, OutgoingMessage]] = []
    for message in messages:
        view = message_view(message, code)
        if drawn and not message.text and message.response == drawn[-1][1].response:
            drawn[-1] = (replace(drawn[-1][0], receipt=view.receipt or drawn[-1][0].receipt), drawn[-1][1])
        else:
            drawn.append((view, message))
    return drawn


def line_views(lines: tuple[Line, ...], code: str | None) -> list[MessageView]:
    """Draw the visible conversation; only buttons since the person's last words can still be pressed."""
    views = [message_view(line.message, code, author=line.author) for line in lines]
    last_said = max((i for i, view in enumerate(views) if view.author == "person"), default=-1)
    return [
        view if i > last_said else MessageView(author=view.author, text=view.text, receipt=view.receipt)
        for i, view in enumerate(views)
    ]


def receipt_view(code: str) -> ReceiptView:
    return ReceiptView(code=code, qr=qr_data_uri(code))


def as_json(view: MessageView, message: OutgoingMessage) -> dict[str, Any]:
    """Return what the API gives for one message."""
    return {
        "text": view.text,
        "buttons": [{"title": title, "id": button_id} for title, button_id in view.buttons],
        "response": message.response,
        "custom": message.custom,
        "receipt": {"code": view.receipt.code, "qr": view.receipt.qr} if view.receipt else None,
    }
