"""Reads out of a story who tells it: an enterprise, a grassroots unit, a citizen; only what they say of themselves."""

import re
from typing import Final

from casework.intake import phrases
from casework.intake.directory import fold
from casework.intake.script import simplify

_TRADES: Final = (
    "企业|公司|工厂|厂子|厂|饭店|饭馆|餐馆|餐厅|面馆|小店|店铺|店|超市|作坊|合作社|养殖场|养殖户|民宿|旅馆|宾馆|网吧|药店|药房|诊所|门市"
    "|个体户?|个体工商户|加工点|农场|冷库|修理铺|铺子|工程队|车队"
)
_OWNS_ZH: Final = re.compile(
    rf"(?:我们?|俺们?|咱们?|本人|我家|我老公|我爱人)(?:家)?(?:是|是个|做|搞|干|开了?|开的|办了?|经营|经营着|有|盘下了?|承包了?)"
    rf"(?![^，。,.;；!！?？]{{0,12}}(?:的?(?:员工|工人|顾客|客人|邻居|客户|司机|家属|职工)|上班|打工))"
    rf"[^，。,.;；!！?？在去到找给被]{{0,12}}?(?:{_TRADES})"
    rf"|(?:我们?|俺们?|咱们?)(?:这|这个|这家|那|那个|家|的)?(?:小|老)?(?:{_TRADES})(?!主管|的?人(?!家)|里的|长|员)"
)
_TRADES_EN: Final = (
    "bakery|shop|store|restaurants?|company|business|factory|firm|farm|hotel|guesthouse|workshop|salon|clinic"
    "|kindergarten|bar|caf[eé]|hostel|garage|plant|supermarket|pharmacy"
)
_OWNS_EN: Final = re.compile(
    r"\b(?:i|we|my (?:husband|wife|family|brother|parents))\s+"
    r"(?:runs?|owns?|operates?|manages?|opened|started|set up|have|has|keep)\s+"
    rf"(?:(?:a|an|our|my|two|three|several|some|this)\b[^.,;!?]{{0,40}}?\b(?:{_TRADES_EN})"
    rf"|(?:(?:small|little|big|own|one|food|noodle)\s+)?(?:{_TRADES_EN}))\b"
    rf"|\b(?:foreigner|foreign investor|i),? (?:and )?(?:have|run|own)\s+(?:{_TRADES_EN})\b"
    r"|\b(?:my|our) (?:small |little )?(?:bakery|shop|store|restaurant|company|business|factory|firm|farm|guesthouse"
    r"|workshop|salon|caf[eé]|hostel|pharmacy)\b(?!(?:'s)? (?:owner|boss|manager))",
    re.IGNORECASE,
)
_SERVES: Final = re.compile(
    r"我(?:们)?(?:是|都是|在)[^，。,.;；]{0,16}?(?:村干部|社区干部|街道干部|镇干部|乡镇干部|社区工作者|网格员|驻村干部|驻村工作队员?|第一书记"
    r"|(?:村委会|居委会)(?:委员|干部))"
    r"|\bi(?: am|'m) [^,.;]{0,24}?\b(?:village cadre|community worker|grid worker|township clerk)\b",
    re.IGNORECASE,
)
_OTHERS_THERE: Final = re.compile(
    r"我们(?:村委会|社区居委会|街道办(?:事处)?)(?:里|那)?(?:的(?:那个|那些|一个|几个)?)?(?:人|干部|领导|书记|主任|副主任"
    r"|工作人员|办事员|会计|窗口|[\u4e00-\u9fff](?:书记|主任|副主任|会计)|老是?|总是?|天天|一直|非要|不给|不管|不办|不理"
    r"|拖着|收了?|要我|让我|骂|打人|把我)"
    r"|\bour (?:village committee|sub-district office)(?:'s)? (?:people|staff|head|director|secretary|chief|clerk"
    r"|accountant|officials?|cadres?|wants?|asks?|asked|took|takes|refuse[sd]?|never|keeps?|won'?t|does|did|shout(?:s|ed)"
    r"|charge[sd]?)\b",
    re.IGNORECASE,
)
"""Officials of where one lives, as those speak who complain about them: "the people of our sub-district office"."""


def read_teller(text: str) -> str | None:
    """Return "enterprise", "grassroots", "citizen", or None where the story says nothing of it."""
    text = _OTHERS_THERE.sub(" ", text)
    if found := phrases.choice_within(phrases.KIND_IN_STORY, text):
        return found
    if _SERVES.search(simplify(text)):
        return "grassroots"
    return "enterprise" if _OWNS_ZH.search(simplify(text)) or _OWNS_EN.search(fold(text)) else None
