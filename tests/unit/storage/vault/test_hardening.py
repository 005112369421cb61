import subprocess
import sys

import pytest

PROGRAM = """
import resource
from pathlib import Path
from storage.vault.hardening import harden
print(*harden())
print(resource.getrlimit(resource.RLIMIT_CORE))
import ctypes
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_core_dumps_and_ptrace_are_off() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == ["core ptrace", "(0, 0)", "0"]
