"""What cleaning gives and refuses, and its limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum


class Removed(StrEnum):
    """What was found and taken out, in words that responses explain."""

    PLACE = "place"
    DEVICE = "device"
    TIME = "time"
    PICTURE_DATA = "picture_data"
    THUMBNAIL = "thumbnail"
    AUTHOR = "author"
    PROPERTIES = "properties"
    COMMENTERS = "commenters"
    EDIT_MARKS = "edit_marks"
    ATTACHED = "attached"
    SCRIPT = "script"
    HISTORY = "history"
    APPENDED = "appended"
    TAGS = "tags"
    FRAMES = "frames"


class Refusal(StrEnum):
    """Why a file is not taken."""

    KIND = "kind"
    ARCHIVE = "archive"
    DAMAGED = "damaged"
    BOMB = "bomb"
    LOCKED = "locked"
    MACROS = "macros"
    VIDEO = "video"


class CleaningRefused(Exception):
    """The file cannot be cleaned; `reason` says why. Its message holds nothing of the file."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@contextmanager
def reading_a_foreign_file() -> Iterator[None]:
    """Turn whatever a parser throws at a broken or hostile file into a `CleaningRefused`; memory's end passes.

    Broad on purpose: Pillow, pikepdf, zipfile and lxml meet such files with errors of every class (`struct.error` of a
    cut GIF, `zlib.error` of a bent archive), and a list of classes is never whole.
    """
    try:
        yield
    except (CleaningRefused, MemoryError):
        raise
    except Exception as error:
        raise CleaningRefused(Refusal.DAMAGED) from error


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on what one file may unfold to: pixels of a picture, bytes and parts of a document."""

    pixels: int = 60_000_000
    unfolded_bytes: int = 200 * 1024 * 1024
    parts: int = 5_000
    pages: int = 2_000


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A file without what tells on its maker. `ending` is the one that fits its kind now, with the dot."""

    data: bytes = field(repr=False)
    media_type: str
    ending: str
    removed: frozenset[Removed] = frozenset()
