"""Reads a whole story: region, unit, person, post, days, kind and mode. What it finds is proposed, never decided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.intake import phrases
from casework.intake.dates import find_occurred
from casework.intake.directory import fold
from casework.intake.ground import Ground, occurred_value
from casework.intake.scene import read_scene
from casework.intake.script import simplify
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

_POSTS = (
    "副局长|局长|副科长|科长|副处长|处长|副主任|主任|党委书记|副书记|书记|副所长|所长|副镇长|镇长|副乡长|乡长|副区长|区长|副县长|县长|副市长|市长"
    "|村支书|支书|纪委书记|法官|检察官|民警|村主任|村长|副站长|站长|副队长|队长|大队长|中队长|副院长|院长|副校长|校长|副股长|股长|副厅长|厅长|科员|所长|会计|主席"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PERSON_ZH = re.compile(
    rf"(?<![{_SURNAMES}])(?P<name>[{_SURNAMES}](?:某某?|[\u4e00-\u9fff]{{1,2}})?)(?P<post>{_POSTS})"
    rf"|(?P<post2>{_POSTS})(?P<name2>[{_SURNAMES}](?:某某?)|老[{_SURNAMES}])"
    rf"|(?P<post3>{_POSTS})[是，,]?姓(?P<name3>[{_SURNAMES}])"
    rf"|(?P<name4>老[{_SURNAMES}])(?=[收要拿吃把让说叫不就又来去的，,。]|$)"
)
_HOLDER = re.compile(rf"(?:你们|局|委|办|院|所|站|队|中心|街道|镇|乡|村|公司|处|科|庭|校)的?(?P<post>{_POSTS})")
_POST_BEFORE = re.compile(rf"(?P<post>{_POSTS})(?:是|叫)?$")
_POSTS_EN = r"(?i:deputy )?(?i:director|section chief|chief|secretary|mayor|inspector|manager|head|officer)"
_PERSON_EN = re.compile(
    rf"\b(?P<post>{_POSTS_EN})\s+"
    r"(?P<name>(?:[A-Z][a-z]{1,12})(?:\s+[A-Z][a-z]{1,12}){0,2})"
    r"|\b(?P<name2>(?:Mr|Ms|Mrs)\.?\s+[A-Z][a-z]{1,12}(?:\s+[A-Z][a-z]{1,12})?)"
    rf"(?:,\s+(?:the\s+)?(?P<post2>{_POSTS_EN}))?"
)
_LONGEST_MODE = 8
_CLAUSE_END = re.compile(r"[，,。.;；!！?？\n]+")
_OWN_NAME = re.compile(r"(?:我叫|我是|本人|我的名字是|举报人[:：]?|my name is|i am|i'm)\s*$", re.IGNORECASE)


def read_story(text: str, entities: Entities, ground: Ground, region: str | None = None) -> Candidates:
    """Return what the story says, as normal values by question; `region` is the one known where it names none."""
    found = read_whereabouts(text, entities, ground, region)
    found |= _person(text, entities)
    if isinstance(unit := found.get("accused_unit"), dict) and "level" not in found:
        level = propose_level(str(unit["name"]), str(found.get("accused_post", "")))
        found |= {"level": level} if level else {}
    if (occurred := find_occurred(text, ground.today)) is not None and occurred.start:
        found["occurred"] = occurred_value(occurred)
    if mode := _mode(text):
        found["mode"] = mode
    if kind := phrases.choice_within(phrases.KIND_IN_STORY, text):
        found["reporter_kind"] = kind
    return found | read_scene(text)


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


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person named with a post or a title, and where in the text."""

    name: str
    post: str
    start: int
    end: int


def find_person(text: str) -> Person | None:
    """Return the first person named with a post or title who is not the reporter."""
    simple = simplify(text)
    for match in (*_PERSON_ZH.finditer(simple), *_PERSON_EN.finditer(simple)):
        groups = match.groupdict()
        name = groups.get("name") or groups.get("name2") or groups.get("name3") or groups.get("name4") or ""
        post = groups.get("post") or groups.get("post2") or groups.get("post3") or ""
        if not _OWN_NAME.search(text[: match.start()]):
            return Person(name=_known_as(name, post), post=post, start=match.start(), end=match.end())
    return None


def _person(text: str, entities: Entities) -> Candidates:
    """Return the name and post of the first person that is not the reporter; a post without a name alone."""
    if (person := find_person(text)) is not None:
        return {"accused_name": person.name} | ({"accused_post": person.post} if person.post else {})
    for e in entities:
        value = str(e.get("value") or "").strip()
        if e.get("entity") == "person" and value and not _OWN_NAME.search(text[: int(e.get("start") or 0)]):
            before = _POST_BEFORE.search(simplify(text[: int(e.get("start") or 0)]))
            return {"accused_name": value} | ({"accused_post": before["post"]} if before else {})
    holder = _HOLDER.search(simplify(text))
    return {"accused_post": holder["post"]} if holder else {}


def _known_as(name: str, post: str) -> str:
    """A surname alone is a name only with the post: "王科长"."""
    return name + post if post and len(name) == 1 else name


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
