"""Gives what a message names its value: a date its days, an amount its yuan, a stretch of time its days."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from bot.understanding import Interpreter, Parse
from bot.understanding.interpreter import CODE
from bot.understanding.normalise import align
from bot.understanding.values import ParseContext
from casework import code as codes
from casework.intake.amounts import read_days, read_yuan
from casework.intake.dates import read_occurred

Entity = dict[str, Any]

_NUMERAL: Final = r"(?:\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千半几数]+)"
_SCALE: Final = r"(?:[十百千万亿]+|[kw](?![a-z])|m\b|thousand|million|grand\b)"
_SMALL: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "a": 1,
}  # fmt: skip
_LARGE: Final = {"thousand": 1_000, "million": 1_000_000}
_SMALL_WORD: Final = rf"(?:{'|'.join(_SMALL)})"
_IN_WORDS: Final = (
    rf"\b{_SMALL_WORD}(?:[\s-]{_SMALL_WORD})*(?:[\s-](?:hundred|thousand|million)(?:\sand)?(?:[\s-]{_SMALL_WORD})*)*\b"
)
_SPELT: Final = re.compile(_IN_WORDS)
_VAGUE: Final = re.compile(r"\b(?:few|several|couple)\b")
_LINK: Final = re.compile(r"\s*(?:到|至|-|~|—|–|to|until|till)\s*")
_EN_NUMBER: Final = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|a|half a|several|a few|a couple of)"
)
_MONEY: Final = re.compile(
    rf"[¥￥]\s?\d[\d,]*(?:\.\d+)?\s?{_SCALE}?|(?:rmb|cny)\s?\d[\d,]*(?:\.\d+)?\s?{_SCALE}?"
    rf"|{_NUMERAL}\s?{_SCALE}?[\d零〇一二两三四五六七八九千百]*\s?(?:多|来|余)?\s?{_SCALE}?"
    r"(?:块钱|元钱|元|块|圆|毛钱|(?<=[万亿])(?=$|[^\w]))"
    rf"|(?:{_IN_WORDS}|(?:{_NUMERAL}|{_EN_NUMBER})\s?(?:hundred\s|{_SCALE}\s?)*)\s?(?:yuan|rmb|cny|renminbi|kuai)\b"
    rf"|\b\d[\d,]*(?:\.\d+)?\s?(?:万|亿)"
    r"|(?<=[罚要交收花给拿借欠赔送掏]了)[一二两三四五六七八九十\d]+[百千万][零一二两三四五六七八九十百千\d]*"
    r"(?=$|[，。,.!！?？;；、\s]|[才就还也说让])"
)
_STRETCH: Final = re.compile(
    rf"{_NUMERAL}\s?(?:多|来)?个?(?:半)?(?:工作日|小时|天|日(?!期)|周|星期|礼拜|月(?!份|\d)|季度|年(?!\d|[初底中级]))(?:半)?(?:多)?(?!\s?(?:前|以前|之前|[月号日]))"
    rf"|(?:\b\d+(?:\.\d+)?|\b{_EN_NUMBER})(?:\sand\sa\shalf)?\s(?:working\s|business\s|full\s|whole\s)?(?:hour|day|week|month|quarter|year)s?"
    r"(?:\sand\sa\shalf)?(?!\sago)\b"
)
_MONTH_NAMED: Final = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,3})月$")
_CALENDAR: Final = re.compile(r"^(?:\d{4}|\d{1,2}|[〇零一二三四五六七八九]{4})(?:年|日)$")


def parse_whole(
    interpreter: Interpreter, text: str, where: ParseContext | None, today: date
) -> tuple[Parse, list[Entity]]:
    """Parse as a turn does, codes masked, and return the entities with their values; spans count `text` as typed."""
    finding = codes.find(text)
    parse = interpreter.parse(codes.mask(text, finding) if finding else text, where)
    found = interpreter.parse(text, where).entities if finding else parse.entities
    spans = [*_codes(text)]
    kept = [entity for entity in found if not _overlaps(entity, spans)]
    resolved = [_dated(entity, today) for entity in _joined(kept, text)]
    amounts = [*_amounts(text, [*spans, *(e for e in kept if e["entity"] in ("date", "phone", "email"))])]
    everything = sorted([*spans, *resolved, *amounts], key=lambda e: (e["start"], -e["end"]))
    return Parse(**vars(parse) | {"text": text, "entities": everything}), everything


def _codes(text: str) -> Iterator[Entity]:
    for match in re.finditer(re.escape(CODE), text):
        yield {"entity": "code", "value": CODE, "start": match.start(), "end": match.end()}
    finding = codes.find(text)
    if finding:
        start, end = finding.start, finding.end
        yield {"entity": "code", "value": finding.code, "start": start, "end": end}


def _joined(entities: list[Entity], text: str) -> Iterator[Entity]:
    """Make one date of two with nothing but "to" between them."""
    last: Entity | None = None
    for entity in entities:
        if entity["entity"] != "date":
            yield entity
        elif last and _LINK.fullmatch(text, last["end"], entity["start"]):
            last = last | {"end": entity["end"], "value": text[last["start"] : entity["end"]]}
        else:
            if last:
                yield last
            last = entity
    if last:
        yield last


def _dated(entity: Entity, today: date) -> Entity:
    if entity["entity"] != "date":
        return entity
    when = read_occurred(str(entity["value"]), today)
    if when.start is None:
        return entity
    return entity | {"resolved": {"from": when.start, "to": when.end, "precision": when.precision}}


def _amounts(text: str, taken: list[Entity]) -> Iterator[Entity]:
    folded = align(text)
    for match in _MONEY.finditer(folded):
        entity = {"entity": "money", "start": match.start(), "end": match.end()}
        yuan = None if _VAGUE.search(match.group()) else read_yuan(_in_figures(match.group()))
        if yuan is not None and not _overlaps(entity, taken):
            yield entity | {"value": int(yuan) if yuan == int(yuan) else yuan, "unit": "yuan"}
            taken = [*taken, entity]
    for match in _STRETCH.finditer(folded):
        entity = {"entity": "duration", "start": match.start(), "end": match.end()}
        is_calendar = _MONTH_NAMED.match(match.group()) or _CALENDAR.match(match.group())
        days = None if is_calendar or _overlaps(entity, taken) else read_days(match.group())
        if days is not None:
            yield entity | {"value": days, "unit": "days"}


def _in_figures(words: str) -> str:
    """Write English number words as figures: "three hundred yuan" is "300 yuan"."""
    return _SPELT.sub(lambda spelt: str(_value(spelt.group())), words)


def _value(spelt: str) -> int:
    total, group = 0, 0
    for word in re.findall(r"[a-z]+", spelt):
        if word == "hundred":
            group = max(group, 1) * 100
        elif word in _LARGE:
            total, group = total + max(group, 1) * _LARGE[word], 0
        else:
            group += _SMALL.get(word, 0)
    return total + group


def _overlaps(entity: Entity, others: list[Entity]) -> bool:
    return any(entity["start"] < other["end"] and other["start"] < entity["end"] for other in others)
