"""Stories as Rasa's MemoizationPolicy keeps them: the last situations of a conversation must equal a story's exactly.

Turns that only rules decided are left out of what is compared, as Rasa does it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.domain import LISTEN, Domain, Slot
from bot.dialogue.features import slot_features
from bot.dialogue.rules import Path
from bot.dialogue.situations import NOT_SET, Situation, walked

Source = tuple[Any, ...]
"""What led to a prediction: a rule's key, or the loop and what it did."""


@dataclass(frozen=True, kw_only=True)
class Recollection:
    """What stories see of a conversation so far; `last_action` is the last one that no mere rule chose.

    `at_loop` is what they saw right after the loop last ran: messages that it took uninterrupted are forgotten.
    """

    situations: tuple[Situation, ...]
    was_hidden: bool = False
    last_action: str | None = None
    at_loop: "Recollection | None" = None

    def marked(self) -> "Recollection":
        """Return the same, noting that the loop has just run."""
        return replace(self, at_loop=replace(self, at_loop=None))

    def written(self) -> list[Any]:
        """Return JSON-ready data."""
        kept = [
            [s.previous, s.intent, list(s.entities), s.loop, [list(slot) for slot in s.slots]] for s in self.situations
        ]
        return [kept, self.was_hidden, self.last_action, self.at_loop.written() if self.at_loop else None]


def read_recollection(data: Sequence[Any]) -> Recollection:
    """Return what `written` gave."""
    kept, was_hidden, last_action, *more = data
    at_loop = read_recollection(more[0]) if more and more[0] else None
    situations = tuple(
        Situation(
            previous=previous,
            intent=intent,
            entities=tuple(entities),
            loop=loop,
            slots=tuple((name, tuple(features)) for name, features in slots),
        )
        for previous, intent, entities, loop, slots in kept
    )
    return Recollection(situations=situations, was_hidden=bool(was_hidden), last_action=last_action, at_loop=at_loop)


class Memory:
    """All stories of a project. `used` are the sources that stories themselves pass through; all others are hidden."""

    def __init__(
        self, stories: Sequence[Path], rules: Sequence[Path], domain: Domain, used: Collection[Source], max_history: int
    ) -> None:
        self._used = used
        self._max_history = max_history
        self._slots, self._rule_loops = _seen_by_stories(stories, rules, domain)
        self._known = _memorised(stories, domain, max_history)
        start = ((slot.name, slot_features(slot, slot.initial)) for slot in self._slots)
        self.start = Recollection(situations=(Situation(slots=tuple((n, f) for n, f in start if f)),))

    def is_hidden(self, source: Source) -> bool:
        return source not in self._used

    def seen(self, situation: Situation, slots: dict[str, Any]) -> Situation:
        """Return a situation as stories see it."""
        features = ((slot.name, slot_features(slot, slots.get(slot.name))) for slot in self._slots)
        return replace(
            situation,
            loop=None if situation.loop in self._rule_loops else situation.loop,
            slots=tuple((name, found) for name, found in features if found),
        )

    def after(self, past: Recollection, now: Situation, *, is_hidden: bool, is_led: bool) -> Recollection:
        """Return the recollection once an action was taken. `is_led`: a follow-up, or right after the loop itself."""
        last_action = past.last_action if past.was_hidden else now.previous
        hidden = past.was_hidden if is_led else is_hidden
        if hidden:
            return replace(past, was_hidden=True, last_action=last_action)
        if now.previous != LISTEN and past.situations:
            now = replace(now, intent=past.situations[-1].intent, entities=past.situations[-1].entities)
        if last_action is not None:
            now = replace(now, previous=last_action)
        kept = (*past.situations, now)[-self._max_history :]
        return replace(past, situations=kept, was_hidden=False, last_action=last_action)

    def recall(self, past: Recollection, now: Situation, *, is_led: bool) -> str | None:
        """Return what the stories do now, None when none of them went just so."""
        seen = self.after(past, now, is_hidden=False, is_led=is_led)
        return self._known.get(seen.situations)


def _memorised(stories: Sequence[Path], domain: Domain, max_history: int) -> dict[tuple[Situation, ...], str]:
    """Return what stories say in each situation; where they disagree, nothing is known."""
    found: dict[tuple[Situation, ...], set[str]] = {}
    for path in stories:
        for situations, step in walked(path, domain):
            found.setdefault(situations[-max_history:], set()).add(str(step.name))
    return {situations: actions.pop() for situations, actions in found.items() if len(actions) == 1}


def _seen_by_stories(
    stories: Sequence[Path], rules: Sequence[Path], domain: Domain
) -> tuple[list[Slot], frozenset[str]]:
    story_slots, story_loops = _slots_and_loops(stories, domain)
    rule_slots, rule_loops = _slots_and_loops(rules, domain)
    hidden = rule_slots - story_slots
    slots = [
        domain.slots[name] for name in sorted(domain.slots) if domain.slots[name].has_features and name not in hidden
    ]
    return slots, frozenset(rule_loops - story_loops)


def _slots_and_loops(paths: Iterable[Path], domain: Domain) -> tuple[set[str], set[str]]:
    slots: set[str] = set()
    loops: set[str] = set()
    for path in paths:
        for situations, _ in walked(path, domain):
            slots |= {name for name, _ in situations[-1].slots}
            loops |= {loop for loop in (situations[-1].loop,) if loop and loop != NOT_SET}
    return slots, loops
