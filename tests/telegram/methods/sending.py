"""Messages of the bot: text, files, albums, places, and the sign that it is typing."""

from collections.abc import Callable
from typing import Any

from tests.telegram.chats import Json
from tests.telegram.errors import NotBuilt, bad_request
from tests.telegram.files import LARGEST_PHOTO_UP, LARGEST_UP, StoredFile
from tests.telegram.methods.posting import caption_content, open_chat, post, text_content
from tests.telegram.schema import Upload
from tests.telegram.world import World

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_ATTACHED = "attach://"
_ALBUM_SIZES = range(2, 11)
_ALBUM_KINDS = frozenset({"photo", "video", "document", "audio"})
_FIELDS = {
    "sendDocument": "document",
    "sendPhoto": "photo",
    "sendVoice": "voice",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendSticker": "sticker",
}


def send_message(world: World, parameters: Json) -> Json:
    chat = open_chat(world, parameters)
    return post(world, parameters, text_content(parameters), chat=chat)


def send_location(world: World, parameters: Json) -> Json:
    chat = open_chat(world, parameters)
    place = {"latitude": parameters["latitude"], "longitude": parameters["longitude"]}
    return post(world, parameters, {"location": place}, chat=chat)


def send_chat_action(world: World, parameters: Json) -> bool:
    chat = world.chat(parameters["chat_id"])
    chat.refuse_if_closed_to_bot()
    if parameters["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def send_media_group(world: World, parameters: Json) -> list[Json]:
    chat = open_chat(world, parameters)
    media = parameters["media"]
    if len(media) not in _ALBUM_SIZES:
        raise bad_request("group send failed: an album has 2 to 10 items")
    items = [_album_item(world, parameters, item) for item in media]
    world.flood.pass_messages(chat.id, is_group=chat.is_group, now=world.now(), count=len(items))
    album = str(world.updates.next_id) + str(chat.changes)
    return [post(world, parameters, {"media_group_id": album, **item}, chat=chat, is_counted=False) for item in items]


def _album_item(world: World, parameters: Json, item: Json) -> Json:
    if item["type"] not in _ALBUM_KINDS:
        raise bad_request(f"can't parse InputMedia: media {item['type']} is not allowed in an album")
    return {**_file(world, item["type"], item["media"], parameters).in_message, **caption_content(item)}


def _sends(kind: str) -> Callable[[World, Json], Json]:
    def send(world: World, parameters: Json) -> Json:
        chat = open_chat(world, parameters)
        content = _file(world, kind, parameters[kind], parameters).in_message
        return post(world, parameters, {**content, **caption_content(parameters)}, chat=chat)

    return send


def _file(world: World, kind: str, given: Any, parameters: Json) -> StoredFile:
    """Return the file that came along, or that the id names. Raises `ApiError`."""
    if isinstance(given, str) and given.startswith(_ATTACHED):
        given = parameters.get(given.removeprefix(_ATTACHED))
        if not isinstance(given, Upload):
            raise bad_request("the attached file was not sent along")
    if isinstance(given, str):
        if given.startswith(("http://", "https://")):
            raise NotBuilt("files by URL")
        return world.files.known(given)
    return _taken(world, kind, given)


def _taken(world: World, kind: str, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (LARGEST_PHOTO_UP if kind == "photo" else LARGEST_UP):
        raise bad_request("file is too big")
    return world.files.store(kind, upload.content, name=upload.name, declared_type=upload.declared_type)


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendChatAction": send_chat_action,
    "sendMediaGroup": send_media_group,
    **{method: _sends(kind) for method, kind in _FIELDS.items()},
}
