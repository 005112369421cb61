"""No planted mark is left in any file; what a person wants to show stays; what is no evidence is refused by name."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from storage.cleaning import KINDS, CleaningRefused, Limits, Refusal, Removed, clean, kind_of
from tests.unit.storage.cleaning import planted

_DEEPEST = 3
_NOTES = ("IFD", "GPS", "ExifIFD", "XMP", "ICC", "ID3", "IPTC", "Maker")
_TELLING = (
    "author", "creator", "artist", "gps", "serial", "make", "model", "software", "producer", "comment", "description",
    "title", "owner", "copyright", "xmp", "thumbnail", "lastmodified", "company", "manager", "template", "usercomment",
)  # fmt: skip


def _unfolded(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield the bytes of a file, of what it packs, and of a PDF's streams."""
    yield data
    if depth < _DEEPEST and data[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield archive.comment
            for name in archive.namelist():
                yield name.encode()
                yield from _unfolded(archive.read(name), depth + 1)
    if data[:5] == b"%PDF-":
        with pikepdf.open(BytesIO(data)) as document:
            for found in document.objects:
                yield str(found).encode() if not isinstance(found, pikepdf.Stream) else found.read_raw_bytes()


def _holds_the_mark(data: bytes) -> bool:
    mark = planted.MARK
    return any(form in piece for piece in _unfolded(data) for form in (mark.encode(), mark.encode("utf-16-le")))


@pytest.mark.parametrize("kind", planted.ALL)
def test_the_mark_is_in_the_file_and_not_in_the_cleaned_one(kind: str) -> None:
    data = planted.ALL[kind]()
    assert kind_of(data) == kind
    assert _holds_the_mark(data) or kind == "heic"
    cleaned = clean(data, KINDS)
    assert cleaned.removed
    assert not _holds_the_mark(cleaned.data)
    again = clean(cleaned.data, KINDS)
    assert again.removed - {Removed.EDIT_MARKS} == frozenset()


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("kind", planted.ALL)
def test_exiftool_finds_nothing_but_structure(kind: str, tmp_path: Path) -> None:
    cleaned = clean(planted.ALL[kind](), KINDS)
    path = tmp_path / f"cleaned{cleaned.ending}"
    path.write_bytes(cleaned.data)
    done = subprocess.run(["exiftool", "-j", "-G1", "-a", "-u", str(path)], capture_output=True, check=False)
    told: dict[str, Any] = json.loads(done.stdout)[0]
    groups = {name.partition(":")[0] for name in told}
    assert not {group for group in groups if group.startswith(_NOTES)}
    names = [name.partition(":")[2].lower() for name in told if not name.startswith(("File:", "System:", "ExifTool:"))]
    assert [name for name in names if any(word in name for word in _TELLING) and name != "copyrightflag"] == []
    assert planted.MARK not in done.stdout.decode()


def test_what_was_removed_is_named() -> None:
    removed = clean(planted.jpeg(), KINDS).removed
    assert removed >= {Removed.PLACE, Removed.DEVICE, Removed.TIME, Removed.PICTURE_DATA, Removed.APPENDED}
    assert clean(planted.pdf(), KINDS).removed >= {Removed.AUTHOR, Removed.SCRIPT, Removed.ATTACHED, Removed.COMMENTERS}
    assert clean(planted.word(), KINDS).removed >= {Removed.PROPERTIES, Removed.COMMENTERS, Removed.EDIT_MARKS}


def test_a_picture_stands_upright_and_looks_as_before() -> None:
    with Image.open(BytesIO(clean(planted.jpeg(), KINDS).data)) as image:
        assert image.size == (40, 64)
        red, green, blue = image.convert("RGB").getpixel((35, 5))  # type: ignore[misc]
        assert blue > 180
        assert red < 60
        assert green < 60


def test_what_a_person_wants_to_show_stays() -> None:
    with zipfile.ZipFile(BytesIO(clean(planted.word(), KINDS).data)) as archive:
        assert b"what happened stays" in archive.read("word/document.xml")
        assert b"added" in archive.read("word/document.xml")
        assert archive.testzip() is None
    import docx

    openpyxl: Any = import_module("openpyxl")

    assert docx.Document(BytesIO(clean(planted.word(), KINDS).data)).paragraphs[0].text == "what happened stays"
    assert openpyxl.load_workbook(BytesIO(clean(planted.sheet(), KINDS).data)).active["A1"].value == "a sum that stays"
    with pikepdf.open(BytesIO(clean(planted.pdf(), KINDS).data)) as document:
        assert len(document.pages) == 1
        assert str(document.pages[0].obj.Annots[0].Contents) == "a note that stays"
    assert clean("经过如下".encode(), KINDS).data == "经过如下".encode()


def _zip(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _locked_pdf() -> bytes:
    out, document = BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    return out.getvalue()


_ENTITY = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_zip({"a.jpg": b"x"}), Refusal.ARCHIVE),
        (b"Rar!\x1a\x07\x00rest", Refusal.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1crest", Refusal.ARCHIVE),
        (b"\x1f\x8b\x08rest", Refusal.ARCHIVE),
        (b"MZ\x90\x00\x03\x00", Refusal.KIND),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), Refusal.KIND),
        (planted.jpeg()[:200], Refusal.DAMAGED),
        (planted.pdf()[:90], Refusal.DAMAGED),
        (_zip({"[Content_Types].xml": _TYPES, "word/document.xml": b"<a/>" + bytes(30_000_000)}), Refusal.BOMB),
        (
            _zip({"[Content_Types].xml": _TYPES, "word/document.xml": _ENTITY}),
            Refusal.DAMAGED,
        ),
        (_zip({"[Content_Types].xml": _TYPES, "word/vbaProject.bin": b"x"}), Refusal.MACROS),
        (_locked_pdf(), Refusal.LOCKED),
    ],
)
def test_what_is_no_evidence_is_refused_by_name(data: bytes, reason: Refusal) -> None:
    with pytest.raises(CleaningRefused) as refused:
        clean(data, KINDS)
    assert refused.value.reason is reason


