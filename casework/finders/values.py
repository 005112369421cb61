"""What a finder gives, and what it reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from casework.finders.normal import View


class Kind(StrEnum):
    """What a find is; the values are the words that the command prints."""

    PHONE = "phone"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    ACCOUNT = "account"
    ID_CARD = "id_card"
    PASSPORT = "passport"
    PLATE = "plate"
    BANK_CARD = "bank_card"
    CREDIT_CODE = "credit_code"
    NUMBER = "number"
    NAME = "name"
    ADDRESS = "address"
    ORGANISATION = "organisation"
    FILE_NAME = "file_name"


class Pointer(StrEnum):
    """What points to a person without naming them: to be thought over, never masked unasked."""

    ONLY_ONE = "only_one"
    OWN_DAY = "own_day"
    OWN_POST = "own_post"


class Whose(StrEnum):
    """Whom a find is about."""

    REPORTER = "reporter"
    ACCUSED = "accused"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A find in the normalised text: `[start, end)`. A `weak` one gives way to any other that overlaps it."""

    kind: Kind
    start: int
    end: int
    weak: bool = False


class Finder(Protocol):
    """Finds one kind of thing."""

    def find(self, view: View) -> Iterable[Spot]:
        """Yield what stands in `view.text`, in its own places."""
