"""What is wrong comes over HTTP: answered clearly, and nothing of the draft is lost."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from bot.bootstrap import App, Prepared, build
from bot.cli.talking import web_app
from bot.settings import Settings
from storage.errors import StoreFull
from tests.dialogues.conftest import folder, prepared

__all__ = ["folder", "prepared"]

ADDRESS = "http://127.0.0.1"
STORY = "我们公司到西岗区市场监督管理局办食品经营许可证，窗口的王科长让我交五千元才肯收材料。"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def app(prepared: Prepared, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    data = tmp_path_factory.mktemp("bad") / "data"
    shutil.copytree(folder, data)
    app = await build(Settings(data=data), prepared=prepared)
    yield app
    await app.close()


class Person:
    """A page on the real program that has told the story."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self._sent = 0

    async def begin(self) -> "Person":
        for text in ("/start_report", STORY):
            assert (await self.say(text)).status_code == 200
        return self

    def message(self, **what: Any) -> dict[str, Any]:
        self._sent += 1
        return {"message_id": f"message-{self._sent:03}", **what}

    async def send(self, **what: Any) -> httpx2.Response:
        return await self.post(json.dumps(self.message(**what)).encode())

    async def say(self, text: str) -> httpx2.Response:
        return await self.send(text=text)

    async def post(self, body: bytes) -> httpx2.Response:
        return await self.client.post(
            "/api/chat/messages", content=body, headers={"content-type": "application/json", "origin": ADDRESS}
        )

    async def facts(self) -> str:
        """Return what the summary tells; the draft must still be open."""
        answer = (await self.say("看看我填了什么")).json()
        assert answer["state"]["active_loop"] == "report_form"
        return "\n".join(message["text"] for message in answer["messages"])


@pytest_asyncio.fixture(loop_scope="module")
async def person(app: App) -> AsyncIterator[Person]:
    transport = httpx2.ASGITransport(web_app(app), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield await Person(client).begin()


@pytest.mark.parametrize(
    "text",
    [
        "", "   \n\t ", "\x00", "\x00\x01\x1b[2J\x7f", "\u202e\u200b\ufeff", "\ud800", "x\udfff\ud800y", "9" * 400,
        "{facts} {{x}} %s ${a}",
    ],
    ids=["empty", "blank", "nul", "control", "invisible", "surrogate", "surrogates", "digits", "braces"],
)  # fmt: skip
async def test_odd_texts_are_answered(person: Person, text: str) -> None:
    answer = await person.say(text)
    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"]
    assert answer.json()["state"]["requested_slot"] == "facts"
    assert STORY in await person.facts()


@pytest.mark.parametrize(
    "text", ["很长的一句话。" * 14_286, "2025年3月5日，" * 10_000, "9" * 100_000, "3万元 a@b.c " * 10_000]
)
async def test_a_hundred_thousand_characters(person: Person, text: str) -> None:
    answer = await person.say(text)
    assert answer.status_code == 200
    assert answer.json()["messages"]
    assert STORY in await person.facts()


async def test_more_than_is_taken(person: Person) -> None:
    answer = await person.say("x" * 200_001)
    assert (answer.status_code, answer.json()["messages"][0]["response"]) == (200, "turn_too_long")
    answer = await person.say("x" * 1_100_000)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_long")
    assert STORY in await person.facts()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b'{"message_id": "12345678"}',
        b'{"message_id": "12345678", "text": 7}', b'{"message_id": "12345678", "text": "a", "tap": "b"}',
        b'{"message_id": "12345678", "text": "a", "payload": "/submit_now"}',
        b'{"message_id": "1", "text": "a"}', b'{"message_id": "12345678", "tap": "\\ud800"}',
        b'{"message_id": "12345678", "files": "x"}', b"[" * 50_000,
    ],
)  # fmt: skip
async def test_bodies_that_are_no_message(person: Person, body: bytes) -> None:
    answer = await person.post(body)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request"), answer.text
    assert answer.json()["text"]
    assert STORY in await person.facts()


