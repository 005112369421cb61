"""What can go wrong in a turn.

TurnError
├── MemoryUnreadable     a stored conversation is of another format: it is begun anew, the person is told
└── TooMuchHeld          more was typed before "go on" than can wait: it is not taken, the person is told
"""


class TurnError(Exception):
    """The root of the turns' errors."""


class MemoryUnreadable(TurnError):
    """A stored conversation cannot be read by this program."""


class TooMuchHeld(TurnError):
    """Before the person decided whether to go on, more was typed than `limit` characters."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} characters")
        self.limit = limit
