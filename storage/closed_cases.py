"""Deletes cases whose time is over; of each only a line of the audit trail is left that says so."""

from datetime import timedelta

from sqlalchemy import Connection, select, update

from casework.case import CaseId
from casework.case_life import CLOSED
from casework.ports import TrailEntry
from storage.repositories.case_rows import TABLES
from storage.store import Store

ACTOR = "retention"
ACT = "case_deleted"
_AT_ONCE = 200
_cases = TABLES[0]


async def delete_closed_cases(store: Store) -> int:
    """Delete the cases that are due, with their keys, and note each in the trail; return how many.

    Their files go with the next sweep. A closed case that an older program wrote has no day yet: it gets one, from
    today on. Copies in backups are not reached: they end when the backup does.
    """
    await store.database.write(lambda connection: _give_days(connection, store))
    count = 0
    while due := await store.database.read(lambda connection: _due(connection, store)):
        async with store.work() as work:
            for case_id in due:
                entry = TrailEntry(at=store.config.clock.now(), actor=ACTOR, act=ACT, case_ref=case_id.hex())
                work.trail.append(entry)
            work.cases.delete(due)
            await work.commit()
        count += len(due)
    return count


def _give_days(connection: Connection, store: Store) -> None:
    today, keep = store.config.clock.today(), store.config.profile.retention.closed_case_days
    closed = [status.value for status in CLOSED]
    undated = (_cases.c.status.in_(closed), _cases.c.delete_on.is_(None))
    connection.execute(update(_cases).where(*undated).values(delete_on=today + timedelta(days=keep)))


def _due(connection: Connection, store: Store) -> list[CaseId]:
    question = select(_cases.c.id).where(_cases.c.delete_on <= store.config.clock.today()).limit(_AT_ONCE)
    return [CaseId(found) for found in connection.execute(question).scalars()]
