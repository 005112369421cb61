"""The calls of a page with JavaScript, and of others that automate the web chat; documented in OpenAPI."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.channels.messages import Conversations, UploadRefused
from bot.channels.web.options import WebOptions
from bot.channels.web.person import CHANNEL, MESSAGE_ID, Visitors, code_to_show, say
from bot.channels.web.pushes import Event, Pushes, events
from bot.channels.web.texts import texts
from bot.channels.web.uploads import raw_attachment
from bot.channels.web.views import as_json, reply_views

BEAT_SECONDS = 15.0


class ButtonOut(BaseModel):
    title: str
    id: str = Field(description="Send it back as `tap`.")


class ReceiptOut(BaseModel):
    code: str
    qr: str = Field(description="PNG as data URI; holds the code alone.")


class MessageOut(BaseModel):
    text: str
    buttons: list[ButtonOut]
    response: str | None = Field(description="Name of the response used.")
    custom: dict[str, Any]
    receipt: ReceiptOut | None = Field(description="Set on the message that gives a tracking code.")


class StateOut(BaseModel):
    active_loop: str | None
    requested_slot: str | None
    language: str | None


class ReplyOut(BaseModel):
    messages: list[MessageOut]
    state: StateOut
    is_repeat: bool = Field(description="The same message id was answered before; this is that answer.")


class MessageIn(BaseModel):
    """One message of a person: exactly one of text, tap and files."""

    model_config = ConfigDict(extra="forbid")

    message_id: str = Field(pattern=f"^{MESSAGE_ID}$", description="Made by the client; sent again on a retry.")
    text: str | None = None
    tap: str | None = Field(default=None, max_length=64, description="Id of a button.")
    files: list[str] = Field(default=[], max_length=10, description="Ids from POST /api/chat/files.")
    language: Literal["zh", "en"] | None = Field(default=None, description="Of a new conversation; else guessed.")
    page: str | None = Field(
        default=None, max_length=64, description="Names the page, so that its own stream is spared."
    )

    @model_validator(mode="after")
    def _one_of(self) -> "MessageIn":
        if sum((self.text is not None, self.tap is not None, bool(self.files))) != 1:
            raise ValueError("exactly one of text, tap and files is expected")
        return self


class SignIn(BaseModel):
    """What a page shows to a person of the office who is in the conversation; kept nowhere."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["typing", "read"]


class SignOut(BaseModel):
    heard: bool = Field(description="Whether a person of the office is there; if not, the page need not go on.")


class FileOut(BaseModel):
    id: str


class ErrorOut(BaseModel):
    """`error` names what went wrong; `text` says it to a person."""

    error: str
    text: str


def api_routes(conversations: Conversations, visitors: Visitors, options: WebOptions, pushes: Pushes) -> APIRouter:
    """Return the routes under `/api/chat`."""
    router = APIRouter(prefix="/api/chat", tags=["chat"])
    handler = _Api(conversations, visitors, options, pushes)
    errors: dict[int | str, dict[str, Any]] = {code: {"model": ErrorOut} for code in (400, 403, 413, 500)}
    router.add_api_route(
        "/messages", handler.message, methods=["POST"], response_model=ReplyOut, responses=errors, name="send a message"
    )
    router.add_api_route(
        "/files", handler.file, methods=["POST"], response_model=FileOut, responses=errors, name="upload a file",
        openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {
            "schema": {"type": "string", "format": "binary"}}}}},
    )  # fmt: skip
    router.add_api_route(
        "/signs", handler.sign, methods=["POST"], response_model=SignOut, responses=errors, name="type or read"
    )
    router.add_api_route(
        "/events", handler.events, methods=["GET"], name="listen for messages", response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}, "description": "Events `messages`: a ReplyOut each."}},
    )  # fmt: skip
    return router


class _Api:
    def __init__(self, conversations: Conversations, visitors: Visitors, options: WebOptions, pushes: Pushes) -> None:
        self._conversations, self._visitors = conversations, visitors
        self._options, self._pushes = options, pushes

    async def message(self, request: Request, message: MessageIn) -> Response:
        """Say one thing and get the answer. Without a cookie a conversation begins, and the answer sets one."""
        visitor = self._visitors.of(request)
        visitor = replace(visitor, language=message.language or visitor.language)
        what: dict[str, object] = {"text": message.text, "tap": message.tap, "files": tuple(message.files)}
        reply = await say(self._conversations, visitor, message.message_id, **what)
        code = await code_to_show(self._conversations, visitor, reply)
        shown = {
            "messages": [as_json(view, message) for view, message in reply_views(reply.messages, code)],
            "state": {
                "active_loop": reply.state.active_loop,
                "requested_slot": reply.state.requested_slot,
                "language": reply.state.language,
            },
            "is_repeat": reply.is_repeat,
        }
        response = JSONResponse(shown)
        self._visitors.remember(response, visitor, reply)
        if reply.successor is None and not reply.is_repeat and not reply.is_forgotten:
            self._pushes.push(visitor.address, shown | {"said": message.text or ""}, besides=message.page)
        return response

    async def file(self, request: Request, x_file_name: Annotated[str, Header()] = "") -> Response:
        """Upload one file as the raw body; `X-File-Name` is percent-encoded. Then send its id in `files`."""
        visitor = self._visitors.of(request)
        try:
            file_id = await self._conversations.take(CHANNEL, visitor.address, raw_attachment(request))
        except UploadRefused as refused:
            words = texts(visitor.language, self._options)
            return JSONResponse({"error": refused.reason, "text": words[f"upload_{refused.reason}"]}, status_code=413)
        response = JSONResponse({"id": file_id})
        self._visitors.keep(response, visitor)
        return response

    async def sign(self, request: Request, sign: SignIn) -> SignOut:
        """Tell that the person types, or has read what the office said."""
        visitor = self._visitors.of(request)
        if visitor.is_new:
            return SignOut(heard=False)
        return SignOut(heard=await self._conversations.sign(CHANNEL, visitor.address, sign.what))

    async def events(self, request: Request, page: str = "") -> StreamingResponse:
        """Listen for what is said to this person outside the answers to this page."""
        visitor = self._visitors.of(request)
        return StreamingResponse(self._stream(visitor.address, page), media_type="text/event-stream")

    async def _stream(self, address: str, page: str) -> AsyncIterator[bytes]:
        with self._pushes.listen(address) as queue:
            yield b"retry: 3000\n: hello\n\n"
            async for event in events(queue, BEAT_SECONDS):
                yield _encoded(event, page)


def _encoded(event: Event | None, page: str) -> bytes:
    if event is None or (page and event["besides"] == page):
        return b": beat\n\n"
    if "sign" in event:
        return f"event: sign\ndata: {json.dumps(event['sign'])}\n\n".encode()
    shown = {key: value for key, value in event.items() if key != "besides"}
    return f"event: messages\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n".encode()
