"""`deploy/rasa/changtong_channel.py` on a real server: whole messages, and turns that begin where the caller says."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.rasa import listening
from tests.rasa.server import RasaServer
from tests.rasa.small_actions import APP, HEARD, SAID

NOWHERE: dict[str, Any] = {"known": 0, "mark": None, "slots": {}, "loop": None}


@pytest.fixture
async def server(rasa: RasaServer) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        listening(APP, rasa.actions_port),
        httpx.AsyncClient(base_url=f"{rasa.url}/webhooks/changtong", trust_env=False, timeout=60) as client,
    ):
        yield client


async def turn(server: httpx.AsyncClient, sender: str, standing: dict[str, Any]) -> dict[str, Any]:
    """Say hello where the conversation stands so."""
    said = {"sender": sender, "text": "hello", "message_id": "m1", "channel": "web", "parse_data": parsed()}
    begun = {key: standing[key] for key in NOWHERE}
    answer = await server.post("/turn", json={**said, **begun})
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


def parsed() -> dict[str, Any]:
    return {**HEARD, "intent_ranking": [HEARD["intent"]], "message_id": "m1", "metadata": {}}


async def test_says_that_it_is_there(server: httpx.AsyncClient) -> None:
    assert (await server.get("/")).json() == {"status": "ok"}


async def test_messages_come_whole(server: httpx.AsyncClient) -> None:
    told = await turn(server, "whole", NOWHERE)
    assert told["messages"] == [{**SAID, "response": None}]
    assert (told["loop"], told["slots"]["language"], told["known"] > 0) == (None, "zh", True)


async def test_a_turn_that_comes_again_finds_the_conversation_where_it_was(server: httpx.AsyncClient) -> None:
    first = await turn(server, "again", NOWHERE)
    assert (await turn(server, "again", NOWHERE))["known"] == first["known"], "what was undone is cut off"
    first = await turn(server, "again", NOWHERE)
    second = await turn(server, "again", first)
    assert second["known"] > first["known"]
    assert (await turn(server, "again", first))["known"] == second["known"]


async def test_a_conversation_that_the_server_lost_is_laid_anew(server: httpx.AsyncClient) -> None:
    lost = {"known": 40, "mark": 17.5, "slots": {"channel": "web", "language": "en"}, "loop": "report_form"}
    told = await turn(server, "lost", lost)
    assert told["loop"] == "report_form"
    assert (told["slots"]["channel"], told["slots"]["language"]) == ("web", "en")
