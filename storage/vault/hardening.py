"""Keeps the process's memory out of core dumps and from other processes of its user, its files from other users."""

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4


def harden() -> tuple[str, ...]:
    """Switch off core dumps and, on Linux, ptrace by the same user; returns what is off, of "core" and "ptrace".

    Files made from then on, the database's journal too, are the user's alone, also in a folder that others can enter.
    """
    done = []
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    done.append("core")
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0:
        done.append("ptrace")
    return tuple(done)
