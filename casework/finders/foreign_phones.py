"""Telephone numbers of other countries and forms, found by `phonenumbers`; looked for only where digits stand close."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.labels import is_a_record_number
from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_WORTH_A_LOOK: Final = re.compile(r"\+\s?\d|\(\d{2,4}\)\s?\d{3}|\b\d{3}[-.\s]\d{3}[-.\s]\d{4}\b")
_FORMS: Final = ("CN", "US", "GB")


class ForeignPhoneFinder:
    """Knows the numbering plans; imported when first needed, because the plans are large."""

    def find(self, view: View) -> Iterator[Spot]:
        if not _WORTH_A_LOOK.search(view.text):
            return
        from phonenumbers import PhoneNumberMatcher

        for region in _FORMS:
            for match in PhoneNumberMatcher(view.text, region):
                if not is_a_record_number(view, match.start):
                    yield Spot(kind=Kind.PHONE, start=match.start, end=match.end, weak=True)
