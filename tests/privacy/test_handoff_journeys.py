"""Journeys through a person: what reporter and office say to each other stands nowhere readably, nor in a log."""

import contextlib
import io
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.bootstrap import Prepared
from casework import handing_off
from tests.console.program import Program, Reporter, open_program
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once
from tests.privacy.conftest import talkative
from tests.privacy.test_hundred_journeys import HAN, LATIN
from tests.privacy.test_traces import spellings

JOURNEYS = 6
STORY = "The housing office in Ganjingzi keeps sending my permit back, for three months now; ask {word}"


@dataclass
class Spoken:
    """What the hand-offs left."""

    program: Program
    folder: Path
    logs: str
    heard: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spoken(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Spoken]:  # noqa: F811
    folder, printed, chance = tmp_path_factory.mktemp("spoken"), io.StringIO(), random.Random(5)
    async with open_program(folder, prepared) as program:
        heard: list[str] = []
        with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed), talkative():
            for number in range(JOURNEYS):
                reporter = program.reporter(channel="web", address=f"{LATIN}{number}-{chance.randint(10**8, 10**9)}")
                await _through_a_person(program, reporter, number)
                heard += program.heard_by(reporter)
            await program.app.jobs.run_due()
        yield Spoken(program=program, folder=folder / "data", logs=printed.getvalue(), heard=heard)


async def _through_a_person(program: Program, reporter: Reporter, number: int) -> None:
    """Ask for a person in the middle of a report, speak both ways, and end it in one of three ways."""
    await reporter.say(STORY.format(word=f"{LATIN}{number}"))
    await reporter.say("/ask_human")
    await reporter.tap("Wait for a person")
    await reporter.tap("Show nothing" if number % 2 else "Show all of it")
    await reporter.say(f"Are you there? My uncle is {HAN}柠樱")
    async with program.app.store.work() as work:
        chat = (await work.handoffs.live())[0].id.hex()
    second = await program.office.seated("second")
    await second.get(f"/chats/{chat}")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    await second.post(f"/chats/{chat}/say", {"text": f"Good morning, {LATIN}{number} is known to us."})
    await second.post(f"/chats/{chat}/note", {"text": f"sounds like {HAN}檀桤"})
    await reporter.say(f"Then ask {LATIN}77 as well")
    if number % 3 == 0:
        await reporter.say("/resume_bot")
    else:
        await second.post(f"/chats/{chat}/move", {"move": "hand_back" if number % 3 == 1 else "close"})


@pytest.mark.asyncio(loop_scope="module")
async def test_no_file_and_no_log_holds_what_was_said_to_a_person(spoken: Spoken) -> None:
    assert len([text for text in spoken.heard if LATIN in text]) == JOURNEYS  # it was said, and it arrived
    needles = [spelled for word in (HAN, LATIN) for spelled in spellings(word)]
    files = [path for path in spoken.folder.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert [(path.name, n) for path in files for n in needles if n in path.read_bytes()] == []
    assert spoken.logs.count("\n") > JOURNEYS
    assert [word for word in (HAN, LATIN) if word in spoken.logs] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_the_trail_and_what_is_counted_hold_none_of_it(spoken: Spoken) -> None:
    async with spoken.program.app.store.work() as work:
        entries = await work.trail.entries(500)
    assert [entry for entry in entries if HAN in str(entry) or LATIN in str(entry)] == []
    tended = await handing_off.tend(spoken.program.app.services)
    assert all(isinstance(value, int) for value in vars(tended).values()), json.dumps(vars(tended), default=str)
