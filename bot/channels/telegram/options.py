"""What the composition root tells the Telegram channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

OFFICIAL_API = "https://api.telegram.org"


@dataclass(frozen=True, kw_only=True)
class TelegramOptions:
    """`api`: any Bot API server; `files`: where it serves files, when elsewhere. `webhook`: our public address.

    `campaigns`: names by language, by the id that a link may carry. `answer_seconds`: how long a call may take.
    `album_quiet`: an album is whole when nothing of it came for so long.
    """

    token: str = field(repr=False)
    api: str = OFFICIAL_API
    files: str | None = None
    webhook: str | None = None
    webhook_secret: str = field(default="", repr=False)
    default_language: str = "zh"
    file_limit_bytes: int = 20 * 1024 * 1024
    campaigns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    connections: int = 24
    answer_seconds: float = 20.0
    chats_at_once: int = 16
    files_at_once: int = 3
    album_quiet: timedelta = timedelta(seconds=1)
    poll_inbox_seconds: float = 0.5

    @property
    def bot_id(self) -> int:
        """The part of the token that is no secret."""
        return int(self.token.partition(":")[0])
