"""A draft behind a word of the reporter's own. The word is kept nowhere; nothing said without it touches the draft.

While the lock is closed the draft's engine state lies aside, whole; what is said meanwhile happens in another
conversation of the engine, which knows nothing of it.
"""

import asyncio
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

SHORTEST_WORD = 2
LONGEST_WORD = 64
WAIT_AFTER = 10
WAIT = timedelta(hours=1)
_ROUNDS = 2**14
_SALT_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Lock:
    """`kept` is the draft's conversation `(id, engine state)` while the lock is closed; None while it is open.

    `day` is the last on which something was said beside the open draft (the office's day).
    `tries` counts wrong words since the last right one or the last wait; `tried_at` is when the latest was said.
    """

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    day: date
    kept: tuple[str, dict[str, Any]] | None = field(default=None, repr=False)
    tries: int = 0
    tried_at: datetime | None = None

    @property
    def is_closed(self) -> bool:
        return self.kept is not None

    def closed(self, conversation_id: str, engine: dict[str, Any]) -> "Lock":
        """Lay the draft aside."""
        return replace(self, kept=(conversation_id, engine))

    def opened(self) -> "Lock":
        """Forget what lay aside (it is in use again), and the wrong words."""
        return replace(self, kept=None, tries=0, tried_at=None)

    def must_wait(self, now: datetime) -> bool:
        """Tell whether too many wrong words were said within the hour."""
        return self.tries >= WAIT_AFTER and self.tried_at is not None and now - self.tried_at < WAIT

    def missed(self, now: datetime) -> "Lock":
        """Count a wrong word; after a wait the count begins anew."""
        return replace(self, tries=1 if self.tries >= WAIT_AFTER else self.tries + 1, tried_at=now)

    async def fits(self, word: str) -> bool:
        """Tell whether it is the word, however it is spaced, in whatever width and case."""
        return secrets.compare_digest(await asyncio.to_thread(_digest, word, self.salt), self.digest)

    def to_list(self) -> list[Any]:
        """Return it as a short JSON list."""
        at = self.tried_at.isoformat() if self.tried_at else None
        return [self.salt.hex(), self.digest.hex(), self.day.isoformat(), self.kept, self.tries, at]

    @classmethod
    def from_list(cls, data: list[Any]) -> "Lock":
        """Read what `to_list` gave."""
        salt, digest, day, kept, tries, at = data
        return cls(
            salt=bytes.fromhex(salt),
            digest=bytes.fromhex(digest),
            day=date.fromisoformat(day),
            kept=(kept[0], kept[1]) if kept else None,
            tries=tries,
            tried_at=datetime.fromisoformat(at) if at else None,
        )


async def lock_with(word: str, day: date) -> Lock:
    """Make an open lock on this day."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return Lock(salt=salt, digest=await asyncio.to_thread(_digest, word, salt), day=day)


def plain_word(word: str) -> str:
    """Return a word as it is compared: spaces and punctuation dropped, width and case made one."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    kept = "".join(c for c in folded if unicodedata.category(c)[0] in "LNMS")
    return unicodedata.normalize("NFKC", kept).casefold()


def length_fault(word: str) -> str | None:
    """Return "short" or "long" for what cannot be a word."""
    if len(plain_word(word)) < SHORTEST_WORD:
        return "short"
    return "long" if len(word) > LONGEST_WORD else None


def _digest(word: str, salt: bytes) -> bytes:
    return hashlib.scrypt(plain_word(word).encode(), salt=salt, n=_ROUNDS, r=8, p=1, dklen=32)
