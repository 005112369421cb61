"""`changtong actions`: our actions in the stock rasa-sdk action server, and our understanding beside it."""

import os
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.edge import Data, Words, causes, run, settings_for, tell
from bot.cli.opening import begin, training_bar
from bot.rasa import ACTIONS_PORT, UNDERSTANDING_PORT
from bot.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

LOOPBACK = "127.0.0.1"


def actions(
    data: Data = None,
    actions_port: Annotated[int, typer.Option("--port")] = ACTIONS_PORT,
    understanding_port: Annotated[int, typer.Option("--understanding-port")] = UNDERSTANDING_PORT,
) -> None:
    """Serve until stopped. Rasa finds both ports in `nlu_data/endpoints.yml`."""
    with causes():
        settings = settings_for(data)
        begin(settings)
        run(lambda: _require_folder(settings))
        app = _understanding(settings)
        os.environ["CHANGTONG_DATA"] = str(settings.data)  # the server's workers open the folder themselves
        os.environ.setdefault("SANIC_HOST", LOOPBACK)
        threading.Thread(target=_serve, args=(app, understanding_port), daemon=True).start()
        tell(Words().say("actions_served", port=actions_port, understanding_port=understanding_port))
        _serve_actions(actions_port)


async def _require_folder(settings: Settings) -> None:
    """Find out now, and not at a person's first message, whether the folder can be opened."""
    from bot.bootstrap import open_office

    store, _ = await open_office(settings)
    await store.close()


def _understanding(settings: Settings) -> "Starlette":
    from bot.bootstrap import prepare
    from bot.understanding_service import understanding_app

    with training_bar(Words()) as progress:
        prepared = run(lambda: prepare(settings, progress=progress))
    return understanding_app(prepared.interpreter)


def _serve(app: Any, port: int) -> None:
    import uvicorn

    uvicorn.run(app, host=LOOPBACK, port=port, log_config=None, access_log=False, server_header=False)


def _serve_actions(port: int) -> None:
    from rasa_sdk.endpoint import run as run_stock_server
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    run_stock_server(executor, port=port, cors_origins=[])
