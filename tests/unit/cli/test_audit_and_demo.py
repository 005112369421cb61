"""The trail checked by command, and the folder of invented cases."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.bootstrap import open_office
from bot.settings import Settings
from casework.queues import CaseIndex, counters, summaries
from tests.unit.cli.conftest import Run


def test_a_sound_trail_and_a_changed_one(changtong: Run, data: Path, password: str) -> None:
    changtong("office", "list", "--data", data, stdin=password)
    sound = changtong("audit", "verify", "--data", data)
    assert (sound.code, sound.out) == (0, "the audit trail is sound, 2 entries\n")
    with closing(sqlite3.connect(data / "changtong.db")) as connection, connection:
        connection.execute("DROP TRIGGER IF EXISTS trail_is_not_changed")
        connection.execute("UPDATE trail SET actor = 'somebody' WHERE position = 2")
    changed = changtong("audit", "verify", "--data", data)
    assert changed.code == 1
    assert "entry 2" in changed.err


def test_the_demo_fills_a_folder_once(changtong: Run, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    made = changtong("demo", "--data", folder)
    assert made.code == 0, made.err
    printed = [line.split("\t") for line in made.lines]
    accounts = {name: passphrase for name, passphrase, _ in printed}
    roles = {name: role for name, _, role in printed}
    assert roles == {
        "admin": "supervisor", "chen": "supervisor", "li": "handler", "sun": "intake", "wei": "admin", "zhao": "auditor"
    }  # fmt: skip
    counted = asyncio.run(_counted(folder, accounts["admin"]))
    assert counted["all"] >= 20
    assert min(counted[name] for name in ("new", "overdue", "to_approve", "waiting", "news", "closed")) > 0
    again = changtong("demo", "--data", folder)
    assert again.code == 1


async def _counted(folder: Path, password: str) -> dict[str, int]:
    store, services = await open_office(Settings(data=folder))
    try:
        key = await store.accounts.log_in("admin", password)
        return counters(await summaries(services, key, CaseIndex()), "admin")
    finally:
        await store.close()
