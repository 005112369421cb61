"""What every test may use: a private PostgreSQL, started only when a test asks for it; how property tests choose."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.postgres import PrivateServer, private_server

settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("fresh", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("same")
# The same examples each time: whether a change may land is not a matter of luck. `make fuzz` looks for new ones.
# No deadline: a busy machine is no fault of the code.


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivateServer]:
    """Run a private server for this test process."""
    with private_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PrivateServer) -> str:
    """Return the URL of a fresh, empty PostgreSQL database."""
    return postgres_server.fresh_url()
