"""Stands where a Rasa server looks for actions and understanding: the greeting speaks, every other action is silent."""

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

SAID: dict[str, Any] = {
    "text": "hello",
    "buttons": [{"title": "T", "payload": "/thanks"}],
    "custom": {"k": 1},
    "image": "http://x/i",
}
HEARD: dict[str, Any] = {"text": "hello", "intent": {"name": "greet", "confidence": 1.0}, "entities": []}


async def webhook(request: Request) -> JSONResponse:
    call = json.loads(await request.body())
    responses = [SAID] if call["next_action"] == "action_greet" else []
    return JSONResponse({"events": [], "responses": responses})


async def parse(request: Request) -> JSONResponse:
    return JSONResponse({**HEARD, "intent_ranking": [HEARD["intent"]]})


APP = Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/model/parse", parse, methods=["POST"])])
