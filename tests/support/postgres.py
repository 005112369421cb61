"""A private PostgreSQL server for the tests: own folder, loopback only, ended with the session."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port

_SPEED = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60")


class PostgresMissing(RuntimeError):
    """No server programs are installed; `.ci/run` installs them."""


def binary(name: str) -> str:
    """Return the path of a server program. Raises `PostgresMissing`."""
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True), *_on_path(name)]
    if not found:
        raise PostgresMissing(f"{name}: not installed")
    return str(found[0])


def _on_path(name: str) -> list[Path]:
    which = shutil.which(name)
    return [Path(which)] if which else []


class PrivateServer:
    """A running server; `fresh_url` makes an empty database of its own."""

    def __init__(self, port: int, run: list[str], data: Path) -> None:
        self.port, self._run, self.data = port, run, data

    def fresh_url(self) -> str:
        """Create an empty database and return its `postgresql+asyncpg` URL."""
        name = f"t_{secrets.token_hex(6)}"
        create = [binary("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "changtong", name]
        subprocess.run([*self._run, *create], check=True, capture_output=True)
        return f"postgresql+asyncpg://changtong@127.0.0.1:{self.port}/{name}"


@contextmanager
def private_server() -> Iterator[PrivateServer]:
    """Run a server for as long as the context lasts. Durability is off unless CHANGTONG_TEST_PG_DURABLE is set."""
    folder = Path(tempfile.mkdtemp(prefix="changtong-pg-"))
    run = _as_unprivileged(folder)
    data, port = folder / "data", free_port()
    init = [binary("initdb"), "-D", str(data), "-U", "changtong", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run([*run, *init], check=True, capture_output=True, cwd=folder)
    settings = [] if os.environ.get("CHANGTONG_TEST_PG_DURABLE") else [x for s in _SPEED for x in ("-c", s)]
    command = [binary("postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*run, *command], stdout=log, stderr=log, cwd=folder)
    try:
        _wait(server, port, run, folder / "log")
        yield PrivateServer(port, run, data)
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it does not wait for clients
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _as_unprivileged(folder: Path) -> list[str]:
    """Return the prefix that runs a command as a user the server accepts: it refuses to run as root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [shutil.which("setpriv") or "setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _wait(server: "subprocess.Popen[bytes]", port: int, run: list[str], log: Path) -> None:
    ready = [binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    for _ in range(120):
        if server.poll() is not None:
            raise RuntimeError(f"the private PostgreSQL did not start:\n{log.read_text()}")
        if subprocess.run([*run, *ready], check=False).returncode == 0:
            return
        try:
            server.wait(timeout=0.25)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"the private PostgreSQL is not ready after 30 s:\n{log.read_text()}")
