"""Ogg (voice messages are Opus in Ogg): the comment header is emptied, its pages written anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from storage.cleaning.values import CleaningRefused, Refusal

_HEAD: Final = 27
_COMMENTS: Final = {b"OpusTags": b"OpusTags", b"\x03vorbis": b"\x03vorbis"}
_MOST: Final = 255


@dataclass(frozen=True, kw_only=True)
class _Page:
    flags: int
    granule: bytes
    serial: bytes
    sizes: bytes
    body: bytes


def clean_ogg(data: bytes) -> bytes:
    """Return the stream with an empty comment header. Raises `CleaningRefused` for what is no single stream."""
    pages = list(_pages(data))
    if len({page.serial for page in pages}) != 1:
        raise CleaningRefused(Refusal.DAMAGED)
    headers = [_without_comments(packet) for packet in _first_packets(pages)]
    count, rest = _pages_of_headers(pages, len(headers))
    out = [_written(_page_of([headers[0]], pages[0], 2), 0)]
    out.append(_written(_page_of(headers[1:], pages[0], 0), 1))
    out += [_written(page, number) for number, page in enumerate(rest, 2)]
    return b"".join(out) if count else b""


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    while data[at : at + 4] == b"OggS" and at + _HEAD <= len(data):
        count = data[at + 26]
        sizes = data[at + _HEAD : at + _HEAD + count]
        begin = at + _HEAD + count
        end = begin + sum(sizes)
        if end > len(data) or len(sizes) != count:
            break
        yield _Page(
            flags=data[at + 5],
            granule=data[at + 6 : at + 14],
            serial=data[at + 14 : at + 18],
            sizes=sizes,
            body=data[begin:end],
        )
        at = end


def _first_packets(pages: list[_Page]) -> list[bytes]:
    """Return the header packets: two of Opus, three of Vorbis."""
    packets, open_packet = [], bytearray()
    for page in pages:
        at = 0
        for size in page.sizes:
            open_packet += page.body[at : at + size]
            at += size
            if size < _MOST:
                packets.append(bytes(open_packet))
                open_packet.clear()
        if packets and len(packets) >= (3 if packets[0].startswith(b"\x01vorbis") else 2):
            break
    wanted = 3 if packets and packets[0].startswith(b"\x01vorbis") else 2
    if len(packets) != wanted or not packets[0].startswith((b"OpusHead", b"\x01vorbis")):
        raise CleaningRefused(Refusal.DAMAGED)
    return packets


def _pages_of_headers(pages: list[_Page], count: int) -> tuple[int, list[_Page]]:
    """Return how many pages the headers fill, and the pages behind them."""
    seen = 0
    for number, page in enumerate(pages, 1):
        seen += sum(size < _MOST for size in page.sizes)
        if seen >= count:
            return number, pages[number:]
    raise CleaningRefused(Refusal.DAMAGED)


def _without_comments(packet: bytes) -> bytes:
    for mark in _COMMENTS:
        if packet.startswith(mark):
            return mark + bytes(8) + (b"\x01" if mark == b"\x03vorbis" else b"")
    return packet


def _page_of(packets: list[bytes], like: _Page, flags: int) -> _Page:
    sizes = b"".join(bytes([_MOST] * (len(packet) // _MOST) + [len(packet) % _MOST]) for packet in packets)
    if len(sizes) > _MOST:
        raise CleaningRefused(Refusal.DAMAGED)
    return _Page(flags=flags, granule=bytes(8), serial=like.serial, sizes=sizes, body=b"".join(packets))


def _written(page: _Page, number: int) -> bytes:
    """Return the page's bytes; the stream's serial number is random by its maker, so one is the same for all."""
    head = b"OggS\x00" + bytes([page.flags]) + page.granule + b"\x01\x00\x00\x00" + number.to_bytes(4, "little")
    tail = bytes([len(page.sizes)]) + page.sizes + page.body
    return head + _crc(head + bytes(4) + tail).to_bytes(4, "little") + tail


def _table() -> tuple[int, ...]:
    rows = []
    for value in range(256):
        row = value << 24
        for _ in range(8):
            row = (row << 1) ^ (0x04C11DB7 if row & 0x80000000 else 0)
        rows.append(row & 0xFFFFFFFF)
    return tuple(rows)


_ROWS: Final = _table()


def _crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = ((crc << 8) & 0xFFFFFFFF) ^ _ROWS[(crc >> 24) ^ byte]
    return crc
