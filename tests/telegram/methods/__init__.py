"""The methods that are built, one topic a module; every other method of the schema is answered 501 with its name."""

from collections.abc import Callable
from typing import Any

from tests.telegram.chats import Json
from tests.telegram.methods import changing, files, profile, receiving, sending, topics
from tests.telegram.world import World

Method = Callable[[World, Json], Any]
"""Gets the world and parameters that fit the schema; returns the result, or what can be awaited for it."""

BUILT: dict[str, Method] = {
    **receiving.METHODS,
    **sending.METHODS,
    **changing.METHODS,
    **files.METHODS,
    **topics.METHODS,
    **profile.METHODS,
}
