"""Chinese addresses: a road, an estate or a village with a number behind it, or whatever follows "I live in"."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_HAN: Final = "[\u4e00-\u9fff]"
_NUMBER: Final = r"第?[0-9A-Za-z一二三四五六七八九十百零〇甲乙丙丁-]{1,7}"
_UNIT: Final = (
    rf"(?:\s?{_NUMBER}\s?(?:号楼|号院|号房|号|栋|幢|座|层|楼|单元|室|户|门洞?|组|弄|院|排|屯|巷|门市|底商|车库|摊位)(?:[东西南北](?:侧|户|"
    rf"门|屋)?)?)"
)
_NUMBERS: Final = r"(?:\s?(?<![\d-])\d{1,4}(?:[-—]\d{1,4}){1,3}(?![\d-])(?:\s?[号室])?)"
_ROAD: Final = (
    "大街|市场|商场|商城|大道|胡同|小区|花园|花苑|家园|家属院|家属楼|公寓|新村|新城|名苑|雅苑|佳苑|嘉园|广场|"
    "大厦|宿舍|国际|公馆|"
    "山庄|别墅|路|街|巷|里|苑|园|府|湾|屯|居|庭|庄|沟|堡|城"
)
_WIDE: Final = "街道|社区|村委会|行政村|自然村|村|镇|乡|区|市|县"
_DETAILED: Final = re.compile(
    rf"(?:(?:{_ROAD})(?:[东西南北中]段?|延伸段)?(?:{_UNIT}|{_NUMBERS})+|(?:{_WIDE})(?:{_UNIT}(?:{_UNIT}|{_NUMBERS})+|\s?{_NUMBER}\s?(?:号楼|"
    rf"号院|栋|幢|单元|室|组|屯)|{_NUMBERS})|(?:村|屯|社区)\s?{_NUMBER}号(?![文令窗公线路楼桥]))(?:\s?\d{{3,4}}(?![\d年.元])|门市|底商|车库|摊位)?"
)
_MORE: Final = re.compile(rf"(?:\s?{_HAN}{{1,6}}?(?:{_ROAD})(?:{_UNIT}|{_NUMBERS}|\s?\d{{2,4}}(?![\d年.元号]))+)+")
_LABEL: Final = re.compile(
    r"(?:(?:家庭|现|居住|联系|通讯|通信|收件|邮寄|户籍|我家|单位|经营|店铺)?(?:住址|地址|住所)|(?:我们?家?|本人|"
    r"俺|咱|现|暂|居|租|搬)(?:居?住)(?:在|于|到)?|(?:我们?|俺|咱)?家在|门牌(?:号码?)?|搬(?:到|去)|"
    r"户籍(?:所在地)?|籍贯|老家|家住|家在|住在|居住在|(?:开|设|盖|建|存放)在|"
    r"租住在|坐落于?|位于)(?:是|为|在|:|\s){0,2}"
    rf"(?P<place>(?:{_HAN}|[0-9A-Za-z-]){{2,40}})"
)
_HOME: Final = re.compile(
    rf"(?:(?:我们?|俺们?|本人|咱们?)(?:家|全家)?(?:都|就|也)?(?:是|在|住)|(?<!关)系|来自|家住)(?P<place>{_HAN}{{2,20}}?(?:{_ROAD}|街道|"
    rf"社区|村|镇|乡)(?:{_HAN}{{1,6}}?(?:屯|沟|堡))?(?:{_UNIT}|{_NUMBERS})*)(?=的?(?:村民|居民|农民|业主|住户|渔民|果农|商户|租户|人(?!员))|的?[,，。;；\n])"
)
_PLACE_END: Final = re.compile(
    rf"(?:(?:{_ROAD}|{_WIDE})(?:{_UNIT}|{_NUMBERS})*(?:[东西南北][头边侧]|村?口|后身|前身|门市|底商|车库|摊位)?|{_UNIT}|{_NUMBERS})(?:\s?\d{{3,4}}(?!\d))?"
)
_ALONE: Final = re.compile(
    rf"(?:^|[\s,，。;；:：])(?P<place>{_HAN}{{2,12}}?(?:街道|镇|乡|办事处){_HAN}{{1,8}}?(?:村|屯|社区)(?:{_HAN}{{1,6}}?(?:屯|沟|堡))?)(?=[\s,，。;；]|$)"
)
"""A whole clause that is a town and a village."""
_VILLAGE: Final = re.compile(r"村|屯|小区|花园|苑|路|街|巷|镇|乡|社区|楼|号|室|单元|组|园|府|湾")
_BREAK: Final = re.compile(
    r"住在|位于|坐落在|坐落于|家在|家住|地址|住址|寄到|送到|搬到|地点|户籍|我家|他家|她家|"
    r"[在到于去从是住给由往至的了和把被找去来就也都]|现|时|址|路过"
)
_OWN_PLACE: Final = re.compile(r"自己|别人|他们?|她们?|家里")
_REACH: Final = 32
_STARTS: Final = "省市区县旗"


class ChineseAddressFinder:
    """Finds addresses. `regions` are the names of the city and its parts; `public` addresses are none of anybody's."""

    def __init__(self, regions: Iterable[str] = (), public: Iterable[str] = ()) -> None:
        names = sorted({name for name in regions if re.fullmatch(f"{_HAN}{{2,}}", name)}, key=len, reverse=True)
        self._regions = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self._all_regions = re.compile(f"(?:{'|'.join(map(re.escape, names)) or '(?!)'})+")
        self._public = frozenset(text.replace(" ", "") for text in public)

    def find(self, view: View) -> Iterator[Spot]:
        for match in _DETAILED.finditer(view.text):
            start = self._begin(view, match.start())
            if start < match.start() and not self._is_public(view.text[start : match.end()]):
                more = _MORE.match(view.text, match.end())
                yield Spot(kind=Kind.ADDRESS, start=start, end=more.end() if more else match.end())
        yield from self._of_home(view)
        for match in _LABEL.finditer(view.text):
            end = self._end(match.group("place"))
            place = match.group("place")[:end]
            if end and not self._all_regions.fullmatch(place) and not self._is_public(place):
                yield Spot(kind=Kind.ADDRESS, start=match.start("place"), end=match.start("place") + end)

    def _of_home(self, view: View) -> Iterator[Spot]:
        """Yield the place in "I am a villager of …"; a district alone is too wide to be one's address."""
        for pattern in (_HOME, _ALONE):
            for match in pattern.finditer(view.text):
                if not self._all_regions.fullmatch(match.group("place")) and not _OWN_PLACE.match(match.group("place")):
                    start, end = match.span("place")
                    yield Spot(kind=Kind.ADDRESS, start=start, end=end, weak=pattern is _ALONE)

    def _begin(self, view: View, anchor: int) -> int:
        """Go back from the road's last character: to the first region, else to the word before the name."""
        run = re.search(rf"(?:{_HAN}|[0-9A-Za-z])*$", view.text[max(0, anchor - _REACH) : anchor])
        head = run.group() if run else ""
        cut = max((match.end() for match in _BREAK.finditer(head)), default=0)
        region = next((match for match in self._regions.finditer(head)), None)
        if region:
            cut = max((match.end() for match in _BREAK.finditer(head[: region.start()])), default=0)
            province = re.match(rf"{_HAN}{{2,3}}省", head[cut:])
            cut = cut if province else region.start()
        return anchor - len(head) + cut

    def _end(self, place: str) -> int:
        """Return where the place ends in what follows the label, 0 when it is none."""
        broken = re.search(r"(?:的|被|因为|由于|今年|去年|昨天|我们|隔壁|旁边|附近|对面|但|而|想|要|是(?!$))", place)
        limit = broken.start() if broken else len(place)
        ends = [match.end() for match in _PLACE_END.finditer(place, 0, limit)]
        end = max(ends, default=0)
        return end if end >= 3 and _VILLAGE.search(place[:end]) else 0

    def _is_public(self, address: str) -> bool:
        bare = address.replace(" ", "")
        rest = next((bare.replace(public, "", 1) for public in self._public if public and public in bare), None)
        return any(bare in public for public in self._public) or (rest is not None and not rest.strip("大连市沙河口区"))
