"""Ports on loopback for servers that tests start."""

import itertools
import os
import random
import socket

_FIRST, _OF_A_WORKER, _WORKERS = 12_000, 1_200, 16
"""Below those that the system hands out by itself (from 32768 on), where one that was free a moment ago is not now."""

_begin = _FIRST + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % _WORKERS * _OF_A_WORKER
_next = itertools.count(random.SystemRandom().randrange(_OF_A_WORKER))


def free_port() -> int:
    """Return a loopback port that is free now; the next calls, here and in the other workers, give others."""
    for number in itertools.islice(_next, _OF_A_WORKER):
        port = _begin + number % _OF_A_WORKER
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("no free port")
