"""The program as a server process of its own, ended by its pid: in order, or in the middle of anything."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port

_PATIENCE_SECONDS = 90


@dataclass
class Server:
    """`changtong run` on one data folder; the same port at every start."""

    data: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Where the program's stderr goes."""
        return self.data.parent / f"{self.data.name}.log"

    def start(self) -> None:
        """Start it and return when it listens."""
        chosen = {"CHANGTONG_DATABASE_URL": self.database_url} if self.database_url else {}
        environment = {**os.environ, "CHANGTONG_LANGUAGE": "en", "PYTHONUTF8": "1", **chosen, **self.environment}
        command = [sys.executable, "-m", "bot", "run", "--port", str(self.port), "--data", str(self.data)]
        command += self.options
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log, env=environment)
        for _ in range(_PATIENCE_SECONDS * 20):
            if self._listens():
                return
            assert not self._ends_within(0.05), self.log.read_text()
        raise AssertionError(f"not listening after {_PATIENCE_SECONDS} s: {self.log.read_text()}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it in order; return the exit code. A server that is not running has ended with 0."""
        return self._end(signal.SIGTERM)

    def restart(self) -> None:
        assert self.stop() == 0, self.log.read_text()
        self.start()

    def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(_PATIENCE_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def _ends_within(self, seconds: float) -> bool:
        assert self.process is not None
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@contextmanager
def serving(
    data: Path, database_url: str = "", *, options: tuple[str, ...] = (), **environment: str
) -> Iterator[Server]:
    """Run a server for as long as the context lasts; `options` are more words for the command."""
    server = Server(data=data, database_url=database_url, environment=environment, options=options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
