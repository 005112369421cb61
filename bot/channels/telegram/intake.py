"""Everything that comes in: stored first, then confirmed; button presses answered at once."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.channels.posting import Delivery, DeliveryInbox, SendFailed
from bot.channels.telegram.address import address_of
from bot.channels.telegram.api import Api, failures
from bot.channels.telegram.envelope import Envelope, Unreadable, read_envelope

_log = structlog.get_logger(__name__)


class Intake:
    """Takes raw updates of polling and of the webhook alike."""

    def __init__(self, api: Api, inbox: DeliveryInbox, wake: Callable[[], None]) -> None:
        self._api, self._inbox, self._wake = api, inbox, wake
        self._answering: set[asyncio.Task[None]] = set()

    async def receive(self, raws: Sequence[bytes]) -> int:
        """Store updates, durable on return; return how many were new. What no update can be is only counted."""
        read = [(envelope, raw) for raw in raws if (envelope := _read(raw)) is not None]
        deliveries = [
            Delivery(address=address_of(self._api.bot_id, it.chat), message_id=str(it.update_id), raw=raw)
            for it, raw in read
        ]
        if not deliveries:
            return 0
        new = {delivery.message_id for delivery in await self._inbox.keep(deliveries)}
        self._wake()
        for envelope, _ in read:
            if envelope.callback is not None and str(envelope.update_id) in new:
                self._answer(envelope.callback)
        return len(new)

    def _answer(self, callback: str) -> None:
        """The press shows as pending until it is answered; the turn may take its time."""
        task = asyncio.create_task(self._answer_now(callback))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer_now(self, callback: str) -> None:
        try:
            async with failures():
                await self._api.bot.answer_callback_query(callback)
        except SendFailed as error:
            _log.info("telegram.press_not_answered", why=type(error).__name__)

    async def finish(self) -> None:
        """Wait a little for the presses that are being answered."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=2)


def _read(raw: bytes) -> Envelope | None:
    try:
        return read_envelope(raw)
    except Unreadable:
        _log.warning("telegram.update_unreadable")
        return None


def update_id_of(raw: bytes) -> int | None:
    """Return the id of a raw update as far as it has one, so that polling can pass it."""
    import json

    try:
        update_id = json.loads(raw)["update_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return update_id if isinstance(update_id, int) else None
