"""The operators' desk beside the web chat: built when somebody first comes to it, so that a start does not wait."""

from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from bot.bootstrap import App

PREFIX = "/desk"


def desk_app(app: "App") -> ASGIApp:
    """Return the desk on this program."""
    from console import DeskOptions, DeskParts, create_desk

    store = app.store
    parts = DeskParts(
        services=app.services,
        accounts=store.accounts,
        sessions=store.desk_sessions,
        factors=store.second_factors,
    )
    options = DeskOptions(
        is_https=app.settings.is_https,
        default_language=app.settings.language,
        issuer=f"{app.profile.office.words.in_language(app.settings.language)[:40]}",
        is_trial=store.is_trial,
    )
    return create_desk(parts, options)


class WithDesk:
    """Sends `/desk` to the desk and everything else to the web chat."""

    def __init__(self, app: "App", chat: ASGIApp) -> None:
        self._app, self._chat = app, chat
        self._desk: ASGIApp | None = None

    @property
    def state(self) -> Any:
        """The web chat's state: who serves it looks for its open streams there."""
        return self._chat.state  # type: ignore[attr-defined]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "") if scope["type"] == "http" else ""
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self._chat(scope, receive, send)
            return
        if self._desk is None:
            self._desk = desk_app(self._app)
        await self._desk(scope, receive, send)
