"""Services over the store in memory, turns, and builders with defaults."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from casework.attempts import Attempts
from casework.code import CodeFinding
from casework.ports import Operator, PersonKey
from casework.profile import Profile, load_profile
from casework.report import Mode, Report, ReporterKind
from casework.services import Services
from casework.turn import Turn, current_turn
from tests.fakes import FakeClock, MemoryStore

DALIAN = load_profile(Path(__file__).parents[3] / "profiles" / "dalian.yml")
PERSON = PersonKey(b"p" * 32)
SUCCESSOR = PersonKey(b"s" * 32)

InTurn = Callable[..., AbstractAsyncContextManager[Turn]]


class NoRanker:
    """Satisfies `CategoryRanker`; the rules of cases never ask it."""

    def rank(self, facts: str, language: str) -> list[tuple[str, float]]:
        return []


def make_report(**changes: Any) -> Report:
    report = Report(
        language="zh",
        channel="web",
        mode=Mode.ANONYMOUS,
        reporter_kind=ReporterKind.ENTERPRISE,
        region="ganjingzi",
        accused_unit="甘井子区住建局",
        accused_unit_id="housing__ganjingzi",
        accused_name="张三",
        title="施工许可拖延三个月",
        category="shirking_delay",
        facts="三月至今，窗口以材料不全为由多次退件，每次理由不同。",
    )
    return replace(report, **changes)


def make_operator(name: str, **changes: Any) -> Operator:
    operator = Operator(name=name, role="supervisor", state="active", is_key_holder=True, has_logged_in=True)
    return replace(operator, **changes)


def typed(code: str) -> CodeFinding:
    return CodeFinding(kind="valid", code=code, start=0, end=len(code))


@pytest.fixture
def dalian() -> Profile:
    return DALIAN


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def services(store: MemoryStore, clock: FakeClock) -> Services:
    return Services(
        profile=DALIAN,
        clock=clock,
        work=cast("Any", store.work),
        ranker=NoRanker(),
        evidence=store.evidence,
        attempts=Attempts(),
    )


@pytest.fixture
def in_turn(store: MemoryStore) -> InTurn:
    """Run a use case inside a turn that commits when its block ends well."""

    @asynccontextmanager
    async def turn(person: PersonKey = PERSON, successor: PersonKey | None = None) -> AsyncIterator[Turn]:
        async with store.work() as work:
            running = Turn(
                work=cast("Any", work), person=person, successor=successor or person, channel="web", message_id="1"
            )
            token = current_turn.set(running)
            try:
                yield running
                await work.commit()
            finally:
                current_turn.reset(token)

    return turn
