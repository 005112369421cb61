"""Evidence that is cleaned before it counts: sealed as it streams, then cleaned in memory, then sealed anew.

Plain bytes never touch the disk. The original stays sealed beside it until the draft is submitted; unless the person
wants it kept, nothing refers to it afterwards: its key is gone with the draft, its file with the next sweep.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import PurePath

from casework.errors import FileNotTaken
from casework.report import FileRef
from storage.cleaning.apart import CleaningApart
from storage.cleaning.values import CleaningRefused
from storage.evidence import FolderEvidence


class CleanedEvidence:
    """Satisfies `casework.ports.Evidence`."""

    def __init__(self, evidence: FolderEvidence, cleaning: CleaningApart) -> None:
        self._evidence, self._cleaning = evidence, cleaning

    async def seal(self, chunks: AsyncIterator[bytes], *, name: str, media_type: str, limit_bytes: int) -> FileRef:
        """Seal the file cleaned, its original beside it. Raises `FileNotTaken` besides what plain sealing raises."""
        original = await self._evidence.seal(chunks, name=name, media_type=media_type, limit_bytes=limit_bytes)
        data = b"".join([chunk async for chunk in self._evidence.open(original)])
        try:
            cleaned = await self._cleaning.clean(data)
        except CleaningRefused as error:
            await self._evidence.destroy(original)
            raise FileNotTaken(error.reason.value) from error
        except BaseException:
            await self._evidence.destroy(original)
            raise
        if cleaned.data == data:
            return replace(original, media_type=cleaned.media_type)
        sealed = await self._evidence.seal(
            _once(cleaned.data), name=_named(name, cleaned.ending), media_type=cleaned.media_type,
            limit_bytes=max(limit_bytes, len(cleaned.data)),
        )  # fmt: skip
        return replace(
            sealed,
            removed=",".join(sorted(cleaned.removed)),
            original_id=original.id,
            original_key=original.key,
            original_size=original.size,
        )

    def open(self, file: FileRef) -> AsyncIterator[bytes]:
        """Decrypt, chunk by chunk."""
        return self._evidence.open(file)

    async def sweep(self, keep: set[str]) -> list[str]:
        """Delete what is old and not in `keep`."""
        return await self._evidence.sweep(keep)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _named(name: str, ending: str) -> str:
    """Return the name with the ending of what the file is now."""
    path = PurePath(name)
    same = path.suffix.lower() == ending or (path.suffix.lower(), ending) == (".jpeg", ".jpg")
    return name if same else f"{path.stem or 'file'}{ending}"
