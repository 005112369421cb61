"""What can go wrong at the desk's edge, as one tree.

DeskError
├── LoggedOut        no session, or it ended: the log-in page comes first
├── StageOpen        the session must first set a passphrase, or a second factor
├── ForeignForm      a form without this session's token: not sent from our page
├── NotThere         no such page, case, file or account; also what may not be known of
└── Unfit            a form holds something that cannot be taken; `name` is the text that says what
"""


class DeskError(Exception):
    """The root of the desk's errors."""


class LoggedOut(DeskError):
    """There is no open session behind the cookie."""


class StageOpen(DeskError):
    """The session is good for the page `where` alone."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class ForeignForm(DeskError):
    """The form was not sent from a page of this session."""


class NotThere(DeskError):
    """There is nothing here, or nothing that this operator may know of."""


class Unfit(DeskError):
    """`name` names the text that tells what is wrong with a form."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
