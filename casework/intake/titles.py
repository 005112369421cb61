"""Proposes a title: what the story says first where that is whole and still true, else who is reported and for what."""

import re
from collections.abc import Iterator

from casework.intake import wording
from casework.intake.directory import find_regions, find_unit
from casework.intake.ground import Ground
from casework.intake.letters import SALUTATION, SENTENCE_END, is_prepared_letter
from casework.intake.persons import find_person
from casework.intake.questions import Values, is_given
from casework.report import MAX_TITLE

_SHORTEST, _SHORTEST_CLAUSE = 4, 8
_CLAUSE_END = re.compile(r"[，,；;：:、]")
_FILLER = re.compile(
    r"^(?:(?:ok(?:ay)?|well|so|um+|no|yes|嗯+|那个)(?=[\s,.，。])"
    r"|您好|你好|领导好|hello|hi|hey|dear [^,]{0,30},|尊敬的[^：:，,]{0,30}[：:，,]"
    r"|(?:实名|匿名)举报(?=\S{4})"
    r"|(?:他妈的?|妈的|卧槽)(?=[\s,，!！])|[操艹靠滚](?=[\s,，!！])|(?:fuck(?:ing)?|damn|shit)(?=[\s,!])"
    r"|我(?:要|想)(?:实名|匿名)?(?:举报|反映|投诉)(?:一下)?|(?:一个)?(?:情况|问题|事情)(?=[，,：:。])"
    r"|i (?:want|would like) to report(?: that| how)?|事情是这样的|情况是这样的|是这样的)[，,。：:!！\s]*",
    re.IGNORECASE,
)
_OWN_PERSON = re.compile(
    r"^(?:我|俺|本人|我们)(?:是|叫|姓)[^，,。：:；;]{1,40}[，,：:；;]\s*(?=\S{4})"
    r"|^(?:i am|i'm|we are|my name is) [^,.;:]{2,60}[,;:]\s*(?:and )?(?=\S.{3})",
    re.IGNORECASE,
)
"""A clause in which the reporter says who they are: no title tells that."""
_ANNOUNCING = re.compile(
    r"(?:如下|以下)(?:情况|问题)?[：:]?$|^(?:an? )?anonymous report$|^(?:匿名|实名)?(?:举报|反映)(?:信|如下)?$"
    r"|^(?:我|现)?(?:要|想|特)?向.{1,10}(?:反映|举报|汇报)(?:一?[个些件下])?(?:情况|问题|事情?|事儿)?$"
    r"|^(?:我(?:公司|司|厂|店|单位|村|家)|本(?:公司|人|村)|我们(?:公司|厂|村))(?:位于|成立|系|现有|坐落|地处|是(?:一家|一个|做))"
    r"|^(?:i|we) (?:run|own|operate|work|live|have an?|am an?|are an?)\b[^,;]{1,60}$"
    r"|^(?:我|俺|我们)(?:是|叫|开了?|经营)[^，,；;]{1,20}$"
    r"|^[一二三四五六七八九十\d]+[、.]\s*\S{2,8}$|\bas follows:?$",
    re.IGNORECASE,
)
_LOOSE_END = re.compile(
    r"\s+(?:an?|the|of|to|in|on|at|for|and|or|but|that|who|which|when|because|with|by|from|as|if|so|my|our|his|her"
    r"|their|its|your|he|she|they|we|i|it|is|was|are|were|has|had|have)$",
    re.IGNORECASE,
)


def propose_title(values: Values, ground: Ground) -> str:
    """Return a title of at most 50 characters from a draft; "" where there are no facts."""
    facts = str(values.get("facts") or "")
    sentence = _first_sentence(facts)
    title = "" if is_prepared_letter(facts) else _whole(sentence)
    if len(title) >= _SHORTEST_CLAUSE and not _is_put_right(title, values, ground):
        return title
    return next(_from_answers(values, ground), None) or _whole(sentence) or _shortened(sentence)


