"""Long polling: asks for updates, stores them, and confirms with the next question what is stored."""

import asyncio

import structlog

from bot.channels.posting import Lead, LeadLike, NotNow, SendFailed
from bot.channels.telegram.api import Api, failures
from bot.channels.telegram.intake import Intake, update_id_of

LEAD_WAIT_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 30.0

_log = structlog.get_logger(__name__)


class Polling:
    """Polls whenever this process is the one that polls: Telegram allows a bot one poller."""

    def __init__(self, api: Api, intake: Intake, lead: Lead) -> None:
        self._api, self._intake, self._lead = api, intake, lead
        self._failures = 0

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                async with self._lead("poller") as led:
                    if led is not None:
                        await self._poll_while(led)
            except Exception:  # the channel's edge: a database that is away comes back
                _log.exception("telegram.lead_failed")
            await asyncio.sleep(LEAD_WAIT_SECONDS)

    async def _poll_while(self, led: LeadLike) -> None:
        is_set_up, offset = False, None
        while await led.is_held():
            try:
                if not is_set_up:
                    async with failures():
                        await self._api.bot.delete_webhook()
                    is_set_up = True
                offset = await self.poll_once(offset)
                self._failures = 0
            except SendFailed as error:
                await self._pause(error)
            except Exception as error:  # the channel's edge: a database that is away comes back, Telegram keeps all
                await self._pause(error)

    async def poll_once(self, offset: int | None) -> int | None:
        """Store what there is; return the offset that confirms it.

        After an empty answer the offset is dropped: everything is confirmed then, and after a quiet week Telegram
        begins anew at a random id, which may be lower.
        """
        raws = await self._api.updates(offset)
        if not raws:
            return None
        await self._intake.receive(raws)
        ids = [update_id for raw in raws if (update_id := update_id_of(raw)) is not None]
        return max(ids) + 1 if ids else None

    async def _pause(self, error: Exception) -> None:
        self._failures += 1
        seconds = error.seconds if isinstance(error, NotNow) else min(2.0**self._failures / 2, LONGEST_PAUSE_SECONDS)
        _log.warning("telegram.polling_failed", why=type(error).__name__, seconds=seconds)
        await asyncio.sleep(seconds)
