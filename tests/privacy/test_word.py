"""A word of the reporter's own before the draft of another day: kept nowhere, and the draft untouched without it."""

import json
from collections.abc import Callable
from dataclasses import asdict

from bot.turns.memory import Memory, decode
from casework.ports import PersonKey
from tests.dialogues.conftest import folder, prepared, talker  # noqa: F401
from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import Run, Transcript
from tests.privacy.conftest import PLANTED, STORY

WORD = "紫檀木梳子"


async def play(talker: InProcess, *turns: dict[str, object]) -> None:  # noqa: F811
    await Run(Transcript(name="word", language="zh", turns=[dict(turn) for turn in turns]), talker).play()


async def remembered(talker: InProcess) -> Memory:  # noqa: F811
    """Open the person's row as the program does: with the server key and the day's key."""
    app = talker.app
    assert app is not None
    person: PersonKey = app.store.person_keys.person(talker.channel, talker._address)
    async with app.store.work() as work:
        stored = await work.conversations.load(person)
    assert stored is not None
    return decode(stored.state)


async def with_a_word(talker: InProcess) -> None:  # noqa: F811
    await play(
        talker,
        {"say": "你好"},
        {"say": STORY},
        {"say": "再见"},
        {"tap": "/set_word"},
        {"say": WORD, "bot": ["utter_word_set", "..."], "hasnt": [WORD]},
    )


async def test_the_word_is_kept_nowhere(talker: Callable[[str], InProcess]) -> None:  # noqa: F811
    reporter = talker("zh")
    await with_a_word(reporter)
    memory = await remembered(reporter)
    assert memory.lock is not None
    held = repr(memory.rows) + json.dumps(memory.engine, ensure_ascii=False) + repr(asdict(memory))
    assert PLANTED[3] in held
    assert WORD not in held
    assert reporter.app is not None
    data = reporter.app.settings.data
    await reporter.close()
    files = [path for path in data.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert not [path for path in files if WORD.encode() in path.read_bytes()]


async def test_behind_the_word_nothing_of_the_draft_is_in_use(talker: Callable[[str], InProcess]) -> None:  # noqa: F811
    reporter = talker("zh")
    await with_a_word(reporter)
    reporter.clock.advance(hours=15)
    await play(reporter, {"say": "你好", "asks": "unlocked"}, {"say": "黄花梨", "bot": ["utter_word_wrong", "..."]})
    memory = await remembered(reporter)
    assert memory.lock is not None
    assert memory.lock.kept is not None
    assert PLANTED[3] in json.dumps(memory.lock.kept[1], ensure_ascii=False)
    in_use = json.dumps(memory.engine, ensure_ascii=False) + repr(memory.rows) + repr(memory.held)
    assert not [word for word in PLANTED if word in in_use]
    await play(reporter, {"say": WORD, "asks": "returned_choice"})
    memory = await remembered(reporter)
    assert PLANTED[3] in json.dumps(memory.engine, ensure_ascii=False)
    assert WORD not in repr(memory)
