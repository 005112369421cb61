"""A clock that moves when told to."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Dalian."""


@dataclass
class FakeClock:
    """Satisfies `casework.ports.Clock`."""

    time: datetime = START
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.astimezone(self.zone).date()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.time += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
