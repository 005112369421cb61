"""A server process is killed at random moments of conversations and submissions; its persons just send again."""

import asyncio
import threading
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2
import pytest

from tests.kill.conftest import House
from tests.kill.journey import check_told_once, facts_of, steps_of
from tests.support.server import Server
from tests.support.web_client import Message, WebClient

SEED = 20_260_302
JOURNEYS = 2
TURN_SECONDS, SUBMISSION_SECONDS = 0.06, 0.15
"""About how long these requests last; moments are drawn from it."""


@dataclass
class Killer:
    """Kills the server while it answers, starts it again, and has the person send again."""

    server: Server
    house: House
    chance: Random
    told: list[str] = field(default_factory=list)

    def post(self, person: WebClient, message: Message, what: str, lasts_seconds: float) -> None:
        """Post through a kill; every answer to this message must be the same."""
        before, delay = dict(person.cookies), self.chance.uniform(0, lasts_seconds)
        answer = self._broken_off(person, message, before, delay)
        if not self.house.database_url:
            assert self.house.journal.exists()
        self.server.start()
        again, once_more = person.send(message, before), person.send(message, before)
        self._note(what, delay, answer, again)
        assert again.json()["messages"], again.text
        assert _same(again, once_more)
        assert once_more.json()["is_repeat"]
        if answer is not None:
            assert _same(answer, again)
            assert again.json()["is_repeat"]
        person.cookies |= dict(again.cookies)
        person.last = again.json()

    def _broken_off(
        self, person: WebClient, message: Message, cookies: dict[str, str], delay: float
    ) -> httpx2.Response | None:
        killer = threading.Timer(delay, self.server.kill)
        killer.start()
        try:
            return person.send(message, cookies)
        except httpx2.TransportError:
            return None
        finally:
            killer.join()

    def _note(self, what: str, delay: float, answer: httpx2.Response | None, again: httpx2.Response) -> None:
        if answer is not None:
            phase = "after the answer"
        else:
            phase = "after the commit" if again.json()["is_repeat"] else "before the commit"
        self.told.append(f"{what}: killed after {delay * 1000:.0f} ms, {phase}")


def _same(one: httpx2.Response, other: httpx2.Response) -> bool:
    first, second = one.json(), other.json()
    return all(first[name] == second[name] for name in ("messages", "state"))


def _message(person: WebClient, step: tuple[str, str]) -> dict[str, Any]:
    kind, value = step
    return person.text(value) if kind == "say" else person.tapping(value)


def _journey(killer: Killer, number: int) -> str:
    """Report with one kill on the way and one while submitting; return the code."""
    person = WebClient(killer.server.address)
    *steps, submit = steps_of(number)
    killed_at = killer.chance.randrange(1, len(steps))
    for position, step in enumerate(steps):
        message = _message(person, step)
        if position == killed_at:
            killer.post(person, message, f"journey {number}, step {position}", TURN_SECONDS)
        else:
            person.post(message)
    story = person.said().partition("标题")[0]  # the title proposed repeats the first sentence
    for sentence in facts_of(number):
        assert story.count(sentence) == 1
    killer.post(person, _message(person, submit), f"journey {number}, submitting", SUBMISSION_SECONDS)
    code = person.code()
    assert code is not None
    return code


def test_nothing_is_lost_and_nothing_doubled(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(data=house.data, database_url=house.database_url)
    killer = Killer(server=server, house=house, chance=Random(SEED))
    try:
        server.start()
        codes = [_journey(killer, number) for number in range(JOURNEYS)]
        for code in codes:
            back = WebClient(server.address)
            back.say(code)
            assert "已收到" in back.said()
        assert server.stop() == 0
    finally:
        if server.process is not None:
            server.kill()
    assert len(set(codes)) == JOURNEYS
    house.check_database()
    check_told_once(asyncio.run(house.cases()), JOURNEYS)
    with capsys.disabled():
        print("", *killer.told, sep="\n  ")  # noqa: T201  # which phases were hit
