"""The receipt as picture and file. Both hold the code alone, never an address."""

import io

import segno

QR_BORDER = 3
QR_SCALE = 6


def qr_png(code: str) -> bytes:
    """Return a PNG with the code as QR, black on white whatever the page looks like."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=QR_SCALE, border=QR_BORDER)
    return out.getvalue()


def qr_data_uri(code: str) -> str:
    """Return the same picture as `data:` URI, so that no request names it."""
    return segno.make(code, error="m", micro=False).png_data_uri(scale=QR_SCALE, border=QR_BORDER)


def text_file(code: str) -> bytes:
    """Return the code and a line break."""
    return f"{code}\n".encode("ascii")
