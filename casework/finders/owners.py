"""Whose a find is: the reporter's, the accused's, somebody else's; read from the words around it.

In doubt a number is the reporter's: what is taken for the accused's stays in the text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot, Whose
from casework.finders.wordlists import official_titles

_REACH: Final = 30
_TITLE_ZH: Final = official_titles()
_TITLE_EN: Final = (
    "director|chief|secretary|head|mayor|manager|officer|inspector|clerk|official|boss|captain|judge|principal|"
    "leader|cadre"
)
_SELF: Final = re.compile(
    r"(?:[我俺咱](?:家)?(?:名字?|姓名)?叫做?|我是|俺是|[我俺]姓|叫我|本人(?:姓名|名?叫|是)?|我的名字叫?是?|"
    r"我名字叫?是?|"
    r"(?<!被)(?:举报|反映|投诉|申请|报告|联系)人|法定代表人|法人代表|(?<!被)法人|署名|(?:核实|联系|找|"
    r"问)(?:的话)?(?:请|可|可以)?联系|开户名|(?:account holder|contact(?: person)?)|收件人|attention|attn|thanks|"
    r"\bname|落款|签名|姓名|真名|全名|"
    r"鄙人|在下)(?:人|者)?[是叫::,，\s]{0,3}$"
    r"|(?:我|俺|本人)是[^,，。;；\n]{0,22}$|(?:我|俺|本人)是[^。;；\n]{0,22}[,，]\s?(?:名?叫|姓名)$"
    r"|\b(?:my (?:full |real )?name(?:'s| is)?|i am|i'm|i,|this is|call me|signed|sincerely|regards|faithfully|"
    r"truly|yours|(?<!accused )reporter|complainant|^name)[\s,:.]*(?:is\s*)?[-\n\s]*$",
    re.IGNORECASE,
)
_REPORTING: Final = re.compile(
    r"^\s?[(（][^)）]{0,40}[)）]\s?(?:实名)?(?:反映|举报|投诉|reports?\b)|^\s?(?:亲)?收(?=[。，,；;\s]|$)"
)
_NUMBERED: Final = re.compile(r"^[\s,，:：(（]{1,3}(?:\+?\d|[\w.+-]+@|(?i:电话|手机|联系|tel|phone|mobile))")
_OTHER: Final = re.compile(
    r"(?:邻居|同事|朋友|老乡|同学|亲戚|证人|目击者|工友|爱人|妻子|丈夫|老公|老婆|媳妇|儿子|女儿|父亲|母亲|爸爸?|大爷|大妈|"
    r"妈妈?|哥哥?|弟弟?|姐姐?|妹妹?|叔叔?|舅舅?|姑姑?|客户|房东|家长|孩子|受害人|户名|村民|居民|患者)(?:是|叫|:|"
    r",|，|、|\s)*$"
    r"|\b(?:neighbou?r|colleague|friend|witness|wife|husband|son|daughter|father|mother|brother|sister|uncle|"
    r"aunt|cousin|partner|classmate|pensions? of|villagers?|worker|victim)(?:e?s)?[\s,:]*(?:is\s|was\s|called\s|"
    r"named\s)?$",
    re.IGNORECASE,
)
_ACCUSING: Final = re.compile(
    r"(?:[局所院委办镇乡科处队][的一][^,，。]{0,3})$|"
    rf"(?:(?:举报|查处|核查|严查|调查|投诉|控告|检举|揭发|反映|状告|被举报人|被反映人|被投诉人|当事人|"
    rf"收钱的人?叫?|收钱的是|胸牌|都?[叫喊]他)[^,，。;；!！?？\n]{{0,16}}|"
    rf"(?:{_TITLE_ZH})(?:名?叫|是|:)?\s?)$"
    rf"|\b(?:accuse|accused|report|reporting|complain(?:ing)? about|complaint about|against|denounce|"
    rf"{_TITLE_EN}|deputy|called|named|one)\b\.?[\s,:]*(?:the\s|a\s|an\s|one\s)?(?:(?!and|my|i|"
    rf"from)[\w'-]+\s){{0,2}}$",
    re.IGNORECASE,
)
_ACTING: Final = re.compile(
    rf"^(?:同志|的[^,，。]{{0,3}}(?:{_TITLE_ZH})|(?:等|[两二三四几]名|[两二三四几][人位])?副?(?:{_TITLE_ZH})|"
    rf"(?:他|她)?(?:多次|一直|经常|总是|当场|公然|"
    rf"又|还|就|说|私下|利用|向我|找我|让我|叫我|逼我|不给|故意|态度|作为|已经|去年|今年){{0,3}}(?:收|索|要|贪|"
    rf"受贿|拒|刁难|拖|打|骂|威胁|利用|滥用|挪用|侵占|克扣|扣|截留|卡|吃|拿|不作为|推诿|乱|违规|违法|包庇|强迫|"
    rf"敲诈|勒索|暗示|不给|态度|把我|把咱|占))"
    rf"|^\s(?:has been|is|was) (?:the |a |our |their |deputy |vice |section )*(?:{_TITLE_EN})\b"
    rf"|^\s?(?:(?:,|\()\s?(?:the |a |an |deputy |vice |section )*(?:{_TITLE_EN})|"
    r"(?:has |have |had |always |repeatedly |openly |then |kept |keeps |also |again |who )*(?:demand|ask(?:ed|s|"
    r"ing)? (?:me|us|for)|took|takes|taking|refus|solicit|extort|embezzl|brib|accept|abus|threat|insult|shout|"
    r"delay|fined|told (?:me|us)|pocket|misus|block|reject|charged|forced|wanted|made|stopped|sold))",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(r"\b(?:mr|mrs|ms|miss)\.?\s$", re.IGNORECASE)
_OFFICIAL: Final = re.compile(
    r"^\s(?:(?:at|from|of|in)\s(?:the\s)?[\w\s-]{0,30}?(?:bureau|office|window|committee|court|station|"
    r"department|government)|"
    r"(?:said|laughed|shouted|closed|signed|wanted|told|refused|demanded|asked|took)\b)",
    re.IGNORECASE,
)
_MINE: Final = re.compile(
    r"我的?|本人|咱|俺|自己|联系我|找我|打给我|加我|回复|(?<!被)举报人|我方|我司|我们|\b(?:my|me|mine|i|our|us|"
    r"i'm|reach|contact|call back)\b"
)
_THEIRS: Final = re.compile(
    rf"(?:他|她|对方|该人|那人|{_TITLE_ZH}|被举报人|被反映人)(?:的|给我的?|开|(?={_TITLE_ZH})|手机|电话|微信|账号|"
    rf"卡号|银行|是|:|名下)"
    r"|给我(?:打|发)[^,，。]{0,8}(?:是|为|:)"
    rf"|\b(?:his|her|their|(?:officer|inspector)\s(?=no\b)|(?:he|she|they) (?:gave|sent|drives?|drove|"
    rf"uses?)(?: me| us)?|the (?:{_TITLE_EN})'?s?)\b"
)
_PAID_TO: Final = re.compile(
    r"(?:打到|转到|转给|汇到|汇给|打给(?!我)|存到|打进|转入|汇入|收款账?号?)(?:了|他的?|她的?|对方|账[号户]|"
    r"卡[号上里]|银行卡|:|\s)*$"
    r"|\b(?:transferred|paid|sent|wired)\b[^.\n]{0,24}\bto\s(?:the\s|his\s|her\s|account\s|number\s)*$",
)
_HIS_AFTER: Final = re.compile(rf"^\s?[,，(（]?\s?(?:his|her|their|that is his|是他的|他的|的(?:{_TITLE_ZH}))")
_PRONOUN: Final = re.compile(r"他|她|\b(?:his|her|their|he|she|they)\b")
_OTHERS: Final = re.compile(
    r"邻居|同事|朋友|老乡|同学|亲戚|证人|目击者|工友|爱人|妻子|丈夫|老公|老婆|儿子|女儿|父亲|母亲|爸|妈|哥|弟|姐|"
    r"妹|叔|舅|姑|客户|房东|家长"
    r"|\b(?:neighbou?r|colleague|friend|witness|wife|husband|son|daughter|father|mother|brother|sister|uncle|"
    r"aunt|cousin|partner|classmate)(?:es|s)?(?:'s?)?\b"
)
_DRIVEN: Final = re.compile(
    r"[,，]\s?(?:他|她)?(?:车牌?号?码?|开)[^,，]{0,4}$|\b(?:he|she) (?:drives|drove|came)[^.]{0,24}$"
)
_OWN_FIRM: Final = re.compile(
    r"(?:^|[,，])\s?(?:公司|企业|单位|店铺?|厂)(?:全称|名称|名)?(?:是|为|:)?$|^company(?: name)?:\s$|"
    r"我[开办]的?[^,，]{0,6}$"
)
_LABEL_ONLY: Final = re.compile(
    r"^[\s(（:：的]*(?:手机|电话|微信|号码?|账号|卡号|身份证|住址|'s|’s|\s|phone|number|mobile|tel|is|:)*[\s:：(（]*$"
)
_STOP: Final = re.compile(r"[。!！?？\n;；]|\.\s")
_JOINED: Final = re.compile(r"^(?:和|、|与|及|跟|,\s|\sand\s|\s?&\s?)$")
_SIGNED: Final = re.compile(r"^\s*(?:[\d年月日./\-\s]{0,14}|[\d\s.-]+)\s*$")


def whose_names(spots: Sequence[Spot], view: View, accused: Sequence[str]) -> dict[str, Whose]:
    """Say for each name of the text whom it means; the same name means the same person throughout."""
    meant = [_meant(spot, view, accused) for spot in spots]
    for place in range(len(spots) - 2, -1, -1):
        between = view.text[spots[place].end : spots[place + 1].start]
        if meant[place] is Whose.OTHER and meant[place + 1] is Whose.ACCUSED and _JOINED.match(between):
            meant[place] = Whose.ACCUSED
    found: dict[str, Whose] = {}
    for spot, whose in zip(spots, meant, strict=True):
        name = view.text[spot.start : spot.end]
        if found.get(name) in (None, Whose.OTHER):
            found[name] = whose
    parts = {part: whose for name, whose in found.items() if " " in name for part in name.split()}
    return {name: (parts.get(name, whose) if whose is Whose.OTHER else whose) for name, whose in found.items()}


def _meant(spot: Spot, view: View, accused: Sequence[str]) -> Whose:
    name = view.text[spot.start : spot.end]
    if any(name in known or known in name for known in accused if known):
        return Whose.ACCUSED
    before, after = _clause_before(view, spot.start), view.text[spot.end : spot.end + _REACH]
    if (_SELF.search(before) and not after.startswith("的")) or _is_signature(view, spot):
        return Whose.REPORTER
    if _REPORTING.match(after):
        return Whose.REPORTER
    if _OTHER.search(before):
        return Whose.OTHER
    if _POLITE.search(before):
        return Whose.ACCUSED if _OFFICIAL.match(after) or _ACTING.match(after) else Whose.OTHER
    is_accused = re.search(rf"(?:{_TITLE_ZH})$", name) or _ACCUSING.search(before) or _ACTING.search(after)
    return Whose.ACCUSED if is_accused else Whose.OTHER


def _is_signature(view: View, spot: Spot) -> bool:
    """A name alone on the last line, or before all else, a day or a telephone behind it, is the writer's."""
    if not view.text[: spot.start].strip(" \t!！") and _NUMBERED.match(view.text[spot.end :]):
        return True
    alone = view.text[: spot.start].rstrip(" \t").endswith("\n")
    return alone and bool(_SIGNED.match(view.text[spot.end :]))


