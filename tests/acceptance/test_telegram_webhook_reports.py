"""Transcripts of the report form in Telegram, by webhook: as in process and in the web chat."""

import pytest

from tests.acceptance.telegram_house import chosen, play, running_program
from tests.acceptance.telegram_talker import TelegramProgram
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.runner import Transcript
from tests.telegram.fixtures import bot_api_address

__all__ = ["bot_api_address", "folder", "prepared"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


running = running_program(is_webhook=True)


@pytest.mark.parametrize(("transcript", "is_own"), chosen(reports=True))
async def test_transcript(transcript: Transcript, is_own: bool, running: TelegramProgram) -> None:
    await play(transcript, running, is_own=is_own)
