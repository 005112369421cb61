"""Locks a private key with a passphrase: Argon2id, then keyed with the server key: a stolen database is not enough."""

import asyncio
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from nacl.pwhash import argon2id

from storage.errors import Tampered, WeakPassphrase
from storage.vault.sealing import KEY_BYTES, open_sealed, seal
from storage.vault.server_key import ServerKey

_Result = TypeVar("_Result")
MINIMUM_CHARACTERS = 14
MINIMUM_DISTINCT = 5
_LEAST_OF_ONES_OWN = 4
_DIGITS = re.compile(r"\d+")
_KNOWN = re.compile(
    "password|passwort|passphrase|passw0rd|p4ssword|qwertyuiop|qwerty|asdfghjkl|asdfgh|zxcvbnm|zxcvbn|qazwsxedc|qazwsx|"
    "1q2w3e4r5t|abcdefghijklmn|abcdefgh|abcdef|abc|administrator|admin|letmein|welcome|iloveyou|woaini|changtong|"
    "changeme|secret|login|monkey|dragon|sunshine|princess|football|correcthorsebatterystaple|test|user|root|dalian|"
    "jiwei|jianwei|密码|管理员|畅通|大连|纪委|监委|我爱你"
)
"""Words of the passwords most often found in breaches, and the ones that name this place."""
_CONTEXT = "operator.private.v1"
_FORMAT = 1
_SALT = 16
_PREFIX = 3 + _SALT
_MEMORY_LOG2 = range(13, 31)  # 8 KiB, libsodium's least, to 1 GiB: a row cannot make us take more
_PASSES = range(1, 17)


@dataclass(frozen=True, kw_only=True)
class ArgonCost:
    """What a guess costs. `memory_log2`: 26 is 64 MiB."""

    memory_log2: int = 26
    passes: int = 3


class PasswordLocks:
    """Makes and opens locks; at most two at once, in threads of its own (64 MiB each, and the loop stays free)."""

    def __init__(self, server_key: ServerKey, cost: ArgonCost | None = None) -> None:
        self._pepper = server_key.subkey("operator.password")
        self._cost = cost or ArgonCost()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

    async def lock(self, name: str, private_key: bytes, password: str) -> bytes:
        """Return `private_key` locked for the account `name`: format, cost, salt, ciphertext."""
        return await self._in_thread(self.lock_now, name, private_key, password)

    async def unlock(self, name: str, lock: bytes | None, password: str) -> bytes | None:
        """Return the private key, None when the password is wrong. Without a lock it takes as long and gives None."""
        return await self._in_thread(self._unlock_now, name, lock, password)

    def lock_now(self, name: str, private_key: bytes, password: str) -> bytes:
        """Do as `lock`, in this thread."""
        prefix = bytes([_FORMAT, self._cost.memory_log2, self._cost.passes]) + secrets.token_bytes(_SALT)
        return prefix + seal(self._stretch(prefix, password), _CONTEXT, name.encode(), private_key)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _unlock_now(self, name: str, lock: bytes | None, password: str) -> bytes | None:
        if lock is None:
            self.lock_now(name, bytes(KEY_BYTES), password)
            return None
        key = self._stretch(lock[:_PREFIX], password)
        try:
            return open_sealed(key, _CONTEXT, name.encode(), lock[_PREFIX:])
        except Tampered:
            return None

    def _stretch(self, prefix: bytes, password: str) -> bytes:
        if len(prefix) < _PREFIX or prefix[0] != _FORMAT or prefix[1] not in _MEMORY_LOG2 or prefix[2] not in _PASSES:
            raise Tampered(_CONTEXT, "is no lock of this format")
        typed = _normal(password).encode("utf-8", "surrogatepass")
        stretched = argon2id.kdf(KEY_BYTES, typed, prefix[3:], opslimit=prefix[2], memlimit=1 << prefix[1])
        return hashlib.blake2b(stretched, key=self._pepper, digest_size=KEY_BYTES).digest()

    async def _in_thread(self, work: Callable[..., _Result], *args: object) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def require_strong(password: str) -> None:
    """Raise `WeakPassphrase` for fewer than 14 characters, fewer than 5 different ones, or what everybody tries."""
    typed = _normal(password).strip()
    if len(typed) < MINIMUM_CHARACTERS or len(set(typed)) < MINIMUM_DISTINCT or is_known_bad(typed):
        raise WeakPassphrase(MINIMUM_CHARACTERS, MINIMUM_DISTINCT)


def is_known_bad(password: str) -> bool:
    """Tell what everybody tries first: rows of keys, a word twice, and nothing but known words, digits and signs."""
    plain = "".join(c for c in _normal(password).casefold() if c.isalnum())
    if any(plain == plain[:size] * (len(plain) // size) for size in range(1, len(plain) // 2 + 1)):
        return True
    left = _KNOWN.sub("", plain)
    return len(_DIGITS.sub("", left)) < _LEAST_OF_ONES_OWN


def one_time_password() -> str:
    """Return 100 random bits as five groups of four; not the shape of a tracking code."""
    symbols = [secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(20)]
    return "-".join("".join(symbols[i : i + 4]) for i in range(0, 20, 4))


def _normal(password: str) -> str:
    """Make full-width and half-width forms one: input methods switch between them unasked."""
    return unicodedata.normalize("NFKC", password)
