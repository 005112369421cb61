"""The way to a file that somebody sent."""

from tests.telegram.chats import Json
from tests.telegram.world import World


def get_file(world: World, parameters: Json) -> Json:
    return world.files.link(parameters["file_id"])


METHODS = {"getFile": get_file}
