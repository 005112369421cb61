"""A parse in the shape that Rasa's `/model/parse` answers with."""

from typing import Any

from bot.understanding.values import Entity, Parse, Ranking


def parse_shape(parse: Parse, entities: list[Entity], categories: Ranking | None = None) -> dict[str, Any]:
    """Return `{"text", "intent", "entities", "intent_ranking"}`, with `category_ranking` for a narrative."""
    shape = {
        "text": parse.text,
        "intent": {"name": parse.intent, "confidence": round(parse.confidence, 6)},
        "entities": [entity | {"extractor": "changtong"} for entity in entities],
        "intent_ranking": _named(parse.ranking),
    }
    return shape if categories is None else shape | {"category_ranking": _named(categories)}


def _named(ranking: Ranking) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": round(score, 6)} for name, score in ranking]
