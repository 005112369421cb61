"""Video cleaned by ffmpeg: place, names, chapters, subtitles, cover and the encoder's notes go, the pictures stay."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from storage.cleaning import KINDS, CleaningRefused, Refusal, Removed, clean
from storage.cleaning.apart import CleaningApart
from tests.unit.storage.cleaning import planted

PLACE = "+38.9140+121.6147"
pytestmark = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
_SUBTITLE = f"1\n00:00:00,000 --> 00:00:01,000\n{planted.MARK}\n"
_CHAPTERS = f";FFMETADATA1\ntitle={planted.MARK}\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle={planted.MARK}\n"
_SOURCES = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1")
_TELLING = (
    "gps", "location", "make", "model", "software", "comment", "title", "artist", "author", "serial", "chapter",
    "cover", "picture", "keys", "subtitle",
)  # fmt: skip


def _ffmpeg(*words: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *words], check=True)


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what a telephone makes, as mp4 and mov, with marks wherever the container has room."""
    folder = tmp_path_factory.mktemp("telephone")
    (folder / "s.srt").write_text(_SUBTITLE)
    (folder / "m.txt").write_text(_CHAPTERS)
    (folder / "c.jpg").write_bytes(planted.jpeg())
    told = {
        "location": f"{PLACE}/", "com.apple.quicktime.location.ISO6709": f"{PLACE}+010/", "make": planted.MARK,
        "com.apple.quicktime.model": planted.MARK, "creation_time": "2024-01-02T03:04:05Z",
    }  # fmt: skip
    words = [word for name, value in told.items() for word in ("-metadata", f"{name}={value}")]
    inputs = [word for name in ("s.srt", "c.jpg", "m.txt") for word in ("-i", str(folder / name))]
    streams = ("-map", "0:v", "-map", "1:a", "-map", "2:s", "-map", "3:v", "-map_metadata", "4", "-map_chapters", "4")
    codings = ("-c:v:0", "libx264", "-c:a", "aac", "-c:s", "mov_text", "-c:v:1", "mjpeg")
    named = ("-metadata:s:v:0", f"handler_name={planted.MARK}", "-metadata:s:a:0", f"title={planted.MARK}")
    rest = ("-disposition:v:1", "attached_pic", "-movflags", "use_metadata_tags", "-t", "1")
    for ending in ("mp4", "mov"):
        _ffmpeg(*_SOURCES, *inputs, *streams, *codings, *words, *named, *rest, str(folder / f"p.{ending}"))
    return {ending: (folder / f"p.{ending}").read_bytes() for ending in ("mp4", "mov")}


def _streams(path: Path) -> list[tuple[str, str]]:
    wanted = ("-show_entries", "stream=codec_type,nb_read_packets", "-count_packets", "-of", "json")
    done = subprocess.run(["ffprobe", "-v", "error", *wanted, str(path)], capture_output=True, check=True)
    return [(stream["codec_type"], stream["nb_read_packets"]) for stream in json.loads(done.stdout)["streams"]]


@pytest.mark.parametrize("ending", ["mp4", "mov"])
def test_place_names_chapters_subtitles_and_cover_go_and_the_pictures_stay(
    telephone: dict[str, bytes], ending: str, tmp_path: Path
) -> None:
    data = telephone[ending]
    assert data.count(planted.MARK.encode()) > 5
    assert b"+38.91" in data
    assert b"x264" in data
    cleaned = clean(data, KINDS)
    assert (cleaned.media_type, cleaned.ending) == ("video/mp4", ".mp4")
    assert cleaned.removed == {Removed.TAGS, Removed.PLACE, Removed.TIME}
    for word in (planted.MARK.encode(), b"+38.91", b"x264", b"Lavf"):
        assert word not in cleaned.data
    path = tmp_path / "cleaned.mp4"
    path.write_bytes(cleaned.data)
    assert [kind for kind, _ in _streams(path)] == ["video", "audio"]
    assert _streams(path)[0] == ("video", "10")
    _ffmpeg("-xerror", "-i", str(path), "-f", "null", "-")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_finds_nothing_but_structure(telephone: dict[str, bytes], tmp_path: Path) -> None:
    def told(data: bytes, name: str) -> dict[str, Any]:
        (tmp_path / name).write_bytes(data)
        done = subprocess.run(
            ["exiftool", "-j", "-G1", "-a", "-u", "-ee", str(tmp_path / name)], capture_output=True, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)[0]
        return {key: value for key, value in found.items() if not key.startswith(("File:", "System:", "ExifTool:"))}

    def telling(found: dict[str, Any]) -> list[str]:
        return [key for key in found if any(word in key.partition(":")[2].lower() for word in _TELLING)]

    assert telling(told(telephone["mov"], "planted.mov"))
    cleaned = told(clean(telephone["mov"], KINDS).data, "cleaned.mp4")
    assert telling(cleaned) == []
    dates = [value for key, value in cleaned.items() if key.endswith("Date")]
    assert dates
    assert set(dates) == {"0000:00:00 00:00:00"}


def test_codings_that_mp4_does_not_take_go_into_another_container(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    _ffmpeg(*_SOURCES[:4], "-c:v", "ffv1", "-metadata", f"title={planted.MARK}", "-t", "1", str(path))
    assert planted.MARK.encode() in path.read_bytes()
    cleaned = clean(path.read_bytes(), KINDS)
    assert (cleaned.media_type, cleaned.ending) == ("video/x-matroska", ".mkv")
    assert planted.MARK.encode() not in cleaned.data


async def test_the_bounded_process_cleans_a_video_too(telephone: dict[str, bytes]) -> None:
    cleaned = await CleaningApart(KINDS).clean(telephone["mp4"])
    assert cleaned.media_type == "video/mp4"
    assert planted.MARK.encode() not in cleaned.data


def test_a_broken_video_is_refused(telephone: dict[str, bytes]) -> None:
    with pytest.raises(CleaningRefused) as refused:
        clean(telephone["mp4"][:900], KINDS)
    assert refused.value.reason is Refusal.DAMAGED
