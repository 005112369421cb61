"""Private organisations: a company, a shop, a cooperative tells who its people are. Public bodies are none."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot
from casework.finders.wordlists import words
from casework.ports import NameTagger

_HAN: Final = "[\u4e00-\u9fff]"
_FIRM: Final = (
    "有限责任公司|股份有限公司|集团有限公司|有限公司|分公司|公司|商贸行|商行|经营部|加工厂|养殖场|合作社|工作室|"
    "事务所|修理厂|修配厂|汽修厂|饭店|酒楼|餐厅|餐馆|面馆|超市|便利店|五金店|小卖部|药房|药店|诊所|理发店|美发店|"
    "旅店|宾馆|民宿|网吧|家具城|幼儿园|培训学校|培训机构|农家乐|农场|采石场|砖厂|木材厂|食品厂|服装厂|印刷厂|机械厂|"
    "服务部|图文社|打印社|复印社|打字社|广告社|洗车行|车行|工程队|"
    "分店|连锁店|旗舰店|"
    "化工厂|水产厂|塑料厂|造船厂|厂"
)
_LINK: Final = r"[（(][\u4e00-\u9fff]{2,6}[）)]"
_CHINESE: Final = re.compile(
    rf"(?P<name>(?:{_HAN}|[A-Za-z0-9]){{2,14}}?(?:{_LINK})?{_HAN}{{0,10}}?)(?:{_FIRM})(?!{_HAN}?长)"
)
_BREAK: Final = re.compile(
    r"(?:我们|我家|我是|我在|我开|我的|我|咱们?|他们|他|她|本|这家|那家|一家|某家?|该|在|是|叫做?|名叫|名为|给|"
    r"由|被|把|向|对|跟|从|去|让|要求|开了?|办了?|经营|注册|成立|指定|介绍|推荐|举报|反映|投诉|查封了?|处罚了?|"
    r"罚了?|检查了?|找了?|必须|只能|委托|的|了|位于|附近|旁边|隔壁|门口|想说说?|说说|想讲|想问|任职于|就职于|供职于|"
    r"单位|企业|购买)"
)
_SHORTEST: Final = 2
_QUOTED: Final = re.compile(
    r"(?:叫做?|名为|名叫|店名|字号|招牌是)[“\"「《](?P<name>[^”\"」》\n]{2,16})[”\"」》](?=的?(?:小)?(?:店|饭店|"
    r"超市|公司|厂|餐馆|饭馆|商行|企业|酒店|宾馆|民宿|作坊))"
)
_ENGLISH: Final = re.compile(
    r"\b(?P<name>(?:[A-Z][\w'&-]*\s(?:(?:and|of|&)\s)?){1,6})(?:(?:Co\.?,?\s?Ltd\.?|Company Limited|Company|Co\.|"
    r"Ltd\.?|Limited|Inc\.?|LLC|Corporation|Corp\.?|Group)(?![a-z])(?:\s?Ltd\.?)?"
    r"|(?:Restaurant|Hotel|Supermarket|Pharmacy|Clinic|Factory|Workshop|Farm|Cooperative|Trading|Logistics|"
    r"Studio|Kindergarten|Guesthouse|Bakery|Garage|Shipping Agency|Travel Agency|Agency|Cafe|Café|Bar|Pub|Diner|"
    r"Bistro|"
    r"Salon|Boutique|Textiles|Electronics|Seafoods?|Foods|Software|Cold Storage|Auto Repairs?|Repairs|Academy|"
    r"(?:Noodle|Barbecue|BBQ|Hot ?pot|Dumpling|Rice|Burger|Pizza|"
    r"Tea|Coffee|Seafood|Steak|Fish|Chop|Print|Guest) House|"
    r"(?:Copy|Print|Repair|Flower|Book|Gift|Barber|"
    r"Coffee|Tea|"
    r"Noodle|Fruit|Grocery|Hardware|Bike|Tyre|Tailor|Butcher|Dumpling) Shop|Kitchen|Grill|Deli|Teahouse|Laundry|"
    r"Surveying|"
    r"Consulting|Hostel|Inn|Winery|Brewery|Florist|Stationery|Imports?|Exports?|Exporters|Importers|Enterprises|"
    r"Industries)\b)"
)


_TRADE: Final = (
    "国际货运代理|货运代理|货运|货代|物流|百货|商贸|贸易|汽修|汽车修理|烧烤店|烧烤|火锅店|火锅|面馆|渔家乐|家政服务|家政|劳务派遣|劳务|传媒|"
    "广告|装饰|装修|建材|水产|海鲜|茶楼|茶庄|花店|书店|奶茶店|蛋糕店|面包房|旅行社|服务中心|门市|批发部|零售店|服装店|专卖店|洗衣店|"
    "包子铺|饺子馆|小吃店|杂货店|杂货铺|修理铺|裁缝铺|鞋店|粥铺|水站|粮店|铺子|"
    "照相馆|棋牌室|健身房|台球厅|水果店|粮油店|美容院|养生馆|酒吧|咖啡馆|咖啡厅|茶馆"
)
_CALLED_SO: Final = re.compile(
    rf"(?:[，,。;；\n]?店名(?:叫|是|:)?|经营(?:着|的)?|开了?(?:一?家|个)?|本店|本公司|我司|我店|[我他她](?:是|在)|姐夫的|"
    rf"[我他她]家的|^|"
    rf"[，,。;；\n]|任职于|"
    rf"就职于|老板是|叫做?)(?P<name>(?:{_HAN}){{2,9}}?(?:{_TRADE}))(?!{_HAN}?长)(?=的|干|开|上班|打工|工作|做|被|当|"
    rf"门口|门前|里|附近|旁边|[，,。;；]|"
    rf"[一二三四五六七八九十]|也|是|把|$)"
)


class OrganisationFinder:
    """Finds enterprises by how their names end. `public` are names of the directory, in plain lower case."""

    def __init__(
        self, public: Iterable[str] = (), places: Iterable[str] = (), tagger: NameTagger | None = None
    ) -> None:
        self._public = frozenset(public)
        self._places = frozenset(places)
        self._tagger = tagger

    def find(self, view: View) -> Iterator[Spot]:
        for match in _CHINESE.finditer(view.text):
            start = match.start() + self._lead(match.group("name"))
            name = view.text[start : match.end()]
            stem = view.text[start : match.end("name")]
            if self._is_own(name, stem):
                yield Spot(kind=Kind.ORGANISATION, start=start, end=match.end())
        for match in _CALLED_SO.finditer(view.text):
            start, name = match.start("name") + self._lead(match.group("name")), match.group("name")
            stem = re.sub(f"(?:{_TRADE})$", "", view.text[start : match.end("name")])
            if self._is_own(name, stem):
                said = view.text[match.start() : match.start("name")]
                weak = not said.lstrip("，,。;；\n").startswith(("我", "本", "店名"))
                yield Spot(kind=Kind.ORGANISATION, start=start, end=match.end("name"), weak=weak)
        for match in _QUOTED.finditer(view.text):
            yield Spot(kind=Kind.ORGANISATION, start=match.start("name"), end=match.end("name"))
        for match in _ENGLISH.finditer(view.text):
            yield from self._english(match)

    def _lead(self, head: str) -> int:
        """Return how much of `head` is the sentence before the name: to the last verb, or the place it begins with."""
        place = max((head.rfind(name) for name in self._places if len(name) > 1 and name in head), default=-1)
        cut = max((match.end() for match in _BREAK.finditer(head)), default=0)
        return place if place >= 0 and (cut <= place or head[place:cut] == "") else cut

    def _is_own(self, name: str, stem: str) -> bool:
        bare = stem
        for place in sorted(self._places, key=len, reverse=True):
            bare = bare.removeprefix(place)
        return (
            len(bare) >= _SHORTEST
            and bare not in words("generic_firms_zh")
            and stem not in words("generic_firms_zh")
            and name not in self._public
        )

    def _is_generic(self, stem: str) -> bool:
        """Tell whether words of the language alone stand before "Company": The Heating Company."""
        return all(word.strip(".,&'").lower() in words("not_names_en") | words("organ_en") for word in stem.split())

    def _english(self, match: re.Match[str]) -> Iterator[Spot]:
        start = match.start()
        for word in re.finditer(r"\S+\s", match.group("name")):
            if word.group().strip() not in words("leading_en"):
                break
            start = match.start() + word.end()
        name = match.string[start : match.end()]
        if self._is_generic(match.string[start : match.end("name")]) and "Ltd" not in name:
            return
        if match.start("name") <= start < match.end("name") and name.lower() not in self._public:
            yield Spot(kind=Kind.ORGANISATION, start=start, end=match.end())
