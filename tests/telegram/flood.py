"""Flood control: how often the real server lets a bot write before it answers 429."""

import math
from collections import deque
from dataclasses import dataclass, field

from tests.telegram.errors import ApiError

ALL_A_SECOND = 30
GROUP_A_MINUTE = 20
JITTER_SECONDS = 0.05
"""What the way of a request may shorten a distance kept by the sender; windows are shorter by that much."""


@dataclass
class Window:
    """At most `most` in any `seconds`."""

    most: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, count: int) -> float:
        """Return how long `count` more must wait; 0 when they may pass."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        excess = len(self.times) + count - self.most
        return 0.0 if excess <= 0 else self.times[min(excess, len(self.times)) - 1] + self.seconds - now

    def note(self, now: float, count: int) -> None:
        self.times.extend([now] * count)


@dataclass
class FloodControl:
    """30 a second in all, 1 a second a chat, 20 a minute a group; `refusals` counts the 429s it gave by itself."""

    is_on: bool = True
    refusals: int = 0
    _all: Window = field(default_factory=lambda: Window(ALL_A_SECOND, 1 - JITTER_SECONDS))
    _chats: dict[int, list[Window]] = field(default_factory=dict)

    def pass_edit(self, now: float) -> None:
        """Count an edit: towards all alone. Raises `ApiError` 429."""
        self._pass([self._all], now, 1)

    def pass_messages(self, chat: int, *, is_group: bool, now: float, count: int = 1) -> None:
        """Count messages to a chat; an album is one post to its chat. Raises `ApiError` 429."""
        windows = self._chats.setdefault(chat, _windows(is_group))
        self._pass(windows, now, 1, then=(self._all, count))

    def _pass(self, windows: list[Window], now: float, count: int, then: tuple[Window, int] | None = None) -> None:
        if not self.is_on:
            return
        counted = [(window, count) for window in windows] + ([then] if then else [])
        wait = max(window.wait(now, number) for window, number in counted)
        if wait > 0:
            self.refusals += 1
            raise too_many(max(1, math.ceil(wait)))
        for window, number in counted:
            window.note(now, number)


def _windows(is_group: bool) -> list[Window]:
    second = Window(1, 1 - JITTER_SECONDS)
    return [second, Window(GROUP_A_MINUTE, 60 - JITTER_SECONDS)] if is_group else [second]


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
