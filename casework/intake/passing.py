"""What a message says beside the answer asked for: several answers in one, a name to change, more of the story."""

import re
from typing import Any

from casework.intake import phrases, wording
from casework.intake.answer import Answer, clean, weight
from casework.intake.contacts import read_contact
from casework.intake.dates import find_occurred
from casework.intake.directory import find_regions, named_unit, region_named
from casework.intake.ground import Ground
from casework.intake.persons import find_person
from casework.intake.questions import FIELDS, PERSONAL, QUESTIONS, Values, applicable, is_given
from casework.intake.scene import place_alone, read_scene
from casework.intake.script import simplify

Candidates = dict[str, Any]

_BETWEEN = re.compile(
    r"[，,；;。．！!\n、|]+|(?<=[\u4e00-\u9fff])\s+(?=\S)|(?<=\S)\s+(?=[\u4e00-\u9fff])|\.\s+(?=[A-Z])|\s+(?:and|/|-)\s+"
)
_EDGES = " \t。.！!，,；;：:"
_LONGEST_LIST = 60
_MOST_PIECES = 8
_FILLER = re.compile(
    r"^(?:不是|不对|错了|不|好的?|好吧|嗯+|哦|对|是的?|那|就|行|可以|您好|你好|谢谢|这个嘛?|那个|哎+|唉"
    r"|我?跟[您你]说(?:吧)?|就是这样|说起来|怎么说呢|让我想想|实话说|其实|反正"
    r"|let me (?:think|see)|to (?:tell you the truth|be honest)|you know|i mean|anyway|um+|er+|hm+"
    r"|no|not that|wrong|yes|yeah|ok(?:ay)?|well|so|please|thanks|thank you|hi|hello|sorry)$",
    re.I,
)
_FREED = ("accused_unit", "accused_name", "accused_post", "occurred", "place")
"""Questions whose answer is freed of what was said round it."""
_TRAILING = re.compile(r"(?:吧|呢|啊|呀|哦|来着|左右吧|的样子| i (?:think|guess|suppose)| maybe| probably)+$", re.I)
_INTRODUCED = re.compile(
    r"^(?:(?:(?:是|在|就是|应该是|大概是?|可能是?|好像是?|我是|我要|我想|那就|时间是?|地区是?|单位是?|嗯|那个)"
    r"|(?:well|um|so|i (?:suppose|think|guess|believe)|maybe|probably|perhaps|it was|it is|it's|in the|in|at the|at|on"
    r"|the|by|from|i am|i'm)\b)[\s,，]*)+",
    re.I,
)
_UNIT_ENDING = re.compile(
    r"^[\u4e00-\u9fff]{2,16}(?:局|委员会|委|办事处|街道办|街道|派出所|所|大队|支队|中队|队|中心|村委会|居委会|管委会"
    r"|镇政府|乡政府|区政府|县政府|市政府|法院|检察院|银行|公司|集团|学校|医院|窗口|服务站)$"
    r"|^(?:[镇乡区县市]政府|村委会|居委会|街道办(?:事处)?|派出所)$"
    r"|^(?:the )?[\w' -]{3,50}\b(?:bureau|office|commission|committee|court|sub-?district|station|brigade|authority"
    r"|department|centre|center)$",
    re.I,
)
_POST_ALONE = re.compile(
    r"^(?:一个|那个|某|the |a |an )?"
    r"(?:副?(?:局长|科长|处长|主任|书记|所长|镇长|乡长|区长|县长|市长|站长|队长|大队长|中队长|院长)"
    r"|校长|股长|会计"
    r"|村支书|支书|科员|民警|法官|检察官|城管(?:队员)?|窗口(?:工作)?人员|办事员|工作人员|执法人员"
    r"|(?:deputy )?(?:director|section chief|chief|secretary|mayor|inspector|manager|head|officer|clerk|counter clerk"
    r"|policeman))$",
    re.I,
)
_AMISS = re.compile(
    r"不对|错了|写错|弄错|搞错|有误|不准|改一下|修改|更改|重填|重写|重新填|想改|要改|^改|换一?个"
    r"|\b(?:wrong|incorrect|not right|mistake|change|edit|correct|fix|redo)\b",
    re.I,
)
_DAY_TAIL = re.compile(r"(?:开始的?|起的?|的时候|的事儿?|左右|前后|那会儿|吧)+$")
_ECHO = re.compile(
    r"^(?:哪个单位|什么单位|谁|什么人|什么时候|哪里|在哪儿?|where|who|when|which (?:office|unit))[?？，, ]+", re.I
)
_STREET = re.compile(r"(?:路|街|巷|小区|号楼?|室|村)\s*\d*[号室]?$|\d+ .*\b(?:road|street|lane)\b", re.I)
_FIRM = re.compile(
    r"(?:公司|厂|集团|合作社|商行|饭店|酒店|超市|店)$|\b(?:co\.?,? ?ltd|company|ltd|inc|factory)\.?$", re.I
)
_LONGEST_EDIT = 14
_LEAST_STORY = 12
_LEAST_TELLING = 6
_STORY_INTENTS = frozenset(
    {"describe_incident", "inform", "add_info", "nlu_fallback", "out_of_scope", "edit_field", "", "deny", "affirm"}
)
_ASKING_END = re.compile(r"[?？]\s*$|(?:吗|呢|(?:什|怎|这|那)么(?:办|样)?)[。.~～]*\s*$")
_WORRY = re.compile(r"害怕|担心|我怕|好怕|怕被|不敢|\b(?:scared|afraid|worried|frightened|nervous)\b", re.I)
_LONGEST_WORRY = 30
_LONGEST_QUESTION = 30
_LONGEST_WORD = 4
_LONGEST_DETAILS = 24
_NUMBER_OR_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|[+\d][\d\s()-]{5,}\d")
_OWN_WORDS = re.compile(
    r"我叫|我是|我的?(?:电话|手机号?|邮箱|名字)(?:是|叫)?|本人|姓名|电话|手机号?|邮箱|联系方式"
    r"|\b(?:sure|my name is|i am|i'm|my (?:phone|number|e-?mail)(?: is)?|phone|number|e-?mail|call me|and|at|on|it's"
    r"|it is)\b",
    re.I,
)
_NAME = re.compile(r"^(?:[\u4e00-\u9fff·]{2,5}|[A-Za-z][\w'-]+(?:\s+[A-Za-z][\w'-]+){0,2})$")


