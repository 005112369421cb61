"""Puts a Rasa server in the place of the embedded engine: the same files, actions and understanding."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.settings import Settings
from casework.services import Services

if TYPE_CHECKING:
    from bot.bootstrap import Prepared
    from bot.dialogue.remote import RemoteDialogue
    from bot.dialogue.webhook import ActionDesk

ACTIONS_PORT, UNDERSTANDING_PORT = 5055, 5056
"""Where a Rasa server finds our actions and our understanding, as `nlu_data/endpoints.yml` says."""

Channel = Literal["changtong", "rest"]


class PortTaken(Exception):
    """Another program listens there."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


class RasaBeside:
    """A Rasa server as the dialogue of a program: given to `bot.bootstrap.build`, then listened for."""

    def __init__(
        self, url: str, channel: Channel = "changtong", ports: tuple[int, int] = (ACTIONS_PORT, UNDERSTANDING_PORT)
    ) -> None:
        self._url, self._channel, self._ports = url, channel, ports
        self._desk: ActionDesk | None = None

    def __call__(self, settings: Settings, services: Services, prepared: "Prepared") -> "RemoteDialogue":
        dialogue, self._desk = remote_dialogue(settings, services, prepared, url=self._url, channel=self._channel)
        return dialogue

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Let the server call our actions and our understanding, on this event loop, on loopback alone."""
        if self._desk is None:
            raise RuntimeError("the program must be built before it is called")
        actions, understanding = self._ports
        async with listening(self._desk.app(), actions), listening(self._desk.app(), understanding):
            yield


@asynccontextmanager
async def listening(app: Any, port: int) -> AsyncIterator[None]:
    """Serve an application on loopback until the block ends. Raises `PortTaken`."""
    import uvicorn

    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise PortTaken(port) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it on its own listeners alone
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", server_header=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await running
        listener.close()


def remote_dialogue(
    settings: Settings,
    services: Services,
    prepared: "Prepared",
    *,
    url: str,
    channel: Channel = "changtong",
) -> "tuple[RemoteDialogue, ActionDesk]":
    """Return the dialogue on the server at `url`, and the desk that must be served for it to call.

    Raises `ProjectRefused` as the embedded engine does.
    """
    from actions.registry import build_actions
    from bot.dialogue.actions import InProcess
    from bot.dialogue.errors import ProjectRefused
    from bot.dialogue.files import Problems
    from bot.dialogue.project import check_project, read_project
    from bot.dialogue.remote import RemoteDialogue
    from bot.dialogue.values import Manner
    from bot.dialogue.webhook import ActionDesk
    from bot.dialogue.yaml_cache import CACHE_NAME, YamlCache

    manner, problems = Manner(), Problems()
    project = read_project(Path(settings.nlu_data), problems, YamlCache(settings.cache / CACHE_NAME))
    actions = InProcess(build_actions(services), project.domain)
    check_project(project, actions, manner, problems)
    if problems.refusals:
        raise ProjectRefused(problems.refusals)
    desk = ActionDesk(actions, prepared.interpreter)
    dialogue = RemoteDialogue(
        url,
        domain=project.domain,
        responses=project.responses,
        interpreter=prepared.interpreter,
        desk=desk,
        channel=channel,
        manner=manner,
    )
    return dialogue, desk
