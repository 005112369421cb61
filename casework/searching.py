"""Search in the words of cases: opened in batches, found words told as places; nothing of it is kept."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from casework.admission import Recorder, operator_of
from casework.case import Case, CaseRow
from casework.case_lists import Look
from casework.permissions import Act
from casework.ports import CaseQuery, OfficeKey
from casework.profile.values import plain_name
from casework.services import Services
from casework.turn import unit_of_work

BATCH = 25
MOST_FOUND = 200
SHORTEST = 2
_BEFORE, _AFTER = 20, 60


@dataclass(frozen=True, kw_only=True)
class Found:
    """A case that holds the words. `where` names the field or the kind of entry, `excerpt` is some of its text."""

    row: CaseRow
    title: str = field(repr=False)
    where: str
    excerpt: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a search is: `done` of `total` cases opened, what the last batch found; `is_cut`: there is more."""

    done: int
    total: int
    found: tuple[Found, ...] = ()
    is_cut: bool = False


async def search(services: Services, key: OfficeKey, words: str) -> AsyncIterator[Progress]:
    """Look for all of the words (parted by spaces) in every case the operator may open; yields after each batch.

    Other cases are neither found nor counted. The trail tells that a search was made, never for what. Raises
    `NotPermitted`.
    """
    wanted = tuple(filter(None, map(plain_name, words.split())))
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        trail = Recorder(services, work, operator.name)
        await trail.require(operator, Act.SEARCH)
        trail.note(Act.SEARCH)
        look = Look(services=services, work=work, operator=operator, key=key)
        rows = [row async for row in look.rows(CaseQuery(limit=None))]
    if sum(map(len, wanted)) < SHORTEST:
        yield Progress(done=0, total=0)
        return
    total = 0
    for start in range(0, len(rows), BATCH):
        found = [hit for row in rows[start : start + BATCH] if (hit := _hit(await look.case_of(row), wanted))]
        total += len(found)
        done = min(start + BATCH, len(rows))
        yield Progress(done=done, total=len(rows), found=tuple(found), is_cut=total >= MOST_FOUND)
        if total >= MOST_FOUND:
            return
    if not rows:
        yield Progress(done=0, total=0)


def _hit(case: Case | None, wanted: tuple[str, ...]) -> Found | None:
    if case is None:
        return None
    texts = [(where, text, plain_name(text)) for where, text in texts_of(case)]
    if not all(any(word in plain for _, _, plain in texts) for word in wanted):
        return None
    where, text, _ = next(found for found in texts if wanted[0] in found[2])
    title = case.report.title if case.report else text
    return Found(row=case.row, title=title, where=where, excerpt=_excerpt(text, wanted[0]))


def texts_of(case: Case) -> Iterator[tuple[str, str]]:
    """Yield (field or kind of entry, text) of all that was written in an opened case."""
    report = case.report
    if report is not None:
        for name in ("title", "accused_unit", "accused_name", "accused_post", "place", "facts"):
            if value := getattr(report, name):
                yield name, value
    yield from ((str(entry.kind), entry.text) for entry in case.entries if entry.text)


def _excerpt(text: str, word: str) -> str:
    """Return some of the text around the place where the folded word begins."""
    folded = ""
    for place, symbol in enumerate(text):
        folded += plain_name(symbol)
        if word in folded:
            begin = max(0, place - len(word) - _BEFORE)
            cut = text[begin : place + _AFTER].strip()
            return ("…" if begin else "") + cut + ("…" if place + _AFTER < len(text) else "")
    return text[: _BEFORE + _AFTER]
