"""What is typed, freed of what no reader can see and some program may trip over."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
LONGEST_FILE_NAME = 120


def clean_text(text: str) -> str:
    """Return the text without control characters, lone surrogates and marks that turn the reading direction.

    Line ends become "\\n"; blank space at both ends goes.
    """
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)).strip()


def clean_file_name(name: str) -> str:
    """Return the last part of a path, on one line, at most 120 characters, its ending kept; "" when none is left."""
    last = re.split(r"[/\\]", clean_text(name).replace("\n", " "))[-1].strip(". ")
    if len(last) <= LONGEST_FILE_NAME:
        return last
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 10:
        return last[:LONGEST_FILE_NAME]
    return stem[: LONGEST_FILE_NAME - len(ending) - 1] + dot + ending


def clean_media_type(declared: str) -> str:
    """Return "type/subtype" in lower case; what is none becomes "application/octet-stream".

    A form may declare anything, also what steers the terminal of whoever reads it.
    """
    bare = declared.partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else "application/octet-stream"


def normal_title(text: str) -> str:
    """Return a button's title or what was typed for it, so that width, case, marks and pictures do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(r"[\W_]+", " ", folded).strip()
    return bare or folded.strip()


def bare_number(text: str) -> int | None:
    """Read "2", "２", "②", "2." or "（2）" as 2; None for everything else."""
    folded = unicodedata.normalize("NFKC", text).strip(" .、,，。()（）")
    return int(folded) if re.fullmatch(r"[0-9]{1,3}", folded) else None
