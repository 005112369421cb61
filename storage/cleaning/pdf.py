"""PDF: written anew without information, history, attachments and scripts; the pages stay as they are."""

import base64
import zlib
from io import BytesIO
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from storage.cleaning.jpeg_segments import redrawn_jpeg, without_jp2_notes, without_notes
from storage.cleaning.values import Cleaned, CleaningRefused, Limits, Refusal, Removed, reading_a_foreign_file

_EVERYWHERE: Final = {
    "/Metadata": Removed.PROPERTIES,
    "/PieceInfo": Removed.PROPERTIES,
    "/LastModified": Removed.TIME,
    "/Thumb": Removed.THUMBNAIL,
    "/AA": Removed.SCRIPT,
    "/OpenAction": Removed.SCRIPT,
    "/JS": Removed.SCRIPT,
    "/XFA": Removed.SCRIPT,
    "/EF": Removed.ATTACHED,
    "/AF": Removed.ATTACHED,
}
_OF_ANNOTATIONS: Final = {
    "/T": Removed.COMMENTERS,
    "/M": Removed.TIME,
    "/CreationDate": Removed.TIME,
    "/NM": Removed.PROPERTIES,
}
_OF_FILES: Final = ("/F", "/UF", "/DOS", "/Mac", "/Unix", "/Desc")
_OF_THE_CATALOG: Final = {
    "/Collection": Removed.ATTACHED,
    "/SpiderInfo": Removed.PROPERTIES,
    "/Perms": Removed.PROPERTIES,
    "/Legal": Removed.PROPERTIES,
    "/DSS": Removed.PROPERTIES,
}
_DEEPEST: Final = 12
_MOST_UNPACKED: Final = 200 * 1024 * 1024
_BAD_ACTIONS: Final = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR"})


def clean_pdf(data: bytes, limits: Limits) -> Cleaned:
    """Clean a PDF. Raises `CleaningRefused`: locked, damaged, too many pages or objects."""
    with reading_a_foreign_file():
        try:
            with pikepdf.open(BytesIO(data)) as pdf:
                removed, written = _cleaned(pdf, data, limits)
        except pikepdf.PasswordError as error:
            raise CleaningRefused(Refusal.LOCKED) from error
    return Cleaned(data=written, media_type="application/pdf", ending=".pdf", removed=removed)


def _cleaned(pdf: pikepdf.Pdf, data: bytes, limits: Limits) -> tuple[frozenset[Removed], bytes]:
    if pdf.is_encrypted:
        raise CleaningRefused(Refusal.LOCKED)
    if len(pdf.pages) > limits.pages or len(pdf.objects) > limits.parts * 40:
        raise CleaningRefused(Refusal.BOMB)
    removed, out = _strip(pdf, data), BytesIO()
    pdf.save(out, deterministic_id=True, linearize=False, fix_metadata_version=False)
    return removed, out.getvalue()


def _strip(pdf: pikepdf.Pdf, data: bytes) -> frozenset[Removed]:
    removed = set()
    if "/Info" in pdf.trailer:
        removed.add(Removed.PROPERTIES)
        if "/Author" in pdf.trailer["/Info"]:
            removed.add(Removed.AUTHOR)
        del pdf.trailer["/Info"]
    if data.count(b"startxref") > 1 and b"/Linearized" not in data[:1024]:
        removed.add(Removed.HISTORY)
    if data.rstrip()[-5:] != b"%%EOF":
        removed.add(Removed.APPENDED)
    root = pdf.Root
    for key, what in _OF_THE_CATALOG.items():
        _drop(root, key, what, removed)
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        _drop(names, "/EmbeddedFiles", Removed.ATTACHED, removed)
        _drop(names, "/JavaScript", Removed.SCRIPT, removed)
    for found in pdf.objects:
        _strip_object(found, removed)
    return frozenset(removed)


def _strip_object(found: Any, removed: set[Removed], depth: int = 0) -> None:
    """Strip a dictionary and what stands in it directly; what it refers to is among the objects itself."""
    if depth > _DEEPEST:
        return
    if isinstance(found, Dictionary | Stream):
        _strip_keys(found, removed)
        _disarm(found, removed)
        if isinstance(found, Stream):
            _strip_picture(found, removed)
    elif not isinstance(found, Array):
        return
    for value in list(found) if isinstance(found, Array) else [found[key] for key in list(found.keys())]:
        if isinstance(value, Dictionary | Array) and not value.is_indirect:
            _strip_object(value, removed, depth + 1)


def _strip_keys(found: Any, removed: set[Removed]) -> None:
    for key, what in _EVERYWHERE.items():
        _drop(found, key, what, removed)
    if found.get("/Type") == Name("/Filespec"):
        for key in _OF_FILES:
            _drop(found, key, Removed.ATTACHED, removed)
    if _is_annotation(found):
        for key, what in _OF_ANNOTATIONS.items():
            _drop(found, key, what, removed)
        if found.get("/Subtype") == Name("/FileAttachment"):
            _drop(found, "/FS", Removed.ATTACHED, removed)


def _disarm(found: Any, removed: set[Removed]) -> None:
    """Turn an action that runs or sends something into one that does nothing."""
    action = found.get("/S")
    if isinstance(action, Name) and str(action) in _BAD_ACTIONS:
        removed.add(Removed.SCRIPT)
        for key in [key for key in found.keys() if key != "/Type"]:  # noqa: SIM118  it is no mapping
            del found[key]
        found["/S"] = Name("/Named")
        found["/N"] = Name("/None")


def _is_annotation(found: Any) -> bool:
    return bool(found.get("/Type") == Name("/Annot") or ("/Subtype" in found and "/Rect" in found))


def _strip_picture(found: Any, removed: set[Removed]) -> None:
    """Clean what is a JPEG within, however it is packed. Raises `CleaningRefused` when it cannot be read."""
    filters = _filters_of(found)
    if "/DCTDecode" not in filters and "/JPXDecode" not in filters:
        return
    raw = _unpacked(found.read_raw_bytes(), filters[:-1])
    bare = without_jp2_notes(raw) if filters[-1] == "/JPXDecode" else without_notes(raw) or redrawn_jpeg(raw)
    if bare != raw:
        removed.add(Removed.PICTURE_DATA)
    if bare != raw or len(filters) > 1:
        found.write(
            bare, filter=Name(filters[-1]), decode_parms=None if len(filters) > 1 else found.get("/DecodeParms")
        )


def _filters_of(found: Any) -> list[str]:
    given = found.get("/Filter")
    return [str(one) for one in given] if isinstance(given, Array) else [str(given)] if given is not None else []


def _unpacked(raw: bytes, filters: list[str]) -> bytes:
    """Undo what a picture is packed in beside its own coding. Raises `CleaningRefused` for what is never used so."""
    for name in filters:
        if name not in _PACKINGS:
            raise CleaningRefused(Refusal.DAMAGED)
        raw = _PACKINGS[name](raw)
    return raw


def _inflated(raw: bytes) -> bytes:
    return zlib.decompressobj().decompress(raw, _MOST_UNPACKED)


def _from_ascii85(raw: bytes) -> bytes:
    return base64.a85decode(raw.split(b"~>")[0].strip())


def _from_hex(raw: bytes) -> bytes:
    return bytes.fromhex(raw.split(b">")[0].decode("ascii"))


_PACKINGS: Final = {"/FlateDecode": _inflated, "/ASCII85Decode": _from_ascii85, "/ASCIIHexDecode": _from_hex}


def _drop(holder: Any, key: str, what: Removed, removed: set[Removed]) -> None:
    if key in holder:
        del holder[key]
        removed.add(what)
