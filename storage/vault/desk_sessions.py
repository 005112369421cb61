"""An operator's session between two requests: the unlocked keys, encrypted under the secret of the browser's cookie.

The database holds a keyed hash of the secret and the ciphertext; with the server key but without the cookie neither
opens. A session ends after 30 minutes without a request, after 12 hours at the latest, and with any change of the
account behind it.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from casework.ports import Clock, OfficeKey
from storage.errors import Tampered
from storage.repositories.desk_sessions import DeskRows, StoredSession
from storage.vault.account_changes import DISABLED
from storage.vault.records import AccountRecordsFactory
from storage.vault.sealing import derive, open_sealed, seal
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession, require_session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_TOUCHED_EVERY = timedelta(seconds=30)
_CONTEXT = "desk.session.v1"
_PREFERENCES = "desk.preferences.v1"
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class DeskSession:
    """An open session. `stage` is passphrase (must be set), enrol (second factor to be set up) or open.

    `csrf` goes into every form. `pending` is a second factor's secret that was shown and not confirmed yet.
    """

    key: OperatorSession = field(repr=False)
    stage: str
    csrf: str = field(repr=False)
    pending: str = field(default="", repr=False)

    @property
    def operator(self) -> str:
        return self.key.operator

    @property
    def role(self) -> str:
        return self.key.role


class DeskSessions:
    """Begins, finds and ends sessions. Satisfies `console.ports.Sessions`."""

    def __init__(self, rows: DeskRows, records: AccountRecordsFactory, server_key: ServerKey, clock: Clock) -> None:
        self._rows, self._records, self._clock = rows, records, clock
        self._id_key = server_key.subkey("desk.session.id")
        self._seal_key = server_key.subkey("desk.session.seal")
        self._mark_key = server_key.subkey("desk.device")
        self._preference_key = server_key.subkey("desk.preferences")

    async def begin(self, key: OfficeKey, stage: str) -> str:
        """Open a session and return the cookie's secret (256 random bits); nothing of an earlier one is taken over."""
        session = require_session(key)
        secret, now = secrets.token_urlsafe(_SECRET_BYTES), self._clock.now()
        row_id = self._row_id(secret)
        opened = DeskSession(key=session, stage=stage, csrf=secrets.token_urlsafe(24))
        stored = StoredSession(
            id=row_id,
            operator=session.operator,
            sealed=self._sealed(secret, row_id, opened),
            seen_at=now,
            expires_at=now + LONGEST,
        )
        await self._rows.add_session(stored)
        return secret

    async def find(self, secret: str, *, touches: bool = True) -> DeskSession | None:
        """Return the session of a cookie and prolong it; None when there is none, or its account was changed since.

        What a page asks for by itself does not count as a sign of life: `touches` is False then.
        """
        row_id, now = self._row_id(secret), self._clock.now()
        stored = await self._rows.session(row_id)
        if stored is None:
            return None
        if now >= stored.expires_at or now - stored.seen_at >= IDLE:
            await self._rows.end(row_id)
            return None
        session = self._opened(secret, stored)
        if session is None or not await self._is_current(session):
            await self._rows.end(row_id)
            return None
        if touches and now - stored.seen_at >= _TOUCHED_EVERY:
            await self._rows.touch(row_id, now)
        return session

    async def keep_pending(self, secret: str, session: DeskSession, pending: str) -> DeskSession:
        """Remember a second factor that is being set up, in the session alone."""
        changed, row_id = replace(session, pending=pending), self._row_id(secret)
        await self._rows.reseal(row_id, self._sealed(secret, row_id, changed))
        return changed

    async def renew(self, secret: str, key: OfficeKey, stage: str) -> str:
        """Go on under another secret, after the session gained rights; the old secret opens nothing any more."""
        fresh = await self.begin(key, stage)
        await self._rows.end(self._row_id(secret))
        return fresh

    async def end(self, secret: str) -> None:
        await self._rows.end(self._row_id(secret))

    async def end_all_of(self, operator: str, *, but: str = "") -> int:
        """Log an operator out everywhere, but for the session of `but`; returns how many ended."""
        return await self._rows.end_all_of(operator, but=self._row_id(but) if but else b"")

    async def end_old(self) -> int:
        """Delete what is past its time. For a job."""
        now = self._clock.now()
        return await self._rows.end_old(now - IDLE, now)

    def device_mark(self, operator: str) -> str:
        """Return what a browser keeps after a whole log-in: it is not slowed down by strangers' attempts."""
        nonce = secrets.token_urlsafe(12)
        return f"{nonce}.{self._device_mac(operator, nonce)}"

    def is_marked(self, operator: str, mark: str) -> bool:
        """Whether this browser did log in as `operator` before."""
        nonce, _, mac = mark.partition(".")
        return bool(mac) and mark.isascii() and hmac.compare_digest(mac, self._device_mac(operator, nonce))

    async def preferences(self, operator: str) -> dict[str, Any]:
        """Return what the operator has set for themselves; nothing when it cannot be read any more."""
        sealed = await self._rows.preferences(operator)
        if sealed is None:
            return {}
        try:
            found: dict[str, Any] = json.loads(
                open_sealed(self._preference_key, _PREFERENCES, operator.encode(), sealed)
            )
        except Tampered:
            return {}
        return found

    async def keep_preferences(self, operator: str, preferences: dict[str, Any]) -> None:
        blob = json.dumps(preferences, ensure_ascii=False).encode()
        sealed = seal(self._preference_key, _PREFERENCES, operator.encode(), blob)
        await self._rows.put_preferences(operator, sealed)

    def _device_mac(self, operator: str, nonce: str) -> str:
        told = json.dumps([operator, nonce]).encode()
        return hashlib.blake2b(told, key=self._mark_key, digest_size=24).hexdigest()

    async def _is_current(self, session: DeskSession) -> bool:
        """Whether the account still is the one that logged in: a reset gives a new key pair, a removal ends it."""
        async with self._records() as records:
            record = await records.operator(session.operator)
        return (
            record is not None
            and record.state != DISABLED
            and record.role == session.role
            and record.public_key == session.key.public_key
        )

    def _row_id(self, secret: str) -> bytes:
        return hashlib.blake2b(secret.encode("utf-8", "replace"), key=self._id_key, digest_size=32).digest()

    def _key_of(self, secret: str) -> bytes:
        stretched = hashlib.blake2b(secret.encode(), key=self._seal_key, digest_size=32).digest()
        return derive(stretched, "desk.session")

    def _sealed(self, secret: str, row_id: bytes, session: DeskSession) -> bytes:
        told = {"stage": session.stage, "csrf": session.csrf, "pending": session.pending}
        blob = json.dumps(told | {"key": session.key.as_data()}).encode()
        return seal(self._key_of(secret), _CONTEXT, row_id, blob)

    def _opened(self, secret: str, stored: StoredSession) -> DeskSession | None:
        try:
            blob = open_sealed(self._key_of(secret), _CONTEXT, stored.id, stored.sealed)
        except Tampered:
            return None
        data: dict[str, Any] = json.loads(blob)
        return DeskSession(
            key=OperatorSession.from_data(data["key"]),
            stage=data["stage"],
            csrf=data["csrf"],
            pending=data["pending"],
        )
