"""What comes in: polling, the webhook, presses answered at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from telegram.error import BadRequest, NetworkError

from bot.channels.posting import LeadLike, NotNow, Unsure
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.webhook import MAX_BODY_BYTES, PATH, SECRET_HEADER, Webhook, WithWebhook, announce
from tests.unit.telegram.world import World, tap_update, text_update, update

SECRET = "s" * 64


def intake_of(world: World) -> Intake:
    return Intake(world.api, world.inbox, world.wake)  # type: ignore[arg-type]


async def test_an_update_is_stored_once_and_the_worker_is_woken() -> None:
    world = World()
    raw = text_update("x")
    assert await intake_of(world).receive([raw, raw]) == 1
    assert await intake_of(world).receive([raw]) == 0
    assert len(world.store.tables.updates) == 1
    assert world.woken == 2


async def test_what_no_update_can_be_is_passed() -> None:
    world = World()
    assert await intake_of(world).receive([b"nonsense"]) == 0
    assert world.woken == 0


async def test_a_press_is_answered_at_once_and_once() -> None:
    world = World()
    intake = intake_of(world)
    raw = tap_update("a")
    await intake.receive([raw])
    await intake.receive([raw])
    await intake.finish()
    assert [args for args, _ in world.api.bot.named("answer_callback_query")] == [("77",)]
    world.api.bot.fails = [BadRequest("query is too old")]
    await intake.receive([tap_update("b")])
    await intake.finish()
    assert len(world.store.tables.updates) == 2


class Leads:
    """Leads so many looks long; `none` for somebody else."""

    def __init__(self, looks: int = 99, *, none: bool = False) -> None:
        self.looks, self.none, self.names = looks, none, list[str]()

    @asynccontextmanager
    async def __call__(self, name: str) -> AsyncIterator[LeadLike | None]:
        self.names.append(name)
        yield None if self.none else self

    async def is_held(self) -> bool:
        self.looks -= 1
        return self.looks >= 0


async def test_polling_confirms_what_is_stored_and_drops_the_offset_when_all_is() -> None:
    world = World()
    polling = Polling(world.api, intake_of(world), Leads())  # type: ignore[arg-type]
    first, second = text_update("a"), text_update("b")
    world.api.polls = [[first, second], [], [b"[]"]]
    offset = await polling.poll_once(None)
    assert offset is not None
    assert len(world.store.tables.updates) == 2
    assert await polling.poll_once(offset) is None
    assert await polling.poll_once(None) is None
    assert world.api.offsets == [None, offset, None]


@pytest.fixture
def short_sleep(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the modules under test sleep for a moment only; gives what they asked for."""
    real, asked = asyncio.sleep, list[float]()

    async def sleep(seconds: float) -> None:
        asked.append(seconds)
        await real(0)

    monkeypatch.setattr("bot.channels.telegram.polling.asyncio.sleep", sleep)
    return asked


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
    raise AssertionError("never so")


