"""Talks with the whole program over the web API, as a page does: cookies, ids of buttons, uploads."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx2

from bot.bootstrap import App
from bot.channels.messages import Incoming, Reply
from bot.cli.talking import web_app
from bot.turns import TurnProcessor
from tests.dialogues.in_process import answer_of
from tests.dialogues.office_desk import OfficeDesk
from tests.dialogues.runner import Answer, Heard
from tests.fakes import FakeClock

ADDRESS = "http://127.0.0.1"


@dataclass
class Overheard:
    """The real conversations; remembers of each reply what the API does not tell: payloads and the intent."""

    real: TurnProcessor
    payloads: dict[str, str] = field(default_factory=dict)
    intent: str | None = None

    async def handle(self, incoming: Incoming) -> Reply:
        reply = await self.real.handle(incoming)
        self.payloads |= {button.id: button.payload for message in reply.messages for button in message.buttons}
        self.intent = reply.state.intent
        return reply

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass
class WebTalker:
    """Satisfies `tests.dialogues.runner.Talker`."""

    build: Callable[[], Awaitable[App]]
    clock: FakeClock
    language: str
    cookies: httpx2.Cookies = field(default_factory=httpx2.Cookies)
    app: App | None = None
    overheard: Overheard | None = None
    desk: OfficeDesk = field(default_factory=OfficeDesk)
    _shown: dict[str, str] = field(default_factory=dict)

    async def say(self, text: str) -> Answer:
        return await self._post({"text": text})

    async def tap(self, payload: str) -> Answer:
        return await self._post({"tap": self._shown[payload]})

    async def files(self, names: Sequence[str]) -> Answer:
        ids = []
        for name in names:
            async with self._client() as client:
                sent = {"content": f"what is in {name}".encode(), "headers": {"x-file-name": quote(name)}}
                answer = await client.post("/api/chat/files", **sent)  # type: ignore[arg-type]
            assert answer.status_code == 200, answer.text
            ids.append(answer.json()["id"])
        return await self._post({"files": ids})

    async def wait(self, time: timedelta) -> None:
        self.clock.advance(seconds=time.total_seconds())

    async def office(self, code: str, act: Mapping[str, str]) -> None:
        async with self._client():
            assert self.app is not None
            await self.desk.act(self.app, code, act)

    async def restart(self) -> None:
        await self.close()

    async def close(self) -> None:
        if self.app is not None:
            await self.app.close()
            self.app = None

    async def _post(self, said: dict[str, Any]) -> Answer:
        greeting = await self._greeting()
        answer = await self._posted(said)
        return replace(answer, messages=(*greeting, *answer.messages))

    async def _greeting(self) -> tuple[Heard, ...]:
        """Return what the page shows to somebody new before the first words."""
        async with self._client():
            assert self.app is not None
            assert self.overheard is not None
            if "chat" in self.cookies:
                return ()
            reply = await self.app.conversations.preview("web", self.language)
            buttons = {button.id: button.payload for m in reply.messages for button in m.buttons}
            self.overheard.payloads |= buttons
            self._shown |= {payload: name for name, payload in buttons.items()}
            return answer_of(reply).messages

    async def _posted(self, said: dict[str, Any]) -> Answer:
        async with self._client() as client:
            answer = await client.post("/api/chat/messages", json={"message_id": secrets.token_hex(8), **said})
        assert answer.status_code == 200, answer.text
        return self._read(answer.json())

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx2.AsyncClient]:
        if self.app is None:
            self.app = await self.build()
            self.overheard = Overheard(self.app.conversations)
        transport = httpx2.ASGITransport(web_app(replace(self.app, conversations=self.overheard)))  # type: ignore[arg-type]
        headers = {"accept-language": self.language, "origin": ADDRESS}
        async with httpx2.AsyncClient(
            transport=transport, base_url=ADDRESS, headers=headers, cookies=self.cookies
        ) as client:
            yield client
            self.cookies = client.cookies

    def _read(self, body: dict[str, Any]) -> Answer:
        assert self.overheard is not None
        payloads = self.overheard.payloads
        shown = {payloads[button["id"]]: button["id"] for m in body["messages"] for button in m["buttons"]}
        # A command's button may be pressed however old it is.
        self._shown |= {payload: name for name, payload in payloads.items() if payload == f"/{name}"}
        self._shown |= shown
        return Answer(
            messages=tuple(
                Heard(
                    text=m["text"],
                    response=m["response"],
                    buttons=tuple((button["title"], payloads[button["id"]]) for button in m["buttons"]),
                )
                for m in body["messages"]
            ),
            loop=body["state"]["active_loop"],
            asks=body["state"]["requested_slot"],
            language=body["state"]["language"],
            intent=self.overheard.intent,
        )
