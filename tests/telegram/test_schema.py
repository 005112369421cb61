"""The judge itself, and the parts of the stand-in that need no server."""

from typing import Any

import pytest

from tests.telegram.errors import ApiError, NotBuilt
from tests.telegram.flood import FloodControl
from tests.telegram.formatting import parsed
from tests.telegram.methods import BUILT
from tests.telegram.schema import Schema, Upload

SCHEMA = Schema.read()
MARKUP = {"inline_keyboard": [[{"text": "是", "callback_data": "a"}]]}


def test_every_type_that_is_named_is_described() -> None:
    """Any value of any field can be judged: no name leads nowhere."""
    for fields in (*SCHEMA.types.values(), *SCHEMA.methods.values()):
        for type_, _ in fields.values():
            SCHEMA.problems(type_, object(), "value")
    for returned in SCHEMA.returns.values():
        SCHEMA.problems(returned, object(), "value")


def test_what_is_built_is_in_the_schema() -> None:
    assert BUILT.keys() <= SCHEMA.methods.keys()
    assert SCHEMA.method("SENDMESSAGE") == "sendMessage"
    assert SCHEMA.method("sendNothing") is None


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"text": "x"}, "chat_id is missing"),
        ({"chat_id": 1, "text": "x", "txt": "y"}, "txt is not a field"),
        ({"chat_id": 1, "text": 5}, "expected String"),
        ({"chat_id": True, "text": "x"}, "sendMessage.chat_id"),
        ({"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [{"text": "a"}]}}, "expected a list"),
        ({"chat_id": 1, "text": "x", "entities": [{"type": "bold"}]}, "offset is missing"),
    ],
)
def test_a_wrong_request_is_told(parameters: dict[str, Any], problem: str) -> None:
    [line, *_] = SCHEMA.request_problems("sendMessage", parameters)
    assert problem in line


def test_a_right_request_is_not() -> None:
    raw = {"chat_id": "-5", "text": "12", "protect_content": "true", "reply_markup": '{"inline_keyboard": []}'}
    parameters = SCHEMA.converted("sendMessage", raw)
    assert parameters == {"chat_id": -5, "text": "12", "protect_content": True, "reply_markup": {"inline_keyboard": []}}
    assert SCHEMA.request_problems("sendMessage", parameters | {"reply_markup": MARKUP}) == []
    assert SCHEMA.request_problems("sendDocument", {"chat_id": 1, "document": Upload("a", b"x")}) == []


def test_a_wrong_answer_is_told() -> None:
    assert SCHEMA.answer_problems("deleteMessage", True) == []
    assert SCHEMA.answer_problems("deleteMessage", False) == ["answer of deleteMessage: expected True, got bool"]
    assert "chat is missing" in str(SCHEMA.answer_problems("sendMessage", {"message_id": 1, "date": 2}))


def test_markup_becomes_entities() -> None:
    text, entities = parsed("<b>举报</b> &lt;😀 <a href='https://x.example/'>这里</a>", "HTML")
    assert text == "举报 <😀 这里"
    assert entities == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 7, "length": 2, "url": "https://x.example/"},
    ]


@pytest.mark.parametrize("text", ["<b>open", "</b>", "<b><i></b></i>", "<script>x</script>"])
def test_broken_markup_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="can't parse entities"):
        parsed(text, "HTML")


def test_other_markup_is_not_built() -> None:
    with pytest.raises(NotBuilt, match="MarkdownV2"):
        parsed("*x*", "MarkdownV2")


def test_one_message_a_second_to_a_chat() -> None:
    flood = FloodControl()
    flood.pass_messages(1, is_group=False, now=100.0)
    with pytest.raises(ApiError) as refused:
        flood.pass_messages(1, is_group=False, now=100.5)
    assert (refused.value.code, refused.value.parameters) == (429, {"retry_after": 1})
    flood.pass_messages(2, is_group=False, now=100.5)
    flood.pass_messages(1, is_group=False, now=101.0)
    assert flood.refusals == 1


def test_thirty_a_second_in_all_and_edits_count() -> None:
    flood = FloodControl()
    for chat in range(29):
        flood.pass_messages(chat, is_group=False, now=100.0)
    flood.pass_edit(100.0)
    with pytest.raises(ApiError):
        flood.pass_messages(50, is_group=False, now=100.9)
    flood.pass_messages(50, is_group=False, now=101.0)


def test_twenty_a_minute_to_a_group() -> None:
    flood = FloodControl()
    for second in range(20):
        flood.pass_messages(-5, is_group=True, now=100.0 + second)
    with pytest.raises(ApiError) as refused:
        flood.pass_messages(-5, is_group=True, now=121.0)
    assert refused.value.parameters == {"retry_after": 39}
    flood.pass_messages(-5, is_group=True, now=160.0)


def test_no_flood_control_when_it_is_off() -> None:
    flood = FloodControl(is_on=False)
    for _ in range(100):
        flood.pass_messages(1, is_group=False, now=100.0)
    assert flood.refusals == 0
