"""E-mail addresses, also disguised ones: name (at) example dot com."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_AT: Final = (
    r"(?:\s?@\s?|\s?[(\[{<]\s?(?:at|a|@)\s?[)\]}>]\s?|\s?艾特\s?|#(?=(?:qq|163|126|sina|gmail|hotmail|outlook)\.))"
)
_DOT: Final = r"(?:\.|\s?[(\[{<]\s?dot\s?[)\]}>]\s?|\s?点\s?(?=com|cn|net|org))"
_PLAIN: Final = re.compile(
    rf"(?<![\w.+-])[A-Za-z0-9][\w.+%-]{{0,63}}{_AT}(?:[A-Za-z0-9-]{{1,63}}{_DOT}){{1,4}}[A-Za-z]{{2,12}}(?![A-Za-z])",
    re.ASCII,
)
_SPOKEN: Final = re.compile(
    r"(?<![\w.])[A-Za-z0-9][\w.+-]{1,40}(?:\s(?:dot|underscore|"
    r"dash)\s[\w+-]{1,30}){0,3}\s(?:at)\s[A-Za-z0-9-]{2,30}(?:\sdot\s[A-Za-z]{2,8}){1,3}\b",
    re.ASCII,
)


class EmailFinder:
    """Finds e-mail addresses."""

    def find(self, view: View) -> Iterator[Spot]:
        for pattern in (_PLAIN, _SPOKEN):
            for match in pattern.finditer(view.text):
                yield Spot(kind=Kind.EMAIL, start=match.start(), end=match.end())
