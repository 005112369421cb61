"""Video: copied by ffmpeg without what stands beside picture and sound; refused where there is no ffmpeg."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

from storage.cleaning.values import Cleaned, CleaningRefused, Refusal, Removed

_SECONDS: Final = 60
_TOOL, _PROBE = "ffmpeg", "ffprobe"
_CONTAINERS: Final = (("mp4", "video/mp4", ".mp4"), ("matroska", "video/x-matroska", ".mkv"))
"""What holds the streams anew; the second takes the codings that the first does not."""
_NOTES: Final = {"h264": "6", "hevc": "39|40"}
"""Kinds of units within the coded pictures that hold what the encoder tells (SEI): its name, its settings, times."""


def clean_video(data: bytes) -> Cleaned:
    """Copy one stream of picture and one of sound into a fresh container. All files lie in memory alone (memfd)."""
    tool = shutil.which(_TOOL)
    if tool is None or not hasattr(os, "memfd_create"):
        raise CleaningRefused(Refusal.VIDEO)
    source = os.memfd_create("in")
    try:
        with os.fdopen(os.dup(source), "wb") as file:
            file.write(data)
        filters = _filters(source)
        for container, media_type, ending in _CONTAINERS:
            if cleaned := _copied(tool, source, container, filters):
                removed = frozenset({Removed.TAGS, Removed.PLACE, Removed.TIME})
                return Cleaned(data=cleaned, media_type=media_type, ending=ending, removed=removed)
    finally:
        os.close(source)
    raise CleaningRefused(Refusal.DAMAGED)


def _filters(source: int) -> tuple[str, ...]:
    """Return what takes the encoder's notes out of the pictures; nothing for codings that have none."""
    probe = shutil.which(_PROBE)
    if probe is None:
        return ()
    told = ("-select_streams", "v:0", "-show_entries", "stream=codec_name", "-of", "csv=p=0")
    done = _run([probe, "-v", "quiet", *told, f"/proc/self/fd/{source}"], (source,), stdout=subprocess.PIPE)
    units = _NOTES.get((done.stdout or b"").decode("ascii", "replace").strip().strip(","))
    return ("-bsf:v", f"filter_units=remove_types={units}") if units else ()


def _copied(tool: str, source: int, container: str, filters: Sequence[str]) -> bytes:
    """Return the streams in a fresh container; nothing when it does not take them."""
    target = os.memfd_create("out")
    command = [
        *(tool, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-y", "-protocol_whitelist", "file"),
        *("-i", f"/proc/self/fd/{source}", "-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-dn", "-sn"),
        *("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", *filters),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
        *("-f", container, f"/proc/self/fd/{target}"),
    ]
    try:
        done = _run(command, (source, target), stdout=subprocess.DEVNULL)
        return b"" if done.returncode else _content(target)
    finally:
        os.close(target)


def _run(command: list[str], descriptors: tuple[int, ...], stdout: int) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # noqa: S603  fixed words and numbers alone
            command, pass_fds=descriptors, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CleaningRefused(Refusal.BOMB) from error


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()