def _first_sentence(facts: str) -> str:
    text = _without_lead(facts.strip())
    for part in SENTENCE_END.split(text):
        sentence = _without_lead(part.strip(" \t,，、:："))
        if len(sentence) >= _SHORTEST and not SALUTATION.match(sentence) and not _says_nothing(sentence):
            return sentence[:1].upper() + sentence[1:]
    return " ".join(text.split())


def _says_nothing(sentence: str) -> bool:
    return _ANNOUNCING.search(sentence) is not None or wording.BARE_WISH.match(sentence) is not None


def _without_lead(text: str) -> str:
    """Take away greetings, wishes and who the reporter is."""
    while match := _FILLER.match(text) or _OWN_PERSON.match(text):
        if not match[0]:
            return text
        text = text[match.end() :].lstrip()
    return text


def _whole(sentence: str) -> str:
    """Return as many whole clauses as fit; "" where the first one is too long already."""
    if len(sentence) <= MAX_TITLE:
        return sentence
    ends = [match.start() for match in _CLAUSE_END.finditer(sentence[: MAX_TITLE + 1])]
    return sentence[: ends[-1]] if ends and ends[-1] >= _SHORTEST_CLAUSE else ""


def _shortened(sentence: str) -> str:
    """Cut a sentence that has no clauses: after a word that can stand at an end, and show that it goes on."""
    head = sentence[: MAX_TITLE - 1]
    if sentence.isascii() and " " in head:
        head = head.rpartition(" ")[0]
        while loose := _LOOSE_END.search(head):
            head = head[: loose.start()]
    return f"{head.rstrip()}…" if head else ""


def _is_put_right(title: str, values: Values, ground: Ground) -> bool:
    """Tell whether the words name another district, unit or person than the answers do: they were put right since."""
    region, unit, name = values.get("region"), values.get("accused_unit"), values.get("accused_name")
    regions = find_regions(ground.profile, title)
    if is_given(region) and regions and region not in regions:
        return True
    named = find_unit(ground.profile, title, str(region))
    if isinstance(unit, dict) and unit.get("id") and named is not None and named.id != unit["id"]:
        return True
    person = find_person(title)
    return person is not None and is_given(name) and person.name[:1] != str(name)[:1] and person.name not in str(name)


def _from_answers(values: Values, ground: Ground) -> Iterator[str]:
    """Yield titles of who, where and what kind, the fullest first, that fit."""
    kind = ground.profile.category(values.get("category"))
    what = kind.words.in_language(ground.language) if kind is not None and kind.id != "other" else ""
    unit, person, region = _unit(values, ground), _person(values, ground), _region(values, ground)
    name = str(values.get("accused_name")) if person else ""
    pairs = [_joined(place, person, ground) for place in (unit, region) if place and person]
    colon = "：" if ground.language == "zh" else ": "
    told = [f"{who}{colon}{what}" for who in (*pairs, person, name, unit, region) if who and what]
    yield from (title for title in (*told, *pairs) if len(title) <= MAX_TITLE)


def _joined(place: str, person: str, ground: Ground) -> str:
    return f"{place}{person}" if ground.language == "zh" else f"{person}, {place}"


def _unit(values: Values, ground: Ground) -> str:
    unit = values.get("accused_unit")
    if not isinstance(unit, dict):
        return ""
    listed = ground.profile.unit(unit.get("id"))
    return listed.words.in_language(ground.language) if listed is not None else str(unit["name"])


def _person(values: Values, ground: Ground) -> str:
    name, post = values.get("accused_name"), values.get("accused_post")
    if not is_given(name):
        return ""
    if not is_given(post) or str(post) in str(name):
        return str(name)
    return f"{post}{name}" if ground.language == "zh" else f"{post} {name}"


def _region(values: Values, ground: Ground) -> str:
    region = ground.profile.region(values.get("region"))
    return region.words.in_language(ground.language) if region is not None else ""
