"""Every transcript in this folder runs through the real program."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import Run, Transcript, read_transcripts

FOLDER = Path(__file__).parent
ALL = [(path.stem, transcript) for path in sorted(FOLDER.glob("*.yml")) for transcript in read_transcripts(path)]


@pytest.mark.parametrize("transcript", [pytest.param(t, id=f"{stem}:{t.name}:{t.language}") for stem, t in ALL])
async def test_transcript(transcript: Transcript, talker: Callable[[str], InProcess]) -> None:
    await Run(transcript, talker(transcript.language)).play()


def test_names_are_unique() -> None:
    names = [(stem, transcript.name, transcript.language) for stem, transcript in ALL]
    assert len(names) == len(set(names))
