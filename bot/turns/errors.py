"""What can go wrong in a turn.

TurnError
└── MemoryUnreadable     a stored conversation is of another format: it is begun anew, the person is told
"""


class TurnError(Exception):
    """The root of the turns' errors."""


class MemoryUnreadable(TurnError):
    """A stored conversation cannot be read by this program."""