def several(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read "anonymous, Ganjingzi housing bureau, last Wednesday": a list, each piece an answer to a question.

    One piece that is none of these answers the free question asked. Empty where the message is no such list.
    """
    if answer.is_tap or weight(answer.text) > _LONGEST_LIST or _ASKING_END.search(answer.plain):
        return {}
    pieces = _pieces(answer.text, ground)
    if not 2 <= len(pieces) <= _MOST_PIECES:
        return {}
    found: Candidates = {}
    rest: list[str] = []
    said = [piece for piece in pieces if not _FILLER.match(piece)]
    for piece in said:
        read = _read(piece, question, values, ground)
        found |= {name: value for name, value in read.items() if name not in found}
        rest += [] if read else [piece]
    if len(said) == 1 < len(pieces):
        return found or ({question: _plain(rest[0])} if question in _FREED else {})
    return _with_rest(question, found, rest)


def _plain(piece: str) -> str:
    """Return a piece without the words that lead to it or trail off."""
    return _TRAILING.sub("", _INTRODUCED.sub("", piece)).strip(_EDGES) or piece


def alone(answer: Answer, values: Values) -> Candidates:
    """Read a way to report, a kind of reporter or one's own name and number, said where the story was asked."""
    text = answer.text.strip(_EDGES)
    if answer.is_tap or weight(text) > _LONGEST_DETAILS:
        return {}
    for name in ("mode", "reporter_kind"):
        if choice := phrases.exact_choice(phrases.CHOICES[name], text) or phrases.near_choice(
            phrases.CHOICES[name], text
        ):
            return {name: choice}
    return own_details(text) if values.get("mode") in ("real_name", "unit_name") else {}


def choice_alone(text: str, *, misspelt: bool = True) -> Candidates:
    """Return the way to report or the kind of reporter where the text is nothing else, `misspelt` or not."""
    for name in ("mode", "reporter_kind"):
        words = phrases.CHOICES[name]
        if choice := phrases.exact_choice(words, text) or (misspelt and phrases.near_choice(words, text)):
            return {name: choice}
    return {}


def own_details(text: str) -> Candidates:
    """Return contact and name where the text holds a contact and little else: "sure: Tom Baker, 13998765432"."""
    contact = read_contact(text)
    if contact is None:
        return {}
    rest = _OWN_WORDS.sub(" ", _NUMBER_OR_ADDRESS.sub(" ", text)).strip(_EDGES + "()（）")
    if not rest:
        return {"contact": contact}
    return {"contact": contact, "reporter_name": rest} if _NAME.match(rest) else {}


def is_question(text: str) -> bool:
    """Tell whether the text asks something back and so answers nothing."""
    return _ASKING_END.search(simplify(text)) is not None and weight(text) <= _LONGEST_QUESTION


def _with_rest(question: str, found: Candidates, rest: list[str]) -> Candidates:
    asked = QUESTIONS[question]
    if not rest and (len(found) > 1 or question not in found):
        return found
    if len(rest) == 1 and found and asked.is_free_text and question not in (*found, "facts", "more_facts", "title"):
        return found | {question: rest[0]}
    return {}


def _pieces(text: str, ground: Ground) -> list[str]:
    """Cut at punctuation, but not within a date ("3 March, 2025")."""
    whole = " ".join(clean(text).split("\n")) if "\n" not in clean(text) else clean(text)
    occurred = find_occurred(whole, ground.today)
    if occurred is not None and "," in occurred.text:
        whole = whole.replace(occurred.text, occurred.text.replace(",", " "))
    return [piece for piece in (part.strip(_EDGES) for part in _BETWEEN.split(whole)) if piece]


def _read(piece: str, question: str, values: Values, ground: Ground) -> Candidates:
    """Return what one piece says if all of it says that."""
    said = _TRAILING.sub("", _INTRODUCED.sub("", piece)).strip()
    if choice := choice_alone(said):
        return choice
    if is_day(said, ground):
        return {"occurred": said}
    if contact := _contact_alone(said):
        return {"contact": contact} if values.get("mode") != "anonymous" else {}
    return {} if question in ("place", "address", *PERSONAL) else _who_or_where(said, values, ground)


def _who_or_where(said: str, values: Values, ground: Ground) -> Candidates:
    person = find_person(said)
    rest = said if person is None else (said[: person.start] + said[person.end :]).strip(_EDGES + "的")
    found: Candidates = {}
    if rest:
        found = whereabouts_of(rest, values.get("region"), ground)
        if not found:
            return {}
    if person is not None:
        found |= {"accused_name": person.name} | ({"accused_post": person.post} if person.post else {})
    return found


def whereabouts_of(text: str, region: str | None, ground: Ground) -> Candidates:
    """Return region or unit where the whole text names one; a district's unit tells both."""
    if (alone := region_named(ground.profile, text)) is not None:
        return {"region": alone}
    if (unit := named_unit(ground.profile, text, region)) is not None:
        return {"region": unit.region, "accused_unit": unit.id}
    if not _UNIT_ENDING.match(text):
        return {}
    named = find_regions(ground.profile, text)
    return {"accused_unit": text} | ({"region": named[0]} if len(named) == 1 else {})


def is_day(text: str, ground: Ground) -> bool:
    """Tell whether the text is a day or a period and nothing else."""
    text = _DAY_TAIL.sub("", text.strip(_EDGES))
    found = find_occurred(text, ground.today)
    return found is not None and found.start is not None and len(text) - len(found.text) <= 2


def _contact_alone(text: str) -> str | None:
    digits = sum(char.isdigit() or char in "@." for char in text)
    return read_contact(text) if digits >= 5 and weight(text) <= 20 else None


def is_unit(text: str, ground: Ground) -> bool:
    """Tell whether the text is the name of a unit rather than of a person."""
    return bool(_UNIT_ENDING.match(text)) or named_unit(ground.profile, text, None) is not None


def without_echo(text: str) -> str:
    """Return an answer without the question that it repeats: "which office? the village committee"."""
    return _ECHO.sub("", text).strip() or text


def is_address(text: str) -> bool:
    """Tell whether the text is an address rather than a name."""
    return _STREET.search(text.strip(_EDGES)) is not None


def is_firm(text: str) -> bool:
    """Tell whether the text is the name of an enterprise, not the word for one."""
    return _FIRM.search(text.strip(_EDGES)) is not None and weight(text) > _LONGEST_WORD


def said_early(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read what answers another question, still open, where a choice was asked and none was made."""
    said = answer.text.strip(_EDGES)
    if answer.is_tap or answer.is_command or weight(said) > _LONGEST_DETAILS or is_question(said):
        return {}
    found = _read(said, question, values, ground)
    if not found and (kind := phrases.exact_kind(said)) and ground.profile.category(kind):
        found = {"category": kind}
    if not found and is_post(said):
        found = {"accused_post": said}
    if not found and is_place(said):
        found = {"place": said}
    return {name: value for name, value in found.items() if not is_given(values.get(name)) and name != question}


def is_place(text: str) -> bool:
    """Tell whether the text is a place and nothing else: "the service hall", "counter 5"."""
    place = read_scene(f"在{text}").get("place")
    is_whole = place is not None and len(str(place)) >= len(text)
    return is_whole or any(place_alone(f"at {article}{text}") is not None for article in ("", "the "))


def is_post(text: str) -> bool:
    """Tell whether the text is a post without a name."""
    return _POST_ALONE.match(text.strip(_EDGES)) is not None


def field_to_change(question: str, answer: Answer, values: Values) -> str | None:
    """Return the question that "the unit is wrong" or, beside a list of answers, "unit" alone wants asked again."""
    text = answer.text.strip(_EDGES + "?？")
    if weight(text) > _LONGEST_EDIT or answer.is_tap:
        return None
    shows_all = question in ("understood", "confirm")
    if not (_AMISS.search(text) or (shows_all and phrases.exact_field(text))):
        return None
    field = phrases.exact_field(text) or phrases.find_field(text)
    names = applicable({**values, "draft": {**(values.get("draft") or {}), "short": False}})
    return field if field in FIELDS and field in names and field != question else None


def more_story(question: str, answer: Answer) -> bool:
    """Tell whether what was typed beside a question with choices is more of the story and no answer at all."""
    size = weight(answer.text)
    is_telling = wording.TELLING.search(answer.plain) is not None
    if is_telling and _LEAST_TELLING <= size < _LEAST_STORY and question in ("understood", "confirm"):
        size = _LEAST_STORY
    if answer.is_tap or answer.is_command or answer.intent not in _STORY_INTENTS or size < _LEAST_STORY:
        return False
    if _ASKING_END.search(answer.plain) or (_WORRY.search(answer.text) and size <= _LONGEST_WORRY):
        return False
    return answer.intent == "describe_incident" or size >= _LEAST_STORY + 4 or is_telling
