"""Rules that contradict each other, say too little, or tie; found by letting the rules predict themselves."""

from collections.abc import Sequence
from itertools import combinations

from bot.dialogue.domain import Domain
from bot.dialogue.files import Problems
from bot.dialogue.lookup import Entry, Lookup
from bot.dialogue.memory import Source
from bot.dialogue.policy import Prediction, loop_prediction, loop_source, rule_prediction
from bot.dialogue.rules import Path, Step
from bot.dialogue.situations import NOT_SET, SNIPPET, Situation, Walk, walked


def check_contradictions(paths: Sequence[Path], lookup: Lookup, domain: Domain, problems: Problems) -> None:
    """Note every step at which the rules together predict something else than the rule or story says."""
    for path in paths:
        for step, found in _predictions(path, lookup, domain):
            other = found.entry.path if found.entry is not None else None
            if other is None or found.action in (None, step.name):
                continue
            whom = f"{other.what} ({other.file}:{other.line})" if other is not path else "itself"
            reason = f"{path.what} says {step.name!r} where {whom} leads to {found.action!r}: rules contradict"
            problems.add(path.file, step.line, reason)


def sources_used(stories: Sequence[Path], lookup: Lookup, domain: Domain) -> frozenset[Source]:
    """Return what led rules to the very steps of stories; turns led by anything else are hidden from stories."""
    return frozenset(
        found.source
        for path in stories
        for step, found in _predictions(path, lookup, domain)
        if found.source is not None and found.action == step.name
    )


def _predictions(path: Path, lookup: Lookup, domain: Domain) -> list[tuple[Step, Prediction]]:
    """Let the rules predict every step that can be predicted: not the first, nor one after a snippet."""
    walk, so_far = Walk(path=path, domain=domain, is_trial=True), list[Situation]()
    is_rejected, is_unpredictable = False, True
    found = []
    for step in walk.events():
        if step.kind == "loop":
            is_rejected = False
        if step.kind == "action":
            so_far.append(walk.situation())
            if step.name == SNIPPET:
                is_unpredictable = True
            elif is_unpredictable:
                is_unpredictable = False
            else:
                prediction, is_rejected = _predicted(lookup, so_far, str(step.name), is_rejected)
                found.append((step, prediction))
            if step.name == so_far[-1].loop_name:
                is_rejected = False
        walk.take(step)
    return found


def _predicted(lookup: Lookup, so_far: list[Situation], said: str, is_rejected: bool) -> tuple[Prediction, bool]:
    """Predict; a form that would come first but is not what the rule says counts as having rejected."""
    last = so_far[-1]
    looped = loop_prediction(last.loop_name, is_rejected, last.previous)
    if looped is not None and not (looped == last.loop_name and said != looped):
        return Prediction(action=looped, source=loop_source(last.loop_name, looped)), is_rejected
    is_rejected = is_rejected or looped is not None
    return rule_prediction(lookup, so_far, last.loop_name), is_rejected


def check_complete(rules: Sequence[Path], domain: Domain, problems: Problems) -> None:
    """Note actions that set a slot or loop in one rule and leave it unsaid in another."""
    slots, loops = _fingerprints(rules, domain)
    for path in rules:
        for situations, step in walked(path, domain):
            last = situations[-1]
            before = last.previous
            if before in (None, SNIPPET) or step.name == SNIPPET:
                continue
            missing = sorted(slots.get(before, set()) - {name for name, _ in last.slots})
            if missing:
                reason = f"{path.what}: {before!r} sets slot {', '.join(missing)} in other rules; say so here (or null)"
                problems.add(path.file, step.line, reason)
            expected = loops.get(before, set())
            if expected and last.loop not in expected:
                known = ", ".join(sorted("null" if name == NOT_SET else name for name in expected))
                problems.add(path.file, step.line, f"{path.what}: {before!r} sets active_loop {known} in other rules")


def _fingerprints(rules: Sequence[Path], domain: Domain) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    slots: dict[str, set[str]] = {}
    loops: dict[str, set[str]] = {}
    for path in rules:
        action: str | None = None
        for step in Walk(path=path, domain=domain).events():
            if step.kind == "action":
                action = step.name
            elif step.kind == "intent":
                action = None
            elif action is not None and step.kind == "slot" and domain.slots[str(step.name)].has_features:
                slots.setdefault(action, set()).add(str(step.name))
            elif action is not None and step.kind == "loop":
                loops.setdefault(action, set()).add(step.name or NOT_SET)
    return slots, loops


def check_ties(lookup: Lookup, problems: Problems, *, are_borne: bool = False) -> None:
    """Note pairs of rules that can hold at once, are equally specific and lead to different actions."""
    note = problems.warn if are_borne else problems.add
    groups: dict[tuple[str | None, int], list[Entry]] = {}
    for entry in lookup.rules.all():
        groups.setdefault((entry.key[-1].previous, entry.length), []).append(entry)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if one.action != other.action and _can_meet(one, other):
                reason = f"{one.path.what} and {other.path.what} ({other.path.file}:{other.path.line}) tie: " \
                         f"{one.action!r} or {other.action!r}"  # fmt: skip
                note(one.path.file, one.path.line, reason)


def _can_meet(one: Entry, other: Entry) -> bool:
    pairs = zip(reversed(one.key), reversed(other.key), strict=False)
    return not any(mine.excludes(theirs) for mine, theirs in pairs)
