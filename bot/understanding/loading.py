"""Loads the interpreter: from the cached model, or after training one in a process of its own.

scipy is imported in that process alone: it would cost the server tens of megabytes at every start.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.understanding.errors import TrainingDataRefused, TrainingFailed
from bot.understanding.interpreter import Interpreter
from bot.understanding.model import Model, Vectoriser
from bot.understanding.training_data import data_hash
from bot.understanding.values import Gazetteer
from bot.understanding.vectors import SentenceEncoder, encoder_name

FORMAT: Final = "8"
"""Of the cached file; raise it whenever training or the arrays change."""

Progress = Callable[[float, str], None]
"""Told (fraction 0..1, what is being done) while a model is trained."""

_FIRST: Final = "你好 hello"
"""Parsed at once: the tables of the script converter take most of a second, which no person shall wait for."""

_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Threads would wait for each other on small products, and add in another order each time."""

_REFUSED: Final = 3  # as training.REFUSED; that module is never imported here


def load_interpreter(
    nlu_dir: Path, cache_dir: Path, gazetteer: Gazetteer, progress: Progress | None = None
) -> Interpreter:
    """Return an interpreter for the files in `nlu_dir`; trains for some seconds when `cache_dir` has no model of them.

    A broken cached model is trained anew. Raises `TrainingDataRefused` with every problem of the files, or
    `TrainingFailed`.
    """
    encoder = encoder_name()
    path = cache_dir / f"model-{data_hash(nlu_dir, FORMAT, encoder)}.npz"
    model = _cached(path) or _trained(nlu_dir, path, progress)
    vectoriser = Vectoriser.of(model, SentenceEncoder() if encoder else None)
    interpreter = Interpreter(model, vectoriser, gazetteer)
    interpreter.parse(_FIRST)
    return interpreter


def _cached(path: Path) -> Model | None:
    try:
        return Model.load(path)
    except _UNREADABLE:
        return None


def _trained(nlu_dir: Path, path: Path, progress: Progress | None) -> Model:
    path.parent.mkdir(parents=True, exist_ok=True)
    _run_training(nlu_dir, path, progress or (lambda fraction, step: None))
    try:
        return Model.load(path)
    except _UNREADABLE as error:
        raise TrainingFailed(f"the model just trained cannot be read: {path.name}") from error


def _run_training(nlu_dir: Path, path: Path, progress: Progress) -> None:
    command = [sys.executable, "-m", "bot.understanding.training", str(nlu_dir), str(path)]
    root = str(Path(__file__).resolve().parents[2])
    search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    # A file and not a pipe for the problems: nobody reads it while the steps are read.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as problems,
        subprocess.Popen(  # noqa: S603 our own module, no shell
            command,
            stdout=subprocess.PIPE,
            stderr=problems,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1", **_ONE_THREAD},
        ) as process,
    ):
        for line in process.stdout or ():
            fraction, _, step = line.strip().partition(" ")
            progress(float(fraction), step)
        code = process.wait()
        problems.seek(0)
        lines = problems.read().splitlines()
    if code == _REFUSED:
        raise TrainingDataRefused(lines)
    if code:
        raise TrainingFailed(f"training ended with {code}: {lines[-1] if lines else 'no reason given'}")
