"""What happens without a message."""

from bot.jobs.housekeeping import housekeeping_jobs
from bot.jobs.loop import Job, JobLoop

__all__ = ["Job", "JobLoop", "housekeeping_jobs"]
