"""What an update means."""

from typing import Any

import pytest

from bot.channels.telegram.reading import read_update
from tests.unit.telegram.world import (
    CHAT,
    file_update,
    member_update,
    message,
    piece,
    tap_update,
    text_update,
    update,
    user,
)

FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 5}


def test_a_text_is_a_text() -> None:
    read = piece(text_update("您好"))
    assert (read.kind, read.text, read.chat, read.language) == ("text", "您好", CHAT, "zh")
    assert read.message is not None


@pytest.mark.parametrize(("code", "language"), [("en-GB", "en"), ("de", "en"), ("zh-hant", "zh"), (None, None)])
def test_the_client_tells_a_language(code: str | None, language: str | None) -> None:
    about = user(language_code=code) if code else {"id": CHAT, "is_bot": False, "first_name": "x"}
    assert piece(update(message=message("x") | {"from": about})).language == language


def test_a_command_to_this_bot_is_a_command() -> None:
    assert piece(text_update("/help@changtong_bot")).text == "/help"
    assert piece(text_update("/help@changtong_bot me")).text == "/help me"
    assert piece(text_update("/help me")).text == "/help me"


@pytest.mark.parametrize(
    ("text", "argument"), [("/start", ""), ("/start have_code", "have_code"), ("/START@b zh", "zh")]
)
def test_a_link_tells_its_wish(text: str, argument: str) -> None:
    read = piece(text_update(text))
    assert (read.kind, read.data) == ("start", argument)


def test_a_tap_tells_button_and_question() -> None:
    read = piece(tap_update("abc", asked="Which?", title="This"))
    assert (read.kind, read.data, read.tapped_text, read.tapped_title) == ("tap", "abc", "Which?", "This")
    assert read.tapped is not None


def test_a_tap_on_a_message_that_cannot_be_seen_any_more_is_a_tap() -> None:
    query = {"id": "1", "from": user(), "chat_instance": "1", "data": "abc"}
    old = {"chat": {"id": CHAT, "type": "private"}, "message_id": 5, "date": 0}
    assert (
        piece(update(callback_query={**query, "message": old})).tapped,
        piece(update(callback_query=query)).tapped,
    ) == (
        5,
        None,
    )


def test_a_tap_in_a_group_is_nothing() -> None:
    assert piece(tap_update("abc", chat=-5)).kind == "nothing"


def test_a_document_brings_name_and_type() -> None:
    read = piece(file_update("证据.pdf", caption="看这个", media_group_id="g"))
    assert read.file is not None
    assert (read.kind, read.text, read.album) == ("file", "看这个", "g")
    assert (read.file.name, read.file.declared_type, read.file.size) == ("证据.pdf", "application/pdf", 9)


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        ({"photo": [{**FILE, "width": 1, "height": 1}]}, "photo.jpg", "image/jpeg"),
        ({"voice": {**FILE, "duration": 1}}, "voice.ogg", "audio/ogg"),
        ({"video": {**FILE, "duration": 1, "width": 1, "height": 1}}, "video.mp4", "video/mp4"),
        ({"video_note": {**FILE, "duration": 1, "length": 1}}, "video.mp4", "video/mp4"),
        ({"audio": {**FILE, "duration": 1, "file_name": "x.m4a"}}, "x.m4a", "audio/mpeg"),
        ({"document": FILE}, "file", "application/octet-stream"),
    ],
)  # fmt: skip
def test_every_kind_of_file_is_evidence(content: dict[str, Any], name: str, declared: str) -> None:
    read = piece(update(message=message(**content)))
    assert read.file is not None
    assert (read.kind, read.file.name, read.file.declared_type) == ("file", name, declared)


def test_the_largest_photo_is_taken() -> None:
    sizes = [{**FILE, "width": 1, "height": 1}, {**FILE, "file_id": "big", "width": 9, "height": 9}]
    read = piece(update(message=message(photo=sizes)))
    assert read.file is not None
    assert read.file.file_id == "big"


def test_a_place_is_kept_as_a_small_file() -> None:
    place = {"latitude": 38.9, "longitude": 121.6}
    read = piece(update(message=message(location=place)))
    assert read.file is not None
    assert read.file.content == b"geo:38.900000,121.600000"
    venue = {"location": place, "title": "政务大厅", "address": "人民路 1 号"}
    named = piece(update(message=message(venue=venue, location=place)))
    assert named.file is not None
    assert named.file.content == "geo:38.900000,121.600000\n政务大厅\n人民路 1 号".encode()


def test_a_contact_card_is_its_words() -> None:
    read = piece(update(message=message(contact={"phone_number": "+86 139", "first_name": "伟", "last_name": "王"})))
    assert (read.kind, read.text) == ("text", "王 伟 +86 139")


def test_what_cannot_be_evidence_is_odd_and_service_messages_are_nothing() -> None:
    assert piece(update(message=message(dice={"emoji": "🎲", "value": 3}))).kind == "odd"
    assert piece(update(message=message(pinned_message=message("x")))).kind == "nothing"


def test_an_edit_is_an_edit() -> None:
    read = piece(update(edited_message=message("better")))
    assert (read.kind, read.text) == ("edited", "better")
    assert (
        piece(update(edited_message=message(caption="better", photo=[{**FILE, "width": 1, "height": 1}]))).text
        == "better"
    )


def test_only_what_is_said_to_us_in_a_group_is_answered() -> None:
    for text in ("/help", "@changtong_bot hello"):
        assert piece(text_update(text, chat=-5)).kind == "group"
    answer = message("thanks", chat=-5, reply_to_message=message("x", chat=-5) | {"from": user(is_bot=True)})
    assert piece(update(message=answer)).kind == "group"
    assert piece(text_update("just talking", chat=-5)).kind == "nothing"
    assert piece(update(edited_message=message("/help", chat=-5))).kind == "nothing"


def test_being_blocked_and_being_taken_into_a_group() -> None:
    assert piece(member_update("kicked")).kind == "blocked"
    assert piece(member_update("member", old="kicked")).kind == "nothing"
    assert piece(member_update("member", old="left", chat=-5)).kind == "group"
    assert piece(member_update("left", chat=-5)).kind == "nothing"


def test_what_the_library_refuses_is_nothing() -> None:
    read = read_update(b'{"update_id": 9, "message": {"message_id": {}}}')
    assert (read.kind, read.id) == ("nothing", "9")
    assert piece(update(poll={"id": "1"})).kind == "nothing"
    assert piece(update(channel_post=message("x", chat=-5))).kind == "nothing"
