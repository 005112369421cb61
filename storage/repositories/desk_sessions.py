"""Rows of the desk: sessions, second factors, preferences."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from storage.desk_models import DeskPreferenceRow, DeskSessionRow, SecondFactorRow
from storage.engine import Database, changed_rows
from storage.prepared import Prepared

_s: Any = DeskSessionRow.__table__
_f: Any = SecondFactorRow.__table__
_p: Any = DeskPreferenceRow.__table__
_SESSION = Prepared(select(_s).where(_s.c.id == bindparam("row_id")))


@dataclass(frozen=True, kw_only=True)
class StoredSession:
    """One row of `desk_sessions`."""

    id: bytes = field(repr=False)
    operator: str
    sealed: bytes = field(repr=False)
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredFactor:
    """One row of `second_factors`. `recovery` are hashes of unused recovery codes, as JSON."""

    operator: str
    public_key: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    last_step: int
    recovery: str = field(repr=False)


class DeskRows:
    """Each method is a question, or one short transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def session(self, row_id: bytes) -> StoredSession | None:
        found = await self._database.rows(_SESSION, {"row_id": row_id})
        return StoredSession(**found[0]._asdict()) if found else None

    async def add_session(self, session: StoredSession) -> None:
        await self._run(insert(_s).values(vars(session)))

    async def touch(self, row_id: bytes, seen_at: datetime) -> None:
        await self._run(update(_s).where(_s.c.id == row_id).values(seen_at=seen_at))

    async def reseal(self, row_id: bytes, sealed: bytes) -> None:
        await self._run(update(_s).where(_s.c.id == row_id).values(sealed=sealed))

    async def end(self, row_id: bytes) -> None:
        await self._run(delete(_s).where(_s.c.id == row_id))

    async def end_all_of(self, operator: str, *, but: bytes = b"") -> int:
        """Delete the operator's sessions; returns how many."""
        return await self._run(delete(_s).where(_s.c.operator == operator, _s.c.id != but))

    async def end_old(self, seen_before: datetime, now: datetime) -> int:
        return await self._run(delete(_s).where((_s.c.seen_at <= seen_before) | (_s.c.expires_at <= now)))

    async def factor(self, operator: str) -> StoredFactor | None:
        row = await self._first(select(_f).where(_f.c.operator == operator))
        return StoredFactor(**row._asdict()) if row is not None else None

    async def put_factor(self, factor: StoredFactor) -> None:
        def command(connection: Any) -> None:
            connection.execute(delete(_f).where(_f.c.operator == factor.operator))
            connection.execute(insert(_f).values(vars(factor)))

        await self._database.write(command)

    async def use_step(self, operator: str, step: int) -> bool:
        """Mark a time step as used; False when it, or a later one, was used before."""
        is_newer = (_f.c.operator == operator, _f.c.last_step < step)
        return await self._run(update(_f).where(*is_newer).values(last_step=step)) == 1

    async def use_recovery(self, operator: str, before: str, after: str) -> bool:
        """Replace the recovery codes; False when somebody else used one meanwhile."""
        is_same = (_f.c.operator == operator, _f.c.recovery == before)
        return await self._run(update(_f).where(*is_same).values(recovery=after)) == 1

    async def rebind(self, operator: str, before: bytes, after: bytes) -> None:
        """Follow the operator to a new key pair that they made themselves."""
        is_same = (_f.c.operator == operator, _f.c.public_key == before)
        await self._run(update(_f).where(*is_same).values(public_key=after))

    async def preferences(self, operator: str) -> bytes | None:
        row = await self._first(select(_p.c.sealed).where(_p.c.operator == operator))
        return bytes(row.sealed) if row else None

    async def put_preferences(self, operator: str, sealed: bytes) -> None:
        def command(connection: Any) -> None:
            connection.execute(delete(_p).where(_p.c.operator == operator))
            connection.execute(insert(_p).values(operator=operator, sealed=sealed))

        await self._database.write(command)

    async def _first(self, question: Any) -> Any:
        return await self._database.read(lambda connection: connection.execute(question).first())

    async def _run(self, statement: Any) -> int:
        return await self._database.write(lambda connection: changed_rows(connection.execute(statement)))
