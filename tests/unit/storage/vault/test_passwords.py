import asyncio
import threading

import pytest

from storage.errors import Tampered, WeakPassphrase
from storage.vault.passwords import ArgonCost, PasswordLocks, one_time_password, require_strong
from storage.vault.sealing import new_key
from storage.vault.server_key import ServerKey
from tests.unit.storage.vault.office_house import CHEAP

PASSWORD = "correct horse battery"


async def test_a_lock_opens_with_its_password_for_its_account(server_key: ServerKey) -> None:
    locks, key = PasswordLocks(server_key, CHEAP), new_key()
    lock = await locks.lock("li", key, PASSWORD)
    assert await locks.unlock("li", lock, PASSWORD) == key
    assert await locks.unlock("li", lock, PASSWORD + "x") is None
    assert await locks.unlock("wu", lock, PASSWORD) is None
    assert await locks.unlock("li", None, PASSWORD) is None
    locks.close()


async def test_a_changed_lock_does_not_open(server_key: ServerKey) -> None:
    locks = PasswordLocks(server_key, CHEAP)
    lock = await locks.lock("li", new_key(), PASSWORD)
    for position in (4, 18, 19, 30, len(lock) - 1):
        changed = bytearray(lock)
        changed[position] ^= 1
        assert await locks.unlock("li", bytes(changed), PASSWORD) is None
    for prefix in (b"", b"\x02\x0d\x01", b"\x01\x1f\x01", b"\x01\x0d\x11", b"\x01\x0d\x00"):
        with pytest.raises(Tampered, match="no lock"):
            await locks.unlock("li", prefix + lock[len(prefix) :] if prefix else b"", PASSWORD)
    locks.close()


async def test_locks_of_a_lower_cost_still_open(server_key: ServerKey) -> None:
    old, new, key = PasswordLocks(server_key, CHEAP), PasswordLocks(server_key, ArgonCost(memory_log2=14)), new_key()
    lock = await old.lock("li", key, PASSWORD)
    assert await new.unlock("li", lock, PASSWORD) == key
    old.close()
    new.close()


async def test_two_at_once_and_the_loop_stays_free(server_key: ServerKey, monkeypatch: pytest.MonkeyPatch) -> None:
    locks, running, most, counting = PasswordLocks(server_key, CHEAP), 0, 0, threading.Lock()
    together = threading.Barrier(2)  # broken after its patience, and the test with it, where they come one by one
    ticked = threading.Event()

    def slow(prefix: bytes, password: str) -> bytes:
        nonlocal running, most
        with counting:
            running += 1
            most = max(most, running)
        together.wait(10)
        ticked.clear()
        assert ticked.wait(10)
        with counting:
            running -= 1
        return bytes(32)

    monkeypatch.setattr(locks, "_stretch", slow)

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.001)
            ticked.set()

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(locks.lock("li", new_key(), PASSWORD) for _ in range(8)))
    ticking.cancel()
    assert most == 2
    locks.close()


def test_the_cost_is_what_the_vault_says() -> None:
    cost = ArgonCost()
    assert (1 << cost.memory_log2, cost.passes) == (64 * 1024 * 1024, 3)


def test_one_time_passwords_are_strong_and_differ() -> None:
    first, second = one_time_password(), one_time_password()
    require_strong(first)
    assert first != second
    assert [len(group) for group in first.split("-")] == [4] * 5


@pytest.mark.parametrize(
    "password",
    [
        "PasswordPassword1", "Password-2026-!!!", "qwertyuiop12345", "1234567890123456", "changtong-dalian-2026",
        "abcdefghijklmn1", "letmein letmein!", "Correct horse battery staple", "密码密码密码密码密码密码密码",
        "admin admin 20262026",
        "q w e r t y u i o p 1 2 3", "tigertigertiger",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassphrase):
        require_strong(password)


@pytest.mark.parametrize(
    "password", ["gleaming otter borrows nine", "my password is a heron", "海边的旧灯塔今晚没有亮灯光"]
)
def test_words_of_one_s_own_are_taken(password: str) -> None:
    require_strong(password + "ok")
