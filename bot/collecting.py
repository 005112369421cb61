"""When Python's collector looks for cycles: rarely, and never at what was built to stay."""

import gc

_YOUNG, _MIDDLE, _OLD = 10_000, 20, 20
"""A turn leaves hardly a cycle behind; by default the collector looks at every 700 objects more, or 2,000."""


def keep_for_good() -> None:
    """Leave all that is there now alone for ever; look at what comes later in larger portions."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.enable()
