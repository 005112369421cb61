"""A list as CSV, with a mark by which spreadsheets know UTF-8, and no cell that they would run."""

import csv
import io
from collections.abc import Sequence

from casework.profile import Profile
from casework.queues import CaseSummary
from console.exports.rows import harmless, headings, row_of
from console.words import Words


def written(cases: Sequence[CaseSummary], words: Words, profile: Profile) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(headings(words))
    for case in cases:
        writer.writerow([harmless(cell) for cell in row_of(case, words, profile)])
    return ("\ufeff" + text.getvalue()).encode()
