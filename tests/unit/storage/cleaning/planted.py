"""Files of every kind with a mark planted wherever a file can tell on its maker. Made by the tests, of nobody."""

import zipfile
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import Any

import docx
import pikepdf
from PIL import ExifTags, Image, ImageCms, PngImagePlugin
from pillow_heif import from_pillow

from storage.cleaning.ogg import _Page, _page_of, _written

MARK = "PLANTED8842"
_RAW = MARK.encode()


def picture(size: tuple[int, int] = (64, 40)) -> Image.Image:
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((20, 20, 220), (0, 0, size[0] // 2, size[1] // 2))
    return image


def exif() -> Image.Exif:
    data = Image.Exif()
    data[ExifTags.Base.Make], data[ExifTags.Base.Model], data[ExifTags.Base.Artist] = MARK, MARK, MARK
    data[ExifTags.Base.ImageDescription], data[ExifTags.Base.DateTime] = MARK, "2024:01:02 03:04:05"
    data[ExifTags.Base.Orientation] = 6
    inner = data.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.MakerNote], inner[ExifTags.Base.UserComment] = _RAW, b"ASCII\0\0\0" + _RAW
    inner[ExifTags.Base.BodySerialNumber], inner[ExifTags.Base.DateTimeOriginal] = MARK, "2024:01:02 03:04:05"
    place = data.get_ifd(ExifTags.IFD.GPSInfo)
    place[1], place[2], place[3], place[4], place[29] = "N", (38.0, 55.0, 12.5), "E", (121.0, 36.0, 9.1), MARK
    return data


def jpeg() -> bytes:
    out = BytesIO()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARK}</x:xmpmeta>".encode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + _RAW
    picture().save(out, "JPEG", exif=exif(), comment=MARK, xmp=xmp, icc_profile=profile)
    return out.getvalue() + b"appended " + _RAW


def png() -> bytes:
    out, info = BytesIO(), PngImagePlugin.PngInfo()
    info.add_text("Author", MARK)
    info.add_itxt("XML:com.adobe.xmp", MARK, zip=True)
    info.add_text("Comment", MARK, zip=True)
    picture().save(out, "PNG", pnginfo=info, exif=exif())
    return out.getvalue() + _RAW


def webp() -> bytes:
    out = BytesIO()
    picture().save(out, "WEBP", exif=exif(), xmp=f"<x>{MARK}</x>".encode())
    return out.getvalue() + _RAW


def heic() -> bytes:
    out = BytesIO()
    from_pillow(picture()).save(out, exif=exif().tobytes(), xmp=f"<x>{MARK}</x>".encode(), quality=80)
    return out.getvalue()


def gif() -> bytes:
    out = BytesIO()
    picture().save(out, "GIF", comment=_RAW, save_all=True, append_images=[Image.new("RGB", (64, 40))])
    return out.getvalue()


def tiff() -> bytes:
    out = BytesIO()
    picture().save(out, "TIFF", description=MARK, software=MARK, artist=MARK)
    return out.getvalue()


def pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    page: Any = document.pages[0].obj
    photo = pikepdf.Stream(document, jpeg()[: -len(b"appended " + _RAW)])
    photo.Type, photo.Subtype, photo.Width, photo.Height = pikepdf.Name.XObject, pikepdf.Name.Image, 64, 40
    photo.ColorSpace, photo.BitsPerComponent, photo.Filter = pikepdf.Name.DeviceRGB, 8, pikepdf.Name.DCTDecode
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=document.make_indirect(photo)))
    page.Contents = pikepdf.Stream(document, b"q 100 0 0 60 20 20 cm /P Do Q")
    page.PieceInfo = pikepdf.Dictionary(A=pikepdf.Dictionary(Private=MARK))
    page.Metadata = pikepdf.Stream(document, _RAW)
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=MARK, NM=MARK)
    note.Contents, note.M = "a note that stays", "D:20240102030405"
    attached = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9])
    inside = document.make_indirect(pikepdf.Stream(document, _RAW))
    attached.FS = pikepdf.Dictionary(F=MARK, EF=pikepdf.Dictionary(F=inside))
    page.Annots = document.make_indirect(pikepdf.Array([note, attached]))
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=MARK)
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=[MARK, pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=MARK)])
    )
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, _RAW, filename=f"{MARK}.txt")
    document.docinfo["/Author"], document.docinfo["/Producer"] = MARK, MARK
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [MARK]
    out = BytesIO()
    document.save(out)
    return out.getvalue() + b"\n% history\n" + _RAW


def word() -> bytes:
    out, document = BytesIO(), docx.Document()
    document.add_paragraph("what happened stays")
    document.add_picture(BytesIO(jpeg()))
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.title = properties.comments = MARK
    document.save(out)
    return _with_parts(out.getvalue(), _word_part)


