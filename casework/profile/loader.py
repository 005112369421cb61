"""Builds a `Profile` from its file; refuses it with all problems at once."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casework.errors import ProfileRefused
from casework.profile.reading import Problems, Section, read_yaml
from casework.profile.units import read_units
from casework.profile.values import (
    ASPECTS,
    FILE_KINDS,
    SCOPES,
    Campaign,
    Category,
    Deadlines,
    FileRules,
    Line,
    Office,
    OfficeHours,
    OtherWays,
    Profile,
    Region,
    Retention,
    RightChannel,
    Superior,
    Unit,
    Words,
)


def load_profile(path: Path) -> Profile:
    """Read the profile at `path`. Raises `ProfileRefused` with every problem, its file and line."""
    problems = Problems(path)
    top = read_yaml(path, problems)
    if top is None:
        raise ProfileRefused(problems.found)
    profile = _read(top, hashlib.sha256(path.read_bytes()).hexdigest())
    if problems.found:
        raise ProfileRefused(sorted(problems.found, key=lambda problem: problem.line or 0))
    return profile


def _read(top: Section, digest: str) -> Profile:
    regions, city = tuple(_regions(top)), top.words("city")
    units = tuple(read_units(top, regions, city))
    _no_name_twice(top, regions, units)
    profile = Profile(
        id=top.id(),
        city=city,
        time_zone=_time_zone(top),
        office=_office(top.section("office")),
        superior=_superior(top.section("superior")),
        regions=regions,
        units=units,
        aspects=tuple(_aspects(top.section("aspects"))),
        categories=tuple(_categories(top)),
        deadlines=_deadlines(top.section("deadlines")),
        other_ways=_other_ways(top.section("other_ways")),
        lines=tuple(_lines(top)),
        right_channels=tuple(_right_channels(top)),
        campaigns=tuple(_campaigns(top)),
        retention=_retention(top.section("retention")),
        office_hours=_office_hours(top.section("office_hours")),
        reports_a_day=top.number("reports_a_day", 1, 1000),
        files=_files(top.section("files")) if top.has("files") else FileRules(),
        extra_workdays=top.days("extra_workdays"),
        extra_holidays=top.days("extra_holidays"),
        digest=digest,
    )
    top.close()
    return profile


def _time_zone(top: Section) -> str:
    name = top.text("time_zone")
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        top.refuse(f"is {name!r}, expected a time zone such as Asia/Shanghai", "time_zone")
    return name


def _office(section: Section) -> Office:
    office = Office(
        words=section.words(),
        units=section.texts("units"),
        heads=section.texts("heads"),
        head_posts=section.texts("head_posts"),
    )
    section.close()
    return office


def _superior(section: Section) -> Superior:
    superior = Superior(words=section.words(), channel=section.words("channel"), public_key=_public_key(section))
    section.close()
    return superior


def _public_key(section: Section) -> bytes | None:
    if not section.has("public_key"):
        return None
    text = section.text("public_key")
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        section.refuse("expected 32 bytes in base64", "public_key")
        return None
    return key


def _regions(top: Section) -> Iterable[Region]:
    seen: set[str] = set()
    count = 0
    for section in top.sections("regions"):
        region = Region(
            id=_fresh_id(section, seen),
            words=section.words(),
            aliases=section.texts("aliases"),
            is_municipal=section.flag("municipal"),
        )
        count += region.is_municipal
        section.close()
        yield region
    if count != 1 and top.has("regions"):
        top.refuse(f"expected exactly one region with 'municipal: true', found {count}", "regions")


def _fresh_id(section: Section, seen: set[str]) -> str:
    value = section.id()
    if value in seen:
        section.refuse(f"{value!r} is there twice", "id")
    seen.add(value)
    return value


def _no_name_twice(top: Section, regions: tuple[Region, ...], units: tuple[Unit, ...]) -> None:
    """A name that means two regions, or two units, could not be read from a story."""
    for key, things in (("regions", regions), ("units", units)):
        owner: dict[str, str] = {}
        for thing in things:
            for name in thing.names:
                other = owner.setdefault(name.casefold(), thing.id)
                if name and other != thing.id:
                    top.refuse(f"the name {name!r} is of both {other} and {thing.id}", key)


def _aspects(section: Section) -> Iterable[tuple[str, Words]]:
    for aspect in ASPECTS:
        yield aspect, section.words(aspect)
    section.close()


def _categories(top: Section) -> Iterable[Category]:
    seen: set[str] = set()
    for section in top.sections("categories"):
        has_aspect = section.has("aspect")
        category = Category(
            id=_fresh_id(section, seen),
            words=section.words(),
            aspect=section.text("aspect", among=ASPECTS) if has_aspect else None,
            is_high_priority=section.flag("high_priority"),
        )
        section.close()
        yield category
    if seen and "other" not in seen:
        top.refuse("expected a category with the id 'other'", "categories")


def _deadlines(section: Section) -> Deadlines:
    deadlines = Deadlines(**{item.name: section.number(item.name, 1, 400) for item in fields(Deadlines)})
    section.close()
    return deadlines


def _other_ways(section: Section) -> OtherWays:
    ways = OtherWays(phone=section.text("phone"), website=section.text("website"), address=section.words("address"))
    section.close()
    return ways


def _lines(top: Section) -> Iterable[Line]:
    for section in top.sections("lines"):
        line = Line(number=section.text("number"), words=section.words(), is_emergency=section.flag("emergency"))
        section.close()
        yield line


def _right_channels(top: Section) -> Iterable[RightChannel]:
    seen: set[str] = set()
    for section in top.sections("right_channels"):
        channel_id = section.text("id", among=SCOPES)
        seen.add(channel_id)
        channel = RightChannel(id=channel_id, words=section.words())
        section.close()
        yield channel
    missing = [scope for scope in SCOPES if scope not in seen]
    if missing and top.has("right_channels"):
        top.refuse(f"missing: {', '.join(missing)}", "right_channels")


def _campaigns(top: Section) -> Iterable[Campaign]:
    seen: set[str] = set()
    for section in top.sections("campaigns") if top.has("campaigns") else ():
        last_day = section.day("last_day") if section.has("last_day") else None
        campaign = Campaign(
            id=_fresh_id(section, seen), words=section.words(), first_day=section.day("first_day"), last_day=last_day
        )
        if campaign.last_day is not None and campaign.last_day < campaign.first_day:
            section.refuse("is before first_day", "last_day")
        section.close()
        yield campaign


def _retention(section: Section) -> Retention:
    retention = Retention(
        draft_hours=section.number("draft_hours", 1, 24),
        handoff_days=section.number("handoff_days", 1, 90),
        closed_case_days=section.number("closed_case_days", 30, 36500),
    )
    section.close()
    return retention


def _files(section: Section) -> FileRules:
    kinds = section.texts("kinds")
    for kind in kinds:
        if kind not in FILE_KINDS:
            section.refuse(f"no such kind {kind!r}, expected some of {', '.join(FILE_KINDS)}", "kinds")
    rules = FileRules(kinds=kinds or FILE_KINDS, picture_megapixels=section.number("picture_megapixels", 1, 500))
    section.close()
    return rules


def _office_hours(section: Section) -> OfficeHours:
    minutes = section.number("alert_minutes", 1, 240) if section.has("alert_minutes") else OfficeHours.alert_minutes
    hours = OfficeHours(opens=section.clock("opens"), closes=section.clock("closes"), alert_minutes=minutes)
    if hours.closes < hours.opens:
        section.refuse("is before opens", "closes")
    section.close()
    return hours
