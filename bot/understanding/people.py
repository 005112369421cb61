"""Finds persons by what stands around a name: titles, "named", 某. A name alone is no reason to call it one."""

import re
from collections.abc import Iterator
from typing import Final

from bot.understanding.model import Words
from bot.understanding.normalise import align
from bot.understanding.values import Entity

_HAN: Final = "[\u4e00-\u9fff]"
# No given name holds these: they begin the verb, or belong to the name of a place.
_NOT_GIVEN: Final = (
    "收要说让把在给是的和与向对也都不没有叫来去打骂拿索用利找跟就被从为了着过吗呢啊吧很太还又再才只这那哪你我他她它们"
    "村镇乡县市区局办厂店院校街路府科处室所队站长副正主书任干上下里人等会能可因故私违公贪受吃喝以于之个位先女同工司"
)
_GIVEN: Final = f"[^\\W\\da-z_{_NOT_GIVEN}]"


class PersonFinder:
    """Knows the surnames and titles of the data (`surname`, `title`, `not_before_title`)."""

    def __init__(self, words: Words) -> None:
        surnames = [align(name) for name in words.lookups.get("surname", ())]
        titles = [align(title) for title in words.lookups.get("title", ())]
        self._han = _han_pattern(surnames, titles, words.patterns.get("not_a_person", []))
        self._titles = frozenset(titles)
        self._latin = _latin_patterns(surnames, titles)

    def find(self, text: str) -> Iterator[Entity]:
        """Yield `person`; the value is the name (with its title where only the surname is known), `post` the title."""
        yield from self._find_han(align(text))
        for pattern in self._latin:
            for match in pattern.finditer(text):
                name = match.group("name").strip()
                start = match.start("name")
                yield _entity(name, start, start + len(name), match.groupdict().get("title") or "")

    def _find_han(self, folded: str) -> Iterator[Entity]:
        for match in self._han.finditer(folded):
            groups = {name: value for name, value in match.groupdict().items() if value is not None}
            if "stop" in groups:
                continue
            title = groups.get("before") or groups.get("after") or groups.get("whose") or ""
            name = groups.get("full") or groups.get("later") or groups.get("hidden") or groups.get("called")
            if name:
                start = match.start(next(k for k in ("full", "later", "hidden", "called") if groups.get(k)))
                yield _entity(name, start, start + len(name), title)
            elif "surname" in groups:
                yield _entity(match.group(), match.start(), match.end(), title)
            else:
                yield _entity(f"{groups['only']}某", match.start(), match.end(), "")


def _han_pattern(surnames: list[str], titles: list[str], stops: list[str]) -> re.Pattern[str]:
    family = _any(name for name in surnames if not name.isascii())
    title = _any(name for name in titles if not name.isascii())
    options = [
        *(f"(?P<stop>{'|'.join(stops)})" for _ in stops[:1]),
        f"(?P<hidden>{family}某{{1,2}})",
        f"(?P<before>{title})(?:叫|是|名叫|：|:)?(?P<later>{family}(?!{title}){_GIVEN}{{1,2}})(?!{title})",
        f"(?P<full>{family}{_GIVEN}{{1,2}})(?P<after>{title})",
        f"(?P<surname>{family})(?P<whose>{title})",
        f"(?:名叫|名字叫|名字是|姓名是?|叫做|叫)[：: ]?(?P<called>{family}{_GIVEN}{{1,2}})",
        f"姓(?P<only>{family})(?:的|$)?",
    ]
    return re.compile("|".join(options))


def _latin_patterns(surnames: list[str], titles: list[str]) -> list[re.Pattern[str]]:
    title = _any(name for name in titles if name.isascii())
    family = _any(name for name in surnames if name.isascii())
    word = r"[A-Z][a-z]+(?:-[A-Za-z]+)?"
    return [
        re.compile(rf"\b(?P<title>(?i:{title}))\b\.?,?\s+(?:named\s+|called\s+)?(?P<name>{word}(?:\s{word}){{0,2}})"),
        re.compile(rf"\b(?P<title>(?i:{title}))\b\.?\s+(?P<name>(?i:{family})(?:\s[a-z]{{2,6}}(?=[,.;]|$))?)\b"),
        re.compile(rf"(?P<name>{word}(?:\s{word}){{1,2}})\s?[,(]\s?(?:the|a|an)?\s?(?P<title>(?i:{title}))\b"),
        re.compile(rf"\b(?i:named|called|name is|surname is)\s+(?P<name>{word}(?:\s{word}){{0,2}})"),
    ]


def _any(words: Iterator[str] | list[str]) -> str:
    return f"(?:{'|'.join(re.escape(word) for word in sorted(set(words), key=len, reverse=True)) or '(?!)'})"


def _entity(name: str, start: int, end: int, title: str) -> Entity:
    entity: Entity = {"entity": "person", "value": name, "start": start, "end": end}
    return entity | {"post": title} if title else entity
