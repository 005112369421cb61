"""Hand-offs: clear columns, sealed lines, the way to the reporter under the day key while one is open."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from casework.errors import Conflict
from casework.handing_off import ANSWERS, Glance, Handoff, Said, Speaker, Way
from casework.handoff import LIVE, Owner, Why
from casework.ports import Clock, OfficeKey
from storage.bell import CHANGED
from storage.collected import Collected
from storage.desk_models import HandoffLineRow, HandoffRow
from storage.engine import changed_rows
from storage.errors import DayKeyGone
from storage.repositories.office_public_key import OfficePublicKey
from storage.vault.accounts import HANDOFF_KEY
from storage.vault.case_rows import OFFICE
from storage.vault.day_keys import DayKeys
from storage.vault.sealing import (
    message_size,
    new_key,
    new_row_id,
    open_box,
    pad,
    public_key_of,
    seal_box,
    unpad,
)
from storage.vault.sessions import require_session

_h: Any = HandoffRow.__table__
_l: Any = HandoffLineRow.__table__
_KEY, _LINE, _WAY = HANDOFF_KEY, "handoff.line.v1", "handoff.way.v1"
_SECRET = ("public_key", "key_version", "wrapped", "way")
_CLEAR = [column for column in _h.c if column.name not in _SECRET]
_NAMES = [column.name for column in _CLEAR]
_LIVE = [str(state) for state in sorted(LIVE)]
_GLANCE = select(_h.c.id, _h.c.version, _h.c.state, _h.c.owner, _h.c.unread, _h.c.alerted).where(_h.c.state.in_(_LIVE))


class Handoffs:
    """Satisfies `casework.handing_off.HandoffStore`."""

    def __init__(self, collected: Collected, day_keys: DayKeys, office_key: OfficePublicKey, clock: Clock) -> None:
        self._collected, self._day_keys, self._office_key, self._clock = collected, day_keys, office_key, clock
        self._begun: list[tuple[Handoff, Way, list[Said]]] = []

    def begin(self, handoff: Handoff, way: Way, lines: Sequence[Said]) -> None:
        """Collect a new hand-off; its key is made and wrapped at commit."""
        self._begun.append((handoff, way, list(lines)))

    async def collect(self) -> None:
        """Seal what was begun. Called once, at commit. Raises `LookupError` when the office has no key."""
        begun, self._begun = self._begun, []
        for handoff, way, lines in begun:
            office = await self._office_key.current(self._collected)
            if office is None:
                raise LookupError("no public key of the office")
            private_key = new_key()
            row = _columns(handoff) | {
                "public_key": public_key_of(private_key),
                "key_version": office.version,
                "wrapped": seal_box(office.public_key, _KEY, handoff.id, private_key),
                "way": self._sealed_way(handoff.id, way),
            }
            self._collected.execute(insert(_h).values(row))
            self._collected.add(_saying(handoff.id, lines))
            self._collected.ring(CHANGED)

    async def get(self, handoff_id: bytes) -> Handoff | None:
        row = await self._collected.first(select(*_CLEAR).where(_h.c.id == handoff_id), {})
        return _handoff(row) if row is not None else None

    async def live(self) -> list[Handoff]:
        """Return what is not ended: waiting first, then by the time of asking."""
        question = select(*_CLEAR).where(_h.c.state.in_(_LIVE)).order_by(_h.c.state.desc(), _h.c.asked_at, _h.c.id)
        return [_handoff(row) for row in await self._collected.all(question)]

    async def glances(self) -> list[Glance]:
        return [Glance(row[0], row[1], Owner(row[2]), *row[3:]) for row in await self._collected.all(_GLANCE)]

    async def ended(self, limit: int) -> list[Handoff]:
        question = select(*_CLEAR).where(_h.c.state.not_in(_LIVE)).order_by(_h.c.ended_at.desc()).limit(limit)
        return [_handoff(row) for row in await self._collected.all(question)]

    def change(self, handoff: Handoff, lines: Sequence[Said] = ()) -> None:
        """Write when the stored version is the same, +1. What ended loses the way and answers to the form."""
        values = _columns(handoff) | {"version": handoff.version + 1}
        del values["id"]
        if not handoff.is_live:
            values["way"] = None
        is_same = (_h.c.id == handoff.id, _h.c.version == handoff.version)

        def command(connection: Connection) -> None:
            if handoff.is_live:
                values.update(self._freshened(connection, handoff.id))
            if changed_rows(connection.execute(update(_h).where(*is_same).values(values))) != 1:
                raise Conflict("hand-off")
            _saying(handoff.id, lines)(connection)
            if not handoff.is_live:
                connection.execute(delete(_l).where(_l.c.handoff == handoff.id, _l.c.is_answer))

        self._collected.add(command)
        self._collected.ring(CHANGED)

    def _freshened(self, connection: Connection, handoff_id: bytes) -> dict[str, Any]:
        """Seal the way under today's key: yesterday's will be destroyed."""
        row = connection.execute(select(_h.c.way).where(_h.c.id == handoff_id)).first()
        if row is None or row.way is None:
            return {}
        try:
            way = self._opened_way(handoff_id, row.way)
        except DayKeyGone:
            return {"way": None}
        return {"way": self._sealed_way(handoff_id, way)}

    async def lines(self, handoff: Handoff, key: OfficeKey) -> list[Said]:
        """Open the transcript. Raises `KeyNotGranted`, `Tampered`, `PasswordMustChange`."""
        session = require_session(key)
        row = await self._collected.first(select(_h.c.key_version, _h.c.wrapped).where(_h.c.id == handoff.id), {})
        if row is None:
            return []
        private_key = session.open_box(OFFICE, row.key_version, _KEY, handoff.id, row.wrapped)
        question = select(_l.c.seq, _l.c.id, _l.c.sealed).where(_l.c.handoff == handoff.id).order_by(_l.c.seq)
        return [_said(line, private_key) for line in await self._collected.all(question)]

    async def way(self, handoff_id: bytes) -> Way | None:
        row = await self._collected.first(select(_h.c.way).where(_h.c.id == handoff_id), {})
        if row is None or row.way is None:
            return None
        try:
            return self._opened_way(handoff_id, row.way)
        except DayKeyGone:
            return None

    async def drop_expired(self, now: datetime) -> int:
        """Delete hand-offs past their days, with their lines; in a transaction of its own."""

        def command(connection: Connection) -> int:
            old = [row.id for row in connection.execute(select(_h.c.id).where(_h.c.expires_at <= now))]
            if old:
                connection.execute(delete(_l).where(_l.c.handoff.in_(old)))
                connection.execute(delete(_h).where(_h.c.id.in_(old)))
            return len(old)

        return await self._collected.database.write(command)

    def _sealed_way(self, handoff_id: bytes, way: Way) -> bytes:
        blob = json.dumps([way.channel, way.address]).encode()
        return self._day_keys.seal(_WAY, handoff_id, blob)

    def _opened_way(self, handoff_id: bytes, sealed: bytes) -> Way:
        channel, address = json.loads(self._day_keys.open(_WAY, handoff_id, sealed))
        return Way(channel=channel, address=address)


def _saying(handoff_id: bytes, lines: Sequence[Said]) -> Any:
    """Return the command that adds lines; two at once meet at the number, and one is a `Conflict`."""

    def command(connection: Connection) -> None:
        if not lines:
            return
        public_key = connection.execute(select(_h.c.public_key).where(_h.c.id == handoff_id)).scalar_one()
        last = connection.execute(select(func.max(_l.c.seq)).where(_l.c.handoff == handoff_id)).scalar() or 0
        for place, line in enumerate(lines, start=1):
            row_id = new_row_id()
            sealed = seal_box(public_key, _LINE, row_id, pad(_blob(line), message_size))
            row = {"handoff": handoff_id, "seq": last + place, "id": row_id, "sealed": sealed}
            row["is_answer"] = line.speaker in ANSWERS
            connection.execute(insert(_l).values(row))

    return command


def _blob(line: Said) -> bytes:
    return json.dumps([str(line.speaker), line.text, line.at.isoformat(), line.by], ensure_ascii=False).encode()


def _said(row: Row[Any], private_key: bytes) -> Said:
    blob = unpad(open_box(private_key, _LINE, row.id, row.sealed), _LINE)
    speaker, text, at, by = json.loads(blob)
    return Said(speaker=Speaker(speaker), text=text, at=datetime.fromisoformat(at), by=by, seq=row.seq)


def _handoff(row: Row[Any]) -> Handoff:
    values = dict(zip(_NAMES, row, strict=True))
    return Handoff(**values | {"state": Owner(values["state"]), "reason": Why(values["reason"])})


def _columns(handoff: Handoff) -> dict[str, Any]:
    values = {column.name: getattr(handoff, column.name) for column in _CLEAR}
    return values | {"state": str(handoff.state), "reason": str(handoff.reason)}
