"""Sealed files that a draft refers to and no case yet."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select

from casework.ports import Clock, PersonKey
from casework.report import FileRef
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import UploadRecord
from storage.prepared import Prepared
from storage.vault.day_keys import DayKeys
from storage.vault.server_key import ServerKey

_UPLOAD = "upload.v1"

_u: Any = UploadRecord.__table__
_OF_PERSON = select(_u.c.file, _u.c.sealed).where(_u.c.person == bindparam("who"), _u.c.expires_at > bindparam("now"))
_OF_ALL = select(_u.c.file, _u.c.sealed)
_PUT = Prepared(insert(_u))
_DROP = Prepared(delete(_u).where(_u.c.person == bindparam("who"), _u.c.file == bindparam("which")))


class Uploads:
    """Satisfies `casework.ports.UploadStore`; reads back what this unit of work has put or dropped.

    The row's `file` is a mark of its own, unlike the mark of the same file in a case: the two cannot be joined.
    """

    def __init__(self, collected: Collected, day_keys: DayKeys, server_key: ServerKey, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock
        self._key = server_key.subkey("upload")
        self._put: dict[PersonKey, dict[str, FileRef]] = {}
        self._dropped: set[tuple[PersonKey, str]] = set()
        self._places: dict[str, _Place] = {}

    def put(self, person: PersonKey, file: FileRef, expires_at: datetime, *, sent_as: str = "") -> None:
        mark = self._mark(person, file.id)
        data = {**self._place(file, sent_as)._asdict(), "file": asdict(file)}
        sealed = self._day_keys.seal(_UPLOAD, mark, json.dumps(data).encode())
        self._collected.execute(_DROP, {"who": person, "which": mark})
        self._collected.execute(_PUT, {"person": person, "file": mark, "sealed": sealed, "expires_at": expires_at})
        self._put.setdefault(person, {})[file.id] = file
        self._dropped.discard((person, file.id))

    async def of(self, person: PersonKey) -> list[FileRef]:
        """Return the live uploads in the order in which they were sent."""
        rows = await self._collected.all(_OF_PERSON, {"who": person, "now": self._clock.now()})
        opened = sorted(filter(None, (self._opened(row.file, row.sealed) for row in rows)), key=lambda kept: kept[0])
        self._places |= {file.id: place for place, file in opened}
        files = {file.id: file for _, file in opened} | self._put.get(person, {})
        return [file for file_id, file in files.items() if (person, file_id) not in self._dropped]

    async def sent(self, person: PersonKey, sent_as: str) -> FileRef | None:
        return next((file for file in await self.of(person) if self._places[file.id].sent_as == sent_as), None)

    def drop(self, person: PersonKey, file_ids: Sequence[str]) -> None:
        for file_id in file_ids:
            self._collected.execute(_DROP, {"who": person, "which": self._mark(person, file_id)})
        self._dropped |= {(person, file_id) for file_id in file_ids}

    def _place(self, file: FileRef, sent_as: str) -> "_Place":
        """Return when and as which it was sent: a file put again (renamed, handed on) keeps its place."""
        number = max((place.number for place in self._places.values()), default=0) + 1
        return self._places.setdefault(file.id, _Place(self._clock.now().isoformat(), number, sent_as))

    def _mark(self, person: PersonKey, file_id: str) -> bytes:
        return hashlib.blake2b(person + file_id.encode(), key=self._key, digest_size=16).digest()

    def _opened(self, mark: bytes, sealed: bytes) -> "_Kept | None":
        return _open(self._day_keys, mark, sealed)


class _Place(NamedTuple):
    """When a file was sent, which of several it was then, and the message that brought it."""

    at: str
    number: int
    sent_as: str


_Kept = tuple[_Place, FileRef]


def files_of_all(connection: Connection, day_keys: DayKeys) -> set[str]:
    """Return the ids of all uploaded files, whoever's."""
    opened = (_open(day_keys, mark, sealed) for mark, sealed in connection.execute(_OF_ALL))
    return {file_id for kept in opened if kept for file_id in kept[1].ids}


def _open(day_keys: DayKeys, mark: bytes, sealed: bytes) -> _Kept | None:
    try:
        data = json.loads(day_keys.open(_UPLOAD, mark, sealed))
    except DayKeyGone:
        return None
    return _Place(data["at"], data.get("number", 0), data.get("sent_as", "")), FileRef(**data["file"])
