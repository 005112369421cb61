"""Transcripts of the report form in Telegram, by webhook: as in process and in the web chat."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.bootstrap import Prepared
from tests.acceptance.telegram_house import chosen, play, program
from tests.acceptance.telegram_talker import TelegramProgram
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.runner import Transcript
from tests.telegram.fixtures import bot_api_address

__all__ = ["bot_api_address", "folder", "prepared"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running(
    bot_api_address: str, prepared: Prepared, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TelegramProgram]:
    data = tmp_path_factory.mktemp("telegram") / "data"
    async with program(bot_api_address, prepared, folder, data, is_webhook=True) as running:
        yield running


@pytest.mark.parametrize(("transcript", "is_own"), chosen(reports=True))
async def test_transcript(transcript: Transcript, is_own: bool, running: TelegramProgram) -> None:
    await play(transcript, running, is_own=is_own)
