"""The self-identification check: what in a draft may tell who writes, and what the person decided.

Pure. A draft is a mapping of field to text ("facts", "file:<id>" …); decisions stand in the order of the items.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as of_dataclass
from typing import Any, Final

from casework.anonymise import Accused, Anonymiser, mask_of, to_mask
from casework.finders import Kind

MASK, KEEP, REWRITE = "mask", "keep", "rewrite"
MASK_ALL, KEEP_ALL, EACH, BACK = "mask_all", "keep_all", "each", "back"
MOST_ITEMS: Final = 30
_CONTEXT: Final = 24
_WORDS: Final = {  # the wider wishes first
    MASK_ALL: re.compile(
        r"(?:全部?|都|统统|一起)(?:给我)?(?:隐去|隐藏|遮住|遮掉|打码|抹掉|去掉|删掉)|(?:mask|hide|"
        r"remove) (?:them )?all|mask everything"
    ),
    KEEP_ALL: re.compile(
        r"(?:全部?|都)(?:保留|留着|不改|不用改)|不用检查|不用了|keep (?:them )?all|keep everything|leave (?:it|"
        r"them)(?: all)?|no changes?"
    ),
    EACH: re.compile(r"逐个|逐处|逐一|一个一个|一处一处|挨个|one by one|each"),
    MASK: re.compile(r"隐去|隐藏|遮住|遮掉|打码|抹掉|去掉|删掉|mask|hide|remove|cover"),
    KEEP: re.compile(r"保留|留着|不改|不动|照旧|keep|leave"),
    REWRITE: re.compile(r"改写|重写|换个说法|我来改|改一下|rewrite|reword|rephrase"),
    BACK: re.compile(r"上一处|返回|退回|back|previous"),
}
_LONGEST_WORD: Final = 24


@dataclass(frozen=True, kw_only=True)
class Item:
    """One find in `field`, at `[start, end)`; `kind` a `Kind` or, for an indirect pointer, a `Pointer`."""

    field: str
    start: int
    end: int
    kind: str
    words: str = of_dataclass(repr=False)
    is_hint: bool = False


def items_of(anonymiser: Anonymiser, texts: Mapping[str, str], accused: Accused) -> list[Item]:
    """Return what may tell who writes, in the order of fields and places; what is the accused's is none."""
    items: list[Item] = []
    for name, text in texts.items():
        found = [
            Item(field=name, start=f.start, end=f.end, kind=f.kind.value, words=text[f.start : f.end])
            for f in to_mask(anonymiser.finds(text, accused))
        ]
        items += sorted([*found, *_hints(anonymiser, name, text, found)], key=lambda item: item.start)
    return items[:MOST_ITEMS]


def _hints(anonymiser: Anonymiser, name: str, text: str, found: Sequence[Item]) -> list[Item]:
    return [
        Item(field=name, start=h.start, end=h.end, kind=h.kind.value, words=text[h.start : h.end], is_hint=True)
        for h in anonymiser.hints(text)
        if not any(item.start < h.end and h.start < item.end for item in found)
    ]


def fingerprint(texts: Mapping[str, str]) -> str:
    """Return a short digest of a draft, so that a checked draft is not checked again."""
    joined = "\0".join(f"{name}\1{text}" for name, text in sorted(texts.items()))
    return hashlib.blake2s(joined.encode(), digest_size=8).hexdigest()


def marked(text: str, items: Sequence[Item], *, first: int, around: bool = True) -> str:
    """Return `text` with each of its items as 【n words】; of a long text only what stands around them."""
    pieces, at = [], 0
    for number, item in enumerate(items, first):
        before = text[at : item.start]
        pieces += [_shortened(before, at == 0) if around else before, f"【{number} {item.words}】"]
        at = item.end
    rest = text[at:]
    return "".join([*pieces, rest[:_CONTEXT] + "…" if around and len(rest) > _CONTEXT else rest])


def _shortened(text: str, is_first: bool) -> str:
    if len(text) <= 2 * _CONTEXT:
        return text
    return "…" + text[-_CONTEXT:] if is_first else text[:_CONTEXT] + "…" + text[-_CONTEXT:]


def applied(texts: Mapping[str, str], items: Sequence[Item], decisions: Sequence[Any], language: str) -> dict[str, str]:
    """Return the fields that change by the decisions ("mask", "keep", {"rewrite": words}), as they are then."""
    changed: dict[str, str] = {}
    for name, text in texts.items():
        pieces, at = [], 0
        for item, decision in zip(items, decisions, strict=False):
            if item.field == name:
                pieces += [text[at : item.start], _instead(item, decision, language)]
                at = item.end
        after = "".join([*pieces, text[at:]])
        if after != text:
            changed[name] = after
    return changed


def _instead(item: Item, decision: Any, language: str) -> str:
    if isinstance(decision, dict):
        return str(decision[REWRITE])
    return mask_of(Kind(item.kind), language) if decision == MASK and not item.is_hint else item.words


def decision_in(text: str) -> str | None:
    """Return what a short typed answer decides, None when it is none."""
    said = text.strip().lower()
    if not said or len(said) > _LONGEST_WORD:
        return None
    return next((name for name, pattern in _WORDS.items() if pattern.search(said)), None)


def with_decision(state: Mapping[str, Any], said: Any, items: Sequence[Item]) -> dict[str, Any]:
    """Return the state after one answer: `decisions` so far, `each`, `rewriting`; all decided means done."""
    decisions = list(state.get("decisions") or ())
    after: dict[str, Any] = {**state, "rewriting": False}
    if said in (MASK_ALL, KEEP_ALL):
        decisions += [_default(item, said) for item in items[len(decisions) :]]
    elif said == EACH:
        after["each"] = True
    elif said == BACK:
        decisions = decisions[:-1]
    elif said == REWRITE:
        after |= {"rewriting": True, "each": True}
    else:
        decisions.append(said)
        after["each"] = True
    return after | {"decisions": decisions}


def _default(item: Item, said: str) -> str:
    return MASK if said == MASK_ALL and not item.is_hint else KEEP
