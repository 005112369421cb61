"""Pictures: drawn anew from their pixels alone, upright, in plain colours."""

import warnings
from io import BytesIO
from typing import Any, Final

from PIL import ExifTags, Image, ImageCms, ImageOps

from storage.cleaning.values import Cleaned, CleaningRefused, Limits, Refusal, Removed, reading_a_foreign_file

_SAVED_AS: Final = {
    "jpeg": ("JPEG", "image/jpeg", ".jpg"),
    "heic": ("JPEG", "image/jpeg", ".jpg"),
    "png": ("PNG", "image/png", ".png"),
    "gif": ("PNG", "image/png", ".png"),
    "bmp": ("PNG", "image/png", ".png"),
    "tiff": ("PNG", "image/png", ".png"),
    "webp": ("WEBP", "image/webp", ".webp"),
}
_OPENED_AS: Final = {
    "jpeg": "JPEG", "heic": "HEIF", "png": "PNG", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "webp": "WEBP",
}  # fmt: skip
_QUALITY: Final = 92
_PLAIN: Final = frozenset({"RGB", "RGBA", "L", "LA"})
_DEVICE: Final = (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Software)
_TIMES: Final = (ExifTags.Base.DateTime, ExifTags.Base.DateTimeOriginal)


def clean_picture(data: bytes, kind: str, limits: Limits) -> Cleaned:
    """Draw the first frame anew. Raises `CleaningRefused` for what no picture is or what unfolds too far."""
    if kind == "heic":
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    with reading_a_foreign_file(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=[_OPENED_AS[kind]]) as image:
                return _drawn(image, data, kind, limits)
        except (Image.DecompressionBombError, MemoryError) as error:
            raise CleaningRefused(Refusal.BOMB) from error


def _drawn(image: Image.Image, data: bytes, kind: str, limits: Limits) -> Cleaned:
    if image.width * image.height > limits.pixels:
        raise CleaningRefused(Refusal.BOMB)
    removed = _told_by(image, data, kind)
    image.load()
    upright = ImageOps.exif_transpose(image)
    plain = _bare(_in_plain_colours(upright, image.info.get("icc_profile")))
    name, media_type, ending = _SAVED_AS[kind]
    out = BytesIO()
    if name == "JPEG":
        plain.convert("L" if plain.mode == "L" else "RGB").save(out, name, quality=_QUALITY)
    elif name == "WEBP":
        plain.save(out, name, quality=_QUALITY, exif=b"", xmp=b"")
    else:
        plain.save(out, name)
    return Cleaned(data=out.getvalue(), media_type=media_type, ending=ending, removed=removed)


def _in_plain_colours(image: Image.Image, profile: Any) -> Image.Image:
    """Turn the colours of a profile into the usual ones, so that the profile can go."""
    if isinstance(profile, bytes) and image.mode in ("RGB", "RGBA"):
        try:
            usual, own = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(image.convert("RGB"), own, usual, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = None
        if turned is not None:
            if image.mode == "RGBA":
                turned.putalpha(image.getchannel("A"))
            image = turned
    if image.mode in _PLAIN:
        return image
    has_holes = "transparency" in image.info or image.mode in ("PA", "La", "RGBa")
    return image.convert("RGBA" if has_holes else "RGB")


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone: no info, no palette of names, no text."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _told_by(image: Image.Image, data: bytes, kind: str) -> frozenset[Removed]:
    """Name what the file tells beside its picture."""
    exif, info = image.getexif(), image.info
    found = set()
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        found.add(Removed.PLACE)
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    if any(tag in exif for tag in _DEVICE) or ExifTags.Base.MakerNote in inner:
        found.add(Removed.DEVICE)
    if any(tag in exif or tag in inner for tag in _TIMES):
        found.add(Removed.TIME)
    if exif.get_ifd(ExifTags.IFD.IFD1):
        found.add(Removed.THUMBNAIL)
    texts = getattr(image, "text", None) or {}
    if (
        texts
        or exif
        or any(info.get(name) for name in ("comment", "xmp", "icc_profile", "photoshop", "XML:com.adobe.xmp"))
    ):
        found.add(Removed.PICTURE_DATA)
    if getattr(image, "n_frames", 1) > 1:
        found.add(Removed.FRAMES)
    if _has_tail(data, kind):
        found.add(Removed.APPENDED)
    return frozenset(found)


def _has_tail(data: bytes, kind: str) -> bool:
    if kind == "jpeg":
        return bool(data[data.rfind(b"\xff\xd9") + 2 :].strip(b"\x00"))
    if kind == "png":
        end = data.rfind(b"IEND")
        return end >= 0 and len(data) > end + 8
    if kind == "webp":
        return len(data) > int.from_bytes(data[4:8], "little") + 9
    return False
