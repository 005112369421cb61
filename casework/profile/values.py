"""What a profile holds, as frozen values; the words in it are data of the city, in both languages."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from zoneinfo import ZoneInfo

LEVELS = ("municipal", "county", "township", "village")
ORGANS = ("government", "institution", "enterprise", "other")
ASPECTS = ("implementation", "duty", "service")
FILE_KINDS = (
    *("jpeg", "png", "webp", "heic", "gif", "bmp", "tiff", "pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp"),
    *("mp3", "m4a", "wav", "ogg", "amr", "aac", "flac", "video", "text"),
)
SCOPES = ("court", "arbitration", "reconsideration", "other_body")


def plain_name(text: str | None) -> str:
    """Fold width and case, and drop spaces and punctuation, so that names compare: "王 伟" and "王·伟" are "王伟"."""
    return "".join(c for c in unicodedata.normalize("NFKC", text or "").casefold() if c.isalnum())


@dataclass(frozen=True, kw_only=True)
class Words:
    """The same words in the languages of the bot."""

    zh: str
    en: str

    def in_language(self, language: str | None) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, kw_only=True)
class Region:
    """A district, county or zone, or the municipal level itself."""

    id: str
    words: Words
    aliases: tuple[str, ...] = ()
    is_municipal: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.words.zh, self.words.en, *self.aliases)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of the directory. `names` are unambiguous; `short` names need the region beside them ("住建局")."""

    id: str
    words: Words
    aliases: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    level: str
    organ: str
    region: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.words.zh, self.words.en, *self.aliases)

    @cached_property
    def plain_names(self) -> frozenset[str]:
        return frozenset(map(plain_name, self.names))

    @cached_property
    def renderings(self) -> tuple[str, ...]:
        """Other translations of the English names ("market regulation office"): found, but never guessed at."""
        return tuple(dict.fromkeys(_renderings(self.names)))

    @cached_property
    def short_renderings(self) -> tuple[str, ...]:
        """Other translations of the short English names."""
        return tuple(dict.fromkeys(_renderings(self.short)))


_ORGAN = "bureau"
_OTHER_ORGANS = ("office", "department", "authority", "administration", "agency")
"""What else people call in English what a profile translates as "bureau"."""


def _renderings(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if name.lower().endswith(f" {_ORGAN}"):
            yield from (name[: -len(_ORGAN)] + other for other in _OTHER_ORGANS)


@dataclass(frozen=True, kw_only=True)
class Category:
    """A kind of problem; `aspect` is implementation, duty, service or None."""

    id: str
    words: Words
    aspect: str | None
    is_high_priority: bool = False


@dataclass(frozen=True, kw_only=True)
class Superior:
    """The authority above the office. `public_key` (32 bytes) is its sealing key, if it gave one."""

    words: Words
    channel: Words
    public_key: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Office:
    """The office that runs the program. `heads` are names, `head_posts` posts that mean its head; `units` its names."""

    words: Words
    units: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    head_posts: tuple[str, ...] = ()

    @cached_property
    def plain_names(self) -> frozenset[str]:
        """The office's own names, ready to compare."""
        return frozenset(plain_name(name) for name in (self.words.zh, self.words.en, *self.units)) - {""}


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """All clocks. Names say whether days are working days of the Chinese calendar."""

    acceptance_working_days: int
    feedback_working_days: int
    transfer_working_days: int
    message_working_days: int
    conclusion_days: int
    extension_days: int
    due_soon_working_days: int
    info_request_days: int
    feedback_window_days: int


@dataclass(frozen=True, kw_only=True)
class OtherWays:
    """How else to report: always offered."""

    phone: str
    website: str
    address: Words


@dataclass(frozen=True, kw_only=True)
class Line:
    """A telephone line for those in danger or need."""

    number: str
    words: Words
    is_emergency: bool = False


@dataclass(frozen=True, kw_only=True)
class RightChannel:
    """Where a matter belongs that this office may not take; `id` is a value of the scope question."""

    id: str
    words: Words


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A label with a first and a last day; its end never closes the intake."""

    id: str
    words: Words
    first_day: date
    last_day: date | None


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long what is kept."""

    draft_hours: int
    handoff_days: int
    closed_case_days: int


@dataclass(frozen=True, kw_only=True)
class FileRules:
    """Which kinds of files are taken (of `storage.cleaning.KINDS`), and how far a picture may unfold."""

    kinds: tuple[str, ...] = FILE_KINDS
    picture_megapixels: int = 60


@dataclass(frozen=True, kw_only=True)
class OfficeHours:
    """When people answer: on working days, in the profile's time zone."""

    opens: time
    closes: time
    alert_minutes: int = 5
    """How long somebody waits for a person before the team is alerted."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One city. Everything that another city would have differently."""

    id: str
    city: Words
    time_zone: str
    office: Office
    superior: Superior
    regions: tuple[Region, ...]
    units: tuple[Unit, ...]
    categories: tuple[Category, ...]
    aspects: tuple[tuple[str, Words], ...]
    deadlines: Deadlines
    other_ways: OtherWays
    lines: tuple[Line, ...]
    right_channels: tuple[RightChannel, ...]
    campaigns: tuple[Campaign, ...]
    retention: Retention
    office_hours: OfficeHours
    reports_a_day: int
    extra_workdays: frozenset[date] = frozenset()
    extra_holidays: frozenset[date] = frozenset()
    files: FileRules = field(default_factory=FileRules)
    digest: str = field(default="", compare=False)
    """Hash of the file, for caches."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def _regions(self) -> dict[str, Region]:
        return {region.id: region for region in self.regions}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def _units_by_name(self) -> dict[str, Unit]:
        return {name: unit for unit in reversed(self.units) for name in unit.plain_names}

    @cached_property
    def plain_region_names(self) -> tuple[str, ...]:
        """The names of all regions but the municipal level, ready to compare."""
        districts = (region for region in self.regions if not region.is_municipal)
        return tuple(plain_name(name) for region in districts for name in region.names)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {category.id: category for category in self.categories}

    @cached_property
    def municipal_region(self) -> Region:
        return next(region for region in self.regions if region.is_municipal)

    def region(self, region_id: object) -> Region | None:
        return self._regions.get(region_id) if isinstance(region_id, str) else None

    def unit(self, unit_id: object) -> Unit | None:
        return self._units.get(unit_id) if isinstance(unit_id, str) else None

    def unit_named(self, name: str) -> Unit | None:
        """Return the unit of the directory that has this unambiguous name."""
        return self._units_by_name.get(plain_name(name))

    def category(self, category_id: object) -> Category | None:
        return self._categories.get(category_id) if isinstance(category_id, str) else None

    def right_channel(self, scope: object) -> RightChannel | None:
        return next((channel for channel in self.right_channels if channel.id == scope), None)

    def campaign_on(self, day: date) -> Campaign | None:
        """Return the campaign whose days hold `day`."""
        running = (c for c in self.campaigns if c.first_day <= day and (c.last_day is None or day <= c.last_day))
        return next(running, None)
