"""Rasa and we on the same project, over the same REST requests: `python -m benchmarks.rasa [--runs N] [--json FILE]`.

Needs the environment of `make rasa`. Both servers run on this machine, one after the other. Rasa calls its action
server, we run the same actions in process, as each does by default. The answers are compared first.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from benchmarks.rest_client import Connection

HOUSE = Path(__file__).resolve().parents[1]
PROJECT = HOUSE / "benchmarks" / "report_project"
ENVIRONMENT = Path(os.environ.get("CHANGTONG_RASA_ENVIRONMENT", HOUSE / ".venv-rasa"))
WORK = ENVIRONMENT / "bench"
PORT, ACTIONS_PORT = 5105, 5055
TALK = (
    "你好",
    "我要举报",
    '/inform{"reporter_type": "citizen"}',
    "刁难",
    "大连市某某局",
    "他们三周没有处理我的营业执照申请",
    "查进度",
    "/affirm",
    "/affirm",
    "查进度",
)
AT_ONCE = (1, 8, 32)
PLACES = (10, 150, 200)
HALF = 5
WITHIN_SECONDS = 300.0
_CODE = re.compile(r"GK-[0-9A-F]{8}")
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True, kw_only=True)
class Load:
    """Some conversations at once: messages a second, how long one waits, and the server's own work for a message.

    All in milliseconds but the first. The work does not depend on what else the machine does.
    """

    at_once: int
    messages_per_second: float
    p50_ms: float
    p95_ms: float
    work_ms: float


@dataclass(frozen=True, kw_only=True)
class At:
    """What a message costs around this place in one long conversation: how long one waits, the server's own work."""

    message: int
    p50_ms: float
    work_ms: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One server. `memory_mb` is the server's own process after the first load, actions in process included."""

    name: str
    start_seconds: float
    memory_mb: float
    loads: list[Load] = field(default_factory=list)
    at: list[At] = field(default_factory=list)


