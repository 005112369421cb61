"""Pings to watchers, as rows of the outbox that leave a random time later."""

from dataclasses import dataclass
from datetime import timedelta

from bot.channels.posting import Priority
from bot.channels.telegram.address import chat_of
from bot.channels.telegram.payloads import Payload, ping
from bot.channels.telegram.texts import texts
from bot.turns.ports import PersonKeys, TurnWorkFactory
from casework.ports import Clock
from casework.watching import some_time_after

KEPT = timedelta(hours=20)
"""After that the day's key may be gone, and the news is old."""


@dataclass(frozen=True, kw_only=True)
class OutboxPinger:
    """Satisfies `casework.ports.Pinger`."""

    work: TurnWorkFactory
    keys: PersonKeys
    clock: Clock

    async def ping(self, channel: str, address: str, language: str) -> None:
        """Queue a ping; one that waits already is enough."""
        person, leaves_at = self.keys.person(channel, address), some_time_after(self.clock.now())
        async with self.work() as work:
            if await work.outbox.has_waiting(person, int(Priority.PING)):
                return
            work.outbox.put(
                payload_of(address, language),
                person=person,
                expires_at=leaves_at + KEPT,
                not_before=leaves_at,
                priority=int(Priority.PING),
            )
            await work.commit()


def payload_of(address: str, language: str) -> Payload:
    """Return the ping: the same words for every case and every act."""
    return ping(chat_of(address), texts().say("ping", language))