@pytest.mark.parametrize("tap", ["x", "submit_now", "/submit_now", "affirm", "\x00", "open", "../.."])
async def test_buttons_that_were_never_shown(person: Person, tap: str) -> None:
    answer = await person.send(tap=tap)
    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"][0]["response"] == "utter_old_button"
    assert answer.json()["state"]["requested_slot"] == "facts"
    assert STORY in await person.facts()


async def test_payloads_that_are_typed_are_only_text(person: Person) -> None:
    """They may be understood as words: "/submit_now" asks to submit. They fill no slot and carry no entity."""
    for text in ('/inform{"field": "mode", "value": "anonymous"}', '/open{"language": "en"}', "/submit_now"):
        answer = (await person.say(text)).json()
        assert (answer["state"]["active_loop"], answer["state"]["language"]) == ("report_form", "zh")
        assert not any(message["receipt"] for message in answer["messages"])
    facts = await person.facts()
    assert STORY in facts
    assert "匿名" not in facts


async def test_files_of_nobody_or_of_somebody_else_are_none(person: Person, app: App) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(web_app(app)), base_url=ADDRESS) as other:
        up = await other.post("/api/chat/files", content=b"secret of another", headers={"x-file-name": "s.txt"})
    for ids in ([up.json()["id"]], ["0" * 32], ["../../keys/server"], ["\x00", "\ud800"]):
        answer = await person.send(files=ids)
        assert answer.status_code == 200, answer.text
        assert answer.json()["messages"][0]["response"] == "utter_file_refused_empty", answer.text
    assert "证据" not in await person.facts()


async def test_two_messages_at_once_are_both_taken(person: Person) -> None:
    first, second = await asyncio.gather(person.say("第一句补充的话。"), person.say("第二句补充的话。"))
    assert (first.status_code, second.status_code) == (200, 200)
    facts = await person.facts()
    assert [facts.count(text) for text in (STORY, "第一句补充的话。", "第二句补充的话。")] == [1, 1, 1]


async def test_the_same_message_at_once_is_taken_once(person: Person) -> None:
    body = json.dumps(person.message(text="只说一次的话。")).encode()
    answers = await asyncio.gather(*(person.post(body) for _ in range(5)))
    assert len({json.dumps(answer.json()["messages"]) for answer in answers}) == 1
    assert sorted(answer.json()["is_repeat"] for answer in answers) == [False, True, True, True, True]
    assert (await person.facts()).count("只说一次的话。") == 1


async def test_on_a_full_disk_nothing_is_lost_and_the_same_message_is_taken_later(
    person: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_command: object) -> None:
        raise StoreFull

    body = json.dumps(person.message(text="磁盘满时说的话。")).encode()
    with monkeypatch.context() as patch:
        patch.setattr(app.store.database, "write", full)
        refused = await person.post(body)
        assert (refused.status_code, refused.json()["error"]) == (500, "error_text")
        assert refused.json()["text"]
    taken = await person.post(body)
    assert taken.status_code == 200
    assert not taken.json()["is_repeat"]
    facts = await person.facts()
    assert [facts.count(text) for text in (STORY, "磁盘满时说的话。")] == [1, 1]


async def test_an_upload_onto_a_full_disk_is_refused_in_words(
    person: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.evidence.os.fsync", full)
        refused = await person.client.post("/api/chat/files", content=b"x" * 5000, headers={"x-file-name": "a.jpg"})
    assert (refused.status_code, refused.json()["error"]) == (413, "no_space")
    assert refused.json()["text"]
    assert list((app.settings.data / "evidence" / "incoming").glob("*")) == []
    taken = await person.client.post("/api/chat/files", content=b"x" * 5000, headers={"x-file-name": "a.jpg"})
    assert taken.status_code == 200
