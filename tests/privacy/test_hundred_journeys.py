"""A hundred random anonymous journeys with planted words; then everything that is kept is searched and compared.

Each is of one channel (web, terminal, a messenger's address), with words planted in the story, the address, a file's
name and a picture's notes; some say them again after the code, some leave a message for the office.
"""

import contextlib
import io
import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, LargeBinary, select

from bot.bootstrap import App, Prepared, build
from bot.channels.messages import Attachment, Button, Incoming, Reply
from bot.settings import Settings
from casework.code import find, normalise
from storage import retention, setup
from storage.models import Base
from storage.repositories.case_rows import TABLES
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once
from tests.fakes import FakeClock
from tests.privacy.conftest import talkative
from tests.privacy.test_traces import spellings
from tests.support.stores import make_config
from tests.unit.storage.cleaning import planted

JOURNEYS = 100
WITH_FILES = 12
WRITERS = 4
TELEPHONE = "13998877665"
HAN, LATIN = "檗黧虬嵎", "zyxommaphore"
"""Every planted word holds one of these, which stand in no file of ours."""
CHANNELS = ("web", "terminal", "telegram")
STORIES = (
    "{unit}的人拖着不给办施工许可，跑了{n}趟，每次都说缺材料，知情人叫{word}。",
    "{unit}天天来店里检查，罚了{n}次不给票据，地点在{word}，我一个人守店。",
    "{unit}收费不开票，一共{n}千元，还说找{word}也没有用，联系电话138{digits}。",
    "{unit}的窗口推来推去，等了{n}天，最后让去找{word}，材料又退回来了。" * 3,
)
UNITS = ("甘井子区住建局", "沙河口区城管局", "庄河市自然资源局", "瓦房店市教育局", "普兰店区市场监管局")


@dataclass
class Person:
    """Somebody who reports once. What they know the program by is a word of theirs too."""

    app: App
    chance: random.Random
    channel: str
    address: str = field(repr=False)
    code: str = field(default="", repr=False)
    _shown: tuple[Button, ...] = ()

    def word(self) -> str:
        tail = "".join(self.chance.choices("柠樱椋栾檀桤楝榉", k=3))
        return f"{HAN}{tail}" if self.chance.random() < 0.7 else f"{LATIN}{self.chance.randint(100, 999)}"

    async def say(self, text: str) -> Reply:
        return await self._turn(text=text)

    async def report(self, *, with_file: bool) -> None:
        """Hand a report in and note its code; a check for what gives them away is answered at random."""
        story = self.chance.choice(STORIES).format(
            unit=self.chance.choice(UNITS),
            n=self.chance.randint(2, 9),
            word=self.word(),
            digits=self.chance.randint(10_000_000, 99_999_999),
        )
        for text in ("/start_report", story, "/done", "/affirm", "匿名"):
            reply = await self.say(text)
        if with_file:
            await self._send_file()
        reply = await self.say("/submit_now")
        if reply.state.active_loop == "self_check_form":
            reply = await self.say(self.chance.choice(["全部隐去", "全部保留"]))
        assert reply.state.requested_slot == "confirm", reply.messages
        await self._read_code(await self.say("/affirm"))

    async def look_up(self) -> None:
        """Come back by the code, add a word, and close."""
        await self.say("/done")
        reply = await self.say(self.code)
        assert any(button.payload == "/add_info" for message in reply.messages for button in message.buttons)
        await self.say("/add_info")
        reply = await self.say(f"补充：昨天又去了{self.word()}，还是不给办")
        if reply.state.active_loop == "self_check_form":
            await self.say("全部隐去")
        await self.say("/done")

    async def write_to_office(self) -> None:
        """Leave a message; what gives them away is hidden before it is sent."""
        await self.say("/ask_human")
        await self.say(f"我叫王建国，材料寄到{self.word()}去了，请打{TELEPHONE}告诉我")
        reply = await self.say("/affirm")
        assert reply.state.active_loop == "self_check_form", reply.messages
        await self._read_code(await self.say("全部隐去"))

    async def _send_file(self) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield planted.jpeg()

        name = f"{self.word()}.jpg"
        attachment = Attachment(name=name, declared_type="image/jpeg", chunks=chunks())
        await self._turn(files=(await self.app.conversations.take(self.channel, self.address, attachment),))

    async def _read_code(self, reply: Reply) -> None:
        findings = [finding for message in reply.messages if (finding := find(message.text)) is not None]
        self.code = next(finding.code for finding in findings if finding.kind == "valid")

    async def _turn(self, text: str | None = None, files: tuple[str, ...] = ()) -> Reply:
        reply = await self.app.conversations.handle(
            Incoming(
                channel=self.channel, address=self.address, message_id=secrets.token_hex(8), text=text, files=files,
                language="zh",
            )
        )  # fmt: skip
        self.address = reply.successor or self.address
        return reply


