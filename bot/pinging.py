"""Pings to watchers, as rows of the outbox that leave a random time later."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.channels.posting import Priority
from bot.channels.telegram.address import address_of, chat_of
from bot.channels.telegram.payloads import Payload, ping
from bot.channels.telegram.texts import texts
from bot.turns.ports import PersonKeys, TurnWorkFactory
from casework.ports import Clock
from casework.watching import some_time_after

POINTER_KEPT = timedelta(minutes=30)
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


@dataclass(frozen=True, kw_only=True)
class DutyGroup:
    """Satisfies `casework.ports.Team` by a group in Telegram; one pointer waits at a time, the newest.

    It waits in the group's own queue, so that the sender keeps the group's pace whatever else goes there.
    """

    bot_id: int
    chat: int
    keys: PersonKeys
    clock: Clock
    language: str

    def point(self, work: Any, what: str) -> None:
        """Collect it in the unit of work of the turn or job."""
        queue = self.keys.person("telegram", address_of(self.bot_id, self.chat))
        work.outbox.drop_of(queue)
        work.outbox.put(
            ping(self.chat, texts().say(f"team_{what}", self.language)),
            person=queue,
            expires_at=self.clock.now() + POINTER_KEPT,
            priority=int(Priority.PING),
        )


def payload_of(address: str, language: str) -> Payload:
    """Return the ping: the same words for every case and every act."""
    return ping(chat_of(address), texts().say("ping", language))
