"""Whose a number, an account, an address or a firm is: read from the words around it and from the names before it.

In doubt a number is the reporter's: what is taken for the accused's stays in the text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from casework.finders.normal import View
from casework.finders.people import REACH, TITLE_EN, TITLE_ZH, clause_before
from casework.finders.values import Kind, Spot, Whose
from casework.finders.wordlists import alternatives

_MINE: Final = re.compile(
    r"我的?|本人|咱|俺|自己|联系我|找我|打给我|加我|回复|(?<!被)举报人|我方|我司|我们|\b(?:my|me|mine|i|our|us|"
    r"i'm|reach|contact|call back)\b"
)
_PLAINLY_MINE: Final = re.compile(
    r"(?:^|[^让给叫要跟找])(?:我|俺|咱|本人)(?:们|家)?的?[^他她给转打汇,，。;；]{0,4}(?:手机|电话|座机|微信|身份证|"
    r"护照|证|卡|账户|账号|车|牌|"
    r"邮箱|qq|号|地址|住址)[^他她,，。;；]{0,6}$|\bmy\s(?:[\w-]+\s)?(?:"
    r"number|phone|mobile|cell|tel|e-?mail|mail|wechat|weixin|qq|id|card|passport|permit|account|plate|car|van|truck|"
    r"address|home|"
    r"house|shop|flat)\b(?:\s(?:is|was|no\.?|number|card|plates?))*[:,]?\s?$"
)
_THEIRS: Final = re.compile(
    rf"(?:他|她|对方|该人|那人|{TITLE_ZH}|被举报人|被反映人)(?:的|给我的?|开|坐|(?={TITLE_ZH})|(?:自己|私人|个人|"
    rf"本人)?(?:手机|电话|"
    rf"微信|账号|卡号|车)|银行|是|:|名下)"
    r"|给我(?:打|发)[^,，。]{0,8}(?:是|为|:)"
    rf"|\b(?:his|her|their|(?:officer|inspector)\s(?=no\b)|(?:he|she|they|the (?:{TITLE_EN})) (?:gave|sent|drives?|"
    rf"drove|"
    rf"uses?)(?: me| us)?|(?:the|that|this) (?:\w+ )?(?:{TITLE_EN})'?s?|official car)\b"
)
_PAID_TO: Final = re.compile(
    r"(?:打到|转到|转给|汇到|汇给|打给(?!我)|存到|打进|转入|汇入|(?:打|汇|转|付)[钱款账](?:到|给)|收款账?号?)(?:了|"
    r"他的?|她的?|对方|账[号户]|"
    r"卡[号上里]|银行卡|:|\s)*$"
    r"|\b(?:transferred|paid|sent|wired|transfer|pay|send|wire)\b[^.\n]{0,24}\bto\s(?:the\s|his\s|her\s|account\s|"
    r"number\s)*$|\b(?:wants?|wanted|asked for) (?:the |his |her )?money (?:on|in|into|to)\s$",
)
_HIS_AFTER: Final = re.compile(
    rf"^\s?[,，(（]?\s?(?:his|her|their|that is his|是他的|他的|(?:他|她)(?:就?用|拿)|的(?:{TITLE_ZH}|警察|窗口|那个|"
    rf"女的|男的)|"
    rf"的?公(?:务|家)?车|(?:这个|那个|是|为)?公(?:务|家)?车)"
)
_PAYEE: Final = re.compile(r"^[,，]\s?(?:户名|收款人)[是为:]?(?!我|本人)")
_TOLD_TO_PAY: Final = re.compile(r"[让叫逼]|要求|要我|(?<!银行)(?:转|打|汇|付)[钱给到了]|[钱款](?:转|打|汇)")
_PAID_KINDS: Final = frozenset({Kind.BANK_CARD, Kind.PHONE, Kind.WECHAT, Kind.QQ, Kind.ACCOUNT})
_BACK_TO_ME: Final = re.compile(r"退|我的|我这|发放|工资|补贴|补助|低保|到我|给我|\b(?:refund|back|my)\b")
_PRONOUN: Final = re.compile(r"他|她|\b(?:his|her|their|he|she|they)\b")
_OTHERS: Final = re.compile(
    rf"{alternatives('relations_zh')}(?<!会计)(?<!出纳)(?<!负责人)(?<!联系人)(?<!商户)(?<!户主)(?<!居民)(?<!村民)(?<!业主)(?<!职工)(?<!员工)|爸|妈|哥|弟|姐|妹|叔|舅|姑|大爷"
    r"|\b(?:neighbou?r|colleague|friend|witness|wife|husband|son|daughter|father|mother|brother|sister|uncle|"
    r"aunt|cousin|partner|classmate|coworker|workmate|parent|grandmother|grandfather)(?:es|s)?(?:'s?)?\b"
)
_DRIVEN: Final = re.compile(
    r"[,，]\s?(?:他|她)?(?:车牌?号?码?|开)[^,，]{0,4}$|\b(?:he|she) (?:drives|drove|came)[^.]{0,24}$|"
    r"开(?:着)?[^,，。我]{0,6}$|\b(?:comes?|drives?|drove|came|arrives?)\b[^.]{0,30}\bcar,?\s$"
)
_LED_BY: Final = re.compile(rf"{TITLE_ZH}|\b(?:{TITLE_EN})\b")
_OWN_FIRM: Final = re.compile(
    r"(?:店名|字号|招牌)(?:叫|是|:)?$|"
    r"(?:^|[,，])\s?(?:公司|企业|单位|店铺?|厂)(?:全称|名称|名)?(?:是|为|:)?$|^company(?: name)?:\s$|"
    r"[让叫逼给][我俺咱]们$|(?:(?<![让叫逼给])[我俺咱]|本)(?:们|是|在|经营|[开办]了?|的|家|这|小?店|单位|公司|企业|"
    r"厂|超市|叫做?|名叫|为|"
    r"于|任职|供职|就职|上班|注册|一个?){0,5}$|"
    r"\b(?:my|our)\s(?:(?!to\b|from\b|by\b)[\w-]+,?\s){0,3}$|"
    r"\b(?:i|we)\s(?:run|own|opened|have|started|keep|are|am|manage|registered|works? (?:for|at|in)|"
    r"wait tables at|serve at|cook at)\s(?:(?:a|an|the|"
    r"at|from)\s)?(?:[a-z-]+\s){0,2}$|\bon behalf of\s$"
)
_OWN_AFTER: Final = re.compile(
    r"^[^,，。]{0,2}是我(?:们|家)?[开办的]|^[,，]?\s?我(?:就)?是(?:老板|店主|店长|经营者|负责人)|^\sis (?:mine|ours|"
    r"my)\b|^[^,，。]{0,4}被(?:拖|查|罚|欠|封|停|卡|扣)|"
    r"^\s(?:has waited|lost)\b"
)
_LABEL_ONLY: Final = re.compile(
    r"^[\s(（:：的了]*(?:手机|电话|微信|号码?|账号|卡号|身份证|账户|工号|学号|邮箱|地址|住址|家?住在?|'s|’s|[,，]|\s|"
    r"(?:who )?lives? (?:at|in)|on|at|phone|number|mobile|tel|is|:|是|为)*[\s:：(（]*$"
)
_ASIDE: Final = re.compile(r"[,，]")
_FIRST_PERSON: Final = re.compile(r"我|俺|本人|咱|(?<!被)(?:举报|反映|投诉)|\b(?:i|my|me|we|our|report|reporting)\b")
_CAR_REACH: Final = 44


def whose_thing(spot: Spot, view: View, names: Sequence[Spot], people: Mapping[str, Whose]) -> Whose:
    """Say whose a number, an account or an address is: by the nearest owner named before it, else the reporter's."""
    before = clause_before(view, spot.start, _CAR_REACH if spot.kind is Kind.PLATE else REACH).lower()
    after = view.lower[spot.end : spot.end + REACH]
    mine = _PLAINLY_MINE.search(before)
    if mine and not _OTHERS.search(mine.group()):
        return Whose.REPORTER
    if _is_paid(spot, before, after) or (_HIS_AFTER.search(after) and not _BACK_TO_ME.search(before)):
        return Whose.ACCUSED
    if spot.kind is Kind.ORGANISATION:
        return _whose_firm(before, after)
    said = [name for name in names if name.end <= spot.start]
    nearest = people[view.text[said[-1].start : said[-1].end]] if said else None
    if spot.kind is Kind.PLATE and _DRIVEN.search(before) and (nearest is Whose.ACCUSED or _LED_BY.search(before)):
        return Whose.ACCUSED
    if said and nearest is not None and _is_label(before, view.lower[said[-1].end : spot.start], nearest):
        return nearest
    return _nearest_mark(before, nearest)


