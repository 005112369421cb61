"""What is done about the pieces of one chat."""

import pytest

from bot.channels.telegram.answering import is_random, note_of, with_edits
from bot.channels.telegram.payloads import ERASE, ERASE_SURE
from bot.channels.telegram.reading import Piece
from tests.fakes.conversations import CODE
from tests.unit.telegram.world import (
    ADDRESS,
    CHAT,
    World,
    file_update,
    member_update,
    message,
    piece,
    tap_update,
    text_update,
    update,
)


async def test_words_are_turns_with_the_persons_message_noted() -> None:
    world = World()
    await world.answer(text_update("您好"), tap_update("b2-random"))
    text, tap = world.heard
    assert (text.text, text.address, text.language, text.channel) == ("您好", ADDRESS, "zh", "telegram")
    assert text.note["messages"][0] is not None
    assert (tap.tap, tap.note["title"]) == ("b2-random", "Yes")
    assert world.woken == 1


async def test_what_a_turn_did_not_post_is_posted_and_the_updates_are_closed() -> None:
    world = World()
    raw = text_update("您好")
    await world.inbox.keep([])
    await world.answer(raw)
    assert world.said == ["echo 您好"]
    world.conversations.posted = True
    await world.answer(text_update("again"))
    assert world.said == ["echo 您好"]


@pytest.mark.parametrize(
    ("argument", "text", "language", "wish"),
    [
        ("", "/greet", "zh", None),
        ("en", None, "en", "en"),
        ("have_code", "/query_status", "zh", None),
        ("summer_campaign", "/greet", "zh", None),
        (CODE, "/greet", "zh", None),
    ],
)
async def test_a_link_opens_in_a_language_or_asks_for_the_code(
    argument: str, text: str | None, language: str, wish: str | None
) -> None:
    world = World()
    await world.answer(text_update(f"/start {argument}".strip()))
    (said,) = world.heard
    assert (said.text, said.language, said.wish) == (text, language, wish)


async def test_the_link_of_a_campaign_names_it_once_and_opens_no_other_way() -> None:
    world = World(campaigns={"spring": {"zh": "春季行动", "en": "Spring"}})
    raw = text_update("/start spring")
    await world.answer(raw)
    assert [said.text for said in world.heard] == ["/greet"]
    assert "春季行动" in world.said[0]
    world.conversations.answered = {piece(raw).id}
    await world.answer(raw)
    assert len([said for said in world.said if "春季行动" in said]) == 1


async def test_an_album_is_one_evidence_turn_and_its_caption_the_next_message() -> None:
    world = World()
    await world.answer(
        file_update("a.pdf", caption="这是合同", media_group_id="g"), file_update("b.pdf", media_group_id="g")
    )
    files, caption = world.heard
    assert len(files.files) == 2 or len(set(files.files)) == 1
    assert (caption.text, len(files.note["messages"])) == ("这是合同", 2)
    assert world.conversations.names == ["a.pdf", "b.pdf"]


async def test_files_without_a_caption_are_one_turn() -> None:
    world = World()
    await world.answer(file_update("a.pdf"), file_update("b.pdf"))
    (files,) = world.heard
    assert (len(files.also), files.text) == (1, None)


async def test_evidence_that_was_taken_before_is_not_fetched_again() -> None:
    world = World()
    raw = file_update("a.pdf", caption="x")
    world.conversations.answered = {f"{piece(raw).id}.files"}
    await world.answer(raw)
    assert world.api.bot.named("get_file") == []
    assert [said.text for said in world.heard] == ["x"]


async def test_a_file_that_is_refused_is_told_to_the_turn() -> None:
    world = World()
    await world.answer(file_update("big.bin", size=5000))
    assert [(said.refused, said.files) for said in world.heard] == [("too_large", ())]


async def test_what_is_taken_and_what_is_not_are_told_both() -> None:
    world = World()
    await world.answer(file_update("a.pdf"), file_update("big.bin", size=5000, caption="这些"))
    files, refused, caption = world.heard
    assert (len(files.files), refused.refused, caption.text) == (1, "too_large", "这些")
    assert len({said.message_id for said in world.heard}) == 3
    assert files.note["messages"]
    assert len(world.store.tables.inbox) == 2


async def test_turns_that_posted_themselves_leave_nothing_to_post() -> None:
    world = World()
    world.conversations.posted = True
    await world.answer(file_update("a.pdf", caption="x"))
    assert (world.posts, len(world.heard)) == ([], 2)


async def test_files_that_were_answered_but_not_ended_are_ended() -> None:
    world = World()
    raw = file_update("a.pdf")
    world.conversations.answered = {f"{piece(raw).id}.files"}
    await world.answer(raw)
    assert (world.heard, len(world.store.tables.inbox)) == ([], 1)


async def test_a_late_file_beside_others_is_told_and_the_others_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.files.ATTEMPTS", 1)
    world = World()
    world.api.bot.fails = [OSError()]
    await world.answer(file_update("late.pdf"), file_update("a.pdf"))
    assert [len(said.files) for said in world.heard] == [1]
    assert len(world.said) == 2


async def test_a_file_that_cannot_be_fetched_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.files.ATTEMPTS", 1)
    world = World()
    world.api.bot.fails = [OSError()]
    await world.answer(file_update("a.pdf"))
    assert world.heard == []
    assert len(world.said) == 1


