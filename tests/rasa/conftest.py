"""One real Rasa server for all tests here; without its environment (`make rasa`) they are skipped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialogues.conftest import folder, prepared
from tests.rasa import server
from tests.rasa.server import RasaServer
from tests.support.ports import free_port

__all__ = ["folder", "prepared"]

NLU_DATA = server.HOUSE / "nlu_data"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """Return a trained project, the port its actions are looked for at, and what checking and training wrote."""
    if not server.is_installed():
        assert not server.IS_NAMED, f"{server.RASA} is not there: `make rasa` must not pass without it"
        pytest.skip("needs the Python 3.10 environment of `make rasa`")
    made, port = tmp_path_factory.mktemp("rasa"), free_port()
    server.prepare(made, NLU_DATA, port)
    return made, port, server.train(made)


@pytest.fixture(scope="session")
def rasa(project: tuple[Path, int, str]) -> Iterator[RasaServer]:
    """Run the server."""
    made, actions_port, _ = project
    with server.started(made, free_port()) as url:
        yield RasaServer(url=url, actions_port=actions_port, folder=made)
