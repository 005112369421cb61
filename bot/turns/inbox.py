"""The durable inbox of a messenger: kept before it is told so, claimed a chat at a time, closed once answered."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.channels.posting import Batch, ChatChange, Delivery, Post, Waiting
from bot.turns.ports import PersonKeys, TurnWork, TurnWorkFactory
from casework.errors import Conflict
from casework.ports import Clock, PersonKey

LEASE = timedelta(seconds=15)
"""How long a chat waits when the process that had it died; it is renewed while one works."""

_ATTEMPTS = 4


@dataclass(frozen=True, kw_only=True)
class _Kept:
    update_key: bytes
    person: PersonKey = field(repr=False)
    raw: bytes = field(repr=False)


class DurableInbox:
    """Satisfies `bot.channels.posting.DeliveryInbox` for one channel."""

    def __init__(self, channel: str, work: TurnWorkFactory, keys: PersonKeys, clock: Clock, *, kept: timedelta) -> None:
        self._channel, self._work, self._keys, self._clock, self._kept = channel, work, keys, clock, kept
        self._owner = secrets.token_bytes(16)

    async def keep(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Store what is new, durable on return; return what was new."""
        rows = {self._key(one.address, one.message_id): one for one in deliveries}
        stored = [_Kept(update_key=key, person=self._person(one.address), raw=one.raw) for key, one in rows.items()]
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._work() as work:
                    new = await work.updates.store(stored)
            except Conflict:  # another process was given the same and was faster
                if attempt == _ATTEMPTS:
                    raise
            else:
                break
        return [one for key, one in rows.items() if key in new]

    async def claim(self, chats: int) -> list[Batch]:
        """Take what waits of up to `chats` chats that nobody works for."""
        async with self._work() as work:
            if not await work.updates.is_any_waiting():
                return []
            claimed = await work.updates.claim(self._owner, LEASE, chats)
        return [Batch(chat=rows[0].person, waiting=[_waiting(row) for row in rows]) for rows in claimed]

    async def more(self, batch: Batch) -> list[Waiting]:
        async with self._work() as work:
            return [_waiting(row) for row in await work.updates.more(self._owner, PersonKey(batch.chat), LEASE)]

    async def renew(self, batches: Sequence[Batch]) -> None:
        async with self._work() as work:
            await work.updates.renew(self._owner, [PersonKey(batch.chat) for batch in batches], LEASE)

    async def give_back(self, batch: Batch, *, after: timedelta = timedelta()) -> None:
        async with self._work() as work:
            await work.updates.give_back(self._owner, PersonKey(batch.chat), after=after)

    async def close(self, address: str, message_ids: Sequence[str], posts: Sequence[Post] = ()) -> None:
        """Mark deliveries as answered and queue what is said to them; does nothing when that was done before."""
        async with self._work() as work:
            for message_id in message_ids:
                key = self._key(address, message_id)
                work.updates.drop(key)
                work.inbox.mark(key, self._clock.today())
            self._put(work, address, posts)
            try:
                await work.commit()
            except Conflict:
                pass
            else:
                return
        async with self._work() as work:
            for message_id in message_ids:
                work.updates.drop(self._key(address, message_id))
            await work.commit()

    async def chat(self, address: str) -> dict[str, Any]:
        async with self._work() as work:
            return await work.chats.load(self._person(address))

    async def note(self, address: str, change: ChatChange) -> None:
        async with self._work() as work:
            work.chats.change(self._person(address), change, expires_at=self._clock.now() + self._kept)
            await work.commit()

    async def forget_address(self, address: str) -> None:
        """Drop what waits to be sent to this chat, what is noted of it, and its watches."""
        async with self._work() as work:
            await forget_address(work, self._person(address), self._clock)
            await work.commit()

    def _put(self, work: TurnWork, address: str, posts: Sequence[Post]) -> None:
        now = self._clock.now()
        for post in posts:
            work.outbox.put(
                post.payload, person=self._person(address), expires_at=now + post.kept, priority=post.priority
            )

    def _person(self, address: str) -> PersonKey:
        return self._keys.person(self._channel, address)

    def _key(self, address: str, message_id: str) -> bytes:
        return self._keys.update_key(self._channel, address, message_id)


async def forget_address(work: TurnWork, person: PersonKey, clock: Clock) -> None:
    """Collect the end of every place where the address of a chat stands."""
    work.outbox.drop_of(person)
    work.watches.drop_of(person)
    work.chats.change(person, lambda _: {}, expires_at=clock.now())


def _waiting(row: Any) -> Waiting:
    return Waiting(raw=row.raw, came_at=row.came_at, attempts=row.attempts)
