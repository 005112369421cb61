"""The server key: keyed hashes and look-ups. It opens no case.

Its file holds one 32-byte secret and the versioned look-up keys, as text (`server <hex>`, `lookup <n> <hex>`), mode
0600, outside the database and its backups. Losing it loses all codes; the office still opens every case.
"""

import hashlib
import hmac
import re
import secrets
from pathlib import Path
from typing import Self

from casework.code import normalise
from casework.ports import PersonKey
from storage.errors import KeyFileMissing, KeyFileUnsafe
from storage.vault.key_files import read_private, replace_private, write_private

KEY_BYTES = 32
_TITLE = "changtong server key v1"
_LINE = re.compile(r"(server|lookup) (?:(\d{1,6}) )?([0-9a-f]{64})")


class ServerKey:
    """Keyed hashes, each under a labelled subkey (keyed BLAKE2b). Satisfies `bot.turns.ports.PersonKeys`."""

    def __init__(self, secret: bytes, lookup_keys: dict[int, bytes]) -> None:
        if len(secret) != KEY_BYTES or not lookup_keys or any(len(k) != KEY_BYTES for k in lookup_keys.values()):
            raise ValueError("expected 32-byte keys and at least one look-up key")
        self._secret = secret
        self._lookup_keys = dict(sorted(lookup_keys.items(), reverse=True))
        self._subkeys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "ServerKey(…)"

    @classmethod
    def generate(cls) -> Self:
        return cls(secrets.token_bytes(KEY_BYTES), {1: secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def create(cls, path: Path) -> Self:
        """Write a new key to `path` (0600, synced with its folder). Raises `FileExistsError` when one is there."""
        key = cls.generate()
        write_private(path, key.as_text())
        return key

    @classmethod
    def load(cls, path: Path, *, fingerprint: bytes | None = None) -> Self:
        """Read `path`. `fingerprint` is what the database notes of its key.

        Raises `KeyFileMissing` when the file is gone or is another database's, `KeyFileUnsafe` when others can read it.
        """
        try:
            key = cls.parse(read_private(path).decode("ascii"))
        except FileNotFoundError as error:
            raise KeyFileMissing(path, "the backup of the keys (backup --keys)") from error
        except ValueError as error:
            raise KeyFileUnsafe(path, "is no server key file") from error
        if fingerprint is not None and not hmac.compare_digest(key.fingerprint, fingerprint):
            reason = f"is not the key this database was made with (wanted {fingerprint.hex()[:16]})"
            raise KeyFileMissing(path, "the backup of the keys (backup --keys) made with this database", reason)
        return key

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `as_text` gave, from a file or a secret store. Raises `ValueError` without repeating any of it."""
        title, *lines = text.strip().splitlines() or [""]
        secret, lookup_keys = b"", {}
        for line in lines:
            match = _LINE.fullmatch(line.strip())
            if match is None:
                raise ValueError("a line is no key")
            if match[1] == "lookup":
                lookup_keys[int(match[2] or 0)] = bytes.fromhex(match[3])
            else:
                secret = bytes.fromhex(match[3])
        if title.strip() != _TITLE:
            raise ValueError("the first line is not a server key's")
        return cls(secret, lookup_keys)

    def as_text(self) -> bytes:
        """Return the secret content of the key file."""
        lines = [_TITLE, f"server {self._secret.hex()}"]
        lines += [f"lookup {version} {key.hex()}" for version, key in sorted(self._lookup_keys.items())]
        return ("\n".join(lines) + "\n").encode("ascii")

    def save(self, path: Path) -> None:
        """Replace the key file in one step, after look-up keys changed."""
        replace_private(path, self.as_text())

    @property
    def fingerprint(self) -> bytes:
        """16 bytes that the database notes, to refuse another folder's key."""
        return self._keyed("fingerprint")[:16]

    @property
    def lookup_version(self) -> int:
        return next(iter(self._lookup_keys))

    @property
    def lookup_versions(self) -> tuple[int, ...]:
        """All live versions, newest first."""
        return tuple(self._lookup_keys)

    def with_new_lookup_key(self) -> "ServerKey":
        """Return a copy whose new codes use a fresh look-up key; older ones stay live."""
        return ServerKey(self._secret, self._lookup_keys | {self.lookup_version + 1: secrets.token_bytes(KEY_BYTES)})

    def without_lookup_key(self, version: int) -> "ServerKey":
        """Return a copy for which codes of `version` are unknown."""
        return ServerKey(self._secret, {v: k for v, k in self._lookup_keys.items() if v != version})

    def subkey(self, label: str) -> bytes:
        """Return 32 bytes for one purpose. Equal labels give equal keys."""
        if label not in self._subkeys:
            text = b"changtong.subkey." + label.encode()
            self._subkeys[label] = hashlib.blake2b(text, key=self._secret, digest_size=32).digest()
        return self._subkeys[label]

    def lookup_id(self, code: str) -> bytes:
        """Return the 32-byte look-up id of a code, typed in any form, under the newest key."""
        return self._lookup(self.lookup_version, normalise(code))

    def lookup_ids(self, code: str) -> tuple[bytes, ...]:
        """Return the ids under all live keys, newest first: what a look-up tries."""
        symbols = normalise(code)
        return tuple(self._lookup(version, symbols) for version in self._lookup_keys)

    def person(self, channel: str, address: str) -> PersonKey:
        return PersonKey(self._keyed("person", channel, address))

    def update_key(self, channel: str, address: str, message_id: str) -> bytes:
        return self._keyed("update", channel, address, message_id)

    def cookie(self, token: str) -> bytes:
        """Return the keyed hash of a web chat's cookie."""
        return self._keyed("cookie", token)

    def unit_index(self, unit_id: str) -> bytes:
        """Return the clear column by which cases of one *directory* unit are found (16 bytes)."""
        return self._keyed("unit", unit_id)[:16]

    def forget_id(self, person: PersonKey) -> bytes:
        """Return what lets a chat delete its watches without the watch naming the chat."""
        return self._keyed("forget", person)

    def draft_hash(self, draft_id: str) -> bytes:
        """Return the idempotency mark of a submitted draft; stands in the receipt row only."""
        return self._keyed("draft", draft_id)

    def evidence(self, file_id: str) -> bytes:
        """Return the mark by which the database knows that a file is still needed, without naming the file."""
        return self._keyed("evidence", file_id)

    def _lookup(self, version: int, symbols: str) -> bytes:
        return hmac.digest(self._lookup_keys[version], b"changtong.code.lookup.v1\0" + symbols.encode(), "sha256")

    def _keyed(self, label: str, *parts: str | bytes) -> bytes:
        # Lengths go in, so that ("ab", "c") and ("a", "bc") differ.
        hashed = hashlib.blake2b(key=self.subkey(label), digest_size=32)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            hashed.update(len(data).to_bytes(8, "big") + data)
        return hashed.digest()
