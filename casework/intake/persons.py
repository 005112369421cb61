"""Finds the person a text names with a post or a title, as people write: 科长李建国, 姓王的所长, officer liu."""

import re
from dataclasses import dataclass
from typing import Final

from casework.intake.script import simplify

POSTS: Final = (
    "副大队长|大队长|副中队长|中队长|副支队长|支队长|党委书记|纪委书记|副局长|局长|副科长|科长|副处长|处长|副主任|主任|副书记|书记|副所长|所长"
    "|副镇长|镇长|副乡长|乡长|副区长|区长|副县长|县长|副市长|市长|村支书|支书|法官|检察官|民警|村主任|村长|副站长|站长|副队长|队长|副院长|院长"
    "|副校长|校长|副股长|股长|副厅长|厅长|科员|会计|主席|警官|警察"
)
_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎闫余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文安庞樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦尤毕聂丛焦柳邢路岳齐梅莫庄辛管祝"
)
# Verbs and small words that stand behind a name; none is taken for the second half of it.
_BEHIND: Final = (
    "(?:强行|强制|多次|经常|每次|当场|当面|亲自|亲口|公开|故意|明确|明说|主动|一直|一再|一口|反复|再三|总|三番|两次|几次|酒后|私下|私自|先后|已经?|曾"
    "|借口|借着|趁|指使|安排|派人|带人|带着|开口|打电话|打人|扣|卡着?|拖|推|骂|吼|张口|伸手|威胁|索|勒|刁难|答应|要求|暗示|直接|负责|老是|天天"
    "|今年|去年|前年|上个|本月|昨天|前天|今天|在)"
)
_NOT_GIVEN: Final = (
    "收要说让把给是的和与向对也都不没有叫来去找跟就被从着过吗呢啊吧很太还又再才只这那哪你我他她它们个位先女同工司拿吃喝以及等会能可因到为"
    "长副正主局所处科站队室办厂店院校村镇乡县市区"
)
_GIVEN: Final = f"(?:(?!{_BEHIND}|[{_NOT_GIVEN}])[\u4e00-\u9fff]){{1,2}}"
# A surname that ends a word is none: 公安局长 is no Mr. An, 工程科长 no Mr. Cheng.
_ENDS_A_WORD: Final = (
    "(?:(?<=[公治保])安|(?<=[时现前历担连])任|(?<=[工流课过])程|(?<=[监城主车保])管|(?<=[高新])金|(?<=交)易)"
)
# Words whose first character is a surname as well: 安检科长 is no Mr. An, 科长张口就要 names no Zhang.
_NO_NAME: Final = (
    "(?:安检|安监|安全|安保|安置|应急|水务|水利|农业|林业|林草|国土|国资|房产|房管|房屋|路政|车管|车辆|法制|法规|文化|文旅|文广|文明|商务|信访|经济|经信|金融"
    "|项目|招商|工商|城管|城建|计划|计生|海关|海事|海洋|边检|公安|公路|治安|司法|党委|党政|党群|纪检|纪委|武装|常务|高新|方案|和平|石化|江湖|施工|向阳|管理|管委"
    "|万达|方正|任何|何时|易地|马上|时任|现任|前任|担任|连任|于是|高级"
    "|安排|常年|常常|常跟|张口|张嘴|张罗|张贴|白[吃喝拿要住用]|于[今去上本前]|万一|毕竟|方便|方才|高度|高价|文件|路过|殷勤|管[着事理他这那]|尤其|严[格重厉肃]|施[压加]"
    "|顾[虑着及]|夏天|范围|程序|金额|钱[款财]|石头|温和|季度|连[夜着])"
)
_NAME_AND_POST: Final = re.compile(
    rf"(?P<post1>{POSTS})(?:叫做?|名叫|是|为|[：:])?(?P<name1>(?!{_NO_NAME})[{_SURNAMES}](?:某某?|{_GIVEN}))"
    rf"|姓(?P<only2>[{_SURNAMES}])[\s，,]?的?一?个?(?P<post2>{POSTS})?"
    rf"|(?P<post3>{POSTS})[是，,]?姓(?P<only3>[{_SURNAMES}])"
    rf"|(?<![{_SURNAMES}])(?!{_NO_NAME}|{_ENDS_A_WORD})(?P<name4>[{_SURNAMES}](?:某某?|{_GIVEN})?)(?P<post4>{POSTS})"
    rf"|(?P<post5>{POSTS})(?P<name5>老[{_SURNAMES}])"
    rf"|(?<![养防])(?P<name6>老[{_SURNAMES}])(?=[收要拿吃把让说叫不就又来去的，,。]|$)"
    rf"|(?<=[的叫个])(?!小[路江石汤金])(?P<name7>小[{_SURNAMES}])(?=[收要拿吃把让说叫不就又来去上前昨今在跟对给，,。]|$)"
)
_POSTS_EN: Final = (
    r"(?i:deputy |vice[ -])?(?i:director|section chief|chief|secretary|mayor|inspector|manager|head|officer)"
)
_FAMILIES_EN: Final = (
    "wang|li|zhang|liu|chen|yang|zhao|huang|zhou|wu|xu|sun|hu|zhu|gao|lin|guo|ma|luo|liang|song|zheng|xie|han|tang|feng|yu|dong|xiao|cheng|cao|yuan|deng"
    "|fu|shen|zeng|peng|lu|su|jiang|cai|jia|ding|wei|xue|ye|yan|pan|du|dai|xia|zhong|tian|ren|fan|fang|shi|yao|tan|qin|jin|hao|kong|bai|cui|kang|mao|qiu"
)
_PERSON_EN: Final = re.compile(
    rf"\b(?P<post>{_POSTS_EN})\s+(?:named\s+|called\s+)?"
    rf"(?:(?P<name>(?:[A-Z][a-z]{{1,12}})(?:\s+[A-Z][a-z]{{1,12}}){{0,2}})|(?P<low>(?i:{_FAMILIES_EN}))\b)"
    r"|\b(?P<name2>(?:Mr|Ms|Mrs)\.?\s+[A-Z][a-z]{1,12}(?:\s+[A-Z][a-z]{1,12})?)"
    rf"(?:,?\s+(?:(?:he|she|who)\s+is\s+)?(?:(?:the|an?)\s+)?(?P<post2>{_POSTS_EN})\b)?"
)
_OWN_NAME: Final = re.compile(r"(?:我叫|我是|本人|我的名字是|举报人[:：]?|my name is|i am|i'm)\s*$", re.IGNORECASE)
_HOLDER: Final = re.compile(rf"(?:你们|局|委|办|院|所|站|队|中心|街道|镇|乡|村|公司|处|科|庭|校)的?(?P<post>{POSTS})")
_BARE_NAME: Final = re.compile(rf"^(?!{_NO_NAME})[{_SURNAMES}]{_GIVEN}$")
_SEATED: Final = re.compile(r"(?<![\u4e00-\u9fff])(?P<post>副?(?:村支书|村主任|村长|镇长|乡长))")
"""A post that says where it is held, at the head of a clause."""
_POST_BEFORE: Final = re.compile(rf"(?P<post>{POSTS})(?:是|叫)?$")


