"""The look-up that rules compile to, and how the fitting entry is found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.domain import LISTEN, Domain
from bot.dialogue.rules import Path
from bot.dialogue.situations import SNIPPET, Key, Situation, key_of, length_of, walked


@dataclass(frozen=True, kw_only=True)
class Entry:
    """In these situations, this action. `length` is how specific it is."""

    key: Key
    action: str
    path: Path
    length: int

    def fits(self, situations: Sequence[Situation]) -> bool:
        """Tell whether the last situations of a conversation are these."""
        pairs = zip(reversed(self.key), reversed(situations), strict=False)
        return all(rule.covers(actual) for rule, actual in pairs)


class Entries:
    """Entries found by the last action and intent."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_last: dict[tuple[str | None, str | None], list[Entry]] = {}
        for entry in entries:
            self._by_last.setdefault((entry.key[-1].previous, entry.key[-1].intent), []).append(entry)
        for listed in self._by_last.values():
            listed.sort(key=lambda entry: -entry.length)

    def best(self, situations: Sequence[Situation]) -> Entry | None:
        """Return the most specific entry that fits."""
        last = situations[-1]
        best: Entry | None = None
        for intent in {last.intent, None}:
            for entry in self._by_last.get((last.previous, intent), ()):
                if best is not None and entry.length <= best.length:
                    break
                if entry.fits(situations):
                    best = entry
                    break
        return best

    def has(self, situations: Sequence[Situation]) -> bool:
        return self.best(situations) is not None

    def all(self) -> list[Entry]:
        return [entry for listed in self._by_last.values() for entry in listed]


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """What rules say, and two notes on loops: who was interrupted, and where the loop must not come by itself."""

    rules: Entries
    interrupted: Entries
    without_loop: Entries
    slots: tuple[str, ...]


def compile_lookup(rules: Sequence[Path], stories: Sequence[Path], domain: Domain) -> Lookup:
    """Return the look-up; of two rules that say different things in one situation the later is kept (see `checks`)."""
    found: dict[Key, Entry] = {}
    notes: dict[Key, Entry] = {}
    for path in (*rules, *stories):
        for situations, step in walked(path, domain):
            key = key_of(situations)
            if key is not None and path.is_rule:
                found[key] = _entry(key, str(step.name), path)
            note = _loop_note(situations, str(step.name), path)
            if note is not None:
                notes[note.key] = note
    kept = [entry for entry in found.values() if entry.action != SNIPPET]
    return Lookup(
        rules=Entries(kept),
        interrupted=Entries(note for note in notes.values() if note.action == note.key[-1].loop_name),
        without_loop=Entries(note for note in notes.values() if note.action != note.key[-1].loop_name),
        slots=tuple(sorted({name for entry in kept for situation in entry.key for name, _ in situation.slots})),
    )


def _entry(key: Key, action: str, path: Path) -> Entry:
    return Entry(key=key, action=action, path=path, length=length_of(key))


def _loop_note(situations: tuple[Situation, ...], action: str, path: Path) -> Entry | None:
    last = situations[-1]
    if last.loop_name is None:
        return None
    short: Key = (last,)
    if len(situations) > 1 and situations[-2].previous:
        short = (Situation(previous=situations[-2].previous), last)
    key = key_of(short)
    if key is None or (last.previous == LISTEN) != (action == last.loop_name):
        return None
    return _entry(key, action, path)
