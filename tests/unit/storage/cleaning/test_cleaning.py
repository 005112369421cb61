"""No planted mark is left in any file; what a person wants to show stays; what is no evidence is refused by name."""

import base64
import json
import shutil
import subprocess
import zipfile
import zlib
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


def _padded(picture: bytes) -> bytes:
    """Fill up before the first segment, as the standard allows."""
    return picture[:2] + b"\xff\xff" + picture[2:]


def _bent(picture: bytes) -> bytes:
    """Put a stray byte between two segments: readers forgive it."""
    at = 4 + int.from_bytes(picture[4:6], "big")
    return picture[:at] + b"\x00" + picture[at:]


def _jp2() -> bytes:
    stored = BytesIO()
    planted.picture().save(stored, "JPEG2000")
    box = b"xml " + f"<a>{planted.MARK}</a>".encode()
    return stored.getvalue() + (4 + len(box)).to_bytes(4, "big") + box


_PLAIN = planted.jpeg()[: -len(b"appended " + planted.MARK.encode())]


@pytest.mark.parametrize(
    ("packed", "filters"),
    [
        (_PLAIN, ["/DCTDecode"]),
        (_padded(_PLAIN), ["/DCTDecode"]),
        (_bent(_PLAIN), ["/DCTDecode"]),
        (zlib.compress(_PLAIN), ["/FlateDecode", "/DCTDecode"]),
        (base64.a85encode(_PLAIN) + b"~>", ["/ASCII85Decode", "/DCTDecode"]),
        (_PLAIN.hex().encode() + b">", ["/ASCIIHexDecode", "/DCTDecode"]),
        (_jp2(), ["/JPXDecode"]),
    ],
    ids=["plain", "padded", "bent", "deflated", "ascii85", "hexadecimal", "jpeg2000"],
)
def test_a_picture_in_a_pdf_is_cleaned_however_it_is_packed(packed: bytes, filters: list[str]) -> None:
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    photo = pikepdf.Stream(document, packed)
    photo.Type, photo.Subtype, photo.Width, photo.Height = pikepdf.Name.XObject, pikepdf.Name.Image, 64, 40
    photo.ColorSpace, photo.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    photo.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters])
    document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=document.make_indirect(photo)))
    document.save(out, compress_streams=False)
    cleaned = clean(out.getvalue(), KINDS)
    assert Removed.PICTURE_DATA in cleaned.removed
    assert not _holds_the_mark(cleaned.data)
    with pikepdf.open(BytesIO(cleaned.data)) as again:
        stream: Any = again.pages[0].obj.Resources.XObject.P
        with Image.open(BytesIO(stream.read_raw_bytes())) as image:
            assert image.size == (64, 40)
            image.load()


def test_a_picture_in_a_pdf_that_nobody_can_read_refuses_it() -> None:
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    photo = pikepdf.Stream(document, planted.MARK.encode())
    photo.Subtype, photo.Filter = pikepdf.Name.Image, pikepdf.Name.DCTDecode
    document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=document.make_indirect(photo)))
    document.save(out, compress_streams=False)
    with pytest.raises(CleaningRefused) as refused:
        clean(out.getvalue(), KINDS)
    assert refused.value.reason is Refusal.DAMAGED


def test_the_name_of_a_file_that_nothing_lists_any_more_goes_from_a_pdf() -> None:
    document, out = pikepdf.new(), BytesIO()
    document.add_blank_page()
    named = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=planted.MARK, UF=planted.MARK, Desc=planted.MARK)
    document.pages[0].obj.Something = document.make_indirect(named)
    document.save(out)
    cleaned = clean(out.getvalue(), KINDS)
    assert Removed.ATTACHED in cleaned.removed
    assert not _holds_the_mark(cleaned.data)


def test_what_hides_behind_the_times_of_a_sound_s_box_goes() -> None:
    data, mark = planted.m4a(), planted.MARK.encode()
    at = data.index(b"mvhd") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    longer = (size + len(mark)).to_bytes(4, "big") + data[at + 4 : at + size] + mark
    moov = at - 8
    whole = int.from_bytes(data[moov : moov + 4], "big") + len(mark)
    bent = data[:moov] + whole.to_bytes(4, "big") + data[moov + 4 : at] + longer + data[at + size :]
    assert bent.count(mark) == data.count(mark) + 1
    assert mark not in clean(bent, KINDS).data


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (b"\xff\xfb\x90\x64", 417), (b"\xff\xfb\x92\x64", 418), (b"\xff\xf3\x48\xc4", 144), (b"\xff\xfd\x80\x04", 417),
        (b"\xff\xff\x40\x04", 136), (b"\xff\xe3\x18\xc4", 72),
    ],
)  # fmt: skip
def test_sound_frames_are_kept_and_what_stands_between_them_goes(head: bytes, size: int) -> None:
    frame, mark = head + bytes(size - 4), planted.MARK.encode()
    data = b"ID3\x03\0\0\0\0\0\x05hello" + frame * 3 + mark + frame * 2 + b"TAG" + mark.ljust(125, b"\0")
    assert clean(data, KINDS).data == frame * 5


def test_what_only_looks_like_sound_is_refused() -> None:
    for data in (
        b"\xff\xfb\x90\x64" + bytes(50),
        b"\xff\xfb" + planted.MARK.encode() * 9,
        b"\xff\xfb\x90\x64" + b"\xff" * 5000,
    ):
        with pytest.raises(CleaningRefused) as refused:
            clean(data, KINDS)
        assert refused.value.reason is Refusal.DAMAGED


def test_tags_behind_flac_go_and_a_head_that_is_none_is_refused() -> None:
    mark = planted.MARK.encode()
    ape = mark + b"APETAGEX" + bytes(4) + (32 + len(mark)).to_bytes(4, "little") + bytes(16)
    for tail in (b"TAG" + mark.ljust(125, b"\0"), ape):
        assert mark not in clean(planted.flac() + tail, KINDS).data
    with pytest.raises(CleaningRefused):
        clean(b"fLaC\x80\0\0\x05" + bytes(5) + b"\xff\xf8" + mark, KINDS)


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