_SEAT: Final = re.compile(
    rf"(?P<seat>村|社区|镇|乡|街道)(?:里|上|委会?|办|政府)?的?(?:(?![和被把让跟给有个人])[\u4e00-\u9fff]){{0,5}}?(?:{POSTS})"
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person named with a post or a title, and where in the text."""

    name: str
    post: str
    start: int
    end: int


def find_person(text: str) -> Person | None:
    """Return the first person named with a post or title who is not the reporter."""
    return _found(_NAME_AND_POST, simplify(text)) or _found(_PERSON_EN, text)


def post_before(text: str) -> str:
    """Return the post at the end of a text, "" where there is none."""
    found = _POST_BEFORE.search(simplify(text))
    return found["post"] if found else ""


def post_of_nobody(text: str) -> str:
    """Return a post that is named without a name ("the bureau's director"), "" where there is none."""
    found = _HOLDER.search(simplify(text)) or _SEATED.search(simplify(text))
    return found["post"] if found else ""


def seat_of_the_post(text: str) -> str:
    """Return where a post is held ("村里的会计": "村"), "" where the text does not say."""
    found = _SEAT.search(simplify(text))
    return found["seat"] if found else ""


def is_own_name(text: str, start: int) -> bool:
    """Tell whether what begins at `start` is introduced as the reporter's own name."""
    return bool(_OWN_NAME.search(text[:start]))


def is_bare_name(text: str) -> bool:
    """Tell whether a text is a Chinese name and nothing else."""
    return _BARE_NAME.match(simplify(text.strip(" 。."))) is not None


def _found(pattern: re.Pattern[str], text: str) -> Person | None:
    for match in pattern.finditer(text):
        if not is_own_name(text, match.start()):
            return _person(match)
    return None


def _person(match: re.Match[str]) -> Person:
    groups = {key.rstrip("0123456789"): value for key, value in match.groupdict().items() if value}
    post = groups.get("post", "")
    if (only := groups.get("only")) is not None:
        name = only + (post or "某")
    else:
        name = groups.get("name") or groups["low"].title()
    return Person(name=_known_as(name, post), post=post, start=match.start(), end=match.end())


def _known_as(name: str, post: str) -> str:
    """A surname alone is a name only with the post: "王科长"."""
    return name + post if post and len(name) == 1 else name
