"""A real Rasa server on our files: checked, trained without understanding, started, in an environment of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from ruamel.yaml import YAML

HOUSE = Path(__file__).resolve().parents[2]
CHANNEL = HOUSE / "deploy" / "rasa"
IS_NAMED = "CHANGTONG_RASA" in os.environ
RASA = Path(os.environ.get("CHANGTONG_RASA", HOUSE / ".venv-rasa" / "bin" / "rasa"))
STARTS_WITHIN_SECONDS = 180.0
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def is_installed() -> bool:
    return RASA.is_file()


@dataclass(frozen=True, kw_only=True)
class RasaServer:
    """Where the server listens, and where it looks for actions and understanding."""

    url: str
    actions_port: int
    folder: Path = field(repr=False)


def run(folder: Path, *arguments: str) -> str:
    """Run a command of Rasa in a folder; return what it wrote. Raises `AssertionError` with it when it failed."""
    done = subprocess.run(
        [RASA, *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, f"rasa {' '.join(arguments)}: {done.stdout[-4000:]}"
    return done.stdout


def environment() -> Mapping[str, str]:
    return {**os.environ, **_QUIET, "PYTHONPATH": str(CHANNEL), "PYTHONWARNINGS": "ignore"}


def prepare(folder: Path, nlu_data: Path, actions_port: int) -> None:
    """Lay a project out of our files: endpoints on this port, the channels of `deploy/rasa`."""
    for name in ("domain", "data", "responses", "config.yml"):
        source = nlu_data / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.copy(CHANNEL / "credentials.yml", folder)
    ours = f"http://127.0.0.1:{actions_port}"
    endpoints = {"action_endpoint": {"url": f"{ours}/webhook"}, "nlu": {"url": ours}}
    with (folder / "endpoints.yml").open("w", encoding="utf-8") as file:
        YAML().dump(endpoints, file)


def train(folder: Path) -> str:
    """Check and train; return what both wrote."""
    checked = run(folder, "data", "validate", "--domain", ".", "--data", "data")
    stories = ("--stories", "data/rules")
    return checked + run(
        folder, "train", "core", "--domain", ".", *stories, "--config", "config.yml", "--out", "models"
    )


@contextmanager
def started(folder: Path, port: int) -> Iterator[str]:
    """Run the server until the block ends; give its address once it answers."""
    command: list[str | Path] = [RASA, "run", "--enable-api", "--port", str(port), "--interface", "127.0.0.1"]
    command += ["--model", "models", "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    with running(command, folder, f"http://127.0.0.1:{port}") as url:
        yield url


@contextmanager
def stood_in(folder: Path, port: int, actions_port: int) -> Iterator[str]:
    """Run what stands in for the server until the block ends; give its address once it answers."""
    command = [sys.executable, "-m", "tests.support.rasa_stand_in", str(port), f"http://127.0.0.1:{actions_port}"]
    with running([*command], folder, f"http://127.0.0.1:{port}", PYTHONPATH=str(HOUSE)) as url:
        yield url


@contextmanager
def running(command: list[str | Path], folder: Path, url: str, **more: str) -> Iterator[str]:
    with (folder / "rasa.log").open("a") as told:
        variables = {**environment(), **more}
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=told, stderr=subprocess.STDOUT)
        try:
            _wait(url, process, folder)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/status", trust_env=False, timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"the Rasa server did not start: {(folder / 'rasa.log').read_text()[-4000:]}")
