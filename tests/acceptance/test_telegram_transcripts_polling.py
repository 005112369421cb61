"""Transcripts in Telegram, by long polling: the conversations that pass in process and in the web chat."""

import pytest

from tests.acceptance.telegram_house import MakeTalker, chosen, telegram_talker
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.runner import Run, Transcript
from tests.telegram.fixtures import bot_api, bot_api_address

__all__ = ["bot_api", "bot_api_address", "folder", "prepared", "telegram_talker"]


@pytest.mark.parametrize("transcript", chosen(every=18, first=0))
async def test_transcript(transcript: Transcript, telegram_talker: MakeTalker) -> None:
    await Run(transcript, telegram_talker(transcript.language)).play()
