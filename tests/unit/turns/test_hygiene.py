"""Nothing that is typed breaks a turn, whatever bytes it is made of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.turns.hygiene import bare_number, clean_file_name, clean_media_type, clean_text, normal_title
from tests.unit.turns.conftest import World


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\ud800x\udfff", "x"),
        ("\u202egnp.exe", "gnp.exe"),
        ("  张三\t李四  ", "张三\t李四"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\x00", ""),
    ],
)
def test_clean_text(typed: str, cleaned: str) -> None:
    assert clean_text(typed) == cleaned


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\证据.pdf", "证据.pdf"),
        ("a\nb.txt", "a b.txt"),
        ("..", ""),
        ("", ""),
        ("长" * 200 + ".jpeg", "长" * 115 + ".jpeg"),
        ("x" * 200, "x" * 120),
    ],
)
def test_clean_file_name(given_name: str, name: str) -> None:
    assert clean_file_name(given_name) == name


def test_a_title_of_pictures_alone_stays_itself() -> None:
    assert normal_title("👍") == "👍"


def test_bare_number() -> None:
    assert [bare_number(text) for text in ("3", "③", "3、", "三", "3a", "")] == [3, 3, 3, None, None, None]


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode("utf-8")


ANYTHING = st.one_of(
    st.text(alphabet=st.characters(), max_size=40),
    st.sampled_from(
        ["/affirm", '/inform{"choice":', "/open{}", "/", "1", "", "\x00", "坏了", "/forget_me", "是的", "放弃"]
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["text", "tap", "files", "refused", "wait"]), ANYTHING), max_size=8))
async def test_random_walks_end_in_an_answer(steps: list[tuple[str, str]]) -> None:
    world = World()
    for kind, value in steps:
        if kind == "wait":
            world.clock.advance(minutes=31)
        elif kind == "text":
            assert (await world.say(value)).messages
        elif kind == "files":
            assert (await world.say(files=(value,))).messages
        else:
            assert (await world.say(**{kind: value})).messages
    assert await world.processor.visible("web", world.address) is not None


@pytest.mark.parametrize(
    ("declared", "kept"),
    [
        ("image/JPEG", "image/jpeg"),
        ("text/plain; charset=utf-8", "text/plain"),
        ("text/\x1b]0;owned\x07", "application/octet-stream"),
        ("text/\x9b2J", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("a/" + "b" * 100, "application/octet-stream"),
    ],
)
def test_a_media_type_is_a_media_type(declared: str, kept: str) -> None:
    assert clean_media_type(declared) == kept