async def _cancelled(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_polling_lives_through_failures_and_waits_longer_each_time(short_sleep: list[float]) -> None:
    world = World()
    world.api.bot.fails = [NetworkError("x")]
    world.api.polls = [Unsure(), NotNow(9), OSError(), [text_update("x")], *([[]] * 500)]
    leads = Leads(looks=8)
    task = asyncio.create_task(Polling(world.api, intake_of(world), leads).run())  # type: ignore[arg-type]
    await _until(lambda: len(leads.names) > 1)
    await _cancelled(task)
    assert short_sleep[:4] == [1.0, 2.0, 9, 8.0]
    assert len(world.store.tables.updates) == 1
    assert len(world.api.bot.named("delete_webhook")) == 2


async def test_a_lead_that_cannot_be_asked_for_is_asked_for_again(short_sleep: list[float]) -> None:
    world = World()
    asked: list[str] = []

    @asynccontextmanager
    async def lead(name: str) -> AsyncIterator[LeadLike | None]:
        asked.append(name)
        if asked:
            raise OSError
        yield None

    task = asyncio.create_task(Polling(world.api, intake_of(world), lead).run())  # type: ignore[arg-type]
    await _until(lambda: len(asked) > 2)
    await _cancelled(task)


async def test_who_does_not_lead_does_not_poll(short_sleep: list[float]) -> None:
    world = World()
    leads = Leads(none=True)
    task = asyncio.create_task(Polling(world.api, intake_of(world), leads).run())  # type: ignore[arg-type]
    await _until(lambda: len(leads.names) > 2)
    await _cancelled(task)
    assert world.api.offsets == []
    assert set(leads.names) == {"poller"}


class Recording:
    """An intake that keeps what it is given, or fails."""

    def __init__(self) -> None:
        self.raws: list[bytes] = []
        self.fails = False

    async def receive(self, raws: Any) -> int:
        if self.fails:
            raise OSError
        self.raws += raws
        return len(raws)


@pytest.fixture
def web() -> tuple[TestClient, Recording]:
    intake = Recording()
    app = WithWebhook(Starlette(), Webhook(intake, SECRET))  # type: ignore[arg-type]
    return TestClient(app), intake


def test_an_update_with_the_secret_is_stored_and_then_confirmed(web: tuple[TestClient, Recording]) -> None:
    client, intake = web
    answer = client.post(PATH, content=b'{"update_id": 1}', headers={SECRET_HEADER: SECRET})
    assert (answer.status_code, intake.raws) == (200, [b'{"update_id": 1}'])
    assert client.get("/elsewhere").status_code == 404


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: ""}, {SECRET_HEADER: SECRET + "s"}])
def test_without_the_secret_the_body_is_not_read(web: tuple[TestClient, Recording], headers: dict[str, str]) -> None:
    client, intake = web
    assert client.post(PATH, content=b"x", headers=headers).status_code == 403
    assert intake.raws == []


async def test_without_the_secret_nothing_is_asked_of_the_connection() -> None:
    async def receive() -> Any:
        raise AssertionError("the body was read")

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
    await Webhook(Recording(), SECRET)(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 403


def test_what_cannot_be_stored_is_asked_for_again(web: tuple[TestClient, Recording]) -> None:
    client, intake = web
    intake.fails = True
    assert client.post(PATH, content=b"x", headers={SECRET_HEADER: SECRET}).status_code == 500


def test_other_methods_and_large_bodies_are_refused(web: tuple[TestClient, Recording]) -> None:
    client, intake = web
    headers = {SECRET_HEADER: SECRET}
    assert client.get(PATH, headers=headers).status_code == 405
    assert client.post(PATH, content=b"x" * (MAX_BODY_BYTES + 1), headers=headers).status_code == 413
    assert client.post(PATH, content=(b"x" * 700_000 for _ in range(2)), headers=headers).status_code == 413
    assert client.post(PATH, content=b"", headers=headers | {"content-length": "-1"}).status_code == 413
    assert intake.raws == []


async def test_a_body_that_breaks_off_is_refused() -> None:
    events = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return events.pop(0)

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": [(SECRET_HEADER.encode(), SECRET.encode())]}
    await Webhook(Recording(), SECRET)(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 413


async def test_an_update_that_can_never_be_read_is_confirmed() -> None:
    world = World()
    client = TestClient(WithWebhook(Starlette(), Webhook(intake_of(world), SECRET)))
    assert client.post(PATH, content=b"nonsense", headers={SECRET_HEADER: SECRET}).status_code == 200
    raw = update(message={"message_id": 1, "chat": {"id": 5, "type": "private"}, "of_tomorrow": {}})
    assert client.post(PATH, content=raw, headers={SECRET_HEADER: SECRET}).status_code == 200
    assert len(world.store.tables.updates) == 1


async def test_telegram_is_told_where_to_deliver_until_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("bot.channels.telegram.webhook.asyncio.sleep", sleep)
    world = World()
    world.api.bot.fails = [NetworkError("x"), NetworkError("x")]
    await announce(world.api, "https://report.example", SECRET)  # type: ignore[arg-type]
    *_, (args, values) = world.api.bot.named("set_webhook")
    assert args == (f"https://report.example{PATH}",)
    assert values["secret_token"] == SECRET
    assert "my_chat_member" in values["allowed_updates"]
    assert slept == [1.0, 2.0]
