"""Which action is next: follow-up, default intents, the form, rules, stories, the fallback; in this order."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.domain import LISTEN, Domain
from bot.dialogue.features import slot_features
from bot.dialogue.lookup import Entry, Lookup
from bot.dialogue.memory import Memory, Recollection, Source
from bot.dialogue.situations import Situation
from bot.dialogue.tracker import Tracker

FALLBACK = "action_default_fallback"
_DEFAULTS = {"restart": "action_restart", "back": "action_back", "session_start": "action_session_start"}


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The next action. `interrupts`: the loop is told so. `source` is None for what no rule led to."""

    action: str | None
    entry: Entry | None = None
    interrupts: bool = False
    source: Source | None = None
    is_followup: bool = False


def loop_prediction(loop: str | None, is_rejected: bool, latest: str | None) -> str | None:
    """Return the loop itself, or listening after it; None when there is no loop or it rejected."""
    if loop is None or is_rejected or latest is None:
        return None
    return LISTEN if latest == loop else loop


def rule_prediction(lookup: Lookup, situations: Sequence[Situation], loop: str | None) -> Prediction:
    """Return what rules say. Inside a loop, a rule that does not know of it ends by going back to the loop."""
    entry = lookup.rules.best(situations)
    action = entry.action if entry is not None else None
    source = ("rule", entry.key) if entry is not None else None
    if loop is None:
        return Prediction(action=action, entry=entry, source=source)
    if entry is not None and action == LISTEN and entry.key[-1].loop_name is None:
        if not lookup.without_loop.has(situations):
            return Prediction(action=loop, entry=entry, source=source)
        action = None
    return Prediction(action=action, entry=entry, interrupts=lookup.interrupted.has(situations), source=source)


class Policy:
    """Predicts for a tracker."""

    def __init__(
        self, domain: Domain, lookup: Lookup, *, fallback: str | None = FALLBACK, memory: Memory | None = None
    ) -> None:
        self._domain = domain
        self._lookup = lookup
        self._fallback = fallback
        self._memory = memory
        self._slots = [domain.slots[name] for name in lookup.slots if name in domain.slots]

    def situation(self, tracker: Tracker) -> Situation:
        """Return where the tracker stands."""
        slots = ((slot.name, slot_features(slot, tracker.slots.get(slot.name))) for slot in self._slots)
        return Situation(
            previous=tracker.latest_action,
            intent=tracker.intent,
            entities=_entity_names(tracker, self._domain),
            loop=tracker.active_loop,
            slots=tuple((name, features) for name, features in slots if features),
        )

    def predict(self, tracker: Tracker, situation: Situation) -> Prediction:
        """Return the next action; None means that nothing fits and no fallback is wanted."""
        if tracker.followup is not None:
            name, tracker.followup = tracker.followup, None
            if self._domain.is_action(name):
                return Prediction(action=name, is_followup=True)
        default = _DEFAULTS.get(tracker.intent or "") if tracker.latest_action == LISTEN else None
        if default is not None:
            return Prediction(action=default)
        looped = loop_prediction(tracker.active_loop, tracker.is_rejected, tracker.latest_action)
        if looped is not None:
            return Prediction(action=looped, source=loop_source(tracker.active_loop, looped))
        found = rule_prediction(self._lookup, (*tracker.path, situation), tracker.active_loop)
        if found.action is None or found.action == tracker.rejected_action:
            recalled = self._recalled(tracker, situation)
            if recalled is not None and recalled != tracker.rejected_action:
                return Prediction(action=recalled, interrupts=found.interrupts)
            return Prediction(action=self._fallback, interrupts=found.interrupts)
        return found

    def _recalled(self, tracker: Tracker, situation: Situation) -> str | None:
        if self._memory is None:
            return None
        now = self._memory.seen(situation, tracker.slots)
        return self._memory.recall(tracker.memory or self._memory.start, now, is_led=_is_after_loop(tracker))

    def remembered(self, tracker: Tracker, situation: Situation, prediction: Prediction) -> Recollection | None:
        """Return what stories will know once the action is taken, None without stories."""
        if self._memory is None:
            return None
        return self._memory.after(
            tracker.memory or self._memory.start,
            self._memory.seen(situation, tracker.slots),
            is_hidden=prediction.source is not None and self._memory.is_hidden(prediction.source),
            is_led=prediction.is_followup or _is_after_loop(tracker),
        )


def loop_source(loop: str | None, action: str) -> Source:
    return ("loop", loop, action)


def _is_after_loop(tracker: Tracker) -> bool:
    return tracker.latest_action == tracker.active_loop


def _entity_names(tracker: Tracker, domain: Domain) -> tuple[str, ...]:
    found = tracker.message.get("entities", ())
    if not found:
        return ()
    seen = domain.seen_entities.get(tracker.intent or "", domain.entities)
    return tuple(sorted({entity["entity"] for entity in found if entity.get("entity") in seen}))
