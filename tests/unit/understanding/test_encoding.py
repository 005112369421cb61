"""The encoder beside training: the same rows as here, in the order asked for, and nothing left of a killed training."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.understanding import encoding
from bot.understanding.encoding import encoder_beside
from bot.understanding.vectors import SentenceEncoder
from tests.unit.understanding.conftest import ROOT


def test_rows_are_those_of_the_encoder_here() -> None:
    first, second = ["hello", "他们收钱"], ["谢谢"]
    with encoder_beside() as encode:
        assert encode is not None
        promised = encode(first), encode(second)
        rows = [promise.result() for promise in promised]
    here = SentenceEncoder()
    for texts, found in zip((first, second), rows, strict=True):
        assert np.array_equal(found, here.encode(texts))


def test_without_the_package_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "encoder_name", lambda: "")
    with encoder_beside() as encode:
        assert encode is None


_TRAINING = """
import time
from bot.understanding.encoding import encoder_beside
if __name__ == "__main__":
    with encoder_beside() as encode:
        encode(["hello"]).result()
        print("ready", flush=True)
        time.sleep(60)
"""


def test_a_killed_training_leaves_no_process_behind(tmp_path: Path) -> None:
    program = tmp_path / "training_like.py"
    program.write_text(_TRAINING)
    with subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, text=True
    ) as training:
        assert training.stdout is not None
        assert training.stdout.readline() == "ready\n"
        training.send_signal(signal.SIGKILL)
        # The worker holds the other end of this pipe: it closes when the worker is gone.
        rest, _ = training.communicate(timeout=60)
        assert rest == ""
