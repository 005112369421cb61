import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.channels.web import create_app
from bot.channels.web.api import _encoded
from bot.channels.web.pushes import MAX_PAGES_OF_ONE, Pushes, events
from bot.channels.web.texts import _catalogue
from tests.fakes.conversations import CODE, EchoConversations


@pytest.fixture
def echo() -> EchoConversations:
    return EchoConversations()


@pytest.fixture
def client(echo: EchoConversations) -> Iterator[TestClient]:
    with TestClient(create_app(echo), raise_server_exceptions=False) as client:
        yield client


def test_a_message_is_answered_in_the_same_request(client: TestClient) -> None:
    answer = client.post("/api/chat/messages", json={"message_id": "m-000001", "text": "two", "language": "en"})
    body = answer.json()
    assert [m["text"] for m in body["messages"]] == ["echo two", "echo two"]
    assert body["messages"][0]["buttons"] == [{"title": "Yes", "id": "b2"}]
    assert body["messages"][0]["response"] == "utter_echo"
    assert body["state"]["requested_slot"] == "facts"
    assert not body["is_repeat"]
    assert "payload" not in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_message_may_say_the_language(client: TestClient, echo: EchoConversations, language: str) -> None:
    message = {"message_id": "m-000001", "text": "two", "language": language}
    answer = client.post("/api/chat/messages", json=message, headers={"accept-language": "fr, zh;q=0.5"})
    assert answer.json()["state"]["language"] == language
    assert echo.heard[0].language == language


def test_who_is_forgotten_loses_the_cookie(client: TestClient) -> None:
    client.post("/api/chat/messages", json={"message_id": "m-000001", "text": "one"})
    assert "chat" in client.cookies
    client.post("/api/chat/messages", json={"message_id": "m-000002", "text": "forget"})
    assert dict(client.cookies) == {}


def test_the_same_id_gets_the_stored_reply(client: TestClient) -> None:
    message = {"message_id": "m-000001", "text": "one"}
    client.post("/api/chat/messages", json=message)
    assert client.post("/api/chat/messages", json=message).json()["is_repeat"]


def test_the_receipt_comes_with_its_picture(client: TestClient) -> None:
    body = client.post("/api/chat/messages", json={"message_id": "m-000001", "text": "submit"}).json()
    assert body["messages"][0]["receipt"]["code"] == CODE
    assert body["messages"][0]["receipt"]["qr"].startswith("data:image/png")


@pytest.mark.parametrize(
    "message",
    [
        {"message_id": "m-000001"},
        {"message_id": "m-000001", "text": "a", "tap": "b"},
        {"message_id": "short", "text": "a"},
        {"message_id": "m-000001", "text": "a", "payload": "/submit"},
        {"message_id": "m-000001", "files": ["x"] * 11},
    ],
)
def test_a_message_that_is_none_is_refused_in_words(
    client: TestClient, echo: EchoConversations, message: dict[str, object]
) -> None:
    answer = client.post("/api/chat/messages", json=message)
    assert answer.status_code == 400
    assert answer.json()["error"] == "bad_request"
    assert answer.json()["text"]
    assert echo.heard == []


def test_too_long_and_failed_turns_are_told_apart(client: TestClient) -> None:
    long = client.post("/api/chat/messages", json={"message_id": "m-000001", "text": "字" * 600_000})
    assert (long.status_code, long.json()["error"]) == (413, "too_long")
    failed = client.post("/api/chat/messages", json={"message_id": "m-000002", "text": "crash"})
    assert (failed.status_code, failed.json()["error"]) == (500, "error_text")


def test_a_file_goes_up_raw_and_is_named_in_the_next_message(client: TestClient, echo: EchoConversations) -> None:
    up = client.post("/api/chat/files", content=b"hello", headers={"x-file-name": "%E5%8F%91%E7%A5%A8.txt"})
    assert echo.names == ["发票.txt"]
    body = client.post("/api/chat/messages", json={"message_id": "m-000001", "files": [up.json()["id"]]}).json()
    assert body["messages"][0]["text"].startswith("echo files 1")
    assert len({incoming.address for incoming in echo.heard}) == 1


def test_a_file_too_large_is_refused_in_words(client: TestClient) -> None:
    answer = client.post("/api/chat/files", content=b"x" * 1001)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_openapi_documents_the_chat(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/api/chat/messages", "/api/chat/files", "/api/chat/events"} <= paths.keys()


async def test_pushes_reach_the_other_pages_of_the_same_person_alone() -> None:
    pushes = Pushes()
    with pushes.listen("a") as mine, pushes.listen("b") as other:
        pushes.push("a", {"n": 1}, besides="p")
        assert mine.get_nowait() == {"n": 1, "besides": "p"}
        assert other.empty()
    pushes.push("a", {"n": 2})
    assert pushes._pages == {}


async def test_a_stream_beats_and_ends_when_the_server_stops() -> None:
    pushes = Pushes()
    with pushes.listen("a") as queue:
        stream = events(queue, 0.01)
        assert await anext(stream) is None
        pushes.push("a", {"n": 1})
        assert await anext(stream) == {"n": 1, "besides": None}
        pushes.close()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(stream), 1)


async def test_the_oldest_page_of_one_person_is_ended_when_there_are_too_many() -> None:
    pushes = Pushes()
    contexts = [pushes.listen("a") for _ in range(MAX_PAGES_OF_ONE + 1)]
    queues = [context.__enter__() for context in contexts]
    assert queues[0].get_nowait() is None
    for context in contexts:
        context.__exit__(None, None, None)
    assert pushes._pages == {}


def test_every_language_has_the_same_texts() -> None:
    catalogue = _catalogue()
    assert catalogue["zh"].keys() == catalogue["en"].keys()
    assert json.dumps(catalogue)


def test_signs_go_to_the_office_and_say_whether_somebody_is_there(client: TestClient, echo: EchoConversations) -> None:
    assert client.post("/api/chat/signs", json={"what": "typing"}).json() == {"heard": False}
    assert echo.signs == []  # no conversation yet
    client.post("/api/chat/messages", json={"message_id": "m-000001", "text": "two"})
    assert client.post("/api/chat/signs", json={"what": "typing"}).json() == {"heard": False}
    ((address, what),) = echo.signs
    assert what == "typing"
    echo.with_person.add(address)
    assert client.post("/api/chat/signs", json={"what": "read"}).json() == {"heard": True}
    assert client.post("/api/chat/signs", json={"what": "shouting"}).status_code == 400


def test_a_sign_is_an_event_of_its_own() -> None:
    assert _encoded({"sign": "typing", "besides": None}, "p") == b'event: sign\ndata: "typing"\n\n'
