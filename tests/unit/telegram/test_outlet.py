"""Replies as rows of the outbox."""

from types import SimpleNamespace
from typing import Any

from bot.channels.messages import Button, OutgoingMessage, Reply, TurnState
from bot.channels.telegram.chat_notes import DELETABLE_SECONDS, deletable, with_messages
from bot.channels.telegram.outlet import TelegramOutlet, has_code, in_hundreds, joined, posts_of, tidying
from bot.channels.telegram.payloads import ERASE
from tests.fakes import FakeClock, MemoryStore
from tests.fakes.conversations import CODE
from tests.unit.telegram.world import ADDRESS, CHAT

YES = Button(title="Yes", id="b1", payload="/affirm")


def said(*texts: str, buttons: tuple[Button, ...] = (), **values: Any) -> Reply:
    messages = [OutgoingMessage(text=text) for text in texts]
    if buttons:
        messages[-1] = OutgoingMessage(text=texts[-1], buttons=buttons)
    return Reply(messages=tuple(messages), state=TurnState(language="en"), **values)


def receipt(response: str = "utter_receipt") -> Reply:
    saved = Button(title="Saved", id="done", payload="/done")
    words = OutgoingMessage(text=f"Your code: {CODE}", buttons=(saved,), response=response)
    messages = (OutgoingMessage(text="Submitted."), words, OutgoingMessage(custom={"receipt": True}))
    return Reply(messages=messages, state=TurnState(language="en"))


async def collected(reply: Reply, notes: Any = (), noted: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    clock = FakeClock()
    store = MemoryStore(clock)
    person = store.person_keys.person("telegram", ADDRESS)
    async with store.work() as work:
        if noted:
            work.chats.change(person, lambda _: noted, expires_at=clock.now())
            await work.commit()
        work.outbox.put({"do": "ping", "chat": CHAT, "text": "old"}, person=person, expires_at=clock.now())
        await work.commit()
        heard = SimpleNamespace(address=ADDRESS, notes=notes)
        await TelegramOutlet(clock.now).collect(work, person, heard, reply)
        await work.commit()
    rows = sorted(store.tables.outbox.values(), key=lambda row: (row.priority, row.queued_at))
    return [row.payload for row in rows if row.payload["text" if "text" in row.payload else "do"] != "old"]


def test_messages_are_joined_until_one_has_buttons() -> None:
    reply = said("one", "two", buttons=(YES,))
    more = [*reply.messages, OutgoingMessage(), OutgoingMessage(text="three")]
    assert [text for text, _ in joined(more)] == ["one\n\ntwo", "three"]


def test_messages_that_do_not_fit_together_stay_apart() -> None:
    assert [len(text) for text, _ in joined(said("a" * 3000, "b" * 2000).messages)] == [3000, 2000]


def test_a_code_stands_alone_and_is_protected() -> None:
    first, second, offer = [post.payload for post in posts_of(CHAT, receipt())]
    assert "protect" not in first
    assert second["protect"]
    assert offer["buttons"][0][1] == ERASE
    assert offer["beside"]
    assert first["turn"] == second["turn"] == offer["turn"]


def test_a_code_shown_again_is_protected_and_brings_no_new_offer() -> None:
    assert [post.payload.get("protect") for post in posts_of(CHAT, receipt("utter_code_again"))] == [None, True]


def test_codes_are_known_by_their_form() -> None:
    assert has_code(f"x {CODE}.")
    assert not has_code(f"1{CODE}")
    assert not has_code("AAAAA-BBBBB")


async def test_a_reply_names_the_persons_messages_and_the_question_answered() -> None:
    notes = [{"messages": [5, None]}, {"tapped": 9, "text": "Which?", "title": "Yes"}]
    first, edit = await collected(said("next", buttons=(YES,)), notes)
    assert (first["heard"], first["answered"], first["buttons"]) == ([5], 9, [["Yes", "b1"]])
    assert edit == {"do": "mark", "chat": CHAT, "message": 9, "text": "Which?\n\n✓ Yes"}


def test_a_question_that_cannot_be_marked_loses_its_buttons() -> None:
    for note in ({"tapped": 9}, {"tapped": 9, "text": "x" * 4096, "title": "Yes"}):
        (post,) = tidying(CHAT, [note, {}])
        assert post.payload == {"do": "bare", "chat": CHAT, "message": 9}


async def test_a_new_code_carries_what_can_be_deleted_on() -> None:
    *_, offer = await collected(receipt(), noted={"ids": [[1, 2]]})
    assert offer["carry"] == [[1, 2]]


async def test_forgetting_takes_what_waits_and_the_messages_themselves() -> None:
    now = 4_000_000_000
    payloads = await collected(
        said("forgotten", is_forgotten=True), [{"messages": [7]}], noted={"ids": [[5, now], [1, 0]]}
    )
    assert [payload["do"] for payload in payloads] == ["say", "erase"]
    assert payloads[0]["forgets"]
    assert payloads[1]["messages"] == [5, 7]


async def test_a_reply_of_no_words_leaves_nothing() -> None:
    assert await collected(said()) == []


def test_ids_go_by_hundreds_and_once() -> None:
    assert [len(part) for part in in_hundreds([*range(150), 3])] == [100, 50]
    assert in_hundreds([]) == []


def test_telegram_deletes_what_is_younger_than_48_hours() -> None:
    noted = with_messages({}, CHAT, [1], 0.0)
    assert deletable(noted, 48 * 3600 - 1) == [1]
    assert deletable(noted, 48 * 3600) == []


def test_ids_are_known_as_long_as_they_can_be_deleted() -> None:
    noted = with_messages({"ids": [[1, 0], [2, 1000]]}, CHAT, [3], DELETABLE_SECONDS + 500, carried=[[4, 900]])
    assert noted["ids"] == [[2, 1000], [3, DELETABLE_SECONDS + 500], [4, 900]]
    assert deletable(noted, DELETABLE_SECONDS + 950) == [2, 3]
    assert len(with_messages({}, CHAT, range(5000), 10.0)["ids"]) == 1500
