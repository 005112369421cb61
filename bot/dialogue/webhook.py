"""The webhook that a Rasa server calls: actions run in this process, in the turn that waits for them.

An action's use cases write into the transaction of the turn that Rasa is answering: the turn leaves its context here,
under the conversation's random id, and the action runs in a copy of it. A call for which no turn waits is refused.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.dialogue.actions import InProcess, Rejected, log_failure
from bot.dialogue.errors import ActionFailed
from bot.dialogue.values import Interpreter, ParseContext


@dataclass(kw_only=True)
class Waiting:
    """A turn that waits for its actions; `failed` names those that raised."""

    context: Context = field(repr=False)
    failed: list[str] = field(default_factory=list)


class ActionDesk:
    """Runs the actions of turns that wait, and parses texts for a Rasa server that has no examples of its own."""

    def __init__(self, actions: InProcess, interpreter: Interpreter) -> None:
        self._actions = actions
        self._interpreter = interpreter
        self._waiting: dict[str, Waiting] = {}

    @contextmanager
    def waiting(self, conversation_id: str) -> Iterator[Waiting]:
        """Let actions of this conversation run in the caller's context meanwhile."""
        turn = Waiting(context=copy_context())
        self._waiting[conversation_id] = turn
        try:
            yield turn
        finally:
            self._waiting.pop(conversation_id, None)

    def app(self) -> Starlette:
        """Return the application: rasa-sdk's `/webhook`, and `/model/parse`."""
        return Starlette(
            routes=[
                Route("/webhook", self._webhook, methods=["POST"]),
                Route("/model/parse", self._parse, methods=["POST"]),
                Route("/health", self._health, methods=["GET"]),
            ]
        )

    async def _webhook(self, request: Request) -> JSONResponse:
        call = json.loads(await request.body())
        name, tracker = str(call["next_action"]), call["tracker"]
        turn = self._waiting.get(str(call.get("sender_id") or tracker.get("sender_id")))
        if turn is None:
            return JSONResponse({"error": "no turn waits for this", "action_name": name}, status_code=404)
        running = asyncio.create_task(self._actions.answer(name, tracker), context=turn.context.copy())
        try:
            return JSONResponse(await running)
        except Rejected:
            return JSONResponse({"error": "rejected", "action_name": name}, status_code=400)
        except ActionFailed as failure:
            log_failure(failure)
            turn.failed.append(name)
            return JSONResponse({"error": "failed", "action_name": name}, status_code=500)

    async def _parse(self, request: Request) -> JSONResponse:
        """Parse without a question in view, as Rasa's own channels ask for it."""
        body = json.loads(await request.body())
        return JSONResponse(parsed(str(body.get("text") or ""), self._interpreter, ParseContext()))

    async def _health(self, request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})


def parsed(text: str, interpreter: Interpreter, context: ParseContext) -> dict[str, Any]:
    """Return what a text means in the shape of Rasa's `/model/parse`."""
    parse = interpreter.parse(text, context)
    ranking = [(parse.intent, parse.confidence), *(entry for entry in parse.ranking if entry[0] != parse.intent)]
    named = [{"name": name, "confidence": float(confidence)} for name, confidence in ranking]
    return {"text": text, "intent": named[0], "entities": list(parse.entities), "intent_ranking": named}
