"""Reads out of a story where it took place, which other body has the matter, and how its teller can be reached."""

import re
from typing import Any

from casework.intake.amounts import read_days, read_yuan
from casework.intake.contacts import read_contact
from casework.intake.directory import fold
from casework.intake.script import simplify

_PLACE_KINDS = (
    "办事大厅|服务大厅|政务大厅|办证大厅|营业厅|大厅|服务中心|政务中心|窗口|办公室|会议室|走廊|接待室|工地|现场"
    "|批发市场|市场|商场|超市|门市|饭店|酒店|茶楼|小区|广场|码头|港口|厂里|厂区|车间|仓库|店里|店门口|门口|家里|村委会|居委会|路口|停车场|收费站|学校|医院"
)
_PLACE = re.compile(
    rf"(?:就?在|到|去|来到?|跑到?)(?P<place>(?:(?![有个把被给了是在到去来和跟说要收叫让的人])[\u4e00-\u9fff\dA-Za-z]){{0,12}}"
    rf"(?:{_PLACE_KINDS})(?!监督|监管|管理|局|委员|建设|发展|行政)(?:[一二三四五六七八九十\d]+(?:楼|层|号窗口|号))?)"
)
_PLACE_EN = re.compile(
    r"\b(?:at|in|inside|outside|in front of)\s+(?P<place>(?:counter|window)\s+(?:no\.?\s*)?\d{1,3}\b"
    r"|(?:the|our|my|their|his|her|a)\s+(?:[a-z'-]+\s+){0,3}?"
    r"(?:service hall|hall|counter|window|office building|building site|construction site|site|market|shop|restaurant"
    r"|store|factory|warehouse|workshop|corridor|meeting room|car park|gate|square|harbour|port|school|hospital"
    r"|service centre)\b(?!\s+(?:supervision|regulation|administration|bureau|committee|commission|office)))",
    re.I,
)
_MINE = r"(?:我|俺|咱|我们|本人)"
_SCOPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "none",
        re.compile(
            r"(?:没有?|未|从未|还没)(?:去|到|向|找|去过|找过)?(?:法院|起诉|打过?官司|打官司|申请仲裁|仲裁|复议|申请复议)"
            r"|\b(?:no|never|not)\b[^.,;]{0,24}\b(?:court|lawsuit|arbitration|sued)\b",
            re.I,
        ),
    ),
    (
        "arbitration",
        re.compile(
            r"(?:申请|提起|去|找|走|正在|已经?)(?:了|过)?(?:劳动|商事)?仲裁"
            r"|仲裁(?:委|庭|院)?[^，。,.]{0,6}(?:裁决|受理|开庭|立案|正在|在处理)"
            r"|\b(?:applied|gone|went|go|filed|taken it|took it)\b[^.;]{0,16}\barbitration\b"
            r"|\barbitration (?:is|has|was|body has)\b",
            re.I,
        ),
    ),
    (
        "reconsideration",
        re.compile(r"行政复议|(?:申请|提起|正在|已经?)(?:了|过)?复议|\badministrative reconsideration\b", re.I),
    ),
    (
        "court",
        re.compile(
            rf"{_MINE}[^，。,.]{{0,6}}(?:起诉|告到法院|打官司)|(?:已经?|正在|在)(?:法院)?(?:起诉|打官司|诉讼|审理)|打着官司"
            r"|法院[^，。,.]{0,8}(?:判决|判了|判我|判输|宣判|受理|立了?案|审理|开庭|开了庭)|(?:起诉|告)到[^，。,.]{0,6}法院"
            r"|\b(?:sued|suing|filed a (?:law)?suit|lawsuit|went to court|gone to court"
            r"|(?:taken|took) (?:it|them|him|her) to court|(?:the )?court (?:is|has|ruled|decided|heard|hears)"
            r"|in court|before the court)\b",
            re.I,
        ),
    ),
    (
        "other_body",
        re.compile(
            rf"{_MINE}?[^，。,.]{{0,6}}(?:打了?过?|找过|反映到|投诉到)[^，。,.]{{0,4}}(?:12345|信访)|信访(?:局|办)[^，。,.]{{0,6}}(?:受理|登记|答复)"
            r"|\b(?:called|rang|told|reported (?:it )?to)\b[^.;]{0,16}\b(?:12345|petitions? office|the police)\b",
            re.I,
        ),
    ),
)
_OWN_CONTACT = re.compile(
    r"(?:我的?|本人|俺)?(?:电话|手机号?|联系方式|联系电话|邮箱|微信)(?:号码)?[是为:：]?\s*(?=[+\d(（A-Za-z])|(?:联系|打给?)我"
    r"|\b(?:my (?:phone|number|mobile|e-?mail|contact)|(?:call|phone|reach|contact|write to|mail) me)\b",
    re.I,
)
_THEIRS = re.compile(r"(?:他|她|对方|科长|局长|主任|所长|单位|窗口|his|her|their|office)的?$", re.I)
_OWN_NAME = re.compile(
    r"(?:我叫|我的名字(?:是|叫)|我姓名|举报人[:：])\s*(?P<name>[\u4e00-\u9fff]{2,4}?)(?=[，,。.;；、\s]|$)"
    r"|\b(?i:my name is)\s+(?P<name2>[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})"
)


