"""Rasa's HTTP API: the same requests to a real server and to ours, the same shapes back."""

import json
from collections.abc import AsyncIterator
from difflib import unified_diff
from typing import Any

import httpx
import pytest

from bot.rasa import listening
from tests.rasa.server import RasaServer
from tests.rasa.small_actions import APP
from tests.support.rasa_stand_in import StandIn

IDS, SURENESS = ("model_id", "assistant_id"), ("policy", "confidence")
SLOT = {"event": "slot", "name": "channel", "value": "x", "timestamp": 5.0}
Pair = tuple[httpx.AsyncClient, httpx.AsyncClient]
Asked = tuple[str, str, Any]


@pytest.fixture
async def both(rasa: RasaServer) -> AsyncIterator[Pair]:
    url = f"http://127.0.0.1:{rasa.actions_port}"
    stand_in = StandIn(url)
    transport = httpx.ASGITransport(app=stand_in)
    async with (
        listening(APP, rasa.actions_port),
        httpx.AsyncClient(base_url=rasa.url, trust_env=False, timeout=60) as real,
        httpx.AsyncClient(base_url="http://ours", transport=transport) as ours,
    ):
        yield real, ours
        await stand_in.close()


def shape(value: Any) -> Any:
    """Return a value with every scalar replaced by its kind; numbers are one kind, what is not there another.

    The model's ids and which policy was how sure, which stand with every event there, are not in ours.
    """
    if isinstance(value, dict):
        found = {key: "any" if key in SURENESS else shape(item) for key, item in value.items() if key not in IDS}
        return {key: item for key, item in found.items() if (key, item) != ("metadata", {})}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def parting(first: Any, second: Any) -> list[str]:
    """Tell where two shapes part."""
    here, there = (json.dumps(one, indent=1, sort_keys=True).splitlines() for one in (first, second))
    return list(unified_diff(here, there, n=4))


REQUESTS: dict[str, Asked] = {
    "version": ("GET", "/version", None),
    "channel": ("GET", "/webhooks/rest/", None),
    "parse": ("POST", "/model/parse", {"text": "/greet"}),
    "new tracker": ("GET", "/conversations/new/tracker", None),
    "turn": ("POST", "/webhooks/rest/webhook", {"sender": "s", "message": "/greet"}),
    "tracker after a turn": ("GET", "/conversations/s/tracker?include_events=ALL", None),
    "tracker without events": ("GET", "/conversations/s/tracker?include_events=NONE", None),
    "event from outside": ("POST", "/conversations/s/tracker/events", SLOT),
    "events replaced": ("PUT", "/conversations/t/tracker/events", [SLOT]),
    "unknown verbosity": ("GET", "/conversations/s/tracker?include_events=SOME", None),
}


async def test_the_same_shapes(both: Pair) -> None:
    different = {}
    for name, (method, path, body) in REQUESTS.items():
        answers = [await one.request(method, path, json=body) for one in both]
        found = [(answer.status_code, shape(answer.json())) for answer in answers]
        if found[0] != found[1]:
            different[name] = parting(*found)
    assert not different, json.dumps(different, indent=1)


async def test_the_same_values_where_nothing_is_random(both: Pair) -> None:
    for path in ("/version", "/webhooks/rest/", "/conversations/v/tracker?include_events=NONE"):
        told = [(await one.get(path)).json() for one in both]
        times = [one.pop("latest_event_time", None) for one in told]
        assert told[0] == told[1], path
        assert len({type(time) for time in times}) == 1
    greeting = {"sender": "v", "message": "/greet"}
    said = [(await one.post("/webhooks/rest/webhook", json=greeting)).json() for one in both]
    assert said[0] == said[1]
    assert len(said[0]) == len(("text and buttons", "custom", "image"))
