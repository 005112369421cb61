"""What the desk needs beside casework's services, as Protocols that the vault satisfies by shape."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from casework.handoff import Move
from casework.ports import OfficeKey
from casework.services import Services


class Session(Protocol):
    """An operator's open session. `stage` is passphrase, enrol or open; `pending` a second factor being set up."""

    @property
    def key(self) -> Any: ...
    @property
    def stage(self) -> str: ...
    @property
    def csrf(self) -> str: ...
    @property
    def pending(self) -> str: ...
    @property
    def operator(self) -> str: ...
    @property
    def role(self) -> str: ...


class Sessions(Protocol):
    """Sessions between requests, sealed under the cookie's secret."""

    async def begin(self, key: OfficeKey, stage: str) -> str:
        """Open a session and return the cookie's secret."""

    async def find(self, secret: str, *, touches: bool = True) -> Session | None:
        """Return the session of a cookie and prolong it; None when it ended or its account was changed."""

    async def keep_pending(self, secret: str, session: Any, pending: str) -> Session: ...

    async def renew(self, secret: str, key: OfficeKey, stage: str) -> str:
        """Go on under another secret."""

    async def end(self, secret: str) -> None: ...

    async def end_all_of(self, operator: str, *, but: str = "") -> int: ...

    def device_mark(self, operator: str) -> str: ...

    def is_marked(self, operator: str, mark: str) -> bool: ...

    async def preferences(self, operator: str) -> dict[str, Any]: ...

    async def keep_preferences(self, operator: str, preferences: dict[str, Any]) -> None: ...


class Factors(Protocol):
    """Second factors."""

    def new_secret(self) -> str: ...

    def uri(self, secret: str, *, operator: str, issuer: str) -> str: ...

    async def is_enrolled(self, key: OfficeKey) -> bool: ...

    async def enrol(self, key: OfficeKey, secret: str, code: str) -> tuple[str, ...] | None:
        """Keep the secret once `code` fits it; returns recovery codes."""

    async def rebind(self, key: OfficeKey, fresh: OfficeKey) -> None: ...

    def proof(self, code: str) -> Any: ...


class Accounts(Protocol):
    """Accounts and the wraps of the office's key; every act stands in the trail."""

    async def log_in(self, name: str, password: str, *, second: Any = None) -> Any:
        """Raises `casework.errors.LogInRefused`."""

    async def set_password(self, session: Any, password: str) -> Any: ...

    async def add(
        self, by: Any, name: str, role: str, *, unit: str = "", declared_names: tuple[str, ...] = ()
    ) -> str: ...

    async def declare(self, by: Any, name: str, *, unit: str, declared_names: tuple[str, ...]) -> None: ...

    async def grant(self, by: Any, name: str) -> None: ...

    async def reset(self, by: Any, name: str) -> str: ...

    async def disable(self, by: Any, name: str) -> None: ...

    async def note_slowed_down(self, name: str) -> None: ...


class Bell(Protocol):
    """Rings when a hand-off changed, or somebody makes a sign, in this process or another one."""

    def listening(self, heard: Callable[[str], None]) -> AbstractContextManager[None]:
        """Call `heard` with the ring's words for as long as the context lasts."""


class Talks(Protocol):
    """Words and moves that reach a reporter's conversation, in one commit with the hand-off's change."""

    async def say(self, key: OfficeKey, handoff_id: bytes, text: str) -> None:
        """Raises `MoveRefused` when the conversation is not the operator's, `PersonGone`."""

    async def suggest(self, key: OfficeKey, handoff_id: bytes, question: str, asked: str, text: str) -> None:
        """Suggest an answer to the bot's question, named `asked` in the reporter's language.

        Raises as `say`, `NoSuchQuestion`.
        """

    async def sign(self, key: OfficeKey, handoff_id: bytes, what: str) -> None:
        """Show the reporter that their operator is "typing" or has "read". Raises `NotPermitted`."""

    async def move(self, key: OfficeKey, handoff_id: bytes, move: Move) -> None:
        """Claim, transfer, hand back or close, and tell the reporter. Raises as `say`."""


@dataclass(frozen=True, kw_only=True)
class DeskParts:
    """What the desk is put together from."""

    services: Services
    accounts: Accounts = field(repr=False)
    sessions: Sessions = field(repr=False)
    factors: Factors = field(repr=False)
    talks: Talks = field(repr=False)
    bell: Bell = field(repr=False)