_OWN_FIRM = re.compile(
    r"(?:我|本人)(?:是|系|在)(?P<firm>[\u4e00-\u9fff（）()]{2,28}?(?:公司|集团|厂|合作社))的?"
    r"(?P<post>副?总经理|经理|法定代表人|法人代表|法人|负责人|董事长|厂长|会计|股东|合伙人)(?=[，,。.;；、\s]|$)"
)
_LOSS = re.compile(
    r"(?:损失|亏损|亏了)[^，。,;；\d零一二两三四五六七八九十百千万]{0,6}"
    r"(?P<said>[\d零一二两三四五六七八九十百千万亿多余来几.,]{1,16}\s*(?:元|块))"
    r"|\b(?:loss(?:es)? of|lost|cost us)\s+(?:about |around |over |more than )?"
    r"(?P<said2>[\d,.]{1,16}\s*(?:k|thousand|million)?\s*(?:yuan|rmb|cny))",
    re.I,
)
_DELAY = re.compile(
    r"(?:拖|拖延|耽误|延误|停工|停业|停产)(?:了|已|已经|近|约|将近|整整|至今){0,3}"
    r"(?P<said>[\d半一二两三四五六七八九十几]{1,6}多?个?多?(?:月|天|周|星期|年)半?)"
    r"|\b(?:delayed|held up|waited|waiting|closed)\s+(?:it |us )?(?:for )?(?:about |over |more than )?"
    r"(?P<said2>(?:\d{1,4}|an?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r" (?:day|week|month|year)s?)\b",
    re.I,
)
_PRIVATE = re.compile(
    r"邻居|楼上|楼下|室友|前夫|前妻|离婚|彩礼|遗产|超市|商家|店家|网购|淘宝|拼多多|快递|外卖|假货|退货|退款|房东|租房"
    r"|\bneighbou?rs?\b|\bupstairs\b|\blandlord\b|\brefund\b|\bex-(?:wife|husband)\b|\bdivorce\b|\binheritance\b"
    r"|\b(?:shop|store|seller|supermarket) (?:sold|cheated)\b",
    re.I,
)


def competent_body(text: str) -> str | None:
    """Return the scope that a question about competence is of: "court" and so on, "other_body" for private quarrels."""
    scope = read_scene(text).get("scope")
    if scope not in (None, "none"):
        return str(scope)
    return "other_body" if _PRIVATE.search(fold(text)) else None


def read_scene(text: str) -> dict[str, Any]:
    """Return "place" and "scope" as far as the story names them."""
    found: dict[str, Any] = {}
    simple = simplify(text)
    if (match := _PLACE.search(simple) or _PLACE_EN.search(simple)) is not None:
        found["place"] = text[match.start("place") : match.end("place")]
    folded = fold(text)
    for scope, pattern in _SCOPES:
        if pattern.search(folded):
            return found | {"scope": scope}
    return found


def place_alone(text: str) -> str | None:
    """Return the place that is all a text says ("在我们车间", "at the service hall"); None for anything more."""
    match = _PLACE.fullmatch(simplify(text)) or _PLACE_EN.fullmatch(text)
    return text[match.start("place") : match.end("place")] if match else None


def read_own(text: str) -> dict[str, str]:
    """Return "contact", "reporter_name", "organisation" and "post" where the teller says that they are theirs."""
    found: dict[str, str] = {}
    for match in _OWN_CONTACT.finditer(text):
        if _THEIRS.search(text[: match.start()]):
            continue
        if contact := read_contact(text[match.start() : match.end() + 60]):
            found["contact"] = contact
            break
    if name := _OWN_NAME.search(text):
        found["reporter_name"] = name["name"] or name["name2"]
    if firm := _OWN_FIRM.search(simplify(text)):
        found |= {"organisation": text[firm.start("firm") : firm.end("firm")], "post": firm["post"]}
    return found


def read_impact(text: str) -> dict[str, Any]:
    """Return "loss" (yuan) and "delay" (days) as far as a story says in so many words what the matter cost."""
    readers = (("loss", _LOSS, read_yuan), ("delay", _DELAY, read_days))
    matches = ((name, match, read) for name, pattern, read in readers if (match := pattern.search(simplify(text))))
    found = {name: read(match["said"] or match["said2"]) for name, match, read in matches}
    return {name: value for name, value in found.items() if value}
