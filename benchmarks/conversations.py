"""A ten-step conversation that ends with a sealed report, with the whole program in this process."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Figure, at_least, at_most, of_runs, percentile
from benchmarks.houses import app
from benchmarks.machine import additions_per_second, memory_mb
from bot.bootstrap import App, Prepared
from bot.channels.messages import Incoming, Reply

TOPIC = "conversation"
CROWD = 32


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a person does: a text, or a payload (it begins with "/") of a button that is shown."""

    language: str
    steps: tuple[str, ...]


SCRIPTS = (
    Script(
        language="zh",
        steps=(
            "你好",
            "/start_report",
            "我公司今年1月向甘井子区住建局申请施工许可，王科长一直拖着不办，还暗示要三万元。",
            "前后跑了六趟，每次都说材料不齐，但从来不写在纸上，也不给收件回执。",
            "/affirm",
            '/inform{"field": "mode", "value": "anonymous"}',
            "区政务服务大厅二楼",
            '/inform{"field": "category", "value": "inaction"}',
            "/submit_now",
            "/affirm",
        ),
    ),
    Script(
        language="en",
        steps=(
            "hello",
            "/start_report",
            "On 3 February Section Chief Wang of the Ganjingzi housing bureau refused our permit and asked for money.",
            "We went six times. Each time they said the papers were incomplete, never in writing.",
            "/affirm",
            '/inform{"field": "mode", "value": "anonymous"}',
            '/inform{"field": "reporter_kind", "value": "enterprise"}',
            "Second floor of the district service hall",
            "/submit_now",
            "/affirm",
        ),
    ),
)


@dataclass
class Measured:
    """Seconds a message, by kind, and the codes that were given."""

    texts: list[float] = field(default_factory=list)
    taps: list[float] = field(default_factory=list)
    reports: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    additions_per_second: float = 0.0

    @property
    def all(self) -> list[float]:
        return self.texts + self.taps


async def measure(parts: Prepared, runs: int = 3) -> list[Figure]:
    """Talk alone and in a crowd, on a fresh folder each time."""
    alone = [await _talked(parts, persons=1, rounds=10) for _ in range(runs)]
    crowd = [await _talked(parts, persons=CROWD, rounds=2) for _ in range(runs)]
    end = Figure(topic=TOPIC, name="memory of this process afterwards", value=memory_mb(), unit="MB")
    return [*_of("1 person", alone, is_crowd=False), *_of(f"{CROWD} persons", crowd, is_crowd=True), end]


def _of(who: str, measured: Sequence[Measured], *, is_crowd: bool) -> list[Figure]:
    def ms(name: str, seconds: Sequence[Sequence[float]], percent: int, bound: float | None) -> Figure:
        values = [percentile(one, percent) * 1e3 for one in seconds]
        return of_runs(TOPIC, f"{who}: {name}, p{percent}", values, "ms", at_most(bound) if bound else None)

    everything = [one.all for one in measured]
    rates = [len(one.all) / one.seconds for one in measured]
    return [
        of_runs(TOPIC, f"{who}: messages", rates, "messages/s", at_least(300) if is_crowd else None),
        of_runs(TOPIC, f"{who}: CPU a message", [one.cpu / len(one.all) * 1e3 for one in measured], "ms"),
        of_runs(TOPIC, f"{who}: the same in loop additions", [_additions(one) for one in measured], "thousand"),
        ms("all", everything, 50, None),
        ms("all", everything, 95, 230 if is_crowd else None),
        ms("buttons", [one.taps for one in measured], 50, None if is_crowd else 4),
        ms("texts", [one.texts for one in measured], 50, None if is_crowd else 8),
        ms("texts", [one.texts for one in measured], 95, None),
    ]


def _additions(one: Measured) -> float:
    return one.cpu / len(one.all) * one.additions_per_second / 1e3


async def _talked(parts: Prepared, *, persons: int, rounds: int) -> Measured:
    async with app(parts) as made:
        await talk(made, Measured(), rounds=len(SCRIPTS))
        measured = Measured(additions_per_second=additions_per_second())
        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(talk(made, measured, rounds=rounds, first=number) for number in range(persons)))
        measured.seconds, measured.cpu = time.perf_counter() - begun, time.process_time() - cpu
    if measured.reports != persons * rounds:
        raise RuntimeError(f"{measured.reports} reports were submitted, expected {persons * rounds}")
    return measured


async def talk(made: App, measured: Measured, *, rounds: int, first: int = 0) -> None:
    """Be one person who reports `rounds` times, in one language after the other."""
    for number in range(rounds):
        script = SCRIPTS[(first + number) % len(SCRIPTS)]
        address, reply = secrets.token_hex(8), None
        for step in script.steps:
            incoming = _incoming(script.language, address, step, reply)
            begun = time.perf_counter()
            reply = await made.conversations.handle(incoming)
            (measured.texts if incoming.tap is None else measured.taps).append(time.perf_counter() - begun)
        measured.reports += reply is not None and reply.successor is not None


def _incoming(language: str, address: str, step: str, reply: Reply | None) -> Incoming:
    text, tap = (None, _button(step, reply)) if step.startswith("/") else (step, None)
    return Incoming(
        channel="web", address=address, message_id=secrets.token_hex(8), text=text, tap=tap, language=language
    )


def _button(payload: str, reply: Reply | None) -> str:
    shown = [button for message in (reply.messages if reply else ()) for button in message.buttons]
    for button in shown:
        if button.payload == payload:
            return button.id
    raise RuntimeError(f"no button {payload} among {[button.payload for button in shown]}")
