"""The units directory: single units, and kinds that stand in many regions ("templates")."""

from collections.abc import Iterator

from casework.profile.reading import Section
from casework.profile.values import LEVELS, ORGANS, Region, Unit, Words


def read_units(top: Section, regions: tuple[Region, ...], city: Words) -> Iterator[Unit]:
    """Read `units`: a `list` of single units, and `templates`: one entry × its regions."""
    by_id = {region.id: region for region in regions}
    seen: set[str] = set()
    if not top.has("units"):
        top.refuse("missing; expected a mapping with list and templates", "units")
        return
    section = top.section("units")
    for entry in section.sections("list"):
        unit = _single(entry, by_id, city)
        _check_id(entry, unit.id, seen)
        yield unit
    for entry in section.sections("templates") if section.has("templates") else ():
        for unit in _from_template(entry, by_id):
            _check_id(entry, unit.id, seen)
            yield unit
    section.close()


def _check_id(entry: Section, unit_id: str, seen: set[str]) -> None:
    if unit_id in seen:
        entry.refuse(f"the unit {unit_id!r} is there twice", "id")
    seen.add(unit_id)


def _single(entry: Section, regions: dict[str, Region], city: Words) -> Unit:
    aliases, short, level = entry.texts("aliases"), entry.texts("short"), entry.text("level", among=LEVELS)
    of_the_city = [_of_city(city, name) for name in short] if level == "municipal" else []
    unit = Unit(
        id=entry.id(),
        words=entry.words(),
        aliases=tuple(dict.fromkeys((*aliases, *of_the_city))),
        short=short,
        level=level,
        organ=entry.text("organ", among=ORGANS),
        region=entry.text("region", among=tuple(regions)),
    )
    entry.close()
    return unit


def _of_city(city: Words, short: str) -> str:
    """Return a short name with the city's before it: of all that bear it, that means the city's own unit."""
    return f"{city.en} {short}" if short.isascii() else f"{city.zh.removesuffix('市')}{short}"


def _from_template(entry: Section, regions: dict[str, Region]) -> list[Unit]:
    """Make one unit a region; `{region}` in names stands for the region's name and each of its aliases in turn."""
    kind, words = entry.id(), entry.words()
    aliases, short = entry.texts("aliases"), entry.texts("short")
    level, organ = entry.text("level", among=LEVELS), entry.text("organ", among=ORGANS)
    wanted = entry.texts("regions")
    for name in wanted:
        if name not in regions:
            entry.refuse(f"no such region {name!r}", "regions")
    if "{region}" not in words.zh or "{region}" not in words.en:
        entry.refuse("zh and en of a template must hold {region}")
    entry.close()
    return [_filled(kind, words, aliases, short, level, organ, regions[name]) for name in wanted if name in regions]


def _filled(
    kind: str, words: Words, aliases: tuple[str, ...], short: tuple[str, ...], level: str, organ: str, region: Region
) -> Unit:
    filled = Words(zh=words.zh.replace("{region}", region.words.zh), en=words.en.replace("{region}", region.words.en))
    patterns = (words.zh, words.en, *aliases)
    names = dict.fromkeys(_name(pattern, name) for pattern in patterns for name in region.names)
    return Unit(
        id=f"{kind}__{region.id}",
        words=filled,
        aliases=tuple(name for name in names if name and name not in (filled.zh, filled.en)),
        short=short,
        level=level,
        organ=organ,
        region=region.id,
    )


def _name(pattern: str, region_name: str) -> str:
    """Fill a pattern with a region's name of its own script; "" when the scripts differ."""
    if pattern.isascii() != region_name.isascii():
        return ""
    return pattern.replace("{region}", region_name)
