"""Opening one file of a case: only a file that the opened case names, recorded like the case itself."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from casework.case import Case, CaseId
from casework.errors import CaseUnknown
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.report import FileRef
from casework.services import Services
from casework.working import at_case, require_text


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """A file and its content, decrypted while it is read."""

    file: FileRef
    chunks: AsyncIterator[bytes] = field(repr=False)


def files_of(case: Case) -> Iterator[FileRef]:
    """Yield all files of an opened case, the report's first."""
    yield from case.report.files if case.report else ()
    yield from (file for entry in case.entries for file in entry.files)


async def open_original(
    services: Services, key: OfficeKey, case_id: CaseId, file_id: str, *, reason: str
) -> OpenedFile:
    """Open a file as it came, with all that it tells on its maker; the reason stands in the trail.

    Only a reporter who wanted its evidential value kept has left one. Raises `ReasonRequired` without a reason,
    `CaseUnknown` where there is no original, and what `office.show` raises.
    """
    async with at_case(services, key, Act.ORIGINAL, case_id, detail=f"{file_id[:8]}: {reason.strip()}") as desk:
        require_text(desk.case, Act.ORIGINAL, reason, "reason")
        file = next((file for file in files_of(desk.case) if file.id == file_id), None)
    if file is None or file.original is None:
        raise CaseUnknown
    return OpenedFile(file=file.original, chunks=services.evidence.open(file.original))


async def open_file(services: Services, key: OfficeKey, case_id: CaseId, file_id: str) -> OpenedFile:
    """Open a file. Raises `CaseUnknown` for a file of another case, and what `office.show` raises."""
    async with at_case(services, key, Act.SHOW, case_id, detail="file") as desk:
        file = next((file for file in files_of(desk.case) if file.id == file_id), None)
    if file is None:
        raise CaseUnknown
    return OpenedFile(file=file, chunks=services.evidence.open(file))
