"""Reads a whole story: region, unit, person, post, days, kind and mode. What it finds is proposed, never decided."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from casework.intake import phrases
from casework.intake.dates import find_span
from casework.intake.directory import fold
from casework.intake.ground import Ground, occurred_value
from casework.intake.persons import find_person, is_own_name, post_before, post_of_nobody, seat_of_the_post
from casework.intake.scene import read_scene
from casework.intake.tellers import read_teller
from casework.intake.whereabouts import read_whereabouts

Candidates = dict[str, Any]
Entities = Sequence[Mapping[str, Any]]

READ_FROM_STORY = (
    "region",
    "mode",
    "reporter_kind",
    "accused_unit",
    "accused_name",
    "accused_post",
    "level",
    "occurred",
    "place",
    "scope",
)
"""What `read_story` may find, in the order of the questions."""

_LONGEST_MODE = 8
_CLAUSE_END = re.compile(r"[，,。.;；!！?？\n]+")


def read_story(text: str, entities: Entities, ground: Ground, region: str | None = None) -> Candidates:
    """Return what the story says, as normal values by question; `region` is the one known where it names none."""
    found = read_whereabouts(text, entities, ground, region)
    found |= _person(text, entities)
    if isinstance(unit := found.get("accused_unit"), dict) and "level" not in found:
        level = propose_level(str(unit["name"]), str(found.get("accused_post", "")))
        found |= {"level": level} if level else {}
    elif "level" not in found and (level := propose_level(seat_of_the_post(text), "") or _level_of(found)):
        found["level"] = level
    if (occurred := find_span(text, ground.today)) is not None and occurred.start:
        found["occurred"] = occurred_value(occurred)
    if mode := _mode(text):
        found["mode"] = mode
    if kind := read_teller(text):
        found["reporter_kind"] = kind
    return found | read_scene(text)


def _level_of(found: Candidates) -> str | None:
    """Return the level that a post tells by its own name: a township's head."""
    post = str(found.get("accused_post", ""))
    return propose_level("", post) if post[:1] in ("村", "镇", "乡") else None


_MODE_IN_STORY: phrases.Words = {
    "anonymous": (
        "匿名举报",
        "匿名反映",
        "我要匿名",
        "我想匿名",
        "不想留名",
        "不想透露身份",
        "anonymously",
        "stay anonymous",
        "remain anonymous",
        "be anonymous",
        "keep me anonymous",
        "do not use my name",
        "don't use my name",
        "report this anonymously",
    ),
    "unit_name": (
        "以公司名义",
        "以单位名义",
        "以企业名义",
        "代表公司",
        "on behalf of our company",
        "in the name of our company",
    ),
    "real_name": (
        "实名举报",
        "实名反映",
        "我要实名",
        "署名举报",
        "with my real name",
        "in my own name",
        "under my real name",
    ),
}


def _mode(text: str) -> str | None:
    """Read the way to report out of a story; a line that says nothing else counts too."""
    if found := phrases.choice_within(_MODE_IN_STORY, text):
        return found
    clauses = (clause.strip() for clause in _CLAUSE_END.split(text))
    if found := next((mode for clause in clauses if (mode := phrases.exact_choice(phrases.MODE, clause))), None):
        return found
    lines = [line.strip() for line in text.split("\n") if len(line.strip()) <= _LONGEST_MODE]
    return next((mode for line in reversed(lines) if (mode := phrases.choice_within(phrases.MODE, line))), None)


def _person(text: str, entities: Entities) -> Candidates:
    """Return the name and post of the first person that is not the reporter; a post without a name alone."""
    if (person := find_person(text)) is not None:
        return {"accused_name": person.name} | ({"accused_post": person.post} if person.post else {})
    for e in entities:
        value, start = str(e.get("value") or "").strip(), int(e.get("start") or 0)
        if e.get("entity") == "person" and value and not is_own_name(text, start):
            post = str(e.get("post") or "") or post_before(text[:start])
            return {"accused_name": value} | ({"accused_post": post} if post else {})
    post = post_of_nobody(text)
    return {"accused_post": post} if post else {}


def propose_level(unit: str, post: str) -> str | None:
    """Return the level that the words of a unit or a post point to."""
    words = fold(unit + post)
    if re.search(r"村|社区|居委|village|community", words):
        return "village"
    if re.search(r"镇|乡(?!村振兴)|街道|township|sub-?district|town\b", words):
        return "township"
    if re.search(r"^大连|^市|市(?:局|委|政府|直)|municipal|\bcity\b", words):
        return "municipal"
    return "county" if re.search(r"[区县](?!域)|district|county", words) else None
