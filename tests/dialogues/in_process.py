"""Talks with the whole real program in this process: SQLite, the real engine and interpreter, a clock to turn."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.bootstrap import App
from bot.channels.messages import Attachment, Button, Incoming, Reply
from tests.dialogues.office_desk import OfficeDesk
from tests.dialogues.runner import Answer, Heard
from tests.fakes import FakeClock

Build = Callable[[], Awaitable[App]]


@dataclass
class InProcess:
    """Satisfies `tests.dialogues.runner.Talker`; `channel` web, because it has files and a successor."""

    build: Build
    clock: FakeClock
    language: str
    channel: str = "web"
    app: App | None = None
    desk: OfficeDesk = field(default_factory=OfficeDesk)
    _address: str = field(default_factory=lambda: secrets.token_hex(8))
    _shown: tuple[Button, ...] = ()

    @property
    def shown(self) -> tuple[Button, ...]:
        """The buttons shown last."""
        return self._shown

    async def say(self, text: str) -> Answer:
        return await self._turn(text=text)

    async def tap(self, payload: str) -> Answer:
        button = next(button for button in reversed(self._shown) if button.payload == payload)
        return await self._turn(tap=button.id)

    async def files(self, names: Sequence[str]) -> Answer:
        app = await self._app()
        ids = [await app.conversations.take(self.channel, self._address, _attachment(name)) for name in names]
        return await self._turn(files=tuple(ids))

    async def wait(self, time: timedelta) -> None:
        self.clock.advance(seconds=time.total_seconds())

    async def office(self, code: str, act: Mapping[str, str]) -> None:
        await self.desk.act(await self._app(), code, act)

    async def restart(self) -> None:
        await self.close()

    async def close(self) -> None:
        if self.app is not None:
            await self.app.close()
            self.app = None

    async def _app(self) -> App:
        if self.app is None:
            self.app = await self.build()
        return self.app

    async def _turn(self, text: str | None = None, tap: str | None = None, files: tuple[str, ...] = ()) -> Answer:
        app = await self._app()
        incoming = Incoming(
            channel=self.channel,
            address=self._address,
            message_id=secrets.token_hex(8),
            text=text,
            tap=tap,
            files=files,
            language=self.language,
        )
        reply = await app.conversations.handle(incoming)
        self._address = reply.successor or self._address
        shown = tuple(button for message in reply.messages for button in message.buttons)
        self._shown = shown or self._shown
        return answer_of(reply)


def answer_of(reply: Reply) -> Answer:
    """Return what the runner compares."""
    return Answer(
        messages=tuple(
            Heard(
                text=m.text,
                response=m.response,
                buttons=tuple((b.title, b.payload) for b in m.buttons),
                has_custom=bool(m.custom),
            )
            for m in reply.messages
        ),
        loop=reply.state.active_loop,
        asks=reply.state.requested_slot,
        language=reply.state.language,
        intent=reply.state.intent,
    )


def _attachment(name: str) -> Attachment:
    async def chunks() -> AsyncIterator[bytes]:
        yield f"what is in {name}".encode()

    return Attachment(name=name, declared_type="application/octet-stream", chunks=chunks())
