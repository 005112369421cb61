"""Of two processes on one PostgreSQL one polls; when it is killed the other does, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from bot.bootstrap import Prepared
from tests.acceptance.telegram_programs import TelegramHouse
from tests.acceptance.test_telegram_kill_polling import check_kills
from tests.dialogues.conftest import prepared
from tests.telegram.client import TestSide
from tests.telegram.fixtures import bot_api, bot_api_address

__all__ = ["bot_api", "bot_api_address", "prepared"]


@pytest.mark.postgres
async def test_nothing_is_lost_and_nothing_doubled(
    prepared: Prepared, bot_api: TestSide, tmp_path: Path, postgres_url: str
) -> None:
    await check_kills(await TelegramHouse.made(tmp_path / "data", postgres_url), bot_api, 2)