@contextmanager
def process(command: Sequence[str | Path], folder: Path, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; the block begins when it answers at `path`."""
    environment: Mapping[str, str] = {**os.environ, **_QUIET}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet) as running:
        try:
            _wait(running, path)
            yield running
        finally:
            running.terminate()


def _wait(running: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            if httpx.get(url, trust_env=False, timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer")


@contextmanager
def rasa() -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run Rasa and its action server; give the server and the seconds it took to start."""
    python = ENVIRONMENT / "bin" / "python"
    command: list[str | Path] = [python, "-m", "rasa", "run", "--enable-api", "--port", str(PORT)]
    with ExitStack() as stack:
        actions: list[str | Path] = [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(ACTIONS_PORT)]
        stack.enter_context(process(actions, WORK, f"http://127.0.0.1:{ACTIONS_PORT}/health"))
        began = time.monotonic()
        server = stack.enter_context(process(command, WORK, f"http://127.0.0.1:{PORT}/status"))
        yield server, time.monotonic() - began


@contextmanager
def ours() -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run our server; give it and the seconds it took to start."""
    command: list[str | Path] = [sys.executable, "-m", "bot.dialogue", "serve", "--project", WORK, "--port", str(PORT)]
    began = time.monotonic()
    with process([*command, "--actions", "actions"], HOUSE, f"http://127.0.0.1:{PORT}/status") as server:
        yield server, time.monotonic() - began


def memory_mb(process_id: int) -> float:
    """Return a process's resident memory, its children's included."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="utf-8").split()
    return own / 1024 + sum(memory_mb(int(child)) for child in children)


async def said(connection: Connection, sender: str, text: str) -> tuple[float, str]:
    """Say one message; return the milliseconds and what was answered, codes masked."""
    began = time.perf_counter()
    answer = await connection.post("/webhooks/rest/webhook", {"sender": sender, "message": text})
    took = (time.perf_counter() - began) * 1000
    told = [{key: value for key, value in one.items() if key != "recipient_id"} for one in answer]
    return took, _CODE.sub("GK-", json.dumps(told, ensure_ascii=False, sort_keys=True))


def worked_ms(process_id: int) -> float:
    """Return the processor time that a process's living threads have taken, in milliseconds."""
    threads = Path(f"/proc/{process_id}/task").iterdir()
    return sum(int((thread / "schedstat").read_text(encoding="ascii").split()[0]) for thread in threads) / 1e6


async def load(process_id: int, at_once: int, rounds: int, series: str) -> Load:
    """Hold so many conversations at once, each on a connection of its own, and so many rounds of them."""

    async def one(number: int) -> list[float]:
        async with Connection(PORT) as connection:
            senders = [f"{series}-{at_once}-{number}-{turn}" for turn in range(rounds)]
            return [(await said(connection, sender, text))[0] for sender in senders for text in TALK]

    began, work = time.perf_counter(), worked_ms(process_id)
    waits = [wait for waits in await asyncio.gather(*map(one, range(at_once))) for wait in waits]
    seconds = time.perf_counter() - began
    quantiles = statistics.quantiles(waits, n=20)
    return Load(
        at_once=at_once,
        messages_per_second=len(waits) / seconds,
        p50_ms=statistics.median(waits),
        p95_ms=quantiles[-1],
        work_ms=(worked_ms(process_id) - work) / len(waits),
    )


async def long_conversation(process_id: int, sender: str) -> list[At]:
    """Talk on in one conversation; measure ten messages, a whole talk, around each place."""
    waits, work = [], []
    async with Connection(PORT) as connection:
        for number in range(max(PLACES) + HALF):
            before = worked_ms(process_id)
            waits.append((await said(connection, sender, TALK[number % len(TALK)]))[0])
            work.append(worked_ms(process_id) - before)
    around = {place: slice(place - HALF, place + HALF) for place in PLACES}
    return [
        At(message=place, p50_ms=statistics.median(waits[part]), work_ms=statistics.mean(work[part]))
        for place, part in around.items()
    ]


async def long_conversations(process_id: int, count: int) -> list[At]:
    """Return for each place the median of some conversations, one after the other."""
    held = [await long_conversation(process_id, f"long-{number}") for number in range(count)]
    return [
        At(
            message=several[0].message,
            p50_ms=statistics.median(one.p50_ms for one in several),
            work_ms=statistics.median(one.work_ms for one in several),
        )
        for several in zip(*held, strict=True)
    ]


async def measure(
    name: str, server: subprocess.Popen[bytes], start: float, rounds: int, *, again: int = 0, long: int = 1
) -> tuple[Measured, list[str]]:
    """Measure a running server; return the figures and what it answered.

    Memory is read after `rounds`, the same for both servers; with `again` the loads are held anew, so many rounds,
    because a fast server is done before there is anything to measure.
    """
    async with Connection(PORT) as connection:
        answers = [(await said(connection, "first", text))[1] for text in TALK]
    loads = [await load(server.pid, at_once, rounds, "load") for at_once in AT_ONCE]
    memory = memory_mb(server.pid)
    if again:
        loads = [await load(server.pid, at_once, again, "again") for at_once in AT_ONCE]
    at = await long_conversations(server.pid, long)
    return Measured(name=name, start_seconds=start, memory_mb=memory, loads=loads, at=at), answers


def prepare() -> None:
    """Copy the project beside the environment and train Rasa's model, unless it is there."""
    shutil.copytree(PROJECT, WORK, dirs_exist_ok=True)
    if not list((WORK / "models").glob("*.tar.gz")):
        command: list[str | Path] = [ENVIRONMENT / "bin" / "python", "-m", "rasa", "train"]
        subprocess.run(command, cwd=WORK, env={**os.environ, **_QUIET}, check=True)


def show(theirs: Measured, own: Measured) -> None:
    print(f"{'':24}{'Rasa 3.6.21':>14}{'ours':>12}{'ratio':>9}")
    rows = [("start, s", theirs.start_seconds, own.start_seconds), ("memory, MB", theirs.memory_mb, own.memory_mb)]
    for their_load, own_load in zip(theirs.loads, own.loads, strict=True):
        label = f"{their_load.at_once} at once"
        rows.append((f"{label}, messages/s", their_load.messages_per_second, own_load.messages_per_second))
        rows.append((f"{label}, p50 ms", their_load.p50_ms, own_load.p50_ms))
        rows.append((f"{label}, p95 ms", their_load.p95_ms, own_load.p95_ms))
        rows.append((f"{label}, work ms", their_load.work_ms, own_load.work_ms))
    for their_place, own_place in zip(theirs.at, own.at, strict=True):
        rows.append((f"message {their_place.message}, ms", their_place.p50_ms, own_place.p50_ms))
        rows.append((f"message {their_place.message}, work ms", their_place.work_ms, own_place.work_ms))
    for label, their_figure, own_figure in rows:
        ratio = max(their_figure, own_figure) / max(min(their_figure, own_figure), 1e-9)
        print(f"{label:24}{their_figure:14.1f}{own_figure:12.1f}{ratio:8.1f}×")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both and show the figures; 1 when the two did not answer the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4, help="rounds of ten messages for each conversation at once")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    given = parser.parse_args(arguments)
    prepare()
    with ours() as (server, start):
        own, own_answers = asyncio.run(measure("ours", server, start, given.runs, again=given.runs * 10, long=9))
    with rasa() as (server, start):
        theirs, their_answers = asyncio.run(measure("rasa", server, start, given.runs))
    for text, own_answer, their_answer in zip(TALK, own_answers, their_answers, strict=True):
        if own_answer != their_answer:
            print(f"{text}\n  rasa {their_answer}\n  ours {own_answer}")
    show(theirs, own)
    if given.json:
        figures = {"rasa": asdict(theirs), "ours": asdict(own)}
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0 if own_answers == their_answers else 1


if __name__ == "__main__":
    raise SystemExit(main())
