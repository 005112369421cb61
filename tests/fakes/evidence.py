"""Evidence in a dictionary."""

import base64
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.errors import FileEmpty, FileTooLarge
from casework.ports import Clock
from casework.report import FileRef


@dataclass
class FakeEvidence:
    """Satisfies `casework.ports.Evidence`; keeps the clear bytes, since nothing leaves the process."""

    clock: Clock
    files: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    async def seal(self, chunks: AsyncIterator[bytes], *, name: str, media_type: str, limit_bytes: int) -> FileRef:
        content = b""
        async for chunk in chunks:
            content += chunk
            if len(content) > limit_bytes:
                raise FileTooLarge(limit_bytes)
        if not content:
            raise FileEmpty
        file_id = secrets.token_hex(16)
        self.files[file_id] = content, self.clock.now()
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        return FileRef(id=file_id, key=key, name=name, size=len(content), media_type=media_type)

    async def open(self, file: FileRef) -> AsyncIterator[bytes]:
        yield self.files[file.id][0]

    async def sweep(self, keep: set[str]) -> list[str]:
        old = self.clock.now() - timedelta(hours=1)
        swept = [f for f, (_, sealed_at) in self.files.items() if f not in keep and sealed_at < old]
        for file_id in swept:
            del self.files[file_id]
        return swept
