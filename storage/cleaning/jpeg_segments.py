"""Takes what is no picture out of a JPEG (or JPEG 2000) without drawing it anew: for pictures inside documents."""

from io import BytesIO
from typing import Final

from storage.cleaning.values import CleaningRefused, Refusal, reading_a_foreign_file

_START: Final = b"\xff\xd8"
_SCAN: Final = 0xDA
_ADOBE: Final = 0xEE
_COMMENT: Final = 0xFE
_JP2: Final = b"\0\0\0\x0cjP  "
_JP2_KEPT: Final = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
_QUALITY: Final = 90


def without_notes(data: bytes) -> bytes | None:
    """Return the JPEG without its application segments (but Adobe's colour mark) and comments.

    None when it is odd: it does not begin as one, or its segments do not lead to the picture.
    """
    if not data.startswith(_START):
        return None
    kept, at = [_START], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # it may be filled up before a marker
            at += 1
            continue
        if marker == _SCAN:
            end = data.rfind(b"\xff\xd9")
            return b"".join([*kept, data[at : end + 2 if end > at else len(data)]])
        if length < 2:
            return None
        if not (0xE0 <= marker <= 0xEF and marker != _ADOBE) and marker != _COMMENT:
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    return None


def redrawn_jpeg(data: bytes) -> bytes:
    """Return an odd JPEG drawn anew. Raises `CleaningRefused` when nothing can be drawn of it."""
    from PIL import Image

    with reading_a_foreign_file(), Image.open(BytesIO(data), formats=("JPEG",)) as image:
        image.load()
        out = BytesIO()
        Image.frombytes(image.mode, image.size, image.tobytes()).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def without_jp2_notes(data: bytes) -> bytes:
    """Return the JPEG 2000 file without boxes that are no picture; a bare code stream as it was."""
    if not data.startswith(_JP2):
        return data
    kept, at = [], 0
    while at + 8 <= len(data):
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            raise CleaningRefused(Refusal.DAMAGED)
        if data[at + 4 : at + 8] in _JP2_KEPT:
            kept.append(data[at : at + size])
        at += size
    return b"".join(kept)
