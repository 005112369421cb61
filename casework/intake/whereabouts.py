"""Reads region and unit out of a story: which of several districts is meant, and units that no directory lists."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casework.intake import wording
from casework.intake.directory import find_regions, find_unit, fold, region_places
from casework.intake.ground import Ground, named_unit, unit_value
from casework.profile import Unit

Entities = Sequence[Mapping[str, Any]]

_OWN_PLACE = re.compile(r"(?:我|我们|我家|俺|俺家|本人|家)(?:是|就|都)?(?:在|住|住在)$")
_UNIT_AFTER = re.compile(
    r"的?(?P<rest>(?:(?![有个把被给在我他她的了是去到向和那这])[\u4e00-\u9fff]){0,10}?"
    r"(?:局|委员会|纪委监委|纪委|监委|卫健委|发改委|法院|检察院|派出所|管理处|办事处|街道办|执法大队|大队|支队))"
)
_OF_A_DISTRICT = ("局", "委", "法院", "检察院")
_YOUR_HEAD = re.compile(
    r"(?:举报|投诉|检举|控告|反映)(?:一下)?你们(?:这里|这儿|市)?(?:纪委监委|纪委|监委|单位|机关)?的?(?:书记|主任)"
)
_HEAD_POST = r"的?[\u4e00-\u9fff]?(?:书记|主任)"


def read_whereabouts(text: str, entities: Entities, ground: Ground, region: str | None = None) -> dict[str, Any]:
    """Return "region", "accused_unit" and "level" as far as the story names them.

    `region` is known already: "the housing bureau" is that district's where no other is named.
    """
    if (own := _own_office(text, ground)) is not None:
        return own
    regions = _regions(text, ground) or _regions_heard(entities, ground)
    unit = _unit(text, regions or ([region] if region else []), entities, ground)
    if unit is not None and regions and unit.region != regions[0] and _unit_after_region(text, regions[0], ground):
        unit = None
    if unit is not None:
        return {"accused_unit": unit_value(unit, ground), "level": unit.level, "region": unit.region}
    found: dict[str, Any] = {"region": regions[0]} if regions else {}
    if named := _unit_after_region(text, found.get("region"), ground):
        found["accused_unit"] = named_unit(named)
        named_region = ground.profile.region(found["region"])
        if named_region is not None and not named_region.is_municipal and named.endswith(_OF_A_DISTRICT):
            found["level"] = "county"
    elif heard := _unit_heard(entities):
        found["accused_unit"] = named_unit(heard)
    return found


def _own_office(text: str, ground: Ground) -> dict[str, Any] | None:
    """Return the office itself where its own head is reported: by the office's name or by "your secretary"."""
    office, folded = ground.profile.office, fold(text)
    municipal = next((region.id for region in ground.profile.regions if region.is_municipal), None)
    found = {"region": municipal, "level": "municipal"} if municipal else {}
    if _YOUR_HEAD.search(folded):
        return found | {"accused_unit": named_unit(office.words.in_language(ground.language))}
    others = region_places(ground.profile, text)
    for name in sorted(office.units, key=len, reverse=True):
        for match in re.finditer(rf"(?<![向给找跟对]){re.escape(fold(name))}(?={_HEAD_POST})", folded):
            if not any(place.start < match.start() < place.end for place in others):
                return found | {"accused_unit": named_unit(name)}
    return None


def _regions(text: str, ground: Ground) -> list[str]:
    """Return the regions named: one put right first, where the reporter lives or works last."""
    found = find_regions(ground.profile, text)
    if len(found) < 2:
        return found
    right = [region for region in _put_right(text, ground) if region in found]
    folded, places = fold(text), region_places(ground.profile, text)
    own = {place.id for place in places if _OWN_PLACE.search(folded[: place.start])}
    others = {place.id for place in places if not _OWN_PLACE.search(folded[: place.start])}
    return sorted(found, key=lambda region: (region not in right, region in own - others))


def _put_right(text: str, ground: Ground) -> Iterator[str]:
    for line in text.split("\n"):
        if wording.CORRECTION.match(line.strip()):
            yield from find_regions(ground.profile, wording.DENIED.sub("", line))


def _regions_heard(entities: Entities, ground: Ground) -> list[str]:
    values = (e.get("value") for e in entities if e.get("entity") == "region")
    return [str(value) for value in values if ground.profile.region(value) is not None]


def _unit(text: str, regions: list[str], entities: Entities, ground: Ground) -> Unit | None:
    """Return a unit of the directory; one only heard counts unless the story names another district."""
    if (named := find_unit(ground.profile, text, None)) is not None:
        return named
    if regions and (unit := find_unit(ground.profile, text, regions[0])) is not None:
        return unit
    ids = (e.get("value") for e in entities if e.get("entity") == "unit")
    units = (unit for unit_id in ids if (unit := ground.profile.unit(unit_id)) is not None)
    return next((unit for unit in units if not regions or unit.region in regions), None)


def _unit_after_region(text: str, region: str | None, ground: Ground) -> str | None:
    """Return "Xigang culture bureau" as typed, where the directory has no such unit."""
    folded = fold(text)
    for place in region_places(ground.profile, text):
        match = _UNIT_AFTER.match(folded, place.end)
        if place.id == region and match is not None:
            return text[place.start : place.end] + text[match.start("rest") : match.end("rest")]
    return None


def _unit_heard(entities: Entities) -> str | None:
    names = (str(e.get("value") or "").strip() for e in entities if e.get("entity") == "unit_name")
    return next((name for name in names if 2 < len(name) <= 60), None)
