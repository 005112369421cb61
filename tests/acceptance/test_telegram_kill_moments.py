"""A program dies at each moment between an update's arrival and its answer's mark; the next one goes on."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.bootstrap import Prepared
from tests.acceptance.telegram_programs import TelegramHouse, stopped
from tests.dialogues.conftest import prepared
from tests.kill.dying_messenger import MOMENTS
from tests.kill.journey import check_told_once, facts_of
from tests.telegram.client import TestSide
from tests.telegram.fixtures import bot_api, bot_api_address
from tests.telegram.reporting import to_the_code

__all__ = ["bot_api", "bot_api_address", "prepared"]

PATIENCE_SECONDS = 90.0


def die_at(moment: str, house: TelegramHouse, side: TestSide) -> None:
    """Run a program until it kills itself."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.kill.dying_messenger", str(house.data), moment],
        env={**os.environ, "CHANGTONG_TELEGRAM_TOKEN": side.token, "CHANGTONG_TELEGRAM_API": side.address},
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr


async def test_whatever_moment_it_dies_at_all_is_told_once(
    prepared: Prepared, bot_api: TestSide, tmp_path: Path
) -> None:
    await bot_api.settings(is_flood_on=False)
    house = await TelegramHouse.made(tmp_path / "data")
    person = await bot_api.someone("zh")
    await person.start("zh")
    said = ["/start_report", *facts_of(0), "/done"]
    for moment in MOMENTS:
        await person.say(said.pop(0))
        await asyncio.to_thread(die_at, moment, house, bot_api)
    server = house.server(bot_api)
    try:
        await asyncio.to_thread(server.start)
        for words in said:
            await person.say(words)
        code = await to_the_code(person, PATIENCE_SECONDS, quiet=1.0)
    finally:
        await stopped([server])
    assert code
    check_told_once(await house.cases(), 1)
