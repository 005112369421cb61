"""What every test may use: a private PostgreSQL, started only when a test asks for it."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import PrivateServer, private_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivateServer]:
    """Run a private server for this test process."""
    with private_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PrivateServer) -> str:
    """Return the URL of a fresh, empty PostgreSQL database."""
    return postgres_server.fresh_url()
