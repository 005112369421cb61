"""Stands in for a Rasa server in a process of its own: `python -m tests.support.rasa_stand_in PORT ACTIONS_URL`.

It speaks Rasa's HTTP API and the channel of `deploy/rasa`, keeps conversations in memory, calls actions by webhook and
asks `/model/parse` of the same address what a text means. The dialogue is our engine in Rasa's manner: what is tested
with it is what stands between, never whether the engines agree. POST `/lose` lets the next answer be lost.
"""

import json
import sys
import time
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.dialogue import RASA, DialogueEngine, ParseContext, Said, SpokenMessage
from bot.dialogue.endpoint import AtUrl
from bot.dialogue.files import Problems
from bot.dialogue.opening import Nothing
from bot.dialogue.project import engine_of, read_project
from bot.dialogue.service import create_app
from bot.dialogue.tracker import State

NLU_DATA = Path(__file__).resolve().parents[2] / "nlu_data"
_told: ContextVar[dict[str, Any] | None] = ContextVar("told", default=None)


class Ear:
    """Takes the meaning that came with the message, else asks for it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def parse(self, text: str, context: ParseContext) -> Nothing:
        told = _told.get() or self._asked(text)
        ranking = [(entry["name"], entry["confidence"]) for entry in told["intent_ranking"]]
        return Nothing(
            intent=told["intent"]["name"],
            confidence=told["intent"]["confidence"],
            ranking=ranking,
            entities=told["entities"],
        )

    def _asked(self, text: str) -> dict[str, Any]:
        answer = httpx.post(f"{self._url}/model/parse", json={"text": text}, trust_env=False)
        answer.raise_for_status()
        parsed: dict[str, Any] = answer.json()
        return parsed


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A conversation as this channel left it."""

    state: State
    count: int
    mark: float


class Turns:
    """The channel of `deploy/rasa`; `loses_next` drops the next answer after the turn has been taken."""

    def __init__(self, engine: DialogueEngine) -> None:
        self._engine = engine
        self._kept: dict[str, Kept] = {}
        self.loses_next = False

    async def turn(self, request: Request) -> Response:
        body = json.loads(await request.body())
        kept = self._settled(body)
        said = Said(text=body["text"], message_id=body["message_id"], input_channel=body["channel"])
        _told.set(body["parse_data"])
        spoken = await self._engine.say(kept.state, said, body["channel"])
        assert isinstance(spoken.state, State)
        after = Kept(state=spoken.state, count=kept.count + len(spoken.events), mark=time.time())
        self._kept[body["sender"]] = after
        return JSONResponse({"messages": [*map(written, spoken.messages)], **standing(after)})

    async def lose(self, request: Request) -> Response:
        self.loses_next = True
        return Response()

    def _settled(self, body: dict[str, Any]) -> Kept:
        kept = self._kept.get(body["sender"])
        if kept is not None and (kept.count, kept.mark) == (body["known"], body["mark"]):
            return kept
        slots = [{"event": "slot", "name": name, "value": value} for name, value in body["slots"].items()]
        loop = [{"event": "active_loop", "name": body["loop"]}] if body["loop"] else []
        return Kept(state=self._engine.replay(body["sender"], [*slots, *loop]), count=body["known"], mark=0.0)


def written(message: SpokenMessage) -> dict[str, Any]:
    buttons = [{"title": title, "payload": payload} for title, payload in message.buttons]
    return {"text": message.text, "response": message.response, "buttons": buttons, "custom": message.custom}


def standing(kept: Kept) -> dict[str, Any]:
    slots = {name: value for name, value in kept.state.slots.items() if value is not None}
    return {"slots": slots, "loop": kept.state.active_loop, "known": kept.count, "mark": kept.mark}


class StandIn:
    """The whole server."""

    def __init__(self, actions_url: str) -> None:
        problems = Problems(is_strict=False)
        project = read_project(NLU_DATA, problems)
        actions, ear = AtUrl(f"{actions_url}/webhook", project.domain), Ear(actions_url)
        whole = replace(RASA, splits_text=False)
        self._actions = actions
        self._turns = Turns(engine_of(project, actions, ear, whole, problems))
        self._app = create_app(engine_of(project, actions, ear, RASA, problems), ("stand-in", "0"))
        self._app.routes[:0] = [
            Route("/webhooks/changtong/turn", self._turns.turn, methods=["POST"]),
            Route("/lose", self._turns.lose, methods=["POST"]),
        ]

    async def close(self) -> None:
        await self._actions.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_turn = scope["type"] == "http" and scope["path"].startswith("/webhooks/")
        if not (is_turn and self._turns.loses_next):
            await self._app(scope, receive, send)
            return
        self._turns.loses_next = False
        await self._app(scope, receive, _nowhere)
        await Response(status_code=502)(scope, receive, send)


async def _nowhere(message: Any) -> None:
    """Take what is sent and drop it."""


def main(port: str, actions_url: str) -> None:
    """Serve until stopped."""
    uvicorn.run(StandIn(actions_url), port=int(port), log_config=None, access_log=False, lifespan="off")


if __name__ == "__main__":
    main(*sys.argv[1:])
