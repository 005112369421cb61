"""Sealed files in a local folder. Each has its own key, which stands in the report alone; names and times tell nothing.

Format: byte 3, header (24), secretstream messages of 64 KiB (content, then zeros up to the Padmé step), and a last one
with the content's size. Every message is authenticated in its place, so what `open` yields is right as far as it goes.
"""

import asyncio
import base64
import errno
import os
import secrets
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from datetime import UTC, datetime
from pathlib import Path

from nacl import bindings
from nacl.exceptions import CryptoError

from casework.report import FileRef
from storage.errors import FileEmpty, FileTooLarge, NoSpace, Tampered
from storage.vault.key_files import make_private_folder, sync_folder
from storage.vault.sealing import new_key, padme

_CONTEXT = "evidence.v1"
_FORMAT = 3
_CHUNK = 64 * 1024
_SIZE = 8
_HEADER = 1 + bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_TAG = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_LAST = _SIZE + _TAG
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_GRACE_SECONDS = 3600
RESERVE_BYTES = 256 * 1024 * 1024
_INCOMING = "incoming"


class FolderEvidence:
    """Satisfies `casework.ports.Evidence`. A file is under its name only when it is whole and durable.

    `now` is in the file system's own time, seconds since 1970, because it is compared with times of writing. While less
    than `reserve_bytes` of the disk are free, no file is taken.
    """

    def __init__(
        self, folder: Path, *, now: Callable[[], float] = time.time, reserve_bytes: int = RESERVE_BYTES
    ) -> None:
        self._folder, self._now, self._reserve_bytes = folder, now, reserve_bytes

    async def seal(self, chunks: AsyncIterator[bytes], *, name: str, media_type: str, limit_bytes: int) -> FileRef:
        """Encrypt while streaming under a fresh key, sync, and return the reference.

        Raises `FileTooLarge`, `FileEmpty`, `NoSpace`; then, as when cancelled, nothing is left.
        """
        file_id, key = secrets.token_hex(16), new_key()
        draft = self._folder / _INCOMING / file_id
        try:
            await asyncio.to_thread(self._require_room)
            size = await self._write(draft, file_id, key, chunks, limit_bytes)
            await asyncio.to_thread(self._publish, draft, file_id)
        except OSError as error:
            if error.errno in _FULL:
                raise NoSpace from error
            raise
        finally:
            draft.unlink(missing_ok=True)
        return FileRef(id=file_id, key=base64.b64encode(key).decode(), name=name, size=size, media_type=media_type)

    async def open(self, file: FileRef) -> AsyncGenerator[bytes, None]:
        """Decrypt, chunk by chunk. Raises `Tampered` when the file is gone, changed, cut, or another."""
        chunks = _read(self._path(file.id), file)
        try:
            while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
                yield chunk
        finally:
            chunks.close()

    async def destroy(self, file: FileRef) -> None:
        """Delete one file now; its key must be forgotten by whoever holds it."""
        await asyncio.to_thread(self._path(file.id).unlink, missing_ok=True)

    async def sweep(self, keep: set[str]) -> list[str]:
        """Delete files older than an hour that are not in `keep`; return their ids.

        Of those kept, and of the folders, the time of writing is coarsened to the day: it would tell when a report was
        written.
        """
        return await asyncio.to_thread(self._sweep, keep)

    def _require_room(self) -> None:
        """Leave the rest of the disk to reports: whoever sends files without end must not stop the intake."""
        make_private_folder(self._folder)
        if shutil.disk_usage(self._folder).free < self._reserve_bytes:
            raise NoSpace

    async def _write(
        self, draft: Path, file_id: str, key: bytes, chunks: AsyncIterator[bytes], limit_bytes: int
    ) -> int:
        writer = await asyncio.to_thread(_Writer, draft, file_id, key)
        try:
            async for chunk in chunks:
                if writer.size + len(chunk) > limit_bytes:
                    raise FileTooLarge(limit_bytes)
                writer.add(chunk)
                if writer.has_message:
                    await asyncio.to_thread(writer.write)
            if writer.size == 0:
                raise FileEmpty
            await asyncio.to_thread(writer.finish)
        finally:
            writer.close()
        return writer.size

    def _publish(self, draft: Path, file_id: str) -> None:
        path = self._path(file_id)
        make_private_folder(path.parent)
        draft.rename(path)
        sync_folder(path.parent)

    def _path(self, file_id: str) -> Path:
        if len(file_id) != 32 or not set(file_id) <= set("0123456789abcdef"):
            raise Tampered(_CONTEXT, "is no file id")
        return self._folder / file_id[:2] / file_id

    def _sweep(self, keep: set[str]) -> list[str]:
        removed, before = [], self._now() - _GRACE_SECONDS
        folders = [(path, path.stat().st_mtime) for path in self._folder.glob("*") if path.is_dir()]
        for path in list(self._folder.glob("*/*")):
            written = _written(path)
            if written is None or written >= before:
                continue
            if path.name in keep and path.parent.name != _INCOMING:
                _coarsen(path, written)
            else:
                path.unlink(missing_ok=True)
                removed.append(path.name)
        for folder, changed in folders:
            if changed < before:
                _coarsen(folder, changed)
        return removed


