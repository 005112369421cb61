"""The code stands in the receipt and in an open case session alone, however and wherever it is typed."""

import json
import zlib
from itertools import product

from bot.bootstrap import App
from casework.code import ALPHABET, generate, normalise
from tests.dialogues.in_process import InProcess
from tests.fakes import FakeClock
from tests.privacy.conftest import STORY, talker_on
from tests.privacy.test_time_limits import sealed_cells

LABELS = {
    "conversations": "conversation.v1",
    "replies": "reply.v1",
    "uploads": "upload.v1",
    "receipts": "receipt.v1",
    "case_sessions": "case_session.v1",
}
WIDE = {ord(c): ord(c) + 0xFEE0 for c in ALPHABET}


async def opened(app: App) -> dict[str, list[str]]:
    """Return what the day keys open of the person side, by table."""
    found: dict[str, list[str]] = {name: [] for name in LABELS}
    for table, row_id, ciphertext in await sealed_cells(app, tuple(LABELS)):
        data = app.store.vault.day_keys.open(LABELS[table], row_id, ciphertext)
        content = zlib.decompress(data) if table in ("conversations", "replies") else data
        found[table].append(content.decode())
    return found


async def places(app: App, code: str) -> set[str]:
    """Return the tables in which the code stands, in whatever writing."""
    bare = normalise(code)
    return {table for table, contents in (await opened(app)).items() for one in contents if bare in _bare(one)}


def _bare(content: str) -> str:
    return normalise(content.replace("〔code〕", "|"))


async def submitted(app: App, clock: FakeClock) -> tuple[InProcess, str]:
    talker = talker_on(app, clock)
    for turn in ("/start_report", STORY, "说完了", "对", "匿名", "现在提交", "提交"):
        await talker.say(turn)
    code = await app.conversations.receipt_code("web", talker._address)
    assert code is not None
    return talker, code


async def test_after_a_submission_it_stands_in_the_receipt(program: tuple[App, FakeClock]) -> None:
    app, clock = program
    talker, code = await submitted(app, clock)
    assert await places(app, code) == {"receipts"}
    await talker.say("/show_code")
    await talker.say("再给我看一下编码")
    assert await places(app, code) == {"receipts"}


TYPED = (
    "{code}",
    "我的编码是{code}，帮我查一下",
    "{code} {code}",
    "{wide}",
    "{lower}",
    "{spaced}",
    "上次的编码是{lower}，他们又来找我要钱，科长拖着不给办，你们查到哪一步了，我很着急",
)


async def test_a_code_typed_is_kept_in_the_case_session_alone(program: tuple[App, FakeClock]) -> None:
    app, clock = program
    first, code = await submitted(app, clock)
    await first.say("/done")
    spaced = " ".join(code.replace("-", ""))
    for words, asked in product(TYPED, (False, True)):
        talker = talker_on(app, clock)
        if asked:
            await talker.say("/query_status")
        await talker.say(words.format(code=code, wide=code.translate(WIDE), lower=code.lower(), spaced=spaced))
        await talker.say("/help")
    assert await places(app, code) == {"case_sessions"}


async def test_nor_in_a_story_a_message_or_what_waits_after_a_silence(program: tuple[App, FakeClock]) -> None:
    app, clock = program
    code = generate()
    talker = talker_on(app, clock)
    await talker.say("/start_report")
    await talker.say(f"{STORY} 我以前的编码是{code}，还有{generate().lower()}")
    clock.advance(minutes=31)
    await talker.say(f"还有一件事，编码 {code}，他们又来要钱")
    await talker.files([f"{code.lower()}.png"])
    other = talker_on(app, clock)
    await other.say("/ask_human")
    await other.say(f"请问编码{code}的事情怎么样了，没有人回我电话")
    assert await places(app, code) == set()


async def test_nor_one_mistyped_by_a_symbol(program: tuple[App, FakeClock]) -> None:
    """What lacks one symbol is as good as the code: the check symbol gives it away."""
    app, clock = program
    code = "7KQ2M-9XTRP-4WZ8H-N3VD6"  # a code as most are: letters and digits well mixed
    slips = (f"{code[:8]}7{code[9:]}", code[:8] + code[9:], f"{code[:8]}7{code[8:]}")
    typed = {slip.replace("-", joint) for slip, joint in product(slips, ("-", "", " "))}
    for nearly, asked in product(typed, (True, False)):
        talker = talker_on(app, clock)
        if asked:
            await talker.say("/query_status")
        await talker.say(f"我的编码是 {nearly} 查一下")
    found = _bare(json.dumps(await opened(app), ensure_ascii=False))
    assert len(found) > 1000
    assert [nearly for nearly in typed if normalise(nearly) in found] == []
