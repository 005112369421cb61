"""What a file is, by its content; its name and its declared type are words of a stranger."""

import re
import zipfile
from io import BytesIO
from typing import Final

_HEAD: Final = 4096
_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"%PDF-", "pdf"),
    (0, b"ID3", "mp3"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"#!AMR", "amr"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, b"FLV\x01", "video"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "video"),
    (0, b"\x00\x00\x01\xba", "video"),
    (0, b"Rar!\x1a\x07", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\x00", "archive"),
    (0, b"\x28\xb5\x2f\xfd", "archive"),
    (257, b"ustar", "archive"),
    (0, b"MSCF", "archive"),
)
_BRANDS: Final = {
    b"heic": "heic",
    b"heix": "heic",
    b"mif1": "heic",
    b"msf1": "heic",
    b"heim": "heic",
    b"hevc": "heic",
    b"M4A ": "m4a",
    b"M4B ": "m4a",
}
_OFFICE: Final = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_ODF: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(data: bytes) -> str:
    """Return a kind of `CLEANERS`, or "archive", "video", "unknown"."""
    head = data[:_HEAD]
    for place, mark, kind in _SIGNATURES:
        if head.startswith(mark, place):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "video"}.get(head[8:12], "unknown")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video")
    if head[:2] == b"BM" and int.from_bytes(head[6:10], "little") == 0:
        return "bmp"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zipped(data)
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6):
        return "mp3"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "aac"
    return "text" if is_text(data) else "unknown"


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                return next(
                    (kind for folder, kind in _OFFICE.items() if any(n.startswith(folder) for n in names)), "archive"
                )
            if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100:
                return _ODF.get(archive.read("mimetype").strip(), "archive")
    except Exception:  # a bent archive is met with errors of every class; it is an archive all the same
        return "archive"
    return "archive"


def is_text(data: bytes) -> bool:
    """Tell whether it is plain text of an encoding in use here."""
    if not data or _CONTROL.search(data[: _HEAD * 16]):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
