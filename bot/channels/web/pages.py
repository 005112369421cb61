"""The pages, made on the server; every one works without JavaScript."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.messages import Conversations, Line, Reply, UploadRefused
from bot.channels.web.options import WebOptions
from bot.channels.web.person import (
    CHANNEL,
    TurnFailed,
    Visitor,
    Visitors,
    code_to_show,
    is_message_id,
    new_message_id,
    say,
)
from bot.channels.web.receipt import qr_png, text_file
from bot.channels.web.texts import texts
from bot.channels.web.uploads import NotAForm, form_files
from bot.channels.web.views import MessageView, line_views, message_view, receipt_view, reply_views


class Pages:
    """Draws pages and takes forms."""

    def __init__(self, conversations: Conversations, visitors: Visitors, options: WebOptions) -> None:
        self._conversations, self._visitors, self._options = conversations, visitors, options
        loader = PackageLoader("bot.channels.web", "templates")
        self._templates = Environment(
            loader=loader, autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True
        )

    def routes(self) -> list[Route]:
        return [
            Route("/", self.chat, methods=["GET"]),
            Route("/chat", self.say, methods=["POST"]),
            Route("/files", self.upload, methods=["POST"]),
            Route("/receipt.txt", self.receipt_text, methods=["POST"]),
            Route("/receipt.png", self.receipt_picture, methods=["POST"]),
            Route("/leave", self.leave, methods=["POST"]),
            Route("/page", self.gone, methods=["GET"]),
        ]

    async def chat(self, request: Request) -> Response:
        """Show what may be shown of the conversation, or the greeting of a new one."""
        visitor = self._visitors.of(request)
        lines: tuple[Line, ...] = ()
        code = None
        if not visitor.is_new:
            lines = await self._conversations.visible(CHANNEL, visitor.address)
            code = await self._conversations.receipt_code(CHANNEL, visitor.address)
        if lines or code:
            return self._page(visitor, line_views(lines, code), code)
        preview = await self._conversations.preview(CHANNEL, visitor.language)
        return self._page(visitor, [message_view(message, None) for message in preview.messages])

    async def say(self, request: Request) -> Response:
        """Take a typed text or a pressed button."""
        visitor = self._visitors.of(request)
        try:
            async with request.form(max_files=0, max_part_size=1024 * 1024) as form:
                values = {name: str(value) for name, value in form.items()}
        except UnicodeDecodeError:
            values = {}
        message_id = values.get("message_id", "")
        if not is_message_id(message_id):
            return self.error(request, "bad_request", 400)
        tap = values.get("tap")
        what: dict[str, object] = {"tap": tap[:64]} if tap else {"text": values.get("text", "")}
        try:
            return await self._answer(visitor, message_id, what)
        except TurnFailed:
            return self.error(request, "error_text", 500, written=values.get("text", ""), message_id=message_id)

    async def upload(self, request: Request) -> Response:
        """Take the files of a form and tell the conversation about them in one turn."""
        visitor = self._visitors.of(request)
        limit = self._options.max_files * self._options.max_file_bytes + 1024 * 1024

        async def take(attachment: Any) -> str:
            return await self._conversations.take(CHANNEL, visitor.address, attachment)

        try:
            ids, values, reason = await form_files(request, take, limit_bytes=limit)
        except NotAForm:
            return self.error(request, "bad_request", 400)
        except UploadRefused as refused:
            ids, values, reason = [], {}, refused.reason
        given = values.get("message_id", "")
        message_id = given if is_message_id(given) else new_message_id()
        what: dict[str, object] = {"files": tuple(ids)} if ids else {"refused": reason or "empty"}
        return await self._answer(visitor, message_id, what)

    async def receipt_text(self, request: Request) -> Response:
        """Give the code as a file, while it may be shown."""
        code = await self._conversations.receipt_code(CHANNEL, self._visitors.of(request).address)
        return self._file(request, code and text_file(code), "text/plain; charset=utf-8", "code.txt")

    async def receipt_picture(self, request: Request) -> Response:
        """Give the code's QR picture, while it may be shown."""
        code = await self._conversations.receipt_code(CHANNEL, self._visitors.of(request).address)
        return self._file(request, code and qr_png(code), "image/png", "code.png")

    async def leave(self, request: Request) -> Response:
        """Delete draft and cookie, clear what the browser keeps of this site, open a page that says nothing."""
        visitor = self._visitors.of(request)
        if not visitor.is_new:
            await self._conversations.leave(CHANNEL, visitor.address)
        response = RedirectResponse("/page", status_code=303)
        self._visitors.forget(response)
        response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
        return response

    async def gone(self, request: Request) -> Response:
        """Show the page that says nothing."""
        return self._render("gone.html", self._visitors.of(request).language)

    def error(self, request: Request, what: str, status: int, *, written: str = "", message_id: str = "") -> Response:
        """Say kindly that something went wrong, give back what was written, and name the other ways."""
        language = self._visitors.of(request).language
        return self._render("error.html", language, status, what=what, written=written, message_id=message_id)

    async def _answer(self, visitor: Visitor, message_id: str, what: dict[str, object]) -> Response:
        reply = await say(self._conversations, visitor, message_id, **what)
        has_receipt = any(message.custom.get("receipt") for message in reply.messages)
        if reply.successor or reply.is_forgotten or has_receipt:
            response = await self._last_page(visitor, reply)
        else:
            response = RedirectResponse("/#end", status_code=303)
        self._visitors.remember(response, visitor, reply)
        return response

    async def _last_page(self, visitor: Visitor, reply: Reply) -> Response:
        """Show the reply at once: the conversation it belongs to is gone, a redirect would find nothing."""
        code = await code_to_show(self._conversations, visitor, reply)
        return self._page(visitor, [view for view, _ in reply_views(reply.messages, code)], code)

    def _page(self, visitor: Visitor, views: list[MessageView], code: str | None = None) -> Response:
        shown_already = any(view.receipt for view in views)
        receipt = receipt_view(code) if code and not shown_already else None
        return self._render(
            "chat.html",
            visitor.language,
            is_new=visitor.is_new,
            views=views,
            receipt=receipt,
            has_code=code is not None,
            message_id=new_message_id(),
            files_message_id=new_message_id(),
        )

    def _file(self, request: Request, content: bytes | str | None, media_type: str, name: str) -> Response:
        if not content:
            return self.error(request, "not_found", 404)
        disposition = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=disposition)

    def _render(self, template: str, language: str, status: int = 200, **values: object) -> HTMLResponse:
        words: Mapping[str, str] = texts(language, self._options)
        html = self._templates.get_template(template).render(t=words, language=language, **values)
        return HTMLResponse(html, status_code=status)
