"""Pictures drawn anew: decoded, bounded, and written as plain JPEG; whatever else the file held stays behind."""

import asyncio
import io
import warnings

MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2400


class NoPicture(Exception):
    """The bytes are no picture that we draw, or too large a one."""


async def drawn_anew(content: bytes) -> bytes:
    """Return the picture as JPEG, turned upright. Raises `NoPicture`."""
    return await asyncio.to_thread(_drawn, content)


def _drawn(content: bytes) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise NoPicture
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                plain = upright.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture from error
    except Image.DecompressionBombWarning as error:
        raise NoPicture from error
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=88)
    return written.getvalue()
