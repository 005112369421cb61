"""English addresses: a house, a road, a flat; a village or an estate after "I live in"."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_PART: Final = (
    r"(?:(?i:dormitory|dorm|room|rm|flat|apartment|apt|unit|suite|building|bldg|block|house|door|entrance|tower|gate|staircase|stall|"
    r"floor)\.?\s?(?i:no\.?\s?)?[\dA-Z][\dA-Z-]{0,5}|(?i:no)\.?\s?\d{1,4}(?:-\d{1,4}){0,2}[A-Z]?|\d{1,4}(?:-\d{1,4}){1,3}|"
    r"\d{1,2}(?:st|nd|rd|th)\s(?i:floor)|\d{1,2}F\b)"
)
_NAME: Final = r"(?:[A-Z][\w'’-]*\s){1,4}"
_ROAD: Final = (
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Alley|Boulevard|Blvd|Drive|Dr|Hutong|Jie|Lu|Xiang|Garden|Gardens|"
    r"Estate|Compound|Residence|Residences|Mansion|Mansions|Apartments|Villas|Community|Plaza|Tower|Terrace|Court|"
    r"Homes|Xiaoqu|Village|Square)\b(?:(?<=Rd)\.|(?<=St)\.|(?<=Ave)\.|(?<=Ln)\.|(?<=Blvd)\.|(?<=Dr)\.)?(?:\s(?:North|South|East|West|Middle)(?:\sSection)?\b)?"
)
_AREA: Final = (
    r"(?:,?\s(?:in\s)?(?:[A-Z][\w'’-]*\s){1,3}(?:District|County|City|Town|Township|Subdistrict|Sub-district|Village|"
    r"New Area|Zone|Community|Province)\b|,\s(?:Dalian|Liaoning|China|\d{6})\b|\s\d{6}\b)"
)
_SYLLABLES: Final = (
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|an|en|in|un|ai|ei|ui|ao|"
    r"ou|iu|ie|ue|er|ia|ua|uo|a|o|e|i|u|v))"
)
_UNLISTED: Final = re.compile(rf",\s(?=[A-Z][a-z]{{4}})(?i:{_SYLLABLES}{{2,4}})\b(?!\s(?:[A-Z]|and\b))")
"""A place in pinyin behind an address, which stands in no directory."""
_ADDRESS: Final = re.compile(
    rf"(?P<before>(?:{_PART}[,\s]+(?:of\s)?){{0,4}})(?P<number>(?:\d{{1,4}}[A-Z]?(?:-\d{{1,3}})?,?\s+)?)(?P<road>{_NAME}{_ROAD})(?P<after>(?:[,\s]+{_PART}){{0,4}})(?P<areas>{_AREA}{{0,4}})"
)
_PARTS_ALONE: Final = re.compile(rf"\b{_PART}(?:,\s?{_PART}){{1,3}}(?:{_AREA}){{0,3}}")
_PARTS_OF: Final = re.compile(
    rf"\b{_PART}(?:,\s?{_PART})*,\s(?!(?:[A-Z][\w'’-]*\s){{0,4}}(?:Bureau|Office|Hall|Centre|Center|Committee|Government|Court|Department|Police|"
    rf"Station|Hospital|School)\b)(?:[A-Z][\w'’-]*\s?){{1,4}}(?:\d{{1,3}}\b)?(?=[,.;\n]|$|\s[a-z(])(?:{_AREA}){{0,3}}"
)
_NAMED_PARTS: Final = re.compile(
    rf"\b\d{{1,4}}\s{_NAME}(?:[A-Z]?\d{{1,3}})?,?\s?(?i:apt|room|rm|flat|unit|suite|apartment)\.?\s?(?i:no\.?\s?)?\d{{1,4}}"
)
_HOUSE_IN_VILLAGE: Final = re.compile(
    r"\b(?i:no)\.?\s?\d{1,4}[,\s]\s?(?:[A-Z][\w'’-]*,?\s){1,3}(?:Village|Tun|Cun|Community|Estate)\b" + _AREA + "{0,3}"
)
_LABEL: Final = re.compile(
    r"\b(?:(?:i|we)(?:'m| am| are)?\s(?:live|lived|reside|stay|rent|living|residing)(?:\s(?:at|in|on))?|"
    r"my (?:home |house |shop |store )?(?:address|home|house|flat|shop)(?:\s(?:is|:))?(?:\s(?:at|in|on))?|"
    r"address(?:\sis|:)?|lives?\s(?:at|in|on)|residing at|\bfrom|located at)[\s:,]*$",
    re.IGNORECASE,
)
_LABEL_REACH: Final = 40
_VILLAGE: Final = re.compile(
    r"(?P<place>(?:[A-Z][\w'’-]*\s){1,3}(?:Village|Town|Township|Subdistrict|Sub-district|Community|Estate|"
    r"Gardens?|Compound)\b(?:,?\s(?:group|team)\s\d{1,2})?)(?P<areas>" + _AREA + "{0,3})"
)


class EnglishAddressFinder:
    """Finds addresses in English. `public` addresses are none of anybody's."""

    def __init__(self, regions: Iterable[str] = (), public: Iterable[str] = ()) -> None:
        places = "|".join(sorted((re.escape(name) for name in regions if name.isascii()), key=len, reverse=True))
        self._region = re.compile(rf",?\s(?:{places})\b(?!\s[A-Z])" if places else r"(?!)")
        self._public = tuple(text.lower() for text in public if text)

    def find(self, view: View) -> Iterator[Spot]:
        for match in _ADDRESS.finditer(view.text):
            start = match.start() if match.group("before") or match.group("number") else match.start("road")
            has_number = bool(match.group("before") or match.group("number") or match.group("after"))
            if has_number or self._is_labelled(view, start):
                yield from self._spot(view, start, match.end())
        for match in _VILLAGE.finditer(view.text):
            is_whole = "Village" in match.group("place") and bool(match.group("areas"))
            if is_whole or self._is_labelled(view, match.start()):
                yield from self._spot(view, match.start(), match.end())
        for match in (
            *_NAMED_PARTS.finditer(view.text),
            *_HOUSE_IN_VILLAGE.finditer(view.text),
            *_PARTS_OF.finditer(view.text),
            *_PARTS_ALONE.finditer(view.text),
        ):
            yield from self._spot(view, match.start(), match.end())

    def _is_labelled(self, view: View, start: int) -> bool:
        return bool(_LABEL.search(view.text[max(0, start - _LABEL_REACH) : start]))

    def _spot(self, view: View, start: int, end: int) -> Iterator[Spot]:
        while region := self._region.match(view.text, end) or _UNLISTED.match(view.text, end):
            end = region.end()
        address = view.text[start:end].lower()
        if not any(public in address or address in public for public in self._public):
            yield Spot(kind=Kind.ADDRESS, start=start, end=end)
