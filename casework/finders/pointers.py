"""What points to a person without a name: being the only one, the day of an own visit, a post of one person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Pointer

_DAY: Final = (
    r"(?:(?:20\d{2}年)?\d{1,2}月\d{1,2}[日号]|20\d{2}[-./]\d{1,2}[-./]\d{1,2}|"
    r"[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]|昨天|今天|前天|上?(?:周|星期|"
    r"礼拜)[一二三四五六日天]|"
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|"
    r"dec)[a-z]*(?:,?\s\d{4})?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s\d{1,2}(?:st|nd|rd|"
    r"th)?\b(?:,?\s\d{4})?|yesterday|today|last (?:mon|tues|wednes|thurs|fri|satur|sun)day))"
)
_POST_ZH: Final = (
    "厂长|校长|园长|会计|出纳|司机|门卫|保安队长|文书|统计员|村医|站长|店长|经理|总经理|董事长|法人|法定代表人|"
    "负责人|股东|班主任|护士长|主任|科长|所长|书记|支书|村长|组长|队长|理事长|秘书|财务|库管|质检员|安全员|报账员|"
    "网格员|妇女主任|档案(?:管理)?员|信访员|记账员|打字员|通讯员|炊事员|保管员|保洁员|管理员"
)
_POST_EN: Final = (
    "accountant|cashier|driver|headmaster|headteacher|principal|director|manager|owner|secretary|clerk|foreman|"
    "supervisor|bookkeeper|treasurer|village doctor|nurse|engineer|chef|guard|legal representative|shareholder|head|"
    "inspector|auditor|archivist|receptionist"
)
_LED: Final = "局长|书记|主任|镇长|乡长|县长|区长|科长|所长|院长|校长|处长|领导"
_PATTERNS: Final = {
    Pointer.ONLY_ONE: (
        r"我是[^,，。;；!?！？\n]{0,12}唯一[^,，。;；\n]{0,10}|(?:只有|就|仅有?|除了)我(?:们?一?(?:个|家|户|人)|"
        r"自己)?[^,，。;；\n]{0,8}|唯一(?:的)?[^,，。;；\n]{0,8}(?:就?是我|是本人)|我们?(?:家|店|厂|"
        r"公司)?是[^,，。;；\n]{0,10}(?:唯一|独一|头一)[^,，。;；\n]{0,8}|当时(?:在场的)?(?:只有|"
        r"就)我[^,，。;；\n]{0,6}|只剩(?:下)?我[^,，。;；\n]{0,10}|除了?我[^,，。;；\n]{0,6}(?:没|再没|"
        r"谁)[^,，。;；\n]{0,6}",
        r"\b(?:nobody|no one|no-one|none)\b[^.;\n]{0,40}\b(?:but|except|besides|apart from) (?:me|us)\b",
        r"\b(?:i am|i'm|i was|we are|we're|we were|as)\s(?:the|his|her|their)\s(?:only|sole|first|"
        r"last)\b[^,.;\n]{0,40}|\bonly (?:i|me|we|one)\b[^,.;\n]{0,30}|\bnobody (?:else )?(?:but|except) (?:me|"
        r"us)\b|\bno one (?:else )?(?:but|except) (?:me|us)\b|\bthe only (?:one|person|woman|man|shop|family|"
        r"company|employee|applicant|resident)[^,.;\n]{0,30}",
    ),
    Pointer.OWN_DAY: (
        rf"{_DAY}[^。;；!?！？\n.]{{0,14}}?(?:我们?|本人|俺|\b(?:i|we|my)\b)[^。;；!?！？\n.]{{0,8}}?(?:去|到|来|"
        rf"在|办|找|交|送|递|提交|申请|被|拿|打|投诉|报名|签|went|go|visited|came|applied|submitted|handed|paid|"
        rf"called|was|were|met|gave|signed|filed)",
        rf"(?:我们?|本人|俺)(?:是|于|在|就)?[^。;；!?！？\n]{{0,3}}{_DAY}[^。;；!?！？\n]{{0,10}}?(?:去|到|来|办|"
        rf"找|交|送|递|提交|申请|被|签)",
        rf"\b(?:i|we)\s(?:went|visited|came|applied|submitted|handed|paid|called|was|were|met|gave|signed|"
        rf"filed)\b[^.;\n]{{0,60}}?\b(?:on\s)?{_DAY}",
    ),
    Pointer.OWN_POST: (
        rf"(?:我|本人)(?:在[^,，。;；]{{1,8}})?(?:是|担任|任|作为|现任|原任|曾任|"
        rf"当)[^,，。;；!?！？\n]{{0,14}}?(?:{_POST_ZH})(?!说|收|要|"
        rf"的|叫|让|把)",
        rf"(?:我|本人)(?:一直|专门)?(?:给|替|为|帮)[^,，。;；\n]{{0,3}}(?:{_LED})[^,，。;；\n]{{0,2}}(?:开车|写材料|"
        rf"写稿|管账|记账|当司机|当秘书)",
        rf"\b(?:i am|i'm|i was)\s(?:his|her)\s(?:[\w'-]+\s){{0,2}}(?:{_POST_EN})\b[^,.;\n]{{0,20}}",
        rf"\b(?:i am|i'm|i was|as|i work as|i worked as|i serve as)\s(?:the|its|our|"
        rf"their)\s(?:[\w'-]+\s){{0,3}}(?:{_POST_EN})\b[^,.;\n]{{0,20}}",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Pointed:
    """A pointer at `[start, end)` of the normalised text."""

    kind: Pointer
    start: int
    end: int


class PointerFinder:
    """Finds indirect pointers to the writer."""

    def __init__(self) -> None:
        self._patterns = [(kind, re.compile(pattern)) for kind, texts in _PATTERNS.items() for pattern in texts]

    def find(self, view: View) -> Iterator[Pointed]:
        for kind, pattern in self._patterns:
            for match in pattern.finditer(view.lower):
                yield Pointed(kind=kind, start=match.start(), end=match.end())
