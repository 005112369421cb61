"""What must be known of an update before it is stored."""

import json

import pytest

from bot.channels.telegram.address import address_of, chat_of, is_group
from bot.channels.telegram.envelope import Unreadable, read_envelope
from bot.channels.telegram.intake import update_id_of
from tests.unit.telegram.world import CHAT, file_update, member_update, tap_update, text_update, update, user


def test_every_kind_of_update_tells_its_chat() -> None:
    for raw in (text_update("x"), file_update(), member_update("kicked"), tap_update("a")):
        envelope = read_envelope(raw)
        assert (envelope.chat, envelope.update_id) == (CHAT, update_id_of(raw))
    assert read_envelope(text_update("x", chat=-5)).chat == -5


def test_only_a_press_waits_for_an_answer() -> None:
    assert read_envelope(tap_update("a")).callback == "77"
    assert read_envelope(text_update("a")).callback is None


def test_a_press_on_a_message_that_is_gone_is_the_persons() -> None:
    raw = update(callback_query={"id": "1", "from": user(), "chat_instance": "1", "data": "a"})
    assert read_envelope(raw).chat == CHAT


def test_what_the_library_does_not_know_is_still_stored() -> None:
    raw = json.dumps({"update_id": 5, "message": {"chat": {"id": 3}, "of_tomorrow": []}}).encode()
    assert read_envelope(raw).chat == 3


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff",
        b"[]",
        b"5",
        b"{}",
        b'{"update_id": "x", "message": {"chat": {"id": 1}}}',
        b'{"update_id": 1, "message": {"chat": {"id": "1"}}}',
        b'{"update_id": 1, "message": {}}',
        b'{"update_id": 1, "message": null}',
        b'{"update_id": 1, "poll": {"id": "1"}}',
    ],
)
def test_what_tells_no_chat_is_no_update(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_envelope(raw)


@pytest.mark.parametrize(
    ("raw", "number"), [(b"nonsense", None), (b'{"update_id": "1"}', None), (b'{"update_id": 1}', 1)]
)
def test_polling_passes_whatever_has_an_id(raw: bytes, number: int | None) -> None:
    assert update_id_of(raw) == number


def test_an_address_names_bot_and_chat() -> None:
    assert chat_of(address_of(7, -42)) == -42
    assert (is_group(-42), is_group(42)) == (True, False)
