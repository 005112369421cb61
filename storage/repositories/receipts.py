"""Receipts: what lets a person see their code again, under the day key."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, or_, select

from casework.ports import Clock, PersonKey, Receipt
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import ReceiptRecord
from storage.prepared import Prepared
from storage.vault.day_keys import DayKeys
from storage.vault.server_key import ServerKey

_RECEIPT = "receipt.v1"

_r: Any = ReceiptRecord.__table__
_LIVE = select(_r.c.person, _r.c.sealed).where(_r.c.expires_at > bindparam("now"))
_OF_PERSON = Prepared(_LIVE.where(_r.c.person == bindparam("it")))
_OF_DRAFT = Prepared(_LIVE.where(_r.c.draft == bindparam("it")))
_PUT = Prepared(insert(_r))
_DROP = Prepared(delete(_r).where(_r.c.person == bindparam("who")))
_IS_EXPIRED = and_(_r.c.draft == bindparam("which"), _r.c.expires_at <= bindparam("now"))
_MAKE_ROOM = Prepared(delete(_r).where(or_(_r.c.person == bindparam("who"), _IS_EXPIRED)))


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
        draft = self._server_key.draft_hash(receipt.draft)
        sealed = self._day_keys.seal(_RECEIPT, person, json.dumps(asdict(receipt)).encode())
        row = {"person": person, "draft": draft, "sealed": sealed, "expires_at": expires_at}
        self._collected.execute(_MAKE_ROOM, {"who": person, "which": draft, "now": self._clock.now()})
        self._collected.execute(_PUT, row)
        self._pending[person] = _Pending(receipt, expires_at)

    async def get(self, person: PersonKey) -> Receipt | None:
        if person in self._pending:
            return self._live(self._pending[person])
        return await self._find(_OF_PERSON, person)

    async def by_draft(self, draft: str) -> Receipt | None:
        for pending in self._pending.values():
            if pending is not None and pending.receipt.draft == draft:
                return self._live(pending)
        return await self._find(_OF_DRAFT, self._server_key.draft_hash(draft))

    def drop(self, person: PersonKey) -> None:
        self._collected.execute(_DROP, {"who": person})
        self._pending[person] = None

    def _live(self, pending: _Pending | None) -> Receipt | None:
        return pending.receipt if pending and pending.expires_at > self._clock.now() else None

    async def _find(self, question: Prepared, it: bytes) -> Receipt | None:
        row = await self._collected.first(question, {"it": it, "now": self._clock.now()})
        if row is None or row.person in self._pending:
            return None
        try:
            data: dict[str, Any] = json.loads(self._day_keys.open(_RECEIPT, row.person, row.sealed))
        except DayKeyGone:
            return None
        return Receipt(**data)
