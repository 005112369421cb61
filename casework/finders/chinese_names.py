"""Chinese names: from a tagger where there is one, and by surname and what stands around."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot
from casework.finders.wordlists import alternatives, official_titles, words
from casework.ports import NameTagger

_HAN: Final = "[\u4e00-\u9fff]"
# No given name holds these: they begin the next word.
_NOT_GIVEN: Final = (
    "收要说让把在给是的和与向对也都不没有叫来去打骂拿索用利找跟就被从为了着过吗呢啊吧很太还又再才只这那哪你我他她它们"
    "村镇乡县市区局办厂店院校街路府科处室所队站长副正主书任干上下里人等会能可因故私违公贪受吃喝以于之个位先工司"
    "住电手家身微年月日号元万岁今已曾拒批签卡拖欠扣罚问答出入内外后前时候当同您"
)
_GIVEN: Final = (
    f"(?:[^\\W\\da-zA-Z_{_NOT_GIVEN}]|长(?=[江春生海山林青河城明贵庚福发顺兴安胜清荣有])|"
    "有(?=[才财福粮贵富田亮志德仁良余根生发山林金银]))"
)
_NICK: Final = frozenset("老小阿大")
_AFTER_SURNAME: Final = (
    "大爷|大妈|大姐|大哥|大娘|大叔|大婶|阿姨|师傅|老师|女士|先生|小姐|同志|奶奶|爷爷|叔叔|婶子|婶|嫂子|嫂|姐|哥|叔|"
    "姨|总|工|某某|某人|某|氏|老板|老汉|老头"
)
_INTRODUCED: Final = (
    "我叫做?|我名叫|我是|我姓名是?|本人姓名|本人名叫|本人叫|本人是|本人|我的名字叫?是?|名字叫做?|名字是|名叫|"
    "姓名|署名|落款|举报人|反映人|投诉人|申请人|签名|全名|真名|"
    "联系人|收件人|法定代表人|法人代表|法人|负责人|户主|经办人|叫做|叫|举报|反映|投诉|控告|检举|实名举报|一个叫|当事人|"
    "证人|同村|邻居|同事|对象|收款人|户名|开户名|收款人|写着|胸牌是?|签的是|冒充|冒用|签字人|户主叫?"
)
_SHORT: Final = 2
_WHOLE_LINE: Final = 3
_LONGEST: Final = 4


_COUNTED: Final = re.compile(r"等?[一二三四五六七八九十两几\d]*[位名人个]|等人")
_COUNT: Final = re.compile(r"[一二三四五六七八九十两几][位名人个]?$")
_SHEETS: Final = re.compile(r"张(?:罚|发票|收|纸|条|证|票|表|单|卡|照|图|床|桌|欠|借|白|空|假|通|申|合|报|名片|银)")


def _uncounted(name: str) -> int:
    """Return how long the name is without a count of persons behind it: 陆芳三位."""
    count = _COUNT.search(name)
    return count.start() if count and count.start() > 1 else len(name)


# What the last character of three begins, where it is no part of the name: 李芳|实名, 王强|规定.
_NEXT_WORD: Final = re.compile(
    "[你我他她您]|仗(?=着)|规(?=定)|批(?=[的准了示])|实(?=名|际)|卡(?=[上里号中])|敢(?=[说做怒管写站])|签(?=[字了的])|收(?=[了钱的])|拉(?=[走来着上到])"
)


def _before_next_word(text: str, start: int, end: int) -> int:
    """Return the end of a name of three or four without what begins the next word: 李芳|实名, 王刚|仗着."""
    return next((at for at in range(start + _SHORT, end) if _NEXT_WORD.match(text, at)), end)


# Words before and behind a name that no rule of titles or relations sees; a name stands between two of them.
_LEFT: Final = (
    '^|[\\s,，。;；:：、!！?？(（“"「]|[叫是找由和与跟给让被向对替问请求同派]|的|'
    "[位名个]|[咱俺我们](?:屯|村|镇|厂|单位|公司|队|班|组|局|院|校)|(?<![让叫给跟问对和向找把被])[我俺]|自称|署名|写着|就数|带头|带队|经手|还有|只有|包括|上有"
)
_MANAGES: Final = frozenset("城交主保监物看尽不托代")
_PLACES: Final = "村镇乡县市区路街巷桥山河湾岛湖园苑里庄屯店厂场馆"
_RIGHT: Final = (
    '$|[\\s,，。;；:：、!！?？)）”"」]|[怕敢能可想看听见当负承告威答强逼私曾已便却随立主代陪替帮借卖买欠送交花领住坐站走跑病死伤退今去]|[写签说把被在去来就也都还和与跟是让收要给的没管盖打讲亲开办每从拿骂拖扣那这他她]|两口子|'
    "家|等人|本人|同志|一个人|以|保证|愿意|实名|这人|当场|当众|一直|经常|不(?:给|让|管|办)"
)


class ChineseNameFinder:
    """Finds names in Chinese text. `not_names` are words that are none (regions), beside the list."""

    def __init__(self, tagger: NameTagger | None = None, not_names: Iterable[str] = ()) -> None:
        self._tagger = tagger
        self._not_names = frozenset(not_names) | words("not_names_zh")
        self._family = re.compile(alternatives("surnames_zh", "compound_surnames_zh"))
        family = alternatives("surnames_sure_zh", "compound_surnames_zh")
        frequent = alternatives("surnames_frequent_zh", "compound_surnames_zh")
        title = alternatives("titles_zh")
        self._title, self._title_end = re.compile(title), re.compile(f"{title}$")
        self._label = re.compile(f"(?:{_INTRODUCED})(?:人|者)?[是叫::\\s]{{0,2}}$")
        relation = alternatives("relations_zh")
        self._relation_end = re.compile(f"{relation}$")
        name = f"{family}{_GIVEN}{{1,2}}"
        self._strong = [
            re.compile(f'(?:{_INTRODUCED})(?:人|者)?[是叫::\\s]{{0,2}}[“"「‘]?(?P<name>{name})'),
            re.compile(
                f"(?P<name>{family}{_GIVEN}{{1,2}}?)(?={title}|同志|先生|女士|老师|本人|这个名字|这个人|"
                f"[(（](?:男|女|身份证|"
                f"电话|手机|化名))"
            ),
            re.compile(f"(?:{title})(?:名?叫|是|:)?(?P<name>{name})(?!{title})"),
            re.compile(f"(?:举报|反映|投诉)[^。;；]{{0,20}}{title}[,，](?P<name>{name})(?=[,，。])"),
            re.compile(f"(?:{relation})(?:名?叫|是|:)?(?P<name>{name})(?!{title})"),
            re.compile(
                f"(?<=[局所院委办镇村科处队心道司厂区]的)(?P<name>{frequent}{_GIVEN}{{1,2}})(?=[,，。;；、]|她|他)"
            ),
            re.compile(f"(?:^|\\n)\\s*(?P<name>{name})\\s*(?=\\n|$|[\\s,，]*\\d{{4}})"),
        ]
        any_family = alternatives("surnames_zh", "compound_surnames_zh")
        self._at_unit = re.compile(
            f"(?<=[局所院委办区科处队]的)(?P<name>{family}[{''.join(words('given_characters_zh'))}])(?=[,，。;；]|$)"
        )
        self._called = re.compile(
            f"(?P<hidden>{family}(?:某{{1,2}}|[XxＸ*×○]{{1,2}}(?![A-Za-z0-9*])))|"
            f"(?P<nick>(?<!{_HAN})[老小]{family}(?![\u4e00-\u9fff]?[区市县镇村路街学时孩])|(?:找|给|是|和|跟|叫|"
            f"邻居|同事|的)[老小]{family}(?=[,，。、;；!说也和跟在给来去把的家]|$)|"
            f"(?:找|问|跟|和|叫)[老小](?![车路时家金钱国老小大]){any_family}(?=[,，。、;；!]|$))|"
            f"(?P<titled>(?<![时现曾原历担调感谢城交主保监]){family}(?:{title}|{_AFTER_SURNAME}))|"
            f"(?<=[厂司院队部们的])(?P<rare>{any_family}[工总姐哥叔婶嫂姨])(?=[做说在画设管的也和跟给让被]|"
            f"[,，。;；]|$)"
        )
        self._listed = re.compile(f"{name}(?:[、,，和与及]{name})+")
        self._sure_list = re.compile(
            f"{frequent}{_GIVEN}{{2}}(?:[、和与及]{frequent}{_GIVEN}{{2}})+(?![\u4e00-\u9fff])"
        )
        self._of_family = re.compile(f"(?<!同)姓(?P<name>{any_family})(?=的|[,，。;；]|女|男|先生|$)")
        given = f"[{''.join(words('given_characters_zh'))}]"
        compound = alternatives("compound_surnames_zh")
        self._compound = re.compile(compound)
        full = f"(?:{any_family}{given}{{2}}|{compound}{given}{{1,2}})"
        self._between = re.compile(f"(?:{_LEFT})(?P<name>{full})(?={_RIGHT})")
        self._behind = re.compile(f"(?:{title}|{relation}|{_INTRODUCED})(?P<name>{full})(?!{title}|[{_PLACES}])")
        self._full_titled = re.compile(
            f"(?:{_LEFT}|[科处所局办队股])(?P<name>{any_family}{given}{{2}})(?={title}|同志|先生|女士)"
        )
        self._rare_titled = re.compile(f"(?:{_LEFT})(?P<name>{any_family}(?:{official_titles()}))(?={_RIGHT})")
        said = (
            "叫做?|名叫|(?:姓名|名字|署名|落款|签名|全名|真名|[举报反映投诉申请联系收件收款经办当事签字负责]{2}人|证人|法人|户主|户名|开户名)"
            "[是叫为:]?|自称"
        )
        self._said = re.compile(
            f'(?:{said})\\s?[“"「]?(?P<name>{any_family}{_GIVEN}{{1,2}}?)(?=[\\s,，。;；、)）”"」]|的(?![\\w])|'
            f"的[,，]|$)"
        )
        self._formal = re.compile(
            rf"(?:姓名|名字|署名|被?(?:举报|反映|投诉|控告)(?:人|对象|者)|当事人|收款人|户名)\s?:\s?"
            rf"(?P<name>{_HAN}{{2,3}})(?=[,，。;；(（]|$)|"
            rf"(?:{relation})(?P<called>{any_family}{_GIVEN}{{1,2}}?)(?=的(?:电话|手机|微信|号|身份证|地址)|[,，]\s?(?:电话|手机|微信)|可以作证|愿意作证)|"
            rf"(?<=[科处所局办队])(?P<posted>{any_family}{_GIVEN}{{1,2}})(?=[,，(（]\s?(?:工号|警号|编号|电话|手机|男[,，]|女[,，]))"
        )
        self._given_end = re.compile(given)
        sounds = f"[{''.join(words('transliterations_zh'))}]"
        self._foreign = re.compile(f"{sounds}{{1,7}}(?:[·•]{sounds}{{1,8}})+")

    def find(self, view: View) -> Iterator[Spot]:
        """Yield names, then every other place where a name found stands again."""
        if not re.search(_HAN, view.text):
            return
        found = list(self._once(view))
        yield from found
        known = {view.text[spot.start : spot.end] for spot in found if not spot.weak}
        for name in known:
            if len(name) > 1 and self._family.match(name):
                for match in re.finditer(re.escape(name), view.text):
                    yield Spot(kind=Kind.NAME, start=match.start(), end=match.end())

    def _once(self, view: View) -> Iterator[Spot]:
        foreign = [Spot(kind=Kind.NAME, start=m.start(), end=m.end()) for m in self._foreign.finditer(view.text)]
        tagged = [*foreign, *self._tagged(view)]
        yield from tagged
        taken = {place for spot in tagged for place in range(spot.start, spot.end)}
        for spot in self._by_rules(view):
            if not taken.intersection(range(spot.start, spot.end)):
                taken.update(range(spot.start, spot.end))
                yield spot
        for spot in self._in_lists(view, taken):
            taken.update(range(spot.start, spot.end))
            yield spot
        for match in self._formal.finditer(view.text):
            start, end = match.span(match.lastgroup or 0)
            if not taken.intersection(range(start, end)) and not self._is_none(view.text[start:end]):
                taken.update(range(start, end))
                yield Spot(kind=Kind.NAME, start=start, end=end)
        for match in self._of_family.finditer(view.text):
            yield Spot(kind=Kind.NAME, start=match.start("name"), end=match.end("name"), weak=True)
        yield from self._by_title(view, taken)

    def _by_rules(self, view: View) -> Iterator[Spot]:
        for pattern in (
            *self._strong,
            self._said,
            self._behind,
            self._between,
            self._at_unit,
            self._full_titled,
            self._rare_titled,
        ):
            for match in pattern.finditer(view.text):
                spot = self._trimmed(view, match.start("name"), match.end("name"))
                if spot:
                    yield spot

    def _by_title(self, view: View, taken: set[int]) -> Iterator[Spot]:
        """Yield what a person is called without a given name: 张某, 老王, 李总."""
        for match in self._called.finditer(view.text):
            start, end = match.start(), match.end()
            if match.group("nick"):
                start = end - len(match.group("nick").lstrip("找给是和跟叫邻居同事的问"))
            if not taken.intersection(range(start, end)) and not self._is_none(view.text[start:end]):
                yield Spot(kind=Kind.NAME, start=start, end=end, weak=True)

    def _in_lists(self, view: View, taken: set[int]) -> Iterator[Spot]:
        """Yield what stands beside a name in a list: A、B和C三位."""
        for match in self._listed.finditer(view.text):
            is_known = bool(taken.intersection(range(match.start(), match.end())))
            if not (
                is_known or _COUNTED.match(view.text, match.end()) or self._sure_list.match(view.text, match.start())
            ):
                continue
            at = match.start()
            for part in re.split("([、,，和与及])", match.group()):
                spot = self._trimmed(view, at, at + _uncounted(part)) if len(part) > 1 else None
                at += len(part)
                if spot and not taken.intersection(range(spot.start, spot.end)):
                    yield spot

    def _tagged(self, view: View) -> Iterator[Spot]:
        for start, end, kind in self._tagger.names(view.text) if self._tagger else ():
            if kind != "person":
                continue
            end = self._end(view.text, start, end)
            end = _before_next_word(view.text, start, end)
            start -= bool(start and self._compound.fullmatch(view.text, start - 1, start + 1))
            longer = (view.text[start:stop] for stop in (end + 1, end + 2))
            if self._is_name(view.text[start:end]) and not self._not_names.intersection(longer):
                yield Spot(kind=Kind.NAME, start=start, end=end)

    def _end(self, text: str, start: int, end: int) -> int:
        """Mend the end: without a title (郝明科长), with the last character that a title hides (谢艳红书记)."""
        titled = self._title_end.search(text[start:end])
        if titled and titled.start() > 1:
            return start + titled.start()
        end = start + _uncounted(text[start:end])
        if (
            end - start == _SHORT
            and re.match(f"(?![一二三四五六七八九十两几]){_GIVEN}", text[end : end + 2])
            and (self._title.match(text, end + 1) or _COUNTED.match(text, end + 1))
        ):
            return end + 1
        if (
            end - start == _SHORT
            and self._given_end.match(text, end)
            and self._family.match(text[start:end])
            and re.match(
                "[写签说收要给拿打骂管盖带那这怕敢能想看听见当负承告威答强逼私立陪替帮借卖买欠送交领坐站跑病死伤]的?",
                text[end + 1 : end + 3],
            )
        ):
            return end + 1
        if end - start == _SHORT and self._given_end.match(text, end) and self._is_titled_before(text, start, end):
            return end + 1
        if end - start == _SHORT and self._family.match(text[start:end]) and self._ends_oddly(text, start, end):
            return end + 1
        introduced = end - start == _SHORT and self._label.search(text[max(0, start - 8) : start])
        if introduced and re.match(f"{_GIVEN}(?=[\\s,，。;；、(（]|$)", text[end : end + 2]):
            return end + 1
        return end

    def _ends_oddly(self, text: str, start: int, end: int) -> bool:
        """Tell whether a character that elsewhere begins a word ends the name: 叫矫福来， · 丁万有当书记."""
        if re.match("[来有]当[了过]?", text[end:]) and self._title.match(text, end + 2):
            return True
        if self._given_end.match(text, end) and re.match("同志|先生|女士", text[end + 1 :]):
            return True
        return bool(
            re.match("[来有](?=[,，。;；]|$)", text[end:]) and self._label.search(text[max(0, start - 8) : start])
        )

    def _is_titled_before(self, text: str, start: int, end: int) -> bool:
        """Tell whether a title stands before the name and a gesture behind its third character: 镇长纪明远拍着."""
        near = text[max(0, start - _LONGEST) : start]
        known = self._title_end.search(near) or self._relation_end.search(near)
        acts = re.match("[拍指坐站住当开把让在亲]", text[end + 1 :])
        return bool(known and acts and self._family.match(text[start:end]))

    def _is_name(self, name: str) -> bool:
        is_given = len(name) == _SHORT + 1 and all(self._given_end.match(char) for char in name[1:])
        if len(name) < 2 or (self._is_none(name) and not is_given) or not re.fullmatch(f"{_HAN}+", name):
            return False
        if name[0] in _NICK and len(name) <= _WHOLE_LINE:
            return True
        return bool(self._family.match(name)) and len(name) <= _LONGEST

    def _trimmed(self, view: View, start: int, end: int) -> Spot | None:
        """Return the name without a last character that belongs to the next word; None when it is no name."""
        if view.text[start] == "管" and view.text[start - 1 : start] in _MANAGES:
            return None
        end = _before_next_word(view.text, start, end)
        name = view.text[start:end]
        if self._is_none(name):
            return None
        return Spot(kind=Kind.NAME, start=start, end=end)

    def _is_none(self, name: str) -> bool:
        if _SHEETS.match(name):
            return True
        return any(name.startswith(word) for word in (name[:2], name[:3], name[:4]) if word in self._not_names)
