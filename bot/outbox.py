"""What is to leave the process, and what is noted of a chat: as turns, which fill them, and the sender see them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from casework.ports import PersonKey


class Outgoing(Protocol):
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
    """Rows that are ready, being sent or parked."""

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

    async def has_waiting(self, person: PersonKey, priority: int) -> bool:
        """Tell whether a row of this priority waits for this person."""

    async def claim(
        self, owner: bytes, lease: timedelta, limit: int = ..., *, without: Sequence[bytes] = ()
    ) -> Sequence[Outgoing]:
        """Take due rows for `owner`, the most urgent first, in a transaction of its own."""

    async def take_over(self, owner: bytes) -> None:
        """Free what others were sending, in a transaction of its own."""

    def sent(self, row_id: bytes, owner: bytes) -> None: ...

    def again(self, row_id: bytes, owner: bytes, not_before: datetime, *, counts: bool = True) -> None: ...

    def park(self, row_id: bytes, owner: bytes, until: datetime) -> None: ...

    def drop_of(self, person: PersonKey) -> None: ...


class Chats(Protocol):
    """What a messenger's channel notes of a chat, in the row of its live conversation."""

    async def load(self, person: PersonKey) -> dict[str, Any]: ...

    def change(
        self, person: PersonKey, change: Callable[[dict[str, Any]], dict[str, Any]], *, expires_at: datetime
    ) -> None: ...
