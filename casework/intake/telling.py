"""The story told over several messages: its parts, its end, its length, and what is still missing in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from casework.code import PLACEHOLDER
from casework.intake.answer import DONE, REWRITE, clean
from casework.intake.ground import Ground
from casework.intake.letters import cut, is_prepared_letter
from casework.intake.questions import SKIPPED, UNKNOWN, Values, asked_again, bookkeeping, is_given
from casework.intake.scene import read_impact, read_own
from casework.intake.settling import Settled, settle
from casework.intake.story import READ_FROM_STORY, read_story
from casework.intake.substance import missing, uncoached
from casework.report import MAX_FACTS

Part = dict[str, Any]

_IMPACT = ("loss", "delay")
_COACHED = ("accused_unit", "accused_name", "accused_post", "level", "occurred", "place")
_TELLING = ("region", "accused_unit", "accused_name", "occurred")
_ENOUGH_TOLD = 2
"""Of the things that tell who, where and when: a first message with so many is answered by what was read in it."""


def settle_answer(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    """Settle one raw answer of `read_answer` to any question; a settled value given again comes out the same."""
    if isinstance(raw, dict) and raw.keys() == {"edit"}:
        return Settled(updates={question: None} | asked_again(values, str(raw["edit"])))
    if question == "facts":
        return settle_facts(raw, values, ground)
    if question == "more_facts":
        return settle_more_facts(raw, values, ground)
    if question == "long_text":
        return settle_long_text(raw, values)
    return settle(question, raw, values, ground)


def told(values: Values) -> str:
    """Return the parts told so far, joined."""
    return "\n".join(part["text"] for part in bookkeeping(values).get("facts") or ())


def settle_facts(raw: Any, values: Values, ground: Ground) -> Settled:
    """Take one more part of the story, or its end; a prepared letter is a whole story."""
    if raw in (SKIPPED, UNKNOWN):
        return Settled(updates={"facts": None}, refused="needed")
    draft = dict(bookkeeping(values))
    if raw == REWRITE:
        return Settled(updates={"facts": None, "draft": draft | {"facts": [], "heard": [], "told": False}})
    if raw == DONE:
        return _finished(draft, values, ground)
    if raw is None or raw == values.get("facts"):
        return Settled(updates={"facts": raw})
    if isinstance(raw, str):
        return _finished(draft | {"facts": [{"text": clean(raw), "message": "facts"}]}, values, ground)
    return _with_more(raw, draft, values, ground)


def _with_more(raw: Part, draft: dict[str, Any], values: Values, ground: Ground) -> Settled:
    draft, is_new = _with_part(draft, raw)
    if not draft.get("facts"):
        return Settled(updates={"facts": None}, refused="empty")
    if draft.get("told") and draft.get("changing") != "facts":
        return _added(draft, values, ground)
    if is_new:
        finished = _finished(draft, values, ground)
        if is_prepared_letter(draft["facts"][-1]["text"]) or _is_whole(raw, finished, values):
            return finished
    return Settled(updates={"facts": None, "draft": _encouraged(draft) if is_new else draft})


def _encouraged(draft: dict[str, Any]) -> dict[str, Any]:
    """Note that a short story is asked to be told in more words: here, and not once more at the end."""
    coached = draft.get("coached") or ()
    is_thin = "what" in missing({"facts": _joined(draft)}) and "what" not in coached
    return draft | ({"coached": [*coached, "what"], "thin": True} if is_thin else {"thin": False})


def _joined(draft: Mapping[str, Any]) -> str:
    return "\n".join(part["text"] for part in draft.get("facts") or ())


def _is_whole(part: Part, finished: Settled, values: Values) -> bool:
    """Tell whether nothing needs to be waited for: a story that opens the talk and says something, or lacks nothing."""
    after = {**values, **finished.updates}
    if part.get("opens"):
        return sum(is_given(after.get(name)) for name in _TELLING) >= _ENOUGH_TOLD
    return bookkeeping(values).get("changing") == "facts" or not missing(after)


def _added(draft: dict[str, Any], values: Values, ground: Ground) -> Settled:
    """Take more of a story that was finished before; the question asked stays open."""
    settled = _finished(draft, values, ground)
    if is_given(values.get("understood")):
        settled.updates["understood"] = values["understood"]
    long = {"long_text": None} if len(settled.updates["facts"]) > MAX_FACTS else {}
    return Settled(updates=settled.updates | long, note="added")


def _with_part(draft: dict[str, Any], raw: Part) -> tuple[dict[str, Any], bool]:
    """Add a part unless this message was added before (a form may ask twice in one turn)."""
    parts, text = list(draft.get("facts") or ()), clean(str(raw["text"]))
    if not text or any(part["message"] == raw["message"] and part["text"] == text for part in parts):
        return draft, False
    heard = [*(draft.get("heard") or ()), *(raw.get("heard") or ())][:40]
    if PLACEHOLDER in text:
        draft = draft | {"earlier_code": True}
    return draft | {"facts": [*parts, {"text": text, "message": raw["message"]}], "heard": heard}, True


def _finished(draft: Mapping[str, Any], values: Values, ground: Ground) -> Settled:
    """Join the story and propose what it says for the questions that have no answer yet."""
    draft = {**draft, "told": True}
    facts = _joined(draft)
    if not facts:
        return Settled(updates={"facts": None}, refused="empty")
    found = read_story(facts, _entities(draft.get("heard") or (), facts), ground, values.get("region"))
    if (values.get("reporter_kind") or found.get("reporter_kind")) == "enterprise":
        found |= read_impact(facts)
    new = {name: found[name] for name in (*READ_FROM_STORY, *_IMPACT) if name in found and values.get(name) is None}
    updates: dict[str, Any] = {"facts": facts, **new}
    if {**values, **updates}.get("mode") != "anonymous":
        updates |= {name: said for name, said in read_own(facts).items() if values.get(name) is None}
    if draft.get("changing") == "facts":
        draft = {name: value for name, value in draft.items() if name != "changing"}
    if new:
        draft = draft | {"read": [*(draft.get("read") or ()), *new]}
        updates["understood"] = None
    return Settled(updates=updates | {"draft": draft})


def _entities(heard: Any, facts: str) -> list[dict[str, Any]]:
    """Give entities their place in the joined story, so that what stands before them can be seen."""
    return [{**e, "start": max(0, facts.find(str(e.get("value"))))} for e in heard]


def settle_long_text(raw: Any, values: Values, note: str = "") -> Settled:
    """Settle a story over 3,000 characters: "cut" keeps its beginning, "rewrite" asks again, "attach" keeps `note` too.

    For "attach" the caller has sealed the whole text as a file.
    """
    if raw == "rewrite":
        return Settled(
            updates={"facts": None, "long_text": None, "draft": {**bookkeeping(values), "facts": [], "told": False}}
        )
    if raw not in ("cut", "attach"):
        return Settled(updates={"long_text": None}, refused="choice")
    ending = f"\n{note}" if raw == "attach" and note else ""
    facts = cut(str(values.get("facts") or ""), MAX_FACTS - len(ending)) + ending
    draft = {**bookkeeping(values), "facts": [{"text": facts, "message": "long_text"}]}
    return Settled(updates={"facts": facts, "long_text": raw, "draft": draft})


def settle_more_facts(raw: Any, values: Values, ground: Ground) -> Settled:
    """Take an answer to "this is missing": all is asked for once, together, and any answer moves on."""
    draft = dict(bookkeeping(values))
    lacks = uncoached(values)
    if not lacks or raw == DONE:
        return Settled(
            updates={"more_facts": DONE, "draft": draft | {"coached": [*(draft.get("coached") or ()), *lacks]}}
        )
    updates: dict[str, Any] = {}
    if isinstance(raw, dict):
        draft, is_new = _with_part(draft, raw)
        if not is_new:
            return Settled(updates={"more_facts": None})
        updates = _filled(lacks, clean(str(raw["text"])), values, ground)
        updates["facts"] = "\n".join(part["text"] for part in draft["facts"])
    elif raw not in (SKIPPED, UNKNOWN):
        return Settled(updates={"more_facts": None}, refused="empty")
    draft["coached"] = [*(draft.get("coached") or ()), *lacks]
    after = {**values, **updates, "draft": draft}
    return Settled(updates=updates | {"draft": draft, "more_facts": None if uncoached(after) else DONE})


def _filled(lacks: Sequence[str], text: str, values: Values, ground: Ground) -> dict[str, Any]:
    """Read the answer into the questions that it completes."""
    found = read_story(text, (), ground, values.get("region"))
    new: dict[str, Any] = {n: v for n, v in found.items() if n in _COACHED and not _is_known(values, n)}
    if list(lacks) == ["where"] and not is_given(values.get("place")) and len(text) <= 60:
        new |= settle("place", text, values, ground).updates
    return new


def _is_known(values: Values, name: str) -> bool:
    value = values.get(name)
    return is_given(value) and not (name == "occurred" and isinstance(value, dict) and not value.get("start"))