def _is_paid(spot: Spot, before: str, after: str) -> bool:
    """Tell whether it is where somebody had the writer's money sent; what comes back to the writer is not."""
    if spot.kind not in _PAID_KINDS or _BACK_TO_ME.search(before):
        return False
    return bool(_PAID_TO.search(before) or (_PAYEE.search(after) and _TOLD_TO_PAY.search(before)))


def _is_label(before: str, between: str, nearest: Whose) -> bool:
    """Words like "his telephone" join a number to a name; after a comma it may be the writer's, not the accused's."""
    is_aside = nearest is Whose.ACCUSED and _ASIDE.search(between) and _FIRST_PERSON.search(before)
    return bool(len(between) <= REACH and _LABEL_ONLY.match(between)) and not is_aside


def _whose_firm(before: str, after: str) -> Whose:
    is_own = _OWN_FIRM.search(before) or _OWN_AFTER.search(after)
    return Whose.REPORTER if is_own else Whose.OTHER


def _nearest_mark(before: str, nearest: Whose | None) -> Whose:
    marks = [(_last(_OTHERS, before), 1, Whose.OTHER), (_last(_MINE, before), 0, Whose.REPORTER)]
    theirs = max(_THEIRS.finditer(before), key=lambda match: match.end(), default=None)
    if theirs is not None:
        pronoun = bool(_PRONOUN.search(theirs.group()))
        meant = nearest if pronoun and nearest is not None else Whose.ACCUSED
        marks.append((theirs.end(), 2, meant if meant is not Whose.REPORTER else Whose.OTHER))
    place, _, whose = max(marks)
    return whose if place >= 0 else Whose.REPORTER


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)