def test_a_picture_that_unfolds_too_far_is_refused_before_it_does() -> None:
    with pytest.raises(CleaningRefused) as refused:
        clean(planted.png(), KINDS, Limits(pixels=1_000))
    assert refused.value.reason is Refusal.BOMB


def test_a_kind_that_the_profile_does_not_allow_is_refused() -> None:
    with pytest.raises(CleaningRefused) as refused:
        clean(planted.png(), {"jpeg"})
    assert refused.value.reason is Refusal.KIND


def test_a_video_is_refused_without_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CleaningRefused) as refused:
        clean(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(64), KINDS)
    assert refused.value.reason is Refusal.VIDEO


_FILES = {kind: make() for kind, make in planted.ALL.items()}


@pytest.mark.parametrize("kept", range(8, 300, 2))
def test_a_gif_cut_anywhere_is_cleaned_or_refused(kept: int) -> None:
    """Pillow meets some cuts with `struct.error`, which stands in none of its own lists of errors."""
    try:
        outcome = clean(_FILES["gif"][:kept], KINDS).media_type
    except CleaningRefused as refused:
        outcome = refused.reason.value
    assert outcome in ("image/png", Refusal.DAMAGED.value)


_CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(_FILES)), _CHANGES, st.floats(0.3, 1))
def test_a_broken_file_is_cleaned_or_refused(kind: str, changes: list[tuple[float, int]], kept: float) -> None:
    data = bytearray(_FILES[kind])
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    try:
        cleaned = clean(bytes(data[: max(8, int(len(data) * kept))]), KINDS, Limits(pixels=1_000_000))
    except CleaningRefused:
        return
    assert isinstance(cleaned.data, bytes)
