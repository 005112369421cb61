"""Words that stand before a number and say what it is."""

import re
from typing import Final

from casework.finders.normal import View

_NEAR: Final = 16
_RECORD: Final = re.compile(
    r"(?:订单|流水|文|案|票|受理|批|编|单|发票|合同|档案|凭证|项目|许可证|证书|交易|快递|运单|收据|备案|登记|"
    r"立案|序列)(?:编)?号(?:码|为|是|:)*\s*[\w-]{0,8}$"
    r"|(?i:\b(?:order|invoice|case|file|receipt|contract|permit|ticket|reference|ref|serial|transaction|tracking|"
    r"project|document|licen[cs]e)\b"
    r"\.?\s?(?:no\.?|number|id|#)?\s?(?:is|was|:|#)?\s?[\w-]{0,8}$)"
)


def is_a_record_number(view: View, start: int) -> bool:
    """Tell whether what begins at `start` is the number of a paper (an order, an invoice), by the words before it."""
    return bool(_RECORD.search(view.text[max(0, start - _NEAR) : start]))


_NOTED: Final = re.compile(
    r"发票|收据|单据|罚单|票据|凭证|订单|(?i:\b(?:receipt|invoice|ticket|notice|order|contract|document|permit|"
    r"certificate|application)s?\b)"
)
_NOTED_REACH: Final = 40


def is_about_a_paper(view: View, start: int) -> bool:
    """Tell whether the sentence before `start` speaks of a receipt or another paper with a number."""
    return bool(_NOTED.search(view.text[max(0, start - _NOTED_REACH) : start]))


def comes_after(view: View, start: int, pattern: re.Pattern[str], reach: int = 14) -> bool:
    """Tell whether `pattern`, which ends in `$`, stands right before `start`."""
    return bool(pattern.search(view.lower[max(0, start - reach) : start]))
