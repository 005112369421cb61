"""Takes what is no picture out of a JPEG without drawing it anew: for pictures inside documents."""

from typing import Final

_START: Final = b"\xff\xd8"
_SCAN: Final = 0xDA
_ADOBE: Final = 0xEE
_COMMENT: Final = 0xFE


def without_notes(data: bytes) -> bytes:
    """Return the JPEG without its application segments (but Adobe's colour mark) and comments; as it was when odd."""
    if not data.startswith(_START):
        return data
    kept, at = [_START], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            end = data.rfind(b"\xff\xd9")
            return b"".join([*kept, data[at : end + 2 if end > at else len(data)]])
        if not (0xE0 <= marker <= 0xEF and marker != _ADOBE) and marker != _COMMENT:
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    return data
