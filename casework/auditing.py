"""Reading the audit trail: for auditors and admins, who open no case. That it was read stands in it too."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casework.admission import Recorder, operator_of
from casework.permissions import Act
from casework.ports import OfficeKey, TrailEntry, TrailQuery
from casework.services import Services
from casework.turn import unit_of_work


@dataclass(frozen=True, kw_only=True)
class TrailReading:
    """Entries, newest first, and how many the whole trail holds, each checked to be sound."""

    entries: tuple[TrailEntry, ...]
    sound: int
    has_more: bool = False


async def read_trail(
    services: Services,
    key: OfficeKey,
    *,
    actor: str = "",
    case_prefix: str = "",
    day: date | None = None,
    offset: int = 0,
    limit: int | None = 100,
) -> TrailReading:
    """Verify the chain, then read what fits; `day` is one in the profile's time zone.

    Raises `NotPermitted`, and `storage.errors.TrailBroken` for a trail that was changed.
    """
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        trail = Recorder(services, work, operator.name)
        await trail.require(operator, Act.READ_TRAIL)
        trail.note(Act.READ_TRAIL)
        sound = await work.trail.verify()
        since, until = _day(services, day) if day else (None, None)
        query = TrailQuery(
            actor=actor,
            case_prefix=case_prefix.strip().lower(),
            since=since,
            until=until,
            offset=offset,
            limit=None if limit is None else limit + 1,
        )
        found = await work.trail.find(query)
    return TrailReading(entries=tuple(found[:limit]), sound=sound, has_more=limit is not None and len(found) > limit)


def _day(services: Services, day: date) -> tuple[datetime, datetime]:
    zone = services.profile.zone
    first, last = (datetime.combine(it, time(), tzinfo=zone) for it in (day, day + timedelta(days=1)))
    return first, last