@dataclass
class Travelled:
    """What the journeys left."""

    app: App
    clock: FakeClock
    data: Path
    logs: str
    people: list[Person]
    writers: list[Person]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def travelled(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Travelled]:  # noqa: F811
    """Let everybody travel, in an order by chance, some days apart; logs at their most talkative."""
    settings, clock = Settings(data=tmp_path_factory.mktemp("hundred") / "data"), FakeClock()
    await setup(make_config(settings.data, "", clock), terminal=False)
    app = await build(settings, clock=clock, prepared=prepared)
    chance, printed = random.Random(20201130), io.StringIO()
    people = []
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed), talkative():
        for number in range(JOURNEYS):
            channel = CHANNELS[number % len(CHANNELS)]
            person = Person(
                app, random.Random(chance.random()), channel, f"{LATIN}{number}-{chance.randint(10**8, 10**9)}"
            )
            await person.report(with_file=number < WITH_FILES)
            people.append(person)
            clock.advance(seconds=chance.randint(20, 600))
        for person in chance.sample(people, 30):
            await person.look_up()
        writers = [Person(app, random.Random(n), CHANNELS[n % 3], f"{LATIN}w{n}") for n in range(WRITERS)]
        for writer in writers:
            await writer.write_to_office()
        await app.jobs.run_due()
    yield Travelled(app=app, clock=clock, data=settings.data, logs=printed.getvalue(), people=people, writers=writers)
    await app.close()


def _needles(people: list[Person]) -> list[bytes]:
    words = [
        HAN,
        LATIN,
        planted.MARK,
        *(normalise(person.code) for person in people),
        *(person.code for person in people),
    ]
    return [
        spelled
        for word in words
        for spelled in (spellings(word) if word in (HAN, LATIN, planted.MARK) else [word.encode()])
    ]


def _found(folder: Path, needles: list[bytes]) -> list[str]:
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [f"{path.name}: {needle!r}" for path, content in contents.items() for needle in needles if needle in content]


@pytest.mark.asyncio(loop_scope="module")
async def test_no_file_and_no_log_holds_a_planted_word_or_a_code(travelled: Travelled) -> None:
    needles = [*_needles([*travelled.people, *travelled.writers]), *spellings(TELEPHONE)]
    assert _found(travelled.data, needles) == []
    codes = (person.code for person in (*travelled.people, *travelled.writers))
    for word in (HAN, LATIN, planted.MARK, TELEPHONE, *codes):
        assert word not in travelled.logs
    assert travelled.logs.count("\n") > JOURNEYS
    (travelled.data / "planted").write_bytes(b"..." + needles[0] + b"...")
    assert len(_found(travelled.data, needles)) == 1  # the search can fail
    (travelled.data / "planted").unlink()


def _rows(connection: Connection) -> dict[str, list[dict[str, object]]]:
    return {t.name: [dict(row) for row in connection.execute(select(t)).mappings()] for t in TABLES}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_message_to_the_office_holds_what_was_decided_and_no_more(travelled: Travelled) -> None:
    async with travelled.app.store.work() as work:
        cases = [await work.cases.by_code(writer.code) for writer in travelled.writers]
    texts = [entry.text for case in cases if case is not None for entry in case.entries if "材料寄到" in entry.text]
    assert len(texts) == WRITERS
    for text in texts:
        assert "［姓名］" in text
        assert "［电话］" in text
        assert TELEPHONE not in text
        assert "王建国" not in text


@pytest.mark.asyncio(loop_scope="module")
async def test_neither_ids_nor_the_order_of_rows_tell_who_came_first(travelled: Travelled) -> None:
    order = []
    async with travelled.app.store.work() as work:
        for person in travelled.people:
            case = await work.cases.by_code(person.code)
            assert case is not None
            order.append(case.id)
    stored = [row["id"] for row in (await travelled.app.store.database.read(_rows))["cases"]]
    by_id = [sorted(order).index(case_id) for case_id in order]
    by_place = [stored.index(case_id) for case_id in order]
    for places in (by_id, by_place):
        assert abs(_correlation(list(range(JOURNEYS)), places)) < 0.4  # by chance more than that once in 20,000


def _correlation(left: list[int], right: list[int]) -> float:
    """Return Spearman's rank correlation of two permutations."""
    count = len(left)
    distance = sum((one - other) ** 2 for one, other in zip(left, right, strict=True))
    return 1 - 6 * distance / (count * (count * count - 1))


@pytest.mark.asyncio(loop_scope="module")
async def test_sizes_and_times_are_the_same_for_everybody(travelled: Travelled) -> None:
    rows = await travelled.app.store.database.read(_rows)
    for name in ("case_parts", "case_keys", "case_entries"):
        table = Base.metadata.tables[name]
        blobs = [
            column.name for column in table.columns if isinstance(column.type, LargeBinary) and not column.primary_key
        ]
        for column in blobs:
            sizes = {len(bytes(value)) for row in rows[name] if isinstance(value := row[column], bytes)}
            assert len(sizes) <= 4, (name, column, sizes)
    days = {value for row in rows["cases"] for value in row.values() if isinstance(value, date)}
    assert not any(isinstance(value, datetime) for row in rows["cases"] for value in row.values())
    assert len({row["day"] for row in rows["cases"]}) <= 2
    assert all(row["received_at"] is None for row in rows["cases"])
    assert len(days) <= 4


@pytest.mark.asyncio(loop_scope="module")
async def test_cleaned_pictures_are_kept_without_their_originals(travelled: Travelled) -> None:
    store = travelled.app.store
    store.evidence._now = lambda: 4e9
    await retention.sweep_evidence(store)
    kept = [path for path in store.config.evidence_folder.glob("*/*") if path.is_file()]
    assert len(kept) == WITH_FILES
    assert len({path.stat().st_mtime % 86_400 for path in kept}) == 1
    async with store.work() as work:
        case = await work.cases.by_code(travelled.people[0].code)
        assert case is not None
        assert case.report is not None
        (file,) = case.report.files
        assert file.original is None
    assert planted.MARK.encode() not in b"".join([chunk async for chunk in store.evidence.open(file)])
