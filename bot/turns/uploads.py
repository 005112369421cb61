"""Files on their way in: sealed while they stream, outside any turn, and noted in a small transaction of their own."""

from bot.channels.messages import Attachment, UploadRefused
from bot.turns.hygiene import clean_file_name, clean_media_type
from bot.turns.locks import PersonLocks
from bot.turns.ports import TurnWorkFactory
from bot.turns.rules import TurnRules
from casework.code import mask
from casework.errors import EvidenceRefused
from casework.ports import Clock, Evidence, PersonKey
from casework.report import FileRef


class UploadIntake:
    """Takes uploads; at most ten may wait for one person's submission."""

    def __init__(self, work: TurnWorkFactory, evidence: Evidence, clock: Clock, rules: TurnRules) -> None:
        self._work, self._evidence, self._clock, self._rules = work, evidence, clock, rules
        self._locks = PersonLocks()

    async def take(self, person: PersonKey, attachment: Attachment) -> str:
        """Seal the file and return its id; one that its message brought already is not taken twice.

        Raises `UploadRefused`; what was written of a refused file is swept.
        """
        async with self._locks.hold(person):  # one by one: many at once would all be sealed before any is refused
            async with self._work() as work:
                if attachment.sent_as and (file := await work.uploads.sent(person, attachment.sent_as)) is not None:
                    return file.id
                self._check_room(await work.uploads.of(person))
            file = await self._seal(attachment)
            async with self._work() as work:
                self._check_room(await work.uploads.of(person))
                work.uploads.put(person, file, self._clock.now() + self._rules.kept, sent_as=attachment.sent_as)
                await work.commit()
        return file.id

    def _check_room(self, waiting: list[FileRef]) -> None:
        if len(waiting) >= self._rules.most_files:
            raise UploadRefused("too_many")

    async def _seal(self, attachment: Attachment) -> FileRef:
        try:
            file = await self._evidence.seal(
                attachment.chunks,
                name=mask(clean_file_name(attachment.name)) or "file",
                media_type=clean_media_type(attachment.declared_type),
                limit_bytes=self._rules.file_limit_bytes,
            )
        except EvidenceRefused as error:
            raise UploadRefused(error.reason) from error
        if not file.size:
            raise UploadRefused("empty")
        return file
