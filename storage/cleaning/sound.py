"""Sound: the frames alone, without tags; nothing is coded anew, so nothing is lost."""

from typing import Final

from storage.cleaning.boxes import clean_boxes
from storage.cleaning.ogg import clean_ogg
from storage.cleaning.values import Cleaned, CleaningRefused, Refusal, Removed

_TAG: Final = frozenset({Removed.TAGS})
_SYNC: Final = 4096
_FLAC_KEPT: Final = frozenset({0, 3})
_FLAC_STEP: Final = {0: 34, 3: 18}
_KILOBITS: Final = {
    (True, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second by (MPEG 1, layer as coded: 3 is layer I) and the index of the head, from 1."""


def clean_sound(data: bytes, kind: str) -> Cleaned:
    """Clean a sound file by its kind. Raises `CleaningRefused` when it is damaged."""
    cleaned, media_type, ending = _CLEANERS[kind](data), *_TYPES[kind]
    if not cleaned:
        raise CleaningRefused(Refusal.DAMAGED)
    removed = _TAG if cleaned != data else frozenset()
    return Cleaned(data=cleaned, media_type=media_type, ending=ending, removed=removed)


def _mp3(data: bytes) -> bytes:
    """Keep whole frames, wherever tags stand; nothing when there are not two in a row."""
    at = _first_frame(data)
    frames = []
    while at is not None and at + 4 <= len(data):
        size = _frame_size(data, at)
        if size == 0 or at + size > len(data):
            at = _next_frame(data, at + 1)
            continue
        frames.append(data[at : at + size])
        at += size
    if frames and (first := _without_encoder(frames[0])) is not frames[0]:
        frames[0] = first
    return b"".join(frames)


def _first_frame(data: bytes) -> int | None:
    """Return where sound begins, behind ID3 tags (their size is told in 7 bits a byte) and what fills up."""
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) > at + 10:
        head = data[at : at + 10]
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return _next_frame(data, at)


def _next_frame(data: bytes, start: int) -> int | None:
    """Return where the next frame begins that another follows: a lone one is chance."""
    at = data.find(b"\xff", start)
    while 0 <= at <= start + _SYNC:
        size = _frame_size(data, at)
        if size and _frame_size(data, at + size):
            return at
        at = data.find(b"\xff", at + 1)
    return None


def _frame_size(data: bytes, at: int) -> int:
    """Return the bytes of the MPEG frame at a place, 0 when none stands there (ISO 11172-3, 13818-3)."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = (data[at + 1] >> 3) & 3, (data[at + 1] >> 1) & 3
    bits, rate, padding = data[at + 2] >> 4, (data[at + 2] >> 2) & 3, (data[at + 2] >> 1) & 1
    if version == 1 or layer == 0 or bits in (0, 15) or rate == 3:
        return 0
    kilobits = _KILOBITS[(version == 3, layer)][bits - 1]
    hertz = (44_100, 48_000, 32_000)[rate] >> {3: 0, 2: 1, 0: 2}[version]
    if layer == 3:
        return (12_000 * kilobits // hertz + padding) * 4
    return (72_000 if layer == 1 and version != 3 else 144_000) * kilobits // hertz + padding


def _without_encoder(frame: bytes) -> bytes:
    """Blank the name of the encoder in the information frame of an MP3."""
    at = max(frame.find(name) for name in (b"LAME", b"Lavc", b"Lavf"))
    return frame if at < 0 else frame[:at] + bytes(min(9, len(frame) - at)) + frame[at + 9 :]


def _wav(data: bytes) -> bytes:
    """Keep format and samples of a RIFF file."""
    kept, at, end = [], 12, min(len(data), int.from_bytes(data[4:8], "little") + 8)
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] in (b"fmt ", b"data", b"fact"):
            chunk = data[at : min(at + 8 + size, end)]
            kept.append(chunk + b"\x00" * (len(chunk) % 2))
        at += 8 + size + size % 2
    body = b"WAVE" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body if kept else b""


def _flac(data: bytes) -> bytes:
    """Keep stream information and seek table."""
    blocks, at, is_last = [], 4, False
    while not is_last and at + 4 <= len(data):
        is_last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        if kind in _FLAC_KEPT and size % _FLAC_STEP[kind] == 0:
            blocks.append((kind, data[at + 4 : at + 4 + size]))
        at += 4 + size
    if not blocks or blocks[0][0] != 0 or not is_last or data[at : at + 2] not in (b"\xff\xf8", b"\xff\xf9"):
        return b""
    last = len(blocks) - 1
    heads = (
        bytes([kind | (0x80 if n == last else 0)]) + len(block).to_bytes(3, "big") + block
        for n, (kind, block) in enumerate(blocks)
    )
    return b"fLaC" + b"".join(heads) + _without_tail(data[at:])


def _without_tail(data: bytes) -> bytes:
    """Return the data without the tags that players put behind it."""
    if data[-128:-125] == b"TAG":
        data = data[:-128]
    if data[-32:-24] == b"APETAGEX":
        size = int.from_bytes(data[-20:-16], "little") + (32 if data[-9] & 0x80 else 0)
        data = data[: max(0, len(data) - size)]
    return data


def _amr(data: bytes) -> bytes:
    """Keep whole frames; the format has no tags, so what does not fit is appended."""
    wide = data.startswith(b"#!AMR-WB\n")
    sizes = (
        (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)
        if wide
        else (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
    )
    start = at = 9 if wide else 6
    while at < len(data):
        size = sizes[(data[at] >> 3) & 0x0F]
        if data[at] & 0x83 or not size or at + size > len(data):
            break
        at += size
    return data[:at] if at > start else b""


def _aac(data: bytes) -> bytes:
    """Keep whole ADTS frames."""
    at = 0
    while at + 7 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xF6 == 0xF0:
        size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if size < 7 or at + size > len(data):
            break
        at += size
    return data[:at]


_CLEANERS: Final = {
    "mp3": _mp3, "wav": _wav, "flac": _flac, "amr": _amr, "aac": _aac, "ogg": clean_ogg, "m4a": clean_boxes,
}  # fmt: skip
_TYPES: Final = {
    "mp3": ("audio/mpeg", ".mp3"),
    "wav": ("audio/wav", ".wav"),
    "flac": ("audio/flac", ".flac"),
    "amr": ("audio/amr", ".amr"),
    "aac": ("audio/aac", ".aac"),
    "ogg": ("audio/ogg", ".ogg"),
    "m4a": ("audio/mp4", ".m4a"),
}