def _word_part(name: str, data: bytes) -> bytes:
    if name == "word/document.xml":
        run = f'<w:r w:rsidR="00A1{MARK}"><w:t>added</w:t></w:r>'
        insertion = f'<w:ins w:id="1" w:author="{MARK}" w:date="2024-01-02T03:04:05Z">{run}</w:ins>'
        return data.replace(b"<w:p>", b"<w:p>" + insertion.encode(), 1)
    if name == "word/settings.xml":
        marks = f'<w:rsids><w:rsidRoot w:val="{MARK}"/></w:rsids>'.encode()
        return data.replace(b"</w:settings>", marks + b"</w:settings>")
    return data


def sheet() -> bytes:
    openpyxl: Any = import_module("openpyxl")
    out, book = BytesIO(), openpyxl.Workbook()
    table = book.active
    table["A1"] = "a sum that stays"
    table["A1"].comment = openpyxl.comments.Comment("a remark", MARK)
    book.properties.creator = book.properties.lastModifiedBy = book.properties.title = MARK
    book.save(out)
    return _with_parts(out.getvalue(), lambda name, data: data)


def _with_parts(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Write the archive anew with a thumbnail and a comment of its own."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        target.writestr("customXml/item9.xml", f"<a>{MARK}</a>")
        target.comment = _RAW
    return out.getvalue()


def text_document() -> bytes:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:officeooo="http://openoffice.org/2009/office"><office:body><office:text><text:p>what stays'
        f"<office:annotation><dc:creator>{MARK}</dc:creator><dc:date>2024-01-02T03:04:05</dc:date>"
        f'<text:p>remark</text:p></office:annotation></text:p><text:p officeooo:rsid="{MARK}"/>'
        "</office:text></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("meta.xml", f"<a>{MARK}</a>")
        archive.writestr("settings.xml", f"<a>{MARK}</a>")
        archive.writestr("Thumbnails/thumbnail.png", png())
        archive.writestr("Pictures/a.jpg", jpeg())
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def mp3() -> bytes:
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    body = b"\x03\0\0\0" + _RAW
    text = b"TPE1" + len(body[3:]).to_bytes(4, "big") + b"\0\0" + body[3:]
    head = b"ID3\x03\0\0" + bytes([0, 0, len(text) >> 7, len(text) & 0x7F]) + text
    return head + frame * 4 + b"TAG" + _RAW.ljust(125, b"\0")


def wav() -> bytes:
    tags = b"INFOIART" + len(_RAW).to_bytes(4, "little") + _RAW
    form = b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"
    parts = [(b"fmt ", form), (b"LIST", tags), (b"data", bytes(64))]
    chunks = (n + len(d).to_bytes(4, "little") + d + bytes(len(d) % 2) for n, d in parts)
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body + _RAW


def flac() -> bytes:
    vendor = len(_RAW).to_bytes(4, "little") + _RAW + bytes(4)
    comments = b"\x84" + len(vendor).to_bytes(3, "big") + vendor
    return b"fLaC\0" + (34).to_bytes(3, "big") + bytes(34) + comments + b"\xff\xf8" + bytes(40)


def ogg() -> bytes:
    like = _Page(flags=0, granule=bytes(8), serial=b"\x01\x02\x03\x04", sizes=b"", body=b"")
    head = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"
    tags = b"OpusTags" + len(_RAW).to_bytes(4, "little") + _RAW + bytes(4)
    sound = _Page(flags=4, granule=(960).to_bytes(8, "little"), serial=like.serial, sizes=b"\x0a", body=bytes(10))
    pages = (_page_of([head], like, 2), _page_of([tags], like, 0), sound)
    return b"".join(_written(page, number) for number, page in enumerate(pages))


def amr() -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 5 + _RAW


def m4a() -> bytes:
    def box(kind: bytes, *inner: bytes) -> bytes:
        body = b"".join(inner)
        return (8 + len(body)).to_bytes(4, "big") + kind + body

    mvhd = box(b"mvhd", bytes(4), b"\xdd" * 8, bytes(88))
    tags, own = box(b"udta", box(b"meta", bytes(4), _RAW)), box(b"uuid", bytes(16), _RAW)
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + box(b"moov", mvhd, tags) + own + box(b"mdat", bytes(32))


ALL: dict[str, Callable[[], bytes]] = {
    "jpeg": jpeg, "png": png, "webp": webp, "heic": heic, "gif": gif, "tiff": tiff, "pdf": pdf, "docx": word,
    "xlsx": sheet, "odt": text_document, "mp3": mp3, "wav": wav, "flac": flac, "ogg": ogg, "amr": amr, "m4a": m4a,
}  # fmt: skip
"""Each kind with its planted file."""
