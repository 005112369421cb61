"""What the machine can do, so that other figures can be read on another one."""

import os
import time
from pathlib import Path

from benchmarks.figures import Figure, of_runs, percentile

TOPIC = "machine"
_BLOCK = os.urandom(16_384)
_SYNCS = 200
_LOOPS = 1_000_000


def measure(folder: Path) -> list[Figure]:
    """Time the disk's fsync after 16 kB and a plain loop; count the cores."""
    syncs = [sync_seconds(folder) for _ in range(_SYNCS)]
    loops = [_LOOPS / 1e6 / _loop_seconds() for _ in range(5)]
    return [
        Figure(topic=TOPIC, name="cores", value=float(os.cpu_count() or 1), unit=""),
        Figure(topic=TOPIC, name="fsync of 16 kB, p50", value=percentile(syncs, 50) * 1e3, unit="ms"),
        Figure(topic=TOPIC, name="fsync of 16 kB, p95", value=percentile(syncs, 95) * 1e3, unit="ms"),
        of_runs(TOPIC, "additions in a Python loop, of CPU", loops, "million/s"),
    ]


def additions_per_second() -> float:
    """Return how many additions a plain loop does in a second of CPU now; neighbours share caches and cores."""
    return _LOOPS / min(_loop_seconds() for _ in range(3))


def sync_seconds(folder: Path) -> float:
    """Append 16 kB to a file in `folder`, fsync it and return the seconds."""
    path = folder / "fsync-probe"
    with path.open("ab", buffering=0) as file:
        file.write(_BLOCK)
        begun = time.perf_counter()
        os.fsync(file.fileno())
        took = time.perf_counter() - begun
        if file.tell() > 256 * len(_BLOCK):
            file.truncate(0)
    return took


def _loop_seconds() -> float:
    begun, total = time.thread_time(), 0  # of CPU: waiting for one's turn is not the loop's
    for value in range(_LOOPS):
        total += value
    return time.thread_time() - begun


def memory_mb(process: int | None = None) -> float:
    """Return the resident memory of a process in MB (10⁶ bytes); default: this one."""
    status = Path(f"/proc/{process or 'self'}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) * 1024 / 1e6
