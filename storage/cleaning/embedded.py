"""Pictures inside documents: cleaned like pictures, in the kind that the document expects."""

from storage.cleaning.kinds import kind_of
from storage.cleaning.pictures import clean_picture
from storage.cleaning.values import CleaningRefused, Limits, Removed

_KEEPING_KIND = frozenset({"jpeg", "png", "webp"})


def clean_embedded(data: bytes, limits: Limits, removed: set[Removed]) -> bytes:
    """Return the picture cleaned; what is no picture of a known kind is left out (an empty part)."""
    kind = kind_of(data)
    if kind not in _KEEPING_KIND:
        removed.add(Removed.ATTACHED)  # drawings (EMF, WMF, SVG) tell their maker in ways that are not cleaned here
        return b""
    try:
        cleaned = clean_picture(data, kind, limits)
    except CleaningRefused:
        removed.add(Removed.ATTACHED)
        return b""
    removed |= cleaned.removed
    return cleaned.data
