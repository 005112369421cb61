"""How well messages and stories are understood, in figures. Shares are of 1."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

from bot.understanding.held_out import Narrative, Sentence, Utterance
from bot.understanding.values import OUT_OF_SCOPE, Context, Entity, Parse, ParseContext, Ranking

WITH, WITHOUT = "with context", "without context"
_MOST_CONFUSED: Final = 25
_FIRST: Final = 3


class Reader(Protocol):
    """What is measured."""

    def parse(self, text: str, context: ParseContext | None = None) -> Parse: ...


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one group of utterances. `first` and `first_three` count what lies in scope, `accuracy` and F1 all.

    `first` wants the intent that the parse acts on ("not understood" is wrong), `ranked` the best of the ranking;
    `outside` is the area under the curve of telling what is out of scope (None without both sorts).
    """

    count: int
    accuracy: float
    macro_f1: float
    first: float
    ranked: float
    first_three: float
    asked_back: float
    outside: float | None


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One utterance as it was parsed."""

    item: Utterance
    parse: Parse

    @property
    def outside(self) -> float:
        """How far out of scope it seems, 0..1."""
        return dict(self.parse.ranking).get(OUT_OF_SCOPE, 0.0)

    @property
    def is_right(self) -> bool:
        return self.parse.intent == self.item.intent

    @property
    def names(self) -> list[str]:
        return [name for name, score in self.parse.ranking if score > 0]


def hear(reader: Reader, items: Iterable[Utterance], *, with_context: bool) -> list[Heard]:
    """Parse every utterance, with or without the question that stood open."""
    heard = []
    for item in items:
        asked = item.asked if with_context else None
        context = Context(active_loop="report_form" if asked else None, requested_slot=asked, language=item.language)
        heard.append(Heard(item=item, parse=reader.parse(item.text, context)))
    return heard


def figures(heard: Sequence[Heard]) -> Figures:
    """Return the figures of one group; it must not be empty."""
    inside = [one for one in heard if one.item.intent != OUT_OF_SCOPE]
    return Figures(
        count=len(heard),
        accuracy=_share(heard, lambda one: one.is_right),
        macro_f1=_macro_f1([(one.item.intent, one.parse.intent) for one in heard]),
        first=_share(inside, lambda one: one.is_right),
        ranked=_share(inside, lambda one: one.names[:1] == [one.item.intent]),
        first_three=_share(inside, lambda one: one.item.intent in one.names[:_FIRST]),
        asked_back=_share(heard, lambda one: one.parse.intent == "nlu_fallback"),
        outside=area([(one.outside, one.item.intent == OUT_OF_SCOPE) for one in heard]),
    )


def grouped(heard: Sequence[Heard], key: Callable[[Utterance], str]) -> dict[str, Figures]:
    """Return the figures of every group, by its name."""
    groups: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        groups[key(one.item)].append(one)
    return {name: figures(group) for name, group in sorted(groups.items())}


def confusions(heard: Sequence[Heard]) -> list[tuple[str, str, int]]:
    """Return the commonest mistakes: (intent, taken for, how often)."""
    counts = Counter((one.item.intent, one.parse.intent) for one in heard if not one.is_right)
    return [(meant, taken, n) for (meant, taken), n in counts.most_common(_MOST_CONFUSED)]


def categories(rank: Callable[[str, str], Ranking], items: Iterable[Narrative]) -> dict[str, dict[str, float]]:
    """Return for `all`, each language and each kind how often the kind stands first and among the first three."""
    places: dict[str, list[int]] = defaultdict(list)
    for item in items:
        names = [name for name, _ in rank(item.text, item.language)]
        place = names.index(item.kind) if item.kind in names else len(names)
        for group in ("all", item.language, item.kind):
            places[group].append(place)
    return {
        group: {
            "count": len(found),
            "first": sum(place == 0 for place in found) / len(found),
            "first_three": sum(place < _FIRST for place in found) / len(found),
        }
        for group, found in places.items()
    }


def entities(name: Callable[[str], Iterable[Entity]], items: Iterable[Sentence]) -> dict[str, dict[str, float]]:
    """Return for `all` and each entity how many were to be found and which share was, by entity and value."""
    found: dict[str, list[bool]] = defaultdict(list)
    for item in items:
        values = {(entity["entity"], str(value)) for entity in name(item.text) for value in _values(entity)}
        for wanted in item.named:
            for group in ("all", item.language, wanted[0]):
                found[group].append(wanted in values)
    return {group: {"count": len(hits), "found": sum(hits) / len(hits)} for group, hits in found.items()}


def _values(entity: Entity) -> Iterable[object]:
    """Return what an entity is right by: its value, and the days that a date means."""
    days = entity.get("resolved")
    return (entity["value"], f"{days['from']}..{days['to']}") if days else (entity["value"],)


def area(scored: Iterable[tuple[float, bool]]) -> float | None:
    """Return the chance that one that is outside scores above one that is not; None without both."""
    pairs = list(scored)
    outside = [value for value, is_outside in pairs if is_outside]
    inside = [value for value, is_outside in pairs if not is_outside]
    if not outside or not inside:
        return None
    won = sum((a > b) + 0.5 * (a == b) for a in outside for b in inside)
    return won / (len(outside) * len(inside))


def report(reader: Reader, items: Sequence[Utterance]) -> dict[str, Any]:
    """Return all figures of a set as plain values, with and without context."""
    told: dict[str, Any] = {}
    for name, with_context in ((WITHOUT, False), (WITH, True)):
        heard = hear(reader, items, with_context=with_context)
        told[name] = {
            "all": asdict(figures(heard)),
            "by language": _plain(grouped(heard, lambda item: item.language)),
            "by style": _plain(grouped(heard, lambda item: f"{item.language} {item.style}")),
            "confused": confusions(heard),
        }
    return told


def _plain(groups: Mapping[str, Figures]) -> dict[str, dict[str, Any]]:
    return {name: asdict(found) for name, found in groups.items()}


def _share(items: Sequence[Heard], is_so: Callable[[Heard], bool]) -> float:
    return sum(is_so(one) for one in items) / len(items) if items else 0.0


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 of the intents that were meant."""
    right = Counter(meant for meant, taken in pairs if meant == taken)
    meant_n, taken_n = Counter(meant for meant, _ in pairs), Counter(taken for _, taken in pairs)
    scores = [2 * right[name] / (meant_n[name] + taken_n[name]) for name in meant_n]
    return sum(scores) / len(scores)