def whose_thing(spot: Spot, view: View, names: Sequence[Spot], people: Mapping[str, Whose]) -> Whose:
    """Say whose a number, an account or an address is: by the nearest owner named before it, else the reporter's."""
    before = _clause_before(view, spot.start).lower()
    if _PAID_TO.search(before) or _HIS_AFTER.search(view.lower[spot.end : spot.end + _REACH]):
        return Whose.ACCUSED
    said = [name for name in names if name.end <= spot.start]
    nearest = people[view.text[said[-1].start : said[-1].end]] if said else None
    if spot.kind is Kind.PLATE and nearest is Whose.ACCUSED and _DRIVEN.search(before):
        return Whose.ACCUSED
    if spot.kind is Kind.ORGANISATION and _OWN_FIRM.search(before):
        return Whose.REPORTER
    if said and _LABEL_ONLY.match(view.lower[said[-1].end : spot.start]) and nearest is not None:
        return nearest
    marks = [(_last(_OTHERS, before), 1, Whose.OTHER), (_last(_MINE, before), 0, Whose.REPORTER)]
    theirs = max(_THEIRS.finditer(before), key=lambda match: match.end(), default=None)
    if theirs is not None:
        pronoun = bool(_PRONOUN.search(theirs.group()))
        meant = nearest if pronoun and nearest is not None else Whose.ACCUSED
        marks.append((theirs.end(), 2, meant if meant is not Whose.REPORTER else Whose.OTHER))
    place, _, whose = max(marks)
    if place >= 0:
        return whose
    return Whose.OTHER if spot.kind is Kind.ORGANISATION else Whose.REPORTER


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _clause_before(view: View, start: int) -> str:
    before = view.text[max(0, start - _REACH) : start]
    stops = [match.end() for match in _STOP.finditer(before[:-1])]
    return before[stops[-1] :] if stops and not before[stops[-1] :].isspace() else before
