"""All that the stand-in knows: one bot, its chats, its updates, and what went wrong."""

import secrets
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from tests.telegram.chats import Chat, Json, Person
from tests.telegram.errors import bad_request
from tests.telegram.faults import Faults
from tests.telegram.files import Files
from tests.telegram.flood import FloodControl
from tests.telegram.schema import Schema
from tests.telegram.updates import Queue, Updates
from tests.telegram.webhook import Delivery, Webhook

_SUPERGROUPS = -1_000_000_000_000
_QUERY_SECONDS = 60.0
_CALLS_KEPT = 50_000


@dataclass(frozen=True)
class Call:
    """A call of the bot: when (the real clock), what, and the status it got; files stand as their size."""

    at: float
    method: str
    parameters: Json
    status: int


@dataclass
class Query:
    """A tap that waits for its one answer."""

    id: str
    chat: int
    at: float
    answer: Json | None = None


@dataclass
class World:
    """The state of one bot's server; `reset` of the control interface makes a new one."""

    schema: Schema
    is_flood_on: bool = True
    token: str = field(default_factory=lambda: f"{secrets.randbelow(9 * 10**8) + 10**8}:{secrets.token_urlsafe(26)}")
    advanced_seconds: float = 0.0
    latency_seconds: float = 0.0
    is_privacy_mode: bool = True
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    delivery: Delivery = field(default_factory=Delivery)
    errors: list[str] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=_CALLS_KEPT))
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.flood = FloodControl(is_on=self.is_flood_on)
        self.files = Files(now=self.now)
        self.updates = Updates(now=self.now, next_id=secrets.randbelow(10**8) + 10**8)
        self.webhook = Webhook(updates=self.updates, delivery=self.delivery)
        self.updates.woken = self.webhook.woken

    @property
    def bot(self) -> Json:
        """The bot as a `User`."""
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "畅通", "username": f"changtong_{number}_bot"}

    def now(self) -> float:
        """The server's time: the real one, and what tests have put before it."""
        return time.time() + self.advanced_seconds

    def chat(self, chat_id: object) -> Chat:
        """Return the chat. Raises `ApiError` when there is none."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def add_person(self, **about: str | None) -> Person:
        """Make a person with a chat that was not started."""
        number = secrets.randbelow(6 * 10**9) + 10**9
        person = Person(id=number, **{"first_name": "Somebody", **about})  # type: ignore[arg-type]
        self.chats[number] = Chat(id=number, type="private", person=person)
        return person

    def add_group(self, kind: str, title: str, *, is_forum: bool = False) -> Chat:
        number = secrets.randbelow(10**9) + 10**6
        chat_id = _SUPERGROUPS - number if kind == "supergroup" else -number
        chat = Chat(id=chat_id, type=kind, title=title, is_forum=is_forum, is_started=True)
        self.chats[chat_id] = chat
        return chat

    def inject(self, kind: str, payload: Json, queue: Queue) -> int | None:
        """Give the bot an update, judged by the schema."""
        self.errors += self.schema.problems("Update", {"update_id": 0, kind: payload}, "injected update")
        return self.updates.add(kind, payload, queue)

    def ask(self, chat: int) -> Query:
        """Remember a tap that must be answered."""
        query = Query(id=str(secrets.randbelow(10**18)), chat=chat, at=self.now())
        self.queries[query.id] = query
        return query

    def answer(self, query_id: str, answer: Json) -> None:
        """Take the one answer to a tap. Raises `ApiError` when it was answered, is old or never was."""
        query = self.queries.get(query_id)
        if query is None or query.answer is not None or self.now() - query.at > _QUERY_SECONDS:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        query.answer = answer

    def all_errors(self) -> list[str]:
        """Return what must fail a test."""
        return [*self.errors, *self.webhook.bad_answers]