class _Writer:
    """One sealed file being written; all but `add` block."""

    def __init__(self, path: Path, file_id: str, key: bytes) -> None:
        make_private_folder(path.parent)
        self.size = 0
        self._buffer = bytearray()
        self._bound = _bound(file_id)
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
        self._file.write(bytes([_FORMAT]) + bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    @property
    def has_message(self) -> bool:
        """Whether there is a whole message to write."""
        return len(self._buffer) >= _CHUNK

    def add(self, data: bytes) -> None:
        """Take content into memory; does not block."""
        self.size += len(data)
        self._buffer += data

    def write(self) -> None:
        """Seal and write all whole messages."""
        while self.has_message:
            self._push(bytes(self._buffer[:_CHUNK]), _MESSAGE)
            del self._buffer[:_CHUNK]

    def finish(self) -> None:
        """Pad, close the stream, and make it durable."""
        left = padme(self.size) - self.size
        while left:
            step = min(left, _CHUNK)
            self._buffer += bytes(step)
            self.write()
            left -= step
        self.write()
        if self._buffer:
            self._push(bytes(self._buffer), _MESSAGE)
        self._push(self.size.to_bytes(_SIZE, "big"), _FINAL)
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:  # a full disk shows again when the rest is flushed; the first error is the one told
            if error.errno not in _FULL:
                raise

    def _push(self, data: bytes, tag: int) -> None:
        self._file.write(bindings.crypto_secretstream_xchacha20poly1305_push(self._state, data, self._bound, tag))


def _read(path: Path, file: FileRef) -> Generator[bytes, None, None]:
    try:
        with path.open("rb") as sealed:
            header = sealed.read(_HEADER)
            state = _begin(header, file)
            left = os.fstat(sealed.fileno()).st_size - len(header) - _LAST
            wanted = file.size
            while left > 0:
                message = sealed.read(min(left, _CHUNK + _TAG))
                left -= len(message)
                data = _pull(state, message, file.id, _MESSAGE)
                if wanted:
                    yield data[:wanted]
                wanted -= min(wanted, len(data))
            last = _pull(state, sealed.read(_LAST), file.id, _FINAL)
    except FileNotFoundError as error:
        raise Tampered(_CONTEXT, "is gone") from error
    if int.from_bytes(last, "big") != file.size or wanted:
        raise Tampered(_CONTEXT, "has another size")


def _begin(header: bytes, file: FileRef) -> bindings.crypto_secretstream_xchacha20poly1305_state:
    if len(header) != _HEADER or header[0] != _FORMAT:
        raise Tampered(_CONTEXT, "is no sealed file")
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header[1:], base64.b64decode(file.key))
    except (CryptoError, ValueError) as error:
        raise Tampered(_CONTEXT, "has no such key") from error
    return state


def _pull(
    state: bindings.crypto_secretstream_xchacha20poly1305_state, message: bytes, file_id: str, expected: int
) -> bytes:
    try:
        data, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, message, _bound(file_id))
    except CryptoError as error:
        raise Tampered(_CONTEXT) from error
    if tag != expected:
        raise Tampered(_CONTEXT, "is cut or longer than written")
    return data


def _bound(file_id: str) -> bytes:
    return f"{_CONTEXT}:{file_id}".encode()


def _written(path: Path) -> float | None:
    """Return when a file was written, None when it was published or swept since it was listed."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


def _coarsen(path: Path, written: float) -> None:
    day = datetime.fromtimestamp(written, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if day.timestamp() != written:
        os.utime(path, (day.timestamp(), day.timestamp()))
