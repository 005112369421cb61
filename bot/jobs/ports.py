"""What the jobs need of the store, as a Protocol."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from casework.ports import PersonKey


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


class Row(Protocol):
    """A claimed row of the outbox; `attempts` counts this claim too. Rows of one `person` leave one after the other."""

    @property
    def id(self) -> bytes: ...
    @property
    def payload(self) -> dict[str, Any]: ...
    @property
    def attempts(self) -> int: ...
    @property
    def person(self) -> PersonKey | None: ...
    @property
    def priority(self) -> int: ...


class Outbox(Protocol):
    """What is to leave the process."""

    def put(
        self,
        payload: dict[str, Any],
        *,
        expires_at: datetime,
        person: PersonKey | None = None,
        not_before: datetime | None = None,
        priority: int = 0,
    ) -> None: ...

    async def is_any_waiting(self) -> bool: ...

    async def claim(
        self, owner: bytes, lease: timedelta, limit: int = ..., *, without: Sequence[bytes] = ()
    ) -> Sequence[Row]:
        """Take due rows for `owner`, the most urgent first, in a transaction of its own."""

    async def take_over(self, owner: bytes) -> None:
        """Free what others were sending, in a transaction of its own."""

    def sent(self, row_id: bytes, owner: bytes) -> None: ...

    def again(self, row_id: bytes, owner: bytes, not_before: datetime, *, counts: bool = True) -> None: ...

    def park(self, row_id: bytes, owner: bytes, until: datetime) -> None: ...

    def drop_of(self, person: PersonKey) -> None: ...


class Chats(Protocol):
    """What is noted of a chat, in its conversation's row."""

    async def load(self, person: PersonKey) -> dict[str, Any]: ...

    def change(
        self, person: PersonKey, change: Callable[[dict[str, Any]], dict[str, Any]], *, expires_at: datetime
    ) -> None: ...


class Watches(Protocol):
    """Addresses to ping, sealed to the office."""

    def drop_of(self, person: PersonKey) -> None: ...


class OutboxWork(Protocol):
    """The unit of work of a sender. `commit` raises `Conflict` when a row's lease was lost."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def watches(self) -> Watches: ...

    async def commit(self) -> None: ...


class OutboxWorkFactory(Protocol):
    """Opens a fresh unit of work."""

    def __call__(self) -> AbstractAsyncContextManager[OutboxWork]: ...
