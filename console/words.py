"""The desk's words: one Babel catalogue a language, by names; dates and numbers as the language writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALE = Path(__file__).with_name("locale")
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}

Entries = Mapping[str, str | tuple[str, ...]]


@cache
def catalogue(language: str) -> Entries:
    """Read a language's catalogue, once."""
    from babel.messages.pofile import read_po

    with (LOCALE / language / "LC_MESSAGES" / "desk.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    return {_name(message.id): _words(message.string) for message in catalog if message.id}


def _name(message_id: str | list[str] | tuple[str, ...]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _words(string: str | list[str] | tuple[str, ...] | None) -> str | tuple[str, ...]:
    return string if isinstance(string, str) else tuple(string or ())


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one operator reads. `say` raises `KeyError` for a name that no catalogue holds."""

    language: str
    zone: ZoneInfo
    entries: Entries = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, language: str, zone: ZoneInfo) -> "Words":
        return cls(language=language, zone=zone, entries=catalogue(language))

    def say(self, name: str, /, **values: object) -> str:
        text = self.entries[name]
        if isinstance(text, tuple):
            text = text[0 if values.get("count") == 1 else -1]
        return text.format(**values) if values else text

    def has(self, name: str) -> bool:
        return name in self.entries

    def find(self, name: str, default: object = "") -> str:
        """Say `name` if a catalogue holds it, else give `default`."""
        return self.say(name) if name in self.entries else str(default)

    def value(self, field_name: str, value: object) -> str:
        """Say a value of a field; a word of the reporter's own is given as it is."""
        return self.find(f"value_{field_name}_{value}", self.say("not_known") if value == "unknown" else value)

    def pair(self, label: str, value: object) -> str:
        """Write a label and its value in one line."""
        return f"{label}{'：' if self.language == 'zh' else ': '}{value}"

    def day(self, day: date | None, this_year: int | None = None) -> str:
        """Write a day, without its year when that is `this_year`."""
        from babel.dates import format_date

        if day is None:
            return ""
        pattern = "y年M月d日" if self.language == "zh" else "d MMM y"
        if this_year is not None and day.year == this_year:
            pattern = "M月d日" if self.language == "zh" else "d MMM"
        return format_date(day, pattern, locale=_LOCALES[self.language])

    def time(self, moment: datetime | None) -> str:
        """Write a time in the city's zone."""
        from babel.dates import format_datetime

        if moment is None:
            return ""
        style = "y年M月d日 HH:mm" if self.language == "zh" else "d MMM y, HH:mm"
        return format_datetime(moment, style, tzinfo=self.zone, locale=_LOCALES[self.language])

    def clock(self, moment: datetime) -> str:
        """Write the hour and minute in the city's zone."""
        return moment.astimezone(self.zone).strftime("%H:%M")

    def moment(self, moment: datetime, now: datetime) -> str:
        """Write the hour and minute, with the day where that is another one than today's in the city."""
        is_today = moment.astimezone(self.zone).date() == now.astimezone(self.zone).date()
        return self.clock(moment) if is_today else self.time(moment)

    def ago(self, moment: datetime, now: datetime) -> str:
        """Write how long ago something was, in the largest unit that fits."""
        minutes = max(0, int((now - moment).total_seconds() // 60))
        if minutes < 1:
            return self.say("just_now")
        if minutes < 60:
            return self.say("minutes_ago", count=minutes)
        if minutes < 24 * 60:
            return self.say("hours_ago", count=minutes // 60)
        return self.say("days_ago", count=minutes // (24 * 60))

    def size(self, size: int) -> str:
        for unit, scale in (("MB", 1024 * 1024), ("kB", 1024)):
            if size >= scale:
                return f"{size / scale:.1f} {unit}"
        return f"{size} B"
