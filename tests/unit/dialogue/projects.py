"""Small projects written to a folder, and ears for them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa_sdk import Action

from bot.dialogue import DialogueEngine, Manner, ParseContext, Said, Spoken, load_project

CONFIG = """
recipe: default.v1
language: en
policies:
  - name: RulePolicy
"""


@dataclass(frozen=True, kw_only=True)
class Heard:
    intent: str
    confidence: float = 0.9
    ranking: list[tuple[str, float]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)


class WordEar:
    """Takes a text that is an intent's name for that intent; everything else means nothing."""

    def __init__(self, known: dict[str, Heard] | None = None) -> None:
        self.known = known or {}
        self.contexts: list[ParseContext] = []

    def parse(self, text: str, context: ParseContext) -> Heard:
        self.contexts.append(context)
        return self.known.get(text) or Heard(intent="nothing", confidence=0.0)


def write_project(folder: Path, *, domain: str, rules: str = "", config: str = CONFIG, **more: str) -> Path:
    """Write the files; keys of `more` are names with `__` for "/" and without ".yml"."""
    files = {"domain": domain, "data__rules": rules, "config": config, **more}
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def load(
    folder: Path,
    *actions: Action,
    ear: WordEar | None = None,
    manner: Manner | None = None,
    **files: str,
) -> DialogueEngine:
    """Write and load a project; lenient unless told otherwise."""
    write_project(folder, **files)
    manner = manner or Manner(is_strict=False)
    return load_project(folder, actions=actions, interpreter=ear or WordEar(), manner=manner)


class Talk:
    """A conversation that remembers its state."""

    def __init__(self, engine: DialogueEngine, channel: str = "collector") -> None:
        self.engine = engine
        self.state: Any = engine.new("c1")
        self._channel = channel
        self._count = 0

    async def say(self, text: str) -> Spoken:
        """Say a text; what begins with "/" is a payload."""
        self._count += 1
        said = Said(text=text, is_payload=text.strip().startswith("/"), message_id=f"m{self._count}")
        spoken = await self.engine.say(self.state, said, self._channel)
        self.state = self.engine.restore(spoken.state.snapshot())
        return spoken

    async def texts(self, text: str) -> list[str]:
        return [message.text for message in (await self.say(text)).messages]

    @property
    def set_slots(self) -> dict[str, Any]:
        return {name: value for name, value in self.state.slots.items() if value is not None}
