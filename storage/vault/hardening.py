"""Keeps the process's memory out of core dumps and from other processes of the same user."""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def harden() -> tuple[str, ...]:
    """Switch off core dumps and, on Linux, ptrace by the same user; returns what is off, of "core" and "ptrace"."""
    done = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    done.append("core")
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0:
        done.append("ptrace")
    return tuple(done)
