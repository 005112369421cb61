"""`changtong check`: what is in order, what is not, and what to do next.

Three levels: `fine`; `advice`, what a good office does and the service runs without; `must`, without which reports are
refused, a promise is broken or the program does not work. Only `must` makes the command end with 1.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.bootstrap import open_office, project_problems, store_config
from bot.clock import SystemClock
from bot.settings import Settings
from casework.deadlines import unknown_years
from casework.errors import ProfileRefused
from casework.ports import Clock, Operator
from casework.profile import Profile, load_profile

if TYPE_CHECKING:
    from storage import Store

ENOUGH_HOLDERS = 2
LITTLE_SPACE, NO_SPACE = 2 << 30, 200 << 20
"""Bytes: below the first it is advised to make room, below the second files and reports will soon be refused."""
_MEGABYTE = 1 << 20
_OTHERS = 0o077

Level = Literal["fine", "advice", "must"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at; `name` and `values` fill the text `check_<name>`."""

    level: Level
    name: str
    values: dict[str, object] = field(default_factory=dict)


async def findings(settings: Settings, clock: Clock | None = None) -> list[Finding]:
    """Look at profile, calendar, dialogue files, data folder, database, keys, accounts, jobs and the audit trail."""
    found, profile = [], None
    try:
        profile = load_profile(settings.profile)
        found.append(_finding("fine", "profile", id=profile.id))
    except ProfileRefused as error:
        found += [_finding("must", "problem", problem=problem) for problem in error.problems]
    problems = project_problems(settings)
    found += [_finding("must", "problem", problem=problem) for problem in problems]
    if not problems:
        found.append(_finding("fine", "dialogue"))
    if profile is not None:
        clock = clock or SystemClock(profile.zone)
        found += _of_profile(profile, clock)
        found += [finding async for finding in _of_data(settings, profile, clock)]
    return found


def _finding(level: Level, name: str, /, **values: object) -> Finding:
    return Finding(level=level, name=name, values=values)


def _of_profile(profile: Profile, clock: Clock) -> Iterator[Finding]:
    if not profile.office.heads:
        yield _finding("advice", "no_heads")
    if profile.superior.public_key is None:
        yield _finding("advice", "no_superior_key")
    today = clock.today()
    for year in unknown_years(profile, today):
        yield _finding("must" if year == today.year else "advice", "unknown_year", year=year)


async def _of_data(settings: Settings, profile: Profile, clock: Clock) -> AsyncIterator[Finding]:
    from storage.errors import NotSetUp, StorageError
    from storage.migrating import head, revision
    from storage.store import noted_fingerprint

    config = store_config(settings, profile, clock)
    try:
        if await noted_fingerprint(config) is None:
            raise NotSetUp(settings.data)
        found = await revision(config.database_url)
        if found != head():
            yield _finding("must", "old_database", found=found, wanted=head())
            return
        yield _finding("fine", "database", found=found)
        store, _ = await open_office(settings, profile=profile, clock=clock)
    except NotSetUp:
        yield _finding("must", "not_set_up", folder=settings.data)
        return
    except StorageError as error:
        yield _finding("must", "problem", problem=error)
        return
    try:
        for finding in (*_of_folder(settings.data), *_of_files(store.config.evidence_folder)):
            yield finding
        async for finding in _of_store(store):
            yield finding
    finally:
        await store.close()


def _of_folder(data: Path) -> Iterator[Finding]:
    """Keys that others can read open what was said in the last two days."""
    for path in (data, data / "keys", data / "keys" / "day"):
        mode = path.stat().st_mode & 0o777 if path.is_dir() else 0
        if mode & _OTHERS:
            level: Level = "advice" if path == data else "must"
            yield _finding(level, "open_folder", folder=path, mode=f"{mode:o}")
    free = shutil.disk_usage(data).free
    level = "must" if free < NO_SPACE else "advice" if free < LITTLE_SPACE else "fine"
    yield _finding(level, "space", free=free // _MEGABYTE)


def _of_files(evidence: Path) -> Iterator[Finding]:
    """Write where files are sealed: permissions alone do not tell of a disk that is mounted read-only."""
    folder = evidence if evidence.exists() else evidence.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0")
    except OSError as error:
        yield _finding("must", "evidence", folder=folder, reason=error.strerror)


async def _of_store(store: "Store") -> AsyncIterator[Finding]:
    from storage.errors import TrailBroken
    from storage.overdue import left_undone, parked_before

    async with store.work() as work:
        operators = await work.operators.all()
        can_read = await work.operators.can_read()
        try:
            yield _finding("fine", "trail", count=await work.trail.verify())
        except TrailBroken as error:
            yield _finding("must", "problem", problem=error)
    if gone := await parked_before(store):
        yield _finding("advice", "parked_before", count=gone)
    for finding in (*_of_jobs(await left_undone(store)), *_of_accounts(operators, can_read, is_trial=store.is_trial)):
        yield finding


def _of_jobs(undone: dict[str, int]) -> Iterator[Finding]:
    for name, count in undone.items():
        if count:
            yield _finding("must", f"undone_{name}", count=count)
    if not any(undone.values()):
        yield _finding("fine", "jobs")


def _of_accounts(operators: Sequence[Operator], can_read: bool, *, is_trial: bool) -> Iterator[Finding]:
    holders = [o.name for o in operators if o.is_key_holder and o.state == "active" and o.has_logged_in]
    if is_trial:
        yield _finding("advice", "trial")
    if not can_read:
        yield _finding("advice" if is_trial else "must", "nobody_can_read")
    elif len(holders) < ENOUGH_HOLDERS:
        yield _finding("advice", "one_holder", name=", ".join(holders))
    else:
        yield _finding("fine", "holders", count=len(holders))
    for operator in operators:
        if operator.state == "pending":
            yield _finding("advice", "pending", name=operator.name)
    if not any(operator.role in ("auditor", "admin") and operator.state == "active" for operator in operators):
        yield _finding("advice", "no_auditor")
