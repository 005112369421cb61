"""Talks with the whole program through a Bot API server: what a person types and taps there, and what arrives there."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import uvicorn

from bot.bootstrap import App
from bot.channels.messages import Incoming, OutgoingMessage, Reply
from bot.channels.telegram.address import address_of
from bot.channels.telegram.api import Api
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.payloads import Payload
from bot.channels.telegram.service import Telegram
from bot.channels.telegram.webhook import WithWebhook
from bot.cli.talking import web_app
from bot.jobs.delivery import DeliveryRules, Sender
from bot.jobs.pace import Pace
from bot.messenger import CHANNEL, options_of
from bot.turns import DurableInbox, TurnProcessor
from storage.leadership import lead
from tests.dialogues.in_process import answer_of
from tests.dialogues.office_desk import OfficeDesk
from tests.dialogues.runner import Answer, Heard
from tests.fakes import FakeClock
from tests.telegram.client import PATIENCE_SECONDS, Seen, SentFile, Someone, TestSide

OF_CHANNEL, _WATCH = "utter_channel_", "utter_ask_report_form_follow_up"


class UnpacedMessenger(TelegramMessenger):
    """Writes to a chat as often as there is something: the server of these tests has its flood control off."""

    def pause_after(self, payload: Payload) -> float:
        return 0.0


@dataclass
class Overheard:
    """The real conversations; remembers the replies with what a chat does not show: payloads, names, the intent."""

    real: TurnProcessor
    replies: list[tuple[str, Reply]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, incoming: Incoming) -> Reply:
        return self._note(incoming.address, await self.real.handle(incoming))

    async def handle_waiting(self, waiting: Sequence[Incoming]) -> list[Reply]:
        return [self._note(waiting[0].address, reply) for reply in await self.real.handle_waiting(waiting)]

    def _note(self, address: str, reply: Reply) -> Reply:
        self.replies.append((address, reply))
        self.news.set()
        return reply

    def to(self, address: str) -> list[Reply]:
        """Return what was replied to this chat so far."""
        return [reply for replied, reply in self.replies if replied == address]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass
class TelegramProgram:
    """The whole program in this process, bound to a stand-in; one conversation after another may be held with it."""

    build: Callable[[], Awaitable[App]]
    clock: FakeClock
    side: TestSide
    is_webhook: bool = False
    app: App | None = None
    overheard: Overheard | None = None
    desk: OfficeDesk = field(default_factory=OfficeDesk)
    _telegram: Telegram | None = None
    _serving: list["asyncio.Task[None]"] = field(default_factory=list)
    _server: uvicorn.Server | None = None
    _waited_seconds: float = 0.0

    async def running(self) -> App:
        """Start it where it does not run."""
        if self.app is None:
            await self._start()
        assert self.app is not None
        return self.app

    async def wait(self, seconds: float) -> None:
        """Let time pass, here and at the stand-in."""
        self._waited_seconds += seconds
        self.clock.advance(seconds=seconds)
        await self.side.do("advance", seconds=seconds)

    async def back_to_the_beginning(self) -> None:
        """Turn the clocks back: transcripts name days and hours."""
        if self._waited_seconds:
            await self.wait(-self._waited_seconds)

    async def close(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            await asyncio.gather(*self._serving)
            self._serving, self._server = [], None
        if self._telegram is not None:
            await self._telegram.stop()
            self._telegram = None
        if self.app is not None:
            await self.app.close()
            self.app = None

    async def _start(self) -> None:
        self.app = app = await self.build()
        self.overheard = Overheard(app.conversations)
        listener = socket.create_server(("127.0.0.1", 0)) if self.is_webhook else None
        if listener is not None:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}" if listener else None
        options = replace(options_of(app.settings, app.store), webhook=address, album_quiet=timedelta(seconds=0.15))
        self._telegram = _telegram(app, options, self.overheard)
        if listener is not None:
            await self._serve(listener)
        self._telegram.start()

    async def _serve(self, listener: socket.socket) -> None:
        assert self.app is not None
        assert self._telegram is not None
        app = WithWebhook(web_app(self.app), self._telegram.webhook)
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._serving = [asyncio.create_task(self._server.serve(sockets=[listener]))]


@dataclass
class TelegramTalker:
    """Satisfies `tests.dialogues.runner.Talker`: somebody new who talks with a program.

    `is_like_web`: what differs from the web chat is told under the web chat's names, and its one question is skipped.
    """

    program: TelegramProgram
    language: str
    is_like_web: bool = True
    _someone: Someone | None = None
    _last: int = 0
    _change: int = 0
    _payloads: dict[str, str] = field(default_factory=dict)

    async def say(self, text: str) -> Answer:
        person = await self._ready()
        return await self._answer(person.say(text))

    async def tap(self, payload: str) -> Answer:
        person = await self._ready()
        return await self._answer(person.tap(data=self._payloads[payload]))

    async def files(self, names: Sequence[str]) -> Answer:
        person = await self._ready()
        sent = [SentFile(name=name, content=f"what is in {name}".encode()) for name in names]
        return await self._answer(person.send(*sent))

    async def wait(self, time: timedelta) -> None:
        await self.program.wait(time.total_seconds())

    async def office(self, code: str, act: Mapping[str, str]) -> None:
        await self.program.desk.act(await self.program.running(), code, act)

    async def restart(self) -> None:
        await self.program.close()

    async def _ready(self) -> Someone:
        await self.program.running()
        if self._someone is None:
            self._someone = await self.program.side.someone(self.language)
            await self._someone.know()
        return self._someone

    async def _answer(self, act: Awaitable[Any]) -> Answer:
        """Do the act, wait for its turn, and for all of its words to stand in the chat."""
        overheard, person = self.program.overheard, await self._ready()
        assert overheard is not None
        address = address_of(int(self.program.side.bot["id"]), person.chat)
        replies = len(overheard.to(address))
        await act
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(overheard.to(address)) == replies:
                overheard.news.clear()
                await overheard.news.wait()
        said = overheard.to(address)[replies:]
        await self._arrived([message for reply in said for message in reply.messages])
        self._payloads |= {b.payload: b.id for reply in said for m in reply.messages for b in m.buttons}
        answers = [answer_of(reply) for reply in said]
        heard = tuple(message for answer in answers for message in answer.messages)
        if not self.is_like_web:
            return replace(answers[-1], messages=heard)
        return await self._without_watch(replace(answers[-1], messages=tuple(map(_as_in_web, heard))))

    async def _without_watch(self, answer: Answer) -> Answer:
        """Pass over the one question that the web chat does not ask: whether news may be told here."""
        if answer.asks != "follow_up":
            return answer
        after = await self.tap("/skip")
        before = (message for message in answer.messages if not (message.response or "").startswith(_WATCH))
        return replace(after, messages=(*before, *after.messages))

    async def _arrived(self, wanted: Sequence[OutgoingMessage]) -> None:
        """Wait until these words and buttons stand in the chat, in this order, after those of the turn before."""
        person = await self._ready()
        texts = [message.text for message in wanted if message.text]
        titles = [button.title for message in wanted for button in message.buttons]
        end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        sent: dict[int, Seen] = {}
        while True:
            said = "\n\n".join(message.text for _, message in sorted(sent.items()))
            shown = "\n".join(title for _, message in sorted(sent.items()) for title in message.titles)
            if _stand(texts, said) and _stand(titles, shown):
                break
            left = end - asyncio.get_running_loop().time()
            assert left > 0, f"not arrived: {texts} {titles}; there are {said} {shown}"
            told = await self.program.side.do("wait", chat=person.chat, after=self._change, seconds=left)
            self._change = told["changes"]
            changed = [Seen(**message) for message in told["messages"]]
            sent |= {one.id: one.as_sent for one in changed if one.is_by_bot and one.id > self._last}
        self._last = max([self._last, *sent])


def _as_in_web(message: Heard) -> Heard:
    """What differs in this channel is named after it; transcripts are written for the web chat."""
    name = message.response or ""
    if not name.endswith("_telegram"):
        return message
    as_in_web = "_web" if name.startswith(OF_CHANNEL) else ""
    return replace(message, response=name.removesuffix("_telegram") + as_in_web)


def _stand(wanted: Sequence[str], text: str) -> bool:
    at = 0
    for fragment in wanted:
        found = text.find(fragment, at)
        if found < 0:
            return False
        at = found + len(fragment)
    return True


def _telegram(app: App, options: TelegramOptions, conversations: Any) -> Telegram:
    """Build the channel as `bot.messenger` does, without the pauses between two messages to a chat."""
    api, clock = Api(options), app.services.clock
    leading = partial(lead, app.store.database, app.store.config.data)
    sender = Sender(
        work=app.store.work,
        clock=clock,
        messenger=UnpacedMessenger(api),
        lead=leading,
        pace=Pace(in_all_per_second=1000),
        rules=DeliveryRules(poll_seconds=0.02),
    )
    inbox = DurableInbox(CHANNEL, app.store.work, app.store.person_keys, clock, kept=app.conversations.kept)
    return Telegram(options, api=api, conversations=conversations, inbox=inbox, sender=sender, lead=leading)
