"""The utterances kept apart: read, and measured with and without the question asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bot.understanding import Context, Interpreter
from bot.understanding.values import OUT_OF_SCOPE

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """One line of the file."""

    language: str
    intent: str
    asked: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Shares of 1; `outside` is the area under the curve of telling what is out of scope."""

    first: float
    first_three: float
    outside: float
    wrong: tuple[str, ...]


def utterances(name: str = "held_out") -> Iterator[Utterance]:
    content = YAML(typ="safe", pure=True).load((HERE / f"{name}.yml").read_text(encoding="utf-8"))
    for language, lines in content.items():
        for intent, asked, text in lines:
            yield Utterance(language=language, intent=intent, asked=asked, text=str(text))


def sentences(kind: str) -> list[str]:
    """Return the sentences of danger.yml: `danger` or `harmless`."""
    content = YAML(typ="safe", pure=True).load((HERE / "danger.yml").read_text(encoding="utf-8"))
    return [str(text) for text in content[kind]]


def measure(interpreter: Interpreter, items: Sequence[Utterance], *, with_question: bool) -> Measured:
    inside = [item for item in items if item.intent != OUT_OF_SCOPE]
    first, three, wrong = 0, 0, []
    for item in inside:
        parse = interpreter.parse(item.text, _context(item, with_question))
        names = [name for name, score in parse.ranking[:3] if score > 0]
        first += parse.intent == item.intent
        three += item.intent in names
        if parse.intent != item.intent:
            wrong.append(f"{item.intent} ({item.asked}): {item.text} -> {parse.intent} {parse.confidence:.2f}")
    return Measured(
        first=first / len(inside),
        first_three=three / len(inside),
        outside=_area(items, lambda item: _outside(interpreter, item, with_question)),
        wrong=tuple(wrong),
    )


def _context(item: Utterance, with_question: bool) -> Context:
    asked = item.asked if with_question else None
    return Context(active_loop="form" if asked else None, requested_slot=asked, language=item.language)


def _outside(interpreter: Interpreter, item: Utterance, with_question: bool) -> float:
    """Return how far outside a text seems: what out_of_scope gets, less the best of the others."""
    parse = interpreter.parse(item.text, _context(item, with_question))
    scores = dict(parse.ranking)
    outside = scores.pop(OUT_OF_SCOPE, 0.0)
    return outside - max(scores.values())


def _area(items: Sequence[Utterance], score: Callable[[Utterance], float]) -> float:
    scored = [(score(item), item.intent == OUT_OF_SCOPE) for item in items]
    outside = [value for value, is_outside in scored if is_outside]
    inside = [value for value, is_outside in scored if not is_outside]
    won = sum((a > b) + 0.5 * (a == b) for a in outside for b in inside)
    return won / (len(outside) * len(inside))
