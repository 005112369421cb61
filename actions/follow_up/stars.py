"""One to five stars, as people write them."""

import re
import unicodedata

_STARS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_STAR_PATTERN = re.compile(r"(?<!\d)([1-5])(?!\d)")


def stars_of(value: object) -> int | None:
    """Read 1 to 5 from a number, a digit or a numeral in a few words; None when there is none, or more than one."""
    text = unicodedata.normalize("NFKC", str(value if value is not None else "")).strip().lower()
    found = {int(digit) for digit in _STAR_PATTERN.findall(text)}
    if not re.search(r"\d", text):
        found = {stars for word, stars in _STARS.items() if word in text} if len(text) <= 12 else set()
    return found.pop() if len(found) == 1 else None
