"""The cleaning of one file in a process of its own: little memory, little time, no core, nothing written.

Reads a head and the file from standard input, writes a head and the cleaned file to standard output. A head is its
length (4 bytes) and JSON.
"""

import json
import resource
import sys
from typing import Any, BinaryIO, Final

from storage.cleaning.cleaning import clean
from storage.cleaning.values import CleaningRefused, Limits, Refusal

MEMORY_BYTES: Final = 2 * 1024**3
CPU_SECONDS: Final = 60
OPEN_FILES: Final = 64
FILE_BYTES: Final = 512 * 1024**2


def main() -> None:
    """Clean what stands on standard input."""
    _bound()
    head = read_head(sys.stdin.buffer)
    data = sys.stdin.buffer.read()
    try:
        cleaned = clean(data, head["allowed"], Limits(**head["limits"]))
    except CleaningRefused as refused:
        write(sys.stdout.buffer, {"refused": refused.reason.value}, b"")
    except MemoryError:
        write(sys.stdout.buffer, {"refused": Refusal.BOMB.value}, b"")
    else:
        told = {"media_type": cleaned.media_type, "ending": cleaned.ending, "removed": sorted(cleaned.removed)}
        write(sys.stdout.buffer, told, cleaned.data)


def _bound() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def read_head(stream: BinaryIO) -> dict[str, Any]:
    """Read a head from a stream."""
    head: dict[str, Any] = json.loads(stream.read(int.from_bytes(stream.read(4), "big")))
    return head


def write(stream: BinaryIO, head: dict[str, Any], data: bytes) -> None:
    """Write a head and the bytes behind it."""
    stream.write(framed(head))
    stream.write(data)
    stream.flush()


def framed(head: dict[str, Any]) -> bytes:
    """Return a head with its length before it."""
    packed = json.dumps(head).encode()
    return len(packed).to_bytes(4, "big") + packed


if __name__ == "__main__":
    main()