async def test_odd_things_edits_and_groups_get_the_channels_own_words() -> None:
    world = World()
    await world.answer(update(message=message(dice={"emoji": "🎲", "value": 3})), update(edited_message=message("x")))
    await world.answer(text_update("/help", chat=-5))
    await world.answer(text_update("/help", chat=-5))
    odd, edited, group = world.posts
    assert odd["chat"] == edited["chat"] == CHAT
    assert odd["heard"]
    assert "t.me/changtong_bot" in group["text"]
    assert group["forgets"]
    assert world.heard == []


async def test_who_blocks_us_is_forgotten() -> None:
    world = World()
    person = world.store.person_keys.person("telegram", ADDRESS)
    async with world.store.work() as work:
        work.chats.change(person, lambda _: {"ids": []}, expires_at=world.clock.now())
        await work.watches.put(person, {"chat": CHAT}, world.clock.today())
        work.outbox.put({"do": "ping"}, person=person, expires_at=world.clock.now())
        await work.commit()
    await world.answer(member_update("kicked"))
    tables = world.store.tables
    assert (tables.outbox, tables.chats, tables.watches) == ({}, {}, {})
    assert len(tables.inbox) == 1
    assert world.conversations.lost == [ADDRESS]


async def test_what_needs_no_answer_is_closed() -> None:
    world = World()
    await world.answer(update(poll={"id": "1"}), update(poll={"id": "2"}))
    assert len(world.store.tables.inbox) == 2
    assert world.posts == []


async def test_a_flood_is_answered_once() -> None:
    world = World()
    for number in range(9):
        await world.answer(text_update(str(number)))
    assert len(world.heard) == 5
    assert len(world.said) == 6
    await world.answer(file_update("a.pdf"))
    assert len(world.heard) == 5


async def test_a_file_in_a_flood_is_told_once() -> None:
    world = World()
    for _ in range(7):
        await world.answer(file_update("a.pdf"))
    assert len(world.heard) == 5
    assert len(world.store.tables.inbox) == 7


async def test_all_together_too_fast_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    room = iter([False, True])
    monkeypatch.setattr(world.flood, "has_room", lambda: next(room))
    await world.answer(text_update("x"))
    assert len(world.heard) == 1


async def test_what_fails_raises_and_on_the_last_try_is_given_up_with_an_apology() -> None:
    world = World()
    with pytest.raises(RuntimeError):
        await world.answer(text_update("crash"))
    assert world.posts == []
    await world.answer(text_update("crash"), member_update("member"), is_last_try=True)
    assert len(world.said) == 1
    assert len(world.store.tables.inbox) == 2


async def test_the_language_noted_of_a_chat_goes_before_the_clients() -> None:
    world = World()
    await world.inbox.note(ADDRESS, lambda _: {"language": "en"})
    await world.answer(update(message=message(dice={"emoji": "🎲", "value": 3})))
    assert world.said[0].startswith("I cannot read this")


async def test_typing_is_shown_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.answering.TYPING_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("bot.channels.telegram.answering.TYPING_EVERY_SECONDS", 0.0)
    world = World()
    async with world.answering._typing(CHAT):
        import asyncio

        await asyncio.sleep(0.01)
        world.api.bot.fails = [__import__("telegram").error.TimedOut()]
        await asyncio.sleep(0.01)
    assert len(world.api.bot.named("send_chat_action")) > 1


async def test_deleting_asks_once_more_while_the_code_can_be_shown() -> None:
    world = World()
    now = 4_000_000_000
    await world.inbox.note(ADDRESS, lambda _: {"ids": [[5, now], [6, now]]})
    world.conversations.codes[ADDRESS] = CODE
    await world.answer(tap_update(ERASE))
    assert [payload["do"] for payload in world.posts] == ["say"]
    assert world.posts[0]["buttons"][0][1] == ERASE_SURE
    await world.answer(tap_update(ERASE_SURE))
    assert [payload["do"] for payload in world.posts] == ["say", "erase", "say"]
    assert world.posts[1]["messages"] == [5, 6]
    assert (await world.inbox.chat(ADDRESS))["ids"] == []
    assert world.heard == []


async def test_deleting_when_nothing_is_known_says_so() -> None:
    world = World()
    await world.answer(tap_update(ERASE))
    assert [payload["do"] for payload in world.posts] == ["say"]
    assert await world.inbox.chat(ADDRESS) == {}


def test_ways_on_are_told_from_answers_by_their_ids() -> None:
    assert [is_random(data) for data in ("start_report", "done", "aBcDeFgHiJkL", "a-b1_c", "a1")] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert note_of(piece(tap_update("done"))) == {}
    assert note_of(Piece(kind="tap", update_id=1, data="aB")) == {}


def test_an_edit_of_what_waits_changes_it() -> None:
    first = piece(text_update("wrong"))
    edit = Piece(kind="edited", update_id=2, message=first.message, text="right")
    late = Piece(kind="edited", update_id=3, message=1, text="late")
    pieces = with_edits([first, edit, late])
    assert [(one.kind, one.text) for one in pieces] == [("text", "right"), ("nothing", "right"), ("edited", "late")]
