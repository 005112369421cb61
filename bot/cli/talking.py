"""`changtong chat` and `changtong run`."""

import io
import signal
import sys
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from bot.bootstrap import App
from bot.channels.terminal import JsonScreen, PlainScreen, TerminalPerson, converse, lines_of, terminal_texts
from bot.channels.terminal_rich import talk
from bot.cli.edge import Data, Refused, Words, causes, run, settings_for, tell
from bot.cli.opening import begin, program
from bot.rasa import ACTIONS_PORT, UNDERSTANDING_PORT, Channel, PortTaken, RasaBeside
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.channels.telegram.service import Telegram

Language = Literal["zh", "en"]


def chat(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    person: Annotated[str, typer.Option("--person", metavar="NAME")] = "terminal",
    lang: Annotated[Language | None, typer.Option("--lang")] = None,
) -> None:
    with causes():
        settings = settings_for(data, language=lang)
        begin(settings)
    run(lambda: _chat(settings, as_json, person, lang))


async def _chat(settings: Settings, as_json: bool, name: str, lang: Language | None) -> None:
    speak_utf8()
    async with program(settings) as app:
        person = TerminalPerson(app.conversations, name, lang, terminal_texts())
        if not as_json and sys.stdin.isatty():
            await talk(person, Console(), terminal_texts(), settings.language)
            return
        screen = JsonScreen(sys.stdout) if as_json else PlainScreen(sys.stdout)
        await converse(person, lines_of(sys.stdin.readline), screen)


def speak_utf8() -> None:
    """Whatever the locale: what cannot be read is kept as marks, which the turns take out."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option("--host")] = None,
    port: Annotated[int | None, typer.Option("--port")] = None,
    telegram_api: Annotated[str | None, typer.Option("--telegram-api", metavar="URL")] = None,
    rasa: Annotated[str | None, typer.Option("--rasa", metavar="URL")] = None,
    rasa_channel: Annotated[Channel, typer.Option("--rasa-channel")] = "changtong",
    actions_port: Annotated[int, typer.Option("--actions-port")] = ACTIONS_PORT,
    understanding_port: Annotated[int, typer.Option("--understanding-port")] = UNDERSTANDING_PORT,
    i_know: Annotated[bool, typer.Option("--i-know")] = False,
) -> None:
    with causes():
        settings = settings_for(data, host=host, port=port, telegram_api=telegram_api)
        check_rasa(settings, rasa, i_know=i_know)
        beside = RasaBeside(rasa, rasa_channel, (actions_port, understanding_port)) if rasa else None
        begin(settings)
    run(lambda: _serve(settings, beside))


def check_rasa(settings: Settings, url: str | None, *, i_know: bool) -> None:
    """Say what it costs to let a Rasa server talk. Raises `Refused`.

    With it no promise of anonymity holds: the server keeps what was said.
    """
    if not url:
        return
    if settings.telegram_token is not None and not i_know:
        raise Refused("rasa_no_telegram")
    tell(Words().say("rasa_no_anonymity", url=url))


async def _serve(settings: Settings, beside: RasaBeside | None = None) -> None:
    try:
        async with program(settings, has_desk=True, dialogue_of=beside) as app, _listening(beside):
            await _serve_app(app)
    except PortTaken as error:
        raise Refused("port_taken", port=error.port) from error


def _listening(beside: RasaBeside | None) -> AbstractAsyncContextManager[None]:
    return beside.listening() if beside is not None else nullcontext()


async def _serve_app(app: App) -> None:
    import uvicorn

    words, settings = Words(), app.settings
    if app.store.is_trial and not settings.is_loopback:
        raise Refused("trial_is_local", host=settings.host)
    if app.store.is_trial and settings.telegram_token is not None:
        raise Refused("trial_no_telegram")
    app.jobs.start()
    telegram = telegram_of(app)
    config = uvicorn.Config(with_webhook(whole_app(app), telegram), **server_options(settings))
    server = uvicorn.Server(config)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    tell(words.say("serving_trial" if app.store.is_trial else "serving", address=address))
    if telegram is not None:
        tell(words.say("serving_telegram", way="webhook" if settings.telegram_webhook else "long polling"))
        telegram.start()
    _outlive_signals()
    try:
        await server.serve()
    finally:
        if telegram is not None:
            await telegram.stop()


def _outlive_signals() -> None:
    """The server ends itself on these signals and raises them again: what is open shall still be closed in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)


def server_options(settings: Settings) -> dict[str, Any]:
    """Return uvicorn's options: no access log, no word about the server, forwarded headers of the named proxy alone."""
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "proxy_headers": settings.trusted_proxy is not None,
        "forwarded_allow_ips": settings.trusted_proxy or "",
        "timeout_graceful_shutdown": 5,
    }


def telegram_of(app: App) -> "Telegram | None":
    """Return the Telegram channel of this program, None when it has no token."""
    if app.settings.telegram_token is None:
        return None
    from bot.messenger import build_telegram  # loads the library: half a second that only it costs

    return build_telegram(app)


def with_webhook(web: Any, telegram: "Telegram | None") -> Any:
    """Put the webhook beside the web chat, where Telegram delivers."""
    if telegram is None or not telegram.is_delivered_to:
        return web
    from bot.channels.telegram.webhook import WithWebhook

    return WithWebhook(web, telegram.webhook)


def whole_app(app: App) -> Any:
    """Return the web chat with the operators' desk beside it."""
    from bot.desk import WithDesk

    return WithDesk(app, web_app(app))


def web_app(app: App) -> Any:
    """Return the web chat on this program."""
    from bot.channels.web import WebOptions, create_app

    profile = app.profile
    options = WebOptions(
        is_https=app.settings.is_https,
        default_language=app.settings.language,
        max_file_bytes=app.settings.file_limit_bytes,
        max_files=10,
        city={"zh": profile.city.zh, "en": profile.city.en},
        phone=profile.other_ways.phone,
        website=profile.other_ways.website,
        address={"zh": profile.other_ways.address.zh, "en": profile.other_ways.address.en},
    )
    return create_app(app.conversations, options)


def train(data: Data = None) -> None:
    with causes():
        settings = settings_for(data)
        begin(settings)
    run(lambda: _train(settings))


async def _train(settings: Settings) -> None:
    from bot.bootstrap import prepare
    from bot.cli.opening import training_bar

    words = Words()
    with training_bar(words) as progress:
        await prepare(settings, progress=progress)
    tell(words.say("trained", folder=Path(settings.cache)))
