"""Cleans one file: its kind by its content, then the cleaner of that kind."""

from collections.abc import Collection
from typing import Final

from storage.cleaning.kinds import kind_of
from storage.cleaning.values import Cleaned, CleaningRefused, Limits, Refusal, reading_a_foreign_file

_PICTURES: Final = frozenset({"jpeg", "png", "webp", "heic", "gif", "bmp", "tiff"})
_OFFICE: Final = frozenset({"docx", "xlsx", "pptx"})
_OPEN: Final = frozenset({"odt", "ods", "odp"})
_SOUND: Final = frozenset({"mp3", "wav", "flac", "amr", "aac", "ogg", "m4a"})
KINDS: Final = frozenset({*_PICTURES, *_OFFICE, *_OPEN, *_SOUND, "pdf", "text", "video"})
"""All kinds that can be cleaned; a profile allows some of them."""


def clean(data: bytes, allowed: Collection[str], limits: Limits | None = None) -> Cleaned:
    """Return the file without what tells on its maker. Raises `CleaningRefused`; imports what it needs when it does."""
    kind, limits = kind_of(data), limits or Limits()
    if kind == "archive":
        raise CleaningRefused(Refusal.ARCHIVE)
    if kind not in allowed:
        raise CleaningRefused(Refusal.KIND)
    if kind == "text":
        return Cleaned(data=data, media_type="text/plain", ending=".txt")
    with reading_a_foreign_file():
        return _cleaned(data, kind, limits)


def _cleaned(data: bytes, kind: str, limits: Limits) -> Cleaned:
    if kind in _PICTURES:
        from storage.cleaning.pictures import clean_picture

        return clean_picture(data, kind, limits)
    if kind == "pdf":
        from storage.cleaning.pdf import clean_pdf

        return clean_pdf(data, limits)
    if kind in _OFFICE:
        from storage.cleaning.office import clean_office

        return clean_office(data, kind, limits)
    if kind in _OPEN:
        from storage.cleaning.opendocument import clean_opendocument

        return clean_opendocument(data, kind, limits)
    if kind == "video":
        from storage.cleaning.video import clean_video

        return clean_video(data)
    from storage.cleaning.sound import clean_sound

    return clean_sound(data, kind)
