"""Documents that are zip archives: opened within limits, written anew with level times and no notes."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

from storage.cleaning.values import CleaningRefused, Limits, Refusal, reading_a_foreign_file

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MOST_TO_ONE: Final = 400
_SMALL: Final = 1_000_000


def parts_of(data: bytes, limits: Limits) -> dict[str, bytes]:
    """Return the parts by name. Raises `CleaningRefused` for a bomb, a locked or a broken archive."""
    with reading_a_foreign_file(), zipfile.ZipFile(BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        _check(infos, limits)
        return {info.filename: _read(archive, info) for info in infos}


def _check(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(info.flag_bits & 1 for info in infos):
        raise CleaningRefused(Refusal.LOCKED)
    total = sum(info.file_size for info in infos)
    steep = any(i.file_size > _SMALL and i.file_size > _MOST_TO_ONE * max(i.compress_size, 1) for i in infos)
    names = [info.filename for info in infos]
    if len(infos) > limits.parts or total > limits.unfolded_bytes or steep:
        raise CleaningRefused(Refusal.BOMB)
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise CleaningRefused(Refusal.DAMAGED)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as part:
        data = part.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise CleaningRefused(Refusal.BOMB)
    return data


def zipped(parts: Mapping[str, bytes], *, plain: frozenset[str] = frozenset()) -> bytes:
    """Return an archive of the parts in their order; those in `plain` are stored as they are."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if name in plain else zipfile.ZIP_DEFLATED
            info.create_system = 0
            archive.writestr(info, data)
    return out.getvalue()


def has_tail(data: bytes) -> bool:
    """Tell whether something stands behind the archive's end."""
    end = data.rfind(b"PK\x05\x06")
    return end >= 0 and len(data) > end + 22
