"""Files on the stand-in: sent by either side, fetched through `getFile` and a link that ages."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.telegram.chats import Json
from tests.telegram.errors import bad_request

LARGEST_DOWN = 20 * 1024 * 1024
LARGEST_UP = 50 * 1024 * 1024
LARGEST_PHOTO_UP = 10 * 1024 * 1024
LINK_SECONDS = 3600
_FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "audio": "music", "sticker": "stickers"}
_ENDINGS = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "audio": ".mp3", "sticker": ".webp"}
_SHAPE: dict[str, Json] = {
    "photo": {"width": 1280, "height": 960},
    "voice": {"duration": 3},
    "audio": {"duration": 60},
    "video": {"width": 1280, "height": 720, "duration": 5},
    "video_note": {"length": 240, "duration": 5},
    "animation": {"width": 320, "height": 240, "duration": 2},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
    "document": {},
}
_NAMED = frozenset({"document", "video", "audio", "animation"})
_TYPED = _NAMED | {"voice"}
KINDS = frozenset(_SHAPE)


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file; `size` may be claimed larger than the content, so that tests need not send 21 MiB."""

    id: str
    unique_id: str
    kind: str
    name: str | None
    declared_type: str | None
    content: bytes = field(repr=False)
    size: int

    @property
    def body(self) -> Json:
        """The object of a message: `Document`, `Voice` and so on; of a photo the largest `PhotoSize`."""
        named = {"file_name": self.name} if self.kind in _NAMED and self.name else {}
        typed = {"mime_type": self.declared_type} if self.kind in _TYPED and self.declared_type else {}
        ids = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}
        return {**ids, **_SHAPE[self.kind], **named, **typed}

    @property
    def in_message(self) -> Json:
        """The field of a message that carries the file."""
        return {self.kind: [_thumbnail(self.body), self.body] if self.kind == "photo" else self.body}


def _thumbnail(photo: Json) -> Json:
    ids = {"file_id": photo["file_id"] + "s", "file_unique_id": photo["file_unique_id"] + "s"}
    return {**ids, "width": 90, "height": 67, "file_size": min(1200, photo["file_size"])}


@dataclass
class Files:
    """All files by id, and the links that were given out."""

    now: Callable[[], float]
    stored: dict[str, StoredFile] = field(default_factory=dict)
    _links: dict[str, tuple[str, float]] = field(default_factory=dict)

    def store(
        self, kind: str, content: bytes, *, name: str | None, declared_type: str | None, size: int | None = None
    ) -> StoredFile:
        file = StoredFile(
            id=f"AgAC{secrets.token_urlsafe(24)}",
            unique_id=f"AQAD{secrets.token_urlsafe(8)}",
            kind=kind,
            name=name,
            declared_type=declared_type,
            content=content,
            size=len(content) if size is None else size,
        )
        self.stored[file.id] = file
        return file

    def known(self, file_id: str) -> StoredFile:
        """Return the file, also for the id of a photo's thumbnail. Raises `ApiError`."""
        file = self.stored.get(file_id) or self.stored.get(file_id.removesuffix("s"))
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return file

    def link(self, file_id: str) -> Json:
        """Return the `File` with a path for the next hour; name and type are lost, as on the real server."""
        file = self.known(file_id)
        if file.size > LARGEST_DOWN:
            raise bad_request("file is too big")
        ending = _ENDINGS.get(file.kind, "")
        path = f"{_FOLDERS.get(file.kind, 'documents')}/file_{len(self._links)}{ending}"
        self._links[path] = (file.id, self.now() + LINK_SECONDS)
        return {"file_id": file_id, "file_unique_id": file.unique_id, "file_size": file.size, "file_path": path}

    def behind(self, path: str) -> bytes | None:
        """Return what the link leads to, None when it has aged or never was."""
        file_id, until = self._links.get(path, ("", 0.0))
        return self.stored[file_id].content if file_id and self.now() < until else None
