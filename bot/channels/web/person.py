"""Who is talking on the web: a cookie, a language, and what the conversation may show."""

import re
import secrets
from dataclasses import dataclass, field

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.messages import Conversations, Incoming, Reply
from bot.channels.web.cookies import SecretCookie
from bot.channels.web.options import LANGUAGES, WebOptions
from bot.channels.web.texts import preferred_language

CHANNEL = "web"
MESSAGE_ID = r"[!-~]{8,64}"
"""Plain ASCII: it is written into the conversation, and a lone surrogate could not be."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """`address` is the cookie's secret; `is_new` when the browser brought none."""

    address: str = field(repr=False)
    is_new: bool
    language: str


class Visitors:
    """Reads a visitor from a request and writes cookies back."""

    def __init__(self, options: WebOptions) -> None:
        self._options = options
        self._cookie = SecretCookie(is_https=options.is_https)

    def of(self, request: Request) -> Visitor:
        secret = self._cookie.read(request)
        return Visitor(address=secret or SecretCookie.new(), is_new=secret is None, language=self._language(request))

    def remember(self, response: Response, visitor: Visitor, reply: Reply) -> None:
        """Set the cookie that the next request must bring, and the language spoken now; or forget both."""
        if reply.is_forgotten:
            self.forget(response)
            return
        if visitor.is_new or reply.successor:
            self._cookie.write(response, reply.successor or visitor.address)
        if reply.state.language in LANGUAGES:
            self._cookie.remember_language(response, str(reply.state.language))

    def keep(self, response: Response, visitor: Visitor) -> None:
        """Set the cookie of a visitor who was given an address outside a turn (an upload before the first message)."""
        if visitor.is_new:
            self._cookie.write(response, visitor.address)

    def forget(self, response: Response) -> None:
        self._cookie.delete(response)

    def _language(self, request: Request) -> str:
        for choice in (request.query_params.get("lang"), request.cookies.get(self._cookie.language_name)):
            if choice in LANGUAGES:
                return str(choice)
        return preferred_language(request.headers.get("accept-language", ""), self._options.default_language)


class TurnFailed(Exception):
    """A turn ended in an error that nobody foresaw; nothing was changed, and the message may be sent again."""


def is_message_id(given: str) -> bool:
    return re.fullmatch(MESSAGE_ID, given) is not None


def new_message_id() -> str:
    """Return an id for a message that the page is about to send."""
    return secrets.token_urlsafe(12)


async def say(conversations: Conversations, visitor: Visitor, message_id: str, **what: object) -> Reply:
    """Run one turn. `what` is one of text, tap, files, refused. Raises `TurnFailed`."""
    incoming = Incoming(
        channel=CHANNEL,
        address=visitor.address,
        message_id=message_id,
        language=visitor.language if visitor.is_new else None,
        greeted=visitor.is_new,
        returning=not visitor.is_new,
        **what,  # type: ignore[arg-type]  # the callers pass the fields of Incoming
    )
    try:
        return await conversations.handle(incoming)
    except Exception as error:  # the channel's edge: a person gets a kind page, the log an event
        _log.error("web.turn_failed", error=type(error).__name__)
        raise TurnFailed from error


async def code_to_show(conversations: Conversations, visitor: Visitor, reply: Reply) -> str | None:
    """Return the code when a message of the reply carries the receipt, and it may still be shown."""
    if not any(message.custom.get("receipt") for message in reply.messages):
        return None
    return await conversations.receipt_code(CHANNEL, reply.successor or visitor.address)
