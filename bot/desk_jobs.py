"""What the desk needs without a click: hand-offs tended, old sessions deleted."""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.jobs.loop import Job
from casework.handing_off import tend
from casework.services import Services

if TYPE_CHECKING:
    from storage import Store

_log = structlog.get_logger()


def desk_jobs(store: "Store", services: Services) -> list[Job]:
    """Return the jobs; both do nothing where nobody uses a desk."""

    async def tend_handoffs() -> int:
        tended = await tend(services)
        if tended.alerts:
            _log.warning("handoffs_wait_too_long", count=tended.alerts)
        return sum(vars(tended).values())

    return [
        Job(name="tend_handoffs", run=tend_handoffs, every=timedelta(seconds=15)),
        Job(name="end_desk_sessions", run=store.desk_sessions.end_old, every=timedelta(minutes=10)),
    ]
