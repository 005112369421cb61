"""Builders for answers and values."""

from typing import Any

from casework.intake import Answer


def typed(text: str, intent: str = "inform", confidence: float = 0.6, **entities: Any) -> Answer:
    found = [{"entity": name, "value": value, "start": 0, "end": 1} for name, value in entities.items()]
    return Answer(intent=intent, confidence=confidence, text=text, entities=found, message_id="m1")


def tapped(intent: str, **entities: Any) -> Answer:
    found = [{"entity": name, "value": value} for name, value in entities.items()]
    return Answer(intent=intent, confidence=1.0, text="", entities=found, message_id="m1", is_tap=True)


def draft(**bookkeeping: Any) -> dict[str, Any]:
    return {"draft": {"id": "d", **bookkeeping}}


def told(*texts: str, **values: Any) -> dict[str, Any]:
    """Return values with a story begun."""
    parts = [{"text": text, "message": f"s{n}"} for n, text in enumerate(texts)]
    return {**draft(facts=parts), **values}
