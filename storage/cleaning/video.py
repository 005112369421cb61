"""Video: copied by ffmpeg without what stands beside picture and sound; refused where there is no ffmpeg."""

import os
import shutil
import subprocess
from typing import Final

from storage.cleaning.values import Cleaned, CleaningRefused, Refusal, Removed

_SECONDS: Final = 60
_TOOL: Final = "ffmpeg"


def clean_video(data: bytes) -> Cleaned:
    """Copy streams of picture and sound into a fresh MP4. Both files lie in memory alone (memfd)."""
    tool = shutil.which(_TOOL)
    if tool is None or not hasattr(os, "memfd_create"):
        raise CleaningRefused(Refusal.VIDEO)
    source, target = os.memfd_create("in"), os.memfd_create("out")
    try:
        with os.fdopen(os.dup(source), "wb") as file:
            file.write(data)
        _copy(tool, source, target)
        cleaned = _content(target)
    finally:
        os.close(source)
        os.close(target)
    if not cleaned:
        raise CleaningRefused(Refusal.DAMAGED)
    removed = frozenset({Removed.TAGS, Removed.PLACE, Removed.TIME})
    return Cleaned(data=cleaned, media_type="video/mp4", ending=".mp4", removed=removed)


def _copy(tool: str, source: int, target: int) -> None:
    command = [
        *(tool, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-y", "-protocol_whitelist", "file"),
        *("-i", f"/proc/self/fd/{source}", "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-dn", "-sn"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-flags:a", "+bitexact", "-f", "mp4", f"/proc/self/fd/{target}"),
    ]
    try:
        done = subprocess.run(  # noqa: S603  fixed words and numbers alone
            command, pass_fds=(source, target), timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CleaningRefused(Refusal.BOMB) from error
    if done.returncode:
        raise CleaningRefused(Refusal.DAMAGED)


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()
