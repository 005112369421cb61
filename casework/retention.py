"""When a closed case is deleted: the profile's time after its closing, counted anew when it was opened again.

Never within 30 days of a word of the reporter's: whoever wrote yesterday waits for an answer.
"""

from datetime import date, timedelta
from typing import Final

from casework.case import Case
from casework.case_life import CLOSED
from casework.profile import Profile

QUIET_DAYS: Final = 30


def delete_on(case: Case, profile: Profile) -> date | None:
    """Return the day on which the case ends, None while it is not closed."""
    if case.status not in CLOSED:
        return None
    days = [entry.day for entry in case.entries if entry.status is not None] or [case.row.day]
    ends = [max(days) + timedelta(days=profile.retention.closed_case_days)]
    ends += [entry.day + timedelta(days=QUIET_DAYS) for entry in case.entries if entry.author == "reporter"]
    return max(ends)
