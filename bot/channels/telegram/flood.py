"""How much one person, and all together, may send; counted in memory, keyed by a hash that ends with this process."""

import hashlib
import secrets

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

ONE_A_MINUTE = 90
"""Nobody types so fast; forwarding a whole correspondence as evidence stays below."""

ALL_A_SECOND = 200


class Flood:
    """Tells who sends too much; says so once a minute, not each time."""

    def __init__(self, *, one_a_minute: int = ONE_A_MINUTE, all_a_second: int = ALL_A_SECOND) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._one, self._all = RateLimitItemPerMinute(one_a_minute), RateLimitItemPerSecond(all_a_second)
        self._told = RateLimitItemPerMinute(1)
        self._key = secrets.token_bytes(16)

    def takes(self, address: str) -> bool:
        """Count one message of this chat; False when it is one too many."""
        return self._limiter.hit(self._one, "one", self._name(address))

    def is_to_be_told(self, address: str) -> bool:
        """Tell whether this chat has not been told within the last minute; counts as telling."""
        return self._limiter.hit(self._told, "told", self._name(address))

    def has_room(self) -> bool:
        """Count one turn of anybody; False when all together are too fast, and somebody must wait a little."""
        return self._limiter.hit(self._all, "all")

    def _name(self, address: str) -> str:
        return hashlib.blake2b(address.encode(), key=self._key, digest_size=16).hexdigest()
