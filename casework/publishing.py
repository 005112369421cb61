"""The words of a report made ready for an announcement: nobody but the accused can be known by them.

A draft, for a person to read and decide on; publishing itself is done elsewhere.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field

from casework.anonymise import Accused, Anonymiser, Find, mask, to_mask
from casework.case import Case, CaseId, EntryKind, Part
from casework.case_life import CLOSED
from casework.errors import NothingToPublish
from casework.finders import Kind, Whose
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.report import Contact, Report
from casework.services import Services
from casework.working import at_case

_SHORTEST = 2


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What may be published, after somebody has read it.

    `masked` counts finds masked by kind; `stays` are the words of the accused that stand in it still; `hints` what may
    point to somebody without a name. `result` is what the reporter was told when the case was closed.
    """

    title: str = field(repr=False)
    facts: str = field(repr=False)
    result: str = field(repr=False)
    masked: tuple[tuple[str, int], ...]
    stays: tuple[str, ...] = field(repr=False)
    hints: tuple[str, ...] = field(repr=False)


async def draft(services: Services, key: OfficeKey, case_id: CaseId) -> Draft:
    """Return a case's words with reporter and third parties masked; the trail says who drafted them.

    What the reporter gave as name and contact is masked wherever it stands, and is not shown. Raises what `show`
    raises, `NothingToPublish` for a case that has no report, or where no finder is installed.
    """
    async with at_case(services, key, Act.PUBLISH, case_id) as desk:
        report, anonymiser = desk.case.report, services.anonymiser
        if report is None or anonymiser is None:
            raise NothingToPublish
        contact = await desk.work.cases.contact(case_id, key)
    return drafted(anonymiser, desk.case, report, contact)


def drafted(anonymiser: Anonymiser, case: Case, report: Report, contact: Contact | None) -> Draft:
    """Mask a report's title and facts and the result that was told."""
    accused = Accused(name=report.accused_name or "", unit=report.accused_unit or "")
    own = _own_words(contact)
    kinds: list[Kind] = []
    stays: dict[str, None] = {}
    hints: dict[str, None] = {}
    texts = []
    for text in (report.title, report.facts, _result(case)):
        finds = _with_own(text, anonymiser.finds(text, accused), own)
        kinds += [find.kind for find in to_mask(finds)]
        stays |= dict.fromkeys(text[f.start : f.end] for f in finds if f.whose is Whose.ACCUSED)
        hints |= dict.fromkeys(text[h.start : h.end] for h in anonymiser.hints(text))
        texts.append(mask(text, to_mask(finds), report.language))
    counted = tuple((kind.value, kinds.count(kind)) for kind in dict.fromkeys(kinds))
    return Draft(
        title=texts[0], facts=texts[1], result=texts[2], masked=counted, stays=tuple(stays), hints=tuple(hints)
    )


def _result(case: Case) -> str:
    """Return the last words that told the reporter how it ended."""
    told = [e.text for e in case.entries if e.part is Part.SHARED and e.kind is EntryKind.STATUS and e.status in CLOSED]
    return told[-1] if told else ""


def _own_words(contact: Contact | None) -> list[str]:
    """Return what the reporter said of themselves, the longest first: a part of it stands within the whole."""
    given = [word for value in astuple(contact) for word in re.split(r"[,，;；\n]", value)] if contact else []
    return sorted({word.strip() for word in given if len(word.strip()) >= _SHORTEST}, key=len, reverse=True)


def _with_own(text: str, finds: Sequence[Find], own: Iterable[str]) -> list[Find]:
    """Add the reporter's own words wherever they stand, over whatever was found there."""
    mine: list[Find] = []
    for word in own:
        for match in re.finditer(re.escape(word), text, re.IGNORECASE):
            start, end = match.span()
            if not any(f.start < end and start < f.end for f in mine):
                mine.append(Find(kind=_kind_at(finds, start, end), start=start, end=end, whose=Whose.REPORTER))
    rest = [f for f in finds if not any(m.start < f.end and f.start < m.end for m in mine)]
    return sorted([*mine, *rest], key=lambda find: find.start)


def _kind_at(finds: Sequence[Find], start: int, end: int) -> Kind:
    return next((find.kind for find in finds if find.start < end and start < find.end), Kind.NAME)
