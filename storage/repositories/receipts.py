"""Receipts: what lets a person see their code again, under the day key."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.sql.elements import ColumnElement

from casework.ports import Clock, PersonKey, Receipt
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import ReceiptRecord
from storage.vault.day_keys import DayKeys
from storage.vault.server_key import ServerKey

_RECEIPT = "receipt.v1"


@dataclass(frozen=True)
class _Pending:
    receipt: Receipt = field(repr=False)
    expires_at: datetime


class Receipts:
    """Satisfies `casework.ports.ReceiptStore`; reads back what this unit of work has put or dropped."""

    def __init__(self, collected: Collected, day_keys: DayKeys, server_key: ServerKey, clock: Clock) -> None:
        self._collected, self._day_keys, self._server_key, self._clock = collected, day_keys, server_key, clock
        self._pending: dict[PersonKey, _Pending | None] = {}

    def put(self, person: PersonKey, receipt: Receipt, expires_at: datetime) -> None:
        """Replace the person's receipt. A live one of the same draft under another person is a `Conflict` at commit."""
        r, draft = ReceiptRecord, self._server_key.draft_hash(receipt.draft)
        sealed = self._day_keys.seal(_RECEIPT, person, json.dumps(asdict(receipt)).encode())
        is_expired = (r.draft == draft) & (r.expires_at <= self._clock.now())
        self._collected.execute(delete(r).where(or_(r.person == person, is_expired)))
        self._collected.execute(insert(r).values(person=person, draft=draft, sealed=sealed, expires_at=expires_at))
        self._pending[person] = _Pending(receipt, expires_at)

    async def get(self, person: PersonKey) -> Receipt | None:
        if person in self._pending:
            return self._live(self._pending[person])
        return await self._find(ReceiptRecord.person == person)

    async def by_draft(self, draft: str) -> Receipt | None:
        for pending in self._pending.values():
            if pending is not None and pending.receipt.draft == draft:
                return self._live(pending)
        return await self._find(ReceiptRecord.draft == self._server_key.draft_hash(draft))

    def drop(self, person: PersonKey) -> None:
        self._collected.execute(delete(ReceiptRecord).where(ReceiptRecord.person == person))
        self._pending[person] = None

    def _live(self, pending: _Pending | None) -> Receipt | None:
        return pending.receipt if pending and pending.expires_at > self._clock.now() else None

    async def _find(self, condition: ColumnElement[bool]) -> Receipt | None:
        r = ReceiptRecord
        question = select(r.person, r.sealed).where(condition, r.expires_at > self._clock.now())
        row = await self._collected.database.read(lambda session: session.execute(question).one_or_none())
        if row is None or row.person in self._pending:
            return None
        try:
            data: dict[str, Any] = json.loads(self._day_keys.open(_RECEIPT, row.person, row.sealed))
        except DayKeyGone:
            return None
        return Receipt(**data)
