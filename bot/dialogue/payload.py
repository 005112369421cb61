"""The payload grammar: `/intent@confidence{json}`."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.errors import NotJson
from bot.dialogue.json_values import json_copy

_PAYLOAD = re.compile(r"/([^{@]+)(@[0-9.]+)?(\{.+\})?")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Payload:
    """A payload understood; entities as Rasa's dicts."""

    intent: str
    confidence: float = 1.0
    entities: list[dict[str, Any]] = field(default_factory=list, repr=False)


def parse_payload(text: str, intents: Collection[str], entities: Collection[str]) -> Payload | None:
    """Return what the payload says, None when it is not one or its intent is unknown.

    The JSON reaches to the last brace of its line; what follows is ignored. Unknown entities are dropped, JSON that
    cannot be read gives no entities, a list gives several entities of one name.
    """
    match = _PAYLOAD.match(text.strip())
    if match is None:
        return None
    intent = match[1].strip()
    if intent not in intents:
        return None
    found = _entities(match[3], match.start(3), entities) if match[3] else []
    return Payload(intent=intent, confidence=_confidence(match[2]), entities=found)


def _confidence(part: str | None) -> float:
    try:
        return float(part[1:]) if part else 1.0
    except ValueError:
        return 1.0


def _entities(text: str, start: int, known: Collection[str]) -> list[dict[str, Any]]:
    try:
        data = json_copy(json.loads(text, parse_constant=_refuse_constant))
    except (ValueError, RecursionError, NotJson):
        return []
    if not isinstance(data, dict) or _SURROGATE.search(json.dumps(data, ensure_ascii=False)):
        return []
    place = {"start": start, "end": start + len(text)}
    return [
        {"entity": name, "value": value, **place}
        for name, given in data.items()
        if name in known
        for value in (given if isinstance(given, list) else [given])
    ]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
