"""What the office says and signs, on the reporters' open pages of the web chat, in whichever process it was said."""

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

import structlog

from bot.channels.messages import Reply
from bot.channels.web.pushes import Pushes, name_of

if TYPE_CHECKING:
    from bot.turns import TurnProcessor
    from storage.bell import Bell

CHANNEL = "web"
WORDS, SIGN = "words", "sign"
"""First words of rings for reporters' pages: then the page's name, then the mark of what was said, or the sign."""

_log = structlog.get_logger(__name__)


class ReporterPages:
    """The open pages of this process. A ring names a page by a hash and carries no words: they are looked up here."""

    def __init__(self, pushes: Pushes, conversations: "TurnProcessor", bell: "Bell") -> None:
        self._pushes, self._conversations, self._bell = pushes, conversations, bell
        self._listening = ExitStack()
        self._is_listening = False
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Listen to the bell from the first open page on, until the program ends."""
        if not self._is_listening:
            self._is_listening = True
            self._listening.enter_context(self._bell.listening(self._heard))

    def push(self, address: str, reply: Reply) -> None:
        """Hand a reply to the person's open pages; a page drawn anew shows it anyway."""
        from bot.channels.web.views import as_json, reply_views

        state = {name: getattr(reply.state, name) for name in ("active_loop", "requested_slot", "language")}
        shown = {
            "messages": [as_json(view, message) for view, message in reply_views(reply.messages, None)],
            "state": state,
            "is_repeat": False,
            "said": "",
        }
        self._pushes.push(address, shown)

    def _heard(self, words: str) -> None:
        what, _, rest = words.partition(" ")
        name, _, detail = rest.partition(" ")
        address = self._pushes.address_of(name) if what in (WORDS, SIGN) else None
        if address is None:
            return
        if what == SIGN:
            self._pushes.push(address, {"sign": detail})
            return
        task = asyncio.get_running_loop().create_task(self._show(address, detail))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, address: str, mark: str) -> None:
        try:
            reply = await self._conversations.said_by_office(CHANNEL, address, mark)
        except Exception as error:  # the pages' edge: what was said is on the page drawn anew
            _log.warning("desk.not_pushed", error=type(error).__name__)
            return
        if reply is not None:
            self.push(address, reply)


def words_for(address: str, mark: str) -> str:
    """Return the ring that has another process show what was said under `mark`."""
    return f"{WORDS} {name_of(address)} {mark}"


def sign_for(address: str, sign: str) -> str:
    """Return the ring that has every process show a sign."""
    return f"{SIGN} {name_of(address)} {sign}"
