"""Names and numbers of accounts by which a person is found: WeChat, QQ and others."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_SAID: Final = (
    r"(?:\s*(?:号码?|名字?|昵称|账户|账号|帐号|ids?\b|account\b|name\b|handle\b|number\b|no\.?|is\b|was\b|on\b|me\b|at\b|是|为|叫|搜|"
    r"加我?|联系我?|也是|[::=,，\-/（(\[【“\"'@])\s*){0,5}\s*"
)
_ID: Final = r"(?P<id>[a-z][a-z0-9_.-]{4,30}[a-z0-9_]|[a-z]{0,3}\d{5,14})(?![a-z0-9_@])"
_WECHAT: Final = re.compile(
    r"(?:[微薇威徽维][\s]?[信心新星芯]|卫星号|绿泡泡|v\s?[信心]|[薇微威维徽胃](?=[::号是\s]{0,3}[a-z][a-z0-9_.-]{4})|"
    r"(?<![a-z])(?:wechat|weixin|wei xin|we chat|wx|vx|"
    r"v)(?![a-z])|加我?(?:v|vx|wx)(?=[a-z0-9]))" + f"(?P<said>{_SAID}){_ID}"
)
_ON_WECHAT: Final = re.compile(
    r"(?<![a-z0-9_@.])(?P<id>[a-z][a-z0-9_-]{4,19})(?:\s(?:on|in|is my|via)\s(?:my\s)?(?:wechat|weixin)|"
    r"\s?(?:是我的?|\(|的)(?:微信|v信))"
)
_WXID: Final = re.compile(r"(?<![a-z0-9_])wxid_[a-z0-9_]{4,}")
_QQ: Final = re.compile(
    r"(?:(?<![a-z])qq|[扣抠叩口k][扣抠叩口k]|球球|秋秋|企鹅|(?<![a-z])q(?=号))(?:\s*(?:号码?|群|账号|number|"
    r"no\.?|id|is|on|me|at|是|为|加我?|"
    r"[::=,，\-/（(]|\s))*\s*"
    r"(?P<id>[1-9](?:[\s-]?\d){4,11})(?!\d)"
)
_OTHER: Final = re.compile(
    r"(?:(?<![a-z])(?:telegram|tg|whatsapp|skype|line|signal|instagram|twitter|facebook|weibo|douyin|tiktok|"
    r"insta|ig|snapchat|discord|threads|kakao|kakaotalk|viber|reddit|youtube|bilibili|zalo|"
    r"alipay|dingtalk|linkedin)(?![a-z])|"
    r"电报|微博|抖音|快手|小红书|支付宝|钉钉|飞书|贴吧|陌陌|知乎|豆瓣|[bB]站|虎牙|斗鱼|闲鱼|网名|昵称|用户名|(?<![a-z])(?:user\s?name|"
    r"screen name|nickname|handle)(?![a-z]))"
    f"(?P<said>{_SAID}){_ID}"
)
_HANDLE: Final = re.compile(r"(?<![\w@.])@[a-z][a-z0-9_]{3,30}(?![\w@])", re.ASCII)
_TELLING: Final = re.compile(r"[\d_-]")
_EXPLICIT: Final = re.compile(r"号|id|account|name|handle|[::=@“\"'(（]|叫|搜|加")


class WeChatFinder:
    """Finds WeChat ids: `wxid_…`, and what follows the word in one of its spellings."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _WXID.finditer(view.lower):
            yield Spot(kind=Kind.WECHAT, start=match.start(), end=match.end())
        yield from _labelled(_WECHAT, Kind.WECHAT, view)
        for match in _ON_WECHAT.finditer(view.lower):
            if _TELLING.search(match.group("id")):
                yield Spot(kind=Kind.WECHAT, start=match.start("id"), end=match.end("id"))


class QQFinder:
    """Finds QQ numbers after the word in one of its spellings."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _QQ.finditer(view.lower.translate(_FIGURES)):
            yield Spot(kind=Kind.QQ, start=match.start("id"), end=match.end("id"))


class AccountFinder:
    """Finds accounts elsewhere, and handles that begin with @."""

    def find(self, view: View) -> Iterator[Spot]:
        yield from _labelled(_OTHER, Kind.ACCOUNT, view)
        for match in _HANDLE.finditer(view.lower):
            yield Spot(kind=Kind.ACCOUNT, start=match.start(), end=match.end(), weak=True)


def _labelled(pattern: re.Pattern[str], kind: Kind, view: View) -> Iterator[Spot]:
    for match in pattern.finditer(view.lower.translate(_FIGURES)):
        if _TELLING.search(match.group("id")) or _EXPLICIT.search(match.group("said")):
            start = match.start("id")
            yield Spot(kind=kind, start=start - view.text.startswith("@", start - 1), end=match.end("id"))


_FIGURES: Final = {
    ord(numeral): digit for numeral, digit in zip("零〇一二三四五六七八九幺", "001234567891", strict=True)
}
