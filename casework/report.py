"""What a report holds (the field list of official 12388-type forms), as frozen values."""

from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Self

FORM_VERSION = 1
MAX_TITLE = 50
MAX_FACTS = 3_000
MAX_FILES = 10


class Mode(StrEnum):
    """How the reporter stands behind the report; a unit's name with a contact counts as real-name."""

    ANONYMOUS = "anonymous"
    REAL_NAME = "real_name"
    UNIT_NAME = "unit_name"


class ReporterKind(StrEnum):
    """Who reports."""

    CITIZEN = "citizen"
    ENTERPRISE = "enterprise"
    GRASSROOTS = "grassroots"


@dataclass(frozen=True, kw_only=True)
class FileRef:
    """One sealed file: its random id, its key (base64) and what the reporter called it.

    `removed` names what cleaning took out (`storage.cleaning.Removed`, with commas). The file as it came stays sealed
    beside it until the report is submitted, and afterwards where the reporter wants it kept.
    """

    id: str
    key: str = field(repr=False)
    name: str = field(repr=False)
    size: int
    media_type: str = ""
    removed: str = ""
    original_id: str = ""
    original_key: str = field(default="", repr=False)
    original_size: int = 0
    keeps_original: bool = False

    @property
    def original(self) -> "FileRef | None":
        """The file as it came, where it is still known."""
        if not self.original_id:
            return None
        return FileRef(id=self.original_id, key=self.original_key, name=self.name, size=self.original_size)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all sealed files that this one needs."""
        return (self.id, self.original_id) if self.original_id else (self.id,)

    def settled(self) -> "FileRef":
        """Return it as a case keeps it: without its original, unless that was asked for."""
        return self if self.keeps_original else replace(self, original_id="", original_key="", original_size=0)


@dataclass(frozen=True, kw_only=True)
class Occurred:
    """When it happened: the words typed, and ISO days where they could be read.

    `precision` is one of day, month, quarter, year, range, unknown.
    """

    text: str = field(repr=False)
    start: str | None = None
    end: str | None = None
    precision: str = "unknown"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who the reporter is: kept apart, under a key of its own, opened with a recorded reason."""

    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    organisation: str = field(default="", repr=False)
    credit_code: str = field(default="", repr=False)
    industry: str = field(default="", repr=False)
    post: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report as submitted. `None` means not asked or skipped; "unknown" means asked and not known."""

    form_version: int = FORM_VERSION
    language: str
    channel: str
    mode: Mode
    reporter_kind: ReporterKind | None = None
    region: str
    accused_unit: str | None = field(default=None, repr=False)
    accused_unit_id: str | None = field(default=None, repr=False)
    accused_name: str | None = field(default=None, repr=False)
    accused_post: str | None = field(default=None, repr=False)
    level: str = "unknown"
    title: str = field(repr=False)
    category: str = "other"
    facts: str = field(repr=False)
    occurred: Occurred | None = field(default=None, repr=False)
    place: str | None = field(default=None, repr=False)
    matter: str | None = None
    loss_yuan: float | None = None
    delay_days: int | None = None
    scope: str | None = None
    files: tuple[FileRef, ...] = field(default=(), repr=False)
    follow_up: str = "code"
    earlier_code_given: bool = False
    code_seen: bool = False
    """An operator entered it and saw the code: the reporter's first own use replaces the code."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, without what is empty."""
        return {k: v for k, v in asdict(self).items() if not (v is None or v is False or v == ())}  # 0 is an answer

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` gave; unknown keys of a newer form are refused by name."""
        known = dict(data)
        known["mode"] = Mode(known["mode"])
        if known.get("reporter_kind"):
            known["reporter_kind"] = ReporterKind(known["reporter_kind"])
        if known.get("occurred"):
            known["occurred"] = Occurred(**known["occurred"])
        known["files"] = tuple(FileRef(**f) for f in known.get("files", ()))
        return cls(**known)
