"""MP4 containers of sound: boxes that tell are blanked in place, so that no offset moves."""

from typing import Final

from storage.cleaning.values import CleaningRefused, Refusal

_HOLDERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts"})
_KEPT: Final = frozenset(
    {
        b"ftyp",
        b"mdat",
        b"mvhd",
        b"tkhd",
        b"mdhd",
        b"hdlr",
        b"smhd",
        b"dref",
        b"stsd",
        b"stts",
        b"ctts",
        b"stsc",
        b"stsz",
        b"stz2",
        b"stco",
        b"co64",
        b"stss",
        b"sgpd",
        b"sbgp",
        b"elst",
        b"iods",
    }
)
_TIMED: Final = {b"mvhd": 100, b"tkhd": 84, b"mdhd": 24}
"""Boxes that begin with times, and how long they are (ISO 14496-12) in their short form."""
_DEEPEST: Final = 8


def clean_boxes(data: bytes) -> bytes:
    """Return the container with unknown boxes blanked and times zero. Raises `CleaningRefused` when it is damaged."""
    out = bytearray(data)
    _clean(out, 0, len(out), 0)
    return bytes(out)


def _clean(out: bytearray, at: int, end: int, depth: int) -> None:
    while at < end:
        size, head = _size(out, at, end)
        kind = bytes(out[at + 4 : at + 8])
        if kind in _HOLDERS and depth < _DEEPEST:
            _clean(out, at + head, at + size, depth + 1)
        elif kind in _TIMED:
            is_long = out[at + head] == 1
            length, whole = (16 if is_long else 8), _TIMED[kind] + (12 if is_long else 0)
            out[at + head + 4 : at + head + 4 + length] = bytes(length)
            out[at + head + whole : at + size] = bytes(max(0, size - head - whole))  # what no player reads
        elif kind == b"hdlr":
            out[at + head + 24 : at + size] = bytes(size - head - 24)
        elif kind not in _KEPT:
            out[at + 4 : at + 8] = b"free"
            out[at + head : at + size] = bytes(size - head)
        at += size


def _size(out: bytearray, at: int, end: int) -> tuple[int, int]:
    size, head = int.from_bytes(out[at : at + 4], "big"), 8
    if size == 1:
        size, head = int.from_bytes(out[at + 8 : at + 16], "big"), 16
    elif size == 0:
        size = end - at
    if size < head + (28 if bytes(out[at + 4 : at + 8]) in (*_TIMED, b"hdlr") else 0) - 4 or at + size > end:
        raise CleaningRefused(Refusal.DAMAGED)
    return size, head
