"""An office with operators of every role and one report."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.desk import Office, open_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def case(office: Office) -> str:
    """Submit a named report; returns the case's id in hex."""
    return (await office.submit()).row.id.hex()
