"""All other transcripts in Telegram, by long polling, with those of the channel alone."""

import pytest

from tests.acceptance.telegram_house import DIALOGUES, NOT_HERE, chosen, play, running_program
from tests.acceptance.telegram_talker import TelegramProgram
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.runner import Transcript, read_transcripts
from tests.telegram.fixtures import bot_api_address

__all__ = ["bot_api_address", "folder", "prepared"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


running = running_program()


@pytest.mark.parametrize(("transcript", "is_own"), chosen(reports=False))
async def test_transcript(transcript: Transcript, is_own: bool, running: TelegramProgram) -> None:
    await play(transcript, running, is_own=is_own)


async def test_what_is_left_out_is_there_to_be_left_out() -> None:
    there = {(path.stem, transcript.name) for path in DIALOGUES.glob("*.yml") for transcript in read_transcripts(path)}
    assert set(NOT_HERE) <= there
