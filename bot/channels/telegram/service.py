"""The channel put together and run beside the web chat."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

import structlog

from bot.channels.posting import DeliveryInbox, Lead, Listening, SendFailed
from bot.channels.telegram.answering import Answering, AnsweringParts, ChatConversations
from bot.channels.telegram.api import Api
from bot.channels.telegram.commands import set_menus
from bot.channels.telegram.files import Files
from bot.channels.telegram.flood import Flood
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.webhook import Webhook, announce
from bot.channels.telegram.worker import Worker

FIRST_WAIT_SECONDS = 1.0
LISTEN_SECONDS = 300.0
"""A connection that died unheard is made anew after so long."""

_log = structlog.get_logger(__name__)


class RunningSender(Protocol):
    """The delivery of the outbox."""

    def wake(self) -> None: ...

    async def run(self) -> None: ...


class Telegram:
    """Runs until stopped: takes updates in, answers them, and has the outbox sent."""

    def __init__(
        self,
        options: TelegramOptions,
        *,
        api: Api,
        conversations: ChatConversations,
        inbox: DeliveryInbox,
        sender: RunningSender,
        lead: Lead,
        flood: Flood | None = None,
        listening: Listening | None = None,
    ) -> None:
        self._listening = listening
        self._options, self._api, self._sender, self._lead = options, api, sender, lead
        files = Files(api, conversations, limit_bytes=options.file_limit_bytes, at_once=options.files_at_once)
        parts = AnsweringParts(
            api=api,
            conversations=conversations,
            inbox=inbox,
            files=files,
            flood=flood or Flood(),
            options=options,
            wake_sender=sender.wake,
        )
        self.worker = Worker(inbox, Answering(parts), options)
        self.intake = Intake(api, inbox, self.worker.wake)
        self.webhook = Webhook(self.intake, options.webhook_secret)
        self._tasks: list[asyncio.Task[None]] = []
        self._is_ending = False

    @property
    def is_delivered_to(self) -> bool:
        """Whether Telegram delivers to us, so that the webhook must be reachable."""
        return self._options.webhook is not None

    def start(self) -> None:
        """Begin in the background: what is away at the start is waited for."""
        self._tasks = [asyncio.create_task(self._forever())]

    async def _forever(self) -> None:
        """The channel runs as long as the program: what ends it by itself is told, and it begins anew.

        A failure in the moment of the end takes the cancellation's place: then nothing may begin anew.
        """
        while not self._is_ending:
            try:
                await self._run()
            except Exception:  # the channel's edge: whatever it was, what was stored is still there
                _log.exception("telegram.stopped")
            await asyncio.sleep(FIRST_WAIT_SECONDS)

    async def _run(self) -> None:
        await self._meet()
        works: list[Coroutine[Any, Any, None]] = [
            self.worker.run(),
            self._sender.run(),
            self._menus(),
            self._listen(),
        ]
        if self._options.webhook is not None:
            works.append(announce(self._api, self._options.webhook, self._options.webhook_secret))
        else:
            works.append(Polling(self._api, self.intake, self._lead).run())
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)

    async def _meet(self) -> None:
        """Ask the server who we are until it answers."""
        seconds = FIRST_WAIT_SECONDS
        while True:
            try:
                await self._api.start()
            except SendFailed as error:
                _log.warning("telegram.not_reached", why=type(error).__name__, seconds=seconds)
                await asyncio.sleep(seconds)
                seconds = min(2 * seconds, 60.0)
            else:
                _log.info("telegram.started", webhook=self._options.webhook is not None)
                return

    async def _listen(self) -> None:
        """Wake the sender when another process queues; a listener that is lost only costs a moment each time."""
        while self._listening is not None:
            try:
                async with self._listening(self._sender.wake):
                    await asyncio.sleep(LISTEN_SECONDS)
            except Exception:  # the channel's edge: a database that is away comes back
                _log.exception("telegram.not_listening")
                await asyncio.sleep(FIRST_WAIT_SECONDS)

    async def _menus(self) -> None:
        """One process of the deployment sets them; the others find it done."""
        async with self._lead("menus") as led:
            if led is not None:
                await set_menus(self._api, self._options.default_language)

    async def stop(self) -> None:
        """End everything; what is under way is finished or left in the durable inbox and outbox."""
        self._is_ending = True
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.intake.finish()
        with suppress(Exception):
            await self._api.stop()
