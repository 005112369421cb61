"""`changtong run` serves the web chat in a process of its own, and ends in order."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.conftest import Changtong

_PATIENCE_SECONDS = 90


@pytest.fixture
def served(changtong: Changtong, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the server on a free port; gives its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CHANGTONG_LANGUAGE": "en", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "bot", "run", "--port", str(port), "--data", str(changtong.data)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, encoding="utf-8") as process:
        assert process.stderr is not None
        told = ""
        while f"The web chat: http://127.0.0.1:{port}, the desk: http://127.0.0.1:{port}/desk" not in told:
            line = process.stderr.readline()
            assert line, told
            told += line
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(_PATIENCE_SECONDS)


def _client(address: str) -> httpx.Client:
    transport = httpx.HTTPTransport(retries=5)
    return httpx.Client(base_url=address, transport=transport, timeout=_PATIENCE_SECONDS)


def test_a_turn_over_http_and_an_ordered_end(served: tuple[str, subprocess.Popen[str]], changtong: Changtong) -> None:
    address, process = served
    with _client(address) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "server" not in {name.lower() for name in page.headers}
        sent = {"message_id": "message-1", "text": "/start_report", "language": "zh"}
        first = client.post("/api/chat/messages", json=sent, headers={"Origin": address})
        assert first.status_code == 200, first.text
        assert first.json()["state"]["active_loop"] == "report_form"
        again = client.post("/api/chat/messages", json=sent, headers={"Origin": address})
        assert again.json()["is_repeat"]
        assert again.json()["messages"] == first.json()["messages"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(_PATIENCE_SECONDS) == 0
    assert process.stderr is not None
    log = process.stderr.read()
    assert not re.search(r"GET|POST|/api/", log), log
    assert (
        not (changtong.data / "changtong.db-wal").exists() or (changtong.data / "changtong.db-wal").stat().st_size == 0
    )


def test_a_trial_folder_is_not_served_in_the_open(changtong: Changtong) -> None:
    behind_proxy = {"CHANGTONG_PUBLIC_URL": "https://x.example", "CHANGTONG_TRUSTED_PROXY": "127.0.0.1"}
    result = changtong.run("run", "--host", "0.0.0.0", "--port", "0", **behind_proxy)  # noqa: S104
    assert result.returncode == 1
    assert "trial folder serves this machine alone" in result.stderr
