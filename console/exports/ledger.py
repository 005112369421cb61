"""The ledger (台账) as a workbook: one line a case, headings that stay, every cell text."""

import io
import re
from collections.abc import Sequence
from typing import Any

from casework.profile import Profile
from casework.queues import CaseSummary
from console.exports.rows import headings, row_of
from console.words import Words

_WIDTHS = (11, 9, 12, 9, 36, 28, 26, 14, 14, 12, 12, 12, 16, 12, 12)
_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def written(cases: Sequence[CaseSummary], words: Words, profile: Profile) -> bytes:
    from openpyxl.cell.cell import WriteOnlyCell
    from openpyxl.styles.alignment import Alignment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter
    from openpyxl.workbook.workbook import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(words.say("ledger_title"))
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width

    def cells(texts: Sequence[str], *, is_head: bool = False) -> list[Any]:
        made = []
        for text in texts:
            cell = WriteOnlyCell(sheet, value=_NOT_ALLOWED.sub("", text))
            cell.data_type = "s"  # whatever it begins with, it is text and never a formula
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if is_head:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E4EAF1")
            made.append(cell)
        return made

    sheet.append(cells(headings(words), is_head=True))
    for case in cases:
        sheet.append(cells(row_of(case, words, profile)))
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()
