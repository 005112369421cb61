import subprocess
import sys
from pathlib import Path

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


def test_files_of_the_program_are_the_user_s_alone(tmp_path: Path) -> None:
    """In a data folder made by hand, others could read the database and its journal."""
    program = f"""
import sqlite3
from storage.vault.hardening import harden
harden()
connection = sqlite3.connect({str(tmp_path / "database")!r})
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("CREATE TABLE words (word)")
print(*(oct(path.stat().st_mode & 0o777) for path in __import__("pathlib").Path({str(tmp_path)!r}).iterdir()))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["0o600"] * 3
