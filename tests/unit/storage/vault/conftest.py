from datetime import date
from pathlib import Path

import pytest

from storage.vault.case_rows import OFFICE, RecipientKey
from storage.vault.sealing import new_key, public_key_of
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession
from tests.fakes.clock import FakeClock

TODAY = date(2026, 3, 2)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server_key() -> ServerKey:
    return ServerKey.generate()


@pytest.fixture
def office_private() -> bytes:
    return new_key()


@pytest.fixture
def office(office_private: bytes) -> RecipientKey:
    return RecipientKey(recipient=OFFICE, version=1, public_key=public_key_of(office_private))


@pytest.fixture
def session(office_private: bytes) -> OperatorSession:
    return OperatorSession(operator="li", role="handler", keys={(OFFICE, 1): office_private})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
