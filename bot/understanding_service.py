"""Rasa's `/model/parse` by our own understanding: text alone, no question in view, codes taken out before."""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.dialogue.values import Interpreter, ParseContext
from bot.dialogue.webhook import parsed
from casework import code as codes


class Understanding:
    """Answers POST /model/parse."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    async def parse(self, request: Request) -> JSONResponse:
        text = str(json.loads(await request.body()).get("text") or "")
        finding = codes.find(text, asked=False)
        read = codes.mask(text, finding) if finding is not None else text
        return JSONResponse({**parsed(read, self._interpreter, ParseContext()), "text": text})


def understanding_app(interpreter: Interpreter) -> Starlette:
    """Return the application."""
    return Starlette(routes=[Route("/model/parse", Understanding(interpreter).parse, methods=["POST"])])
