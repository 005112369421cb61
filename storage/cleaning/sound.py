"""Sound: the frames alone, without tags; nothing is coded anew, so nothing is lost."""

from typing import Final

from storage.cleaning.boxes import clean_boxes
from storage.cleaning.ogg import clean_ogg
from storage.cleaning.values import Cleaned, CleaningRefused, Refusal, Removed

_TAG: Final = frozenset({Removed.TAGS})
_SYNC: Final = 4096
_FLAC_KEPT: Final = frozenset({0, 3})


def clean_sound(data: bytes, kind: str) -> Cleaned:
    """Clean a sound file by its kind. Raises `CleaningRefused` when it is damaged."""
    cleaned, media_type, ending = _CLEANERS[kind](data), *_TYPES[kind]
    if not cleaned:
        raise CleaningRefused(Refusal.DAMAGED)
    removed = _TAG if cleaned != data else frozenset()
    return Cleaned(data=cleaned, media_type=media_type, ending=ending, removed=removed)


def _mp3(data: bytes) -> bytes:
    """Drop ID3 before and behind, APE and lyrics: keep from the first frame to the last tag."""
    while data[:3] == b"ID3" and len(data) > 10:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
        data = data[10 + size + (10 if data[5] & 0x10 else 0) :]
    data = data.lstrip(b"\x00")
    changed = True
    while changed:
        changed = False
        if data[-128:-125] == b"TAG":
            data, changed = data[:-128], True
        elif data[-32:-24] == b"APETAGEX":
            size = int.from_bytes(data[-20:-16], "little") + (32 if data[-9] & 0x80 else 0)
            data, changed = data[: max(0, len(data) - size)], True
        elif data[-9:] == b"LYRICS200" and data[-15:-9].isdigit():
            data, changed = data[: max(0, len(data) - int(data[-15:-9]) - 15)], True
    return _from_sync(data, 0xE0)


def _from_sync(data: bytes, mask: int) -> bytes:
    """Return the data from the first frame on; nothing when there is none near the beginning."""
    for at in range(min(len(data) - 1, _SYNC)):
        if data[at] == 0xFF and data[at + 1] & mask == mask:
            return _without_encoder(data[at:])
    return b""


def _without_encoder(data: bytes) -> bytes:
    """Blank the name of the encoder in the information frame of an MP3."""
    at = max(data.find(b"LAME", 0, 512), data.find(b"Lavc", 0, 512), data.find(b"Lavf", 0, 512))
    return data if at < 0 else data[:at] + b"\x00" * 9 + data[at + 9 :]


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
        if kind in _FLAC_KEPT:
            blocks.append((kind, data[at + 4 : at + 4 + size]))
        at += 4 + size
    if not blocks or not is_last:
        return b""
    last = len(blocks) - 1
    heads = (
        bytes([kind | (0x80 if n == last else 0)]) + len(block).to_bytes(3, "big") + block
        for n, (kind, block) in enumerate(blocks)
    )
    return b"fLaC" + b"".join(heads) + data[at:]


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
