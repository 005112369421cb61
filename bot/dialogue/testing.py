"""The command `test`: Rasa's test stories, and transcripts in which the engine is talked with."""

import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.dialogue.conversations import COLLECTOR
from bot.dialogue.engine import DialogueEngine
from bot.dialogue.files import Items, Map, Problems, parse_text
from bot.dialogue.rehearsal import Rehearsal
from bot.dialogue.transcripts import EXPECTATIONS, Answer, Heard, unmet
from bot.dialogue.values import DialogueState, Said

ACTS = ("say", "tap")
"""What the engine alone understands; other acts need the whole program."""

FAILED, SKIPPED, PASSED = "failed", "skipped", "passed"


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one test went; `reasons` say where and why it failed, or what it needs."""

    name: str
    outcome: str
    reasons: tuple[str, ...] = ()


async def run_tests(engine: DialogueEngine, places: Sequence[Path], out: TextIO) -> int:
    """Run all tests in these files and folders; return 1 when one failed or none was run."""
    counted: Counter[str] = Counter()
    for path, name in _files(places):
        async for result in results_of(engine, path, name):
            counted[result.outcome] += 1
            out.write(f"{result.outcome}: {result.name}\n")
            out.writelines(f"    {reason}\n" for reason in result.reasons)
    out.write(f"{counted[PASSED]} passed, {counted[FAILED]} failed, {counted[SKIPPED]} skipped\n")
    return 1 if counted[FAILED] or not counted[PASSED] else 0


def _files(places: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for place in places:
        if place.is_dir():
            for path in sorted([*place.rglob("*.yml"), *place.rglob("*.yaml")]):
                yield path, path.relative_to(place.parent).as_posix()
        else:
            yield place, place.name


def _read(path: Path) -> tuple[str, Any]:
    text = path.read_text(encoding="utf-8")
    return text, YAML(typ="safe", pure=True).load(text)


async def results_of(engine: DialogueEngine, path: Path, name: str) -> AsyncIterator[Result]:
    """Run the tests of one file. A file that cannot be read is one failure."""
    try:
        text, content = _read(path)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        yield Result(name=name, outcome=FAILED, reasons=(f"cannot be read: {error}",))
        return
    if isinstance(content, list):
        for entry in content:
            yield await _played(engine, name, entry)
    elif isinstance(content, dict) and content.get("stories"):
        stories = parse_text(text, name, Problems())["stories"]
        for story in stories:
            yield _followed(engine, name, story)


def _followed(engine: DialogueEngine, file: str, story: Any) -> Result:
    steps = story.get("steps") if isinstance(story, Map) else None
    if not isinstance(story, Map) or not isinstance(steps, Items):
        return Result(name=file, outcome=FAILED, reasons=("a story needs a name and steps",))
    rehearsal = Rehearsal(engine=engine)
    rehearsal.follow(steps)
    reasons = tuple(f"{file}:{miss.line}: {miss}" for miss in rehearsal.misses)
    return Result(name=f"{file}: {story.get('story')}", outcome=FAILED if reasons else PASSED, reasons=reasons)


async def _played(engine: DialogueEngine, file: str, entry: Any) -> Result:
    turns = entry.get("turns") if isinstance(entry, dict) else None
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return Result(name=file, outcome=FAILED, reasons=("a transcript needs a name and turns",))
    name = f"{file}: {entry.get('name')}"
    foreign = sorted({word for turn in turns for word in turn} - {*ACTS, *EXPECTATIONS})
    if foreign:
        return Result(name=name, outcome=SKIPPED, reasons=(f"needs the whole program: {', '.join(foreign)}",))
    reasons = await Play(engine=engine, language=entry.get("language")).turns(turns)
    return Result(name=name, outcome=FAILED if reasons else PASSED, reasons=tuple(reasons))


@dataclass(kw_only=True)
class Play:
    """One transcript being played on the engine alone."""

    engine: DialogueEngine
    language: str | None = None
    _shown: list[tuple[str, str]] = field(default_factory=list)

    async def turns(self, turns: Sequence[dict[str, Any]]) -> list[str]:
        """Play the turns up to the first that is not as expected; return what is not."""
        opened = await self.engine.start_session(self.engine.new(secrets.token_hex(8)), COLLECTOR)
        state: DialogueState = opened.state
        slot = self.engine.manner.language_slot
        if self.language is not None and slot in self.engine.domain.slots:
            state = self.engine.apply(state, [{"event": "slot", "name": slot, "value": self.language}])
        for number, turn in enumerate(turns, start=1):
            text = str(turn["say"]) if "say" in turn else self._payload(str(turn.get("tap")))
            if text is None:
                return [f"turn {number}: no button {turn.get('tap')!r} was shown"]
            said = Said(text=text, is_payload=text.startswith("/"), message_id=str(number))
            spoken = await self.engine.say(state, said, COLLECTOR)
            state = spoken.state
            messages = tuple(
                Heard(text=m.text, response=m.response, buttons=m.buttons, has_custom=bool(m.custom))
                for m in spoken.messages
            )
            answer = Answer(messages=messages, loop=state.active_loop, asks=state.requested_slot, intent=spoken.intent)
            self._shown = [button for message in messages for button in message.buttons] or self._shown
            if reasons := [f"turn {number}: {reason}" for reason in unmet(turn, answer)]:
                return reasons
        return []

    def _payload(self, wanted: str) -> str | None:
        return next((payload for title, payload in self._shown if wanted in (title, payload)), None)
