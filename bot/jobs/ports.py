"""What the jobs need of the store, as a Protocol."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.outbox import Chats, Outbox
from casework.ports import WatchStore


class Housekeeping(Protocol):
    """Ends what has had its time. Every method is one or a few transactions of its own and may be broken off."""

    async def drop_expired(self) -> int:
        """Delete conversations, replies, receipts, sessions, uploads and inbox marks past their time; return rows."""

    async def destroy_day_keys(self) -> int:
        """Destroy day keys that no live row uses or that are older than 48 hours; return how many."""

    async def sweep_evidence(self) -> int:
        """Delete sealed files that neither an upload nor a case refers to; return how many."""

    async def checkpoint(self) -> None:
        """Truncate the write-ahead log, where there is one."""

    async def delete_closed_cases(self) -> int:
        """Delete closed cases whose time is over, each noted in the trail; return how many."""

    async def settle(self) -> None:
        """Rewrite the anonymous rows of past days in one transaction, so that nothing tells who wrote them."""

    async def write_trail_head(self) -> None:
        """Write the audit trail's head outside the database."""


class OutboxWork(Protocol):
    """The unit of work of a sender. `commit` raises `Conflict` when a row's lease was lost."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def watches(self) -> WatchStore: ...

    async def commit(self) -> None: ...


class OutboxWorkFactory(Protocol):
    """Opens a fresh unit of work."""

    def __call__(self) -> AbstractAsyncContextManager[OutboxWork]: ...
