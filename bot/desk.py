"""The operators' desk beside the web chat: built when somebody first comes to it, so that a start does not wait."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.messages import Reply
from bot.desk_pages import CHANNEL, ReporterPages, sign_for, words_for
from bot.turns.with_person import OfficeWords
from casework import handing_off
from casework.handoff import Move
from casework.ports import OfficeKey
from casework.services import Services

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.turns import TurnProcessor
    from console.ports import DeskParts
    from storage import Store
    from storage.bell import Bell

PREFIX, EVENTS = "/desk", "/api/chat/events"
Push = Callable[[str, Reply], None]
"""Hands a reply to the open pages of an address of the web chat."""


@dataclass(frozen=True, kw_only=True)
class DeskTalks:
    """Satisfies `console.ports.Talks`: the office's words go through the turns, as all that a reporter hears does."""

    services: Services
    conversations: "TurnProcessor" = field(repr=False)
    push: Push = field(repr=False)
    bell: "Bell" = field(repr=False)

    async def say(self, key: OfficeKey, handoff_id: bytes, text: str) -> None:
        """Raises `MoveRefused`, `PersonGone`, `NotPermitted`."""
        await self._speak(key, handoff_id, "say", lambda: handing_off.say(self.services, key, handoff_id, text), text)

    async def suggest(self, key: OfficeKey, handoff_id: bytes, question: str, asked: str, text: str) -> None:
        """Raises as `say`, `NoSuchQuestion`."""
        within = partial(handing_off.suggest, self.services, key, handoff_id, question, text)
        office = OfficeWords(what="suggest", text=text, question=question, asked=asked, within=within)
        await self._put(key, handoff_id, office)

    async def move(self, key: OfficeKey, handoff_id: bytes, move: Move) -> None:
        """Raises as `say`."""
        act, what = {
            Move.CLAIM: (handing_off.claim, "claimed"),
            Move.TRANSFER: (handing_off.transfer, "waiting"),
            Move.HAND_BACK: (handing_off.hand_back, "back"),
            Move.CLOSE: (handing_off.close, "closed"),
        }[move]
        await self._speak(key, handoff_id, what, lambda: act(self.services, key, handoff_id))

    async def sign(self, key: OfficeKey, handoff_id: bytes, what: str) -> None:
        """Show the reporter that their operator types or has read; kept nowhere. Others' signs are shown to nobody."""
        way = await handing_off.way_of_own(self.services, key, handoff_id)
        if way is None:
            return
        if way.channel == CHANNEL:
            await self.bell.tell(sign_for(way.address, what))
        elif what == "typing":
            await self.conversations.show_typing(way.channel, way.address)

    async def _speak(
        self, key: OfficeKey, handoff_id: bytes, what: str, within: Callable[[], Any], text: str = ""
    ) -> None:
        await self._put(key, handoff_id, OfficeWords(what=what, text=text, within=within))

    async def _put(self, key: OfficeKey, handoff_id: bytes, office: OfficeWords) -> None:
        way = await handing_off.way_to(self.services, key, handoff_id)
        office = replace(office, mark=secrets.token_hex(6))
        reply = await self.conversations.speak(way.channel, way.address, office)
        if reply is None:
            await handing_off.nobody_there(self.services, key, handoff_id)
            raise handing_off.PersonGone
        if not reply.is_posted:
            self.push(way.address, reply)
            await self.bell.tell_others(words_for(way.address, office.mark))


def parts_of(store: "Store", services: Services, conversations: "TurnProcessor", push: Push) -> "DeskParts":
    """Put together what the desk is made from."""
    from console import DeskParts

    return DeskParts(
        services=services,
        accounts=store.accounts,
        sessions=store.desk_sessions,
        factors=store.second_factors,
        talks=DeskTalks(services=services, conversations=conversations, push=push, bell=store.bell),
        bell=store.bell,
    )


def desk_app(app: "App", push: Push) -> ASGIApp:
    """Return the desk on this program."""
    from console import DeskOptions, create_desk

    settings = app.settings
    options = DeskOptions(
        is_https=settings.is_https,
        default_language=settings.language,
        issuer=app.profile.office.words.in_language(settings.language)[:40],
        is_trial=app.store.is_trial,
    )
    return create_desk(parts_of(app.store, app.services, app.conversations, push), options)


class WithDesk:
    """Sends `/desk` to the desk and everything else to the web chat."""

    def __init__(self, app: "App", chat: ASGIApp) -> None:
        self._app, self._chat = app, chat
        self._desk: ASGIApp | None = None
        self._pages = ReporterPages(self.state.pushes, app.conversations, app.store.bell)
        self.push = self._pages.push

    @property
    def state(self) -> Any:
        """The web chat's state: its open pages are there."""
        return self._chat.state  # type: ignore[attr-defined]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "") if scope["type"] == "http" else ""
        if path == EVENTS:
            self._pages.begin()
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self._chat(scope, receive, send)
            return
        if self._desk is None:
            self._desk = desk_app(self._app, self.push)
        await self._desk(scope, receive, send)
