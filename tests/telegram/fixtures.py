"""Fixtures of the stand-in; a test module imports the two names.

A test fails at its end when a call, an answer or an update broke the schema, or a call was not built.
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.telegram.client import TestSide
from tests.telegram.process import standing_in

__all__ = ["bot_api", "bot_api_address"]


@pytest.fixture(scope="session")
def bot_api_address() -> Iterator[str]:
    """Run one server for the whole test process."""
    with standing_in() as address:
        yield address


@pytest.fixture
async def bot_api(bot_api_address: str) -> AsyncIterator[TestSide]:
    """Return the tests' side of a server where nobody has been, with flood control on."""
    async with TestSide(bot_api_address) as side:
        await side.reset()
        yield side
        errors = await side.errors()
        await side.reset()
        assert not errors, errors
