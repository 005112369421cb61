"""Whatever a person types, taps, uploads or waits for: every turn is answered, and never by the apology."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import Answer

STEPS = 40
TEXTS = (
    "我要举报", "西岗区市场监督管理局的王科长收了我五千元", "说完了", "对", "不是", "匿名", "实名",
    "张三 13900000000", "跳过", "返回", "看看我填了什么", "把地区改成中山区", "这是什么意思", "取消",
    "重新开始", "我有编码", "01234-56789-ABCDE-FGHJK", "谢谢", "再见", "你们会泄露我的信息吗", "他要杀了我",
    "English", "中文", "3万5", "去年三月到五月", "1", "２", "99", "", "/help", "/done", "/show_code",
    "/ask_human", "/cancel", "/submit_now", '/inform{"field":"mode","value":"x"}', "None", "{language}",
    "\x00\u202e", "😀", "字" * 3_500, "I want to report that the clerk asked for money", "yes", "no", "skip",
    "91210200MA0TXXXX0X", "2026-13-45", "忘记我", "我不知道", "和上次一样",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
async def test_random_walk(seed: int, talker: Callable[[str], InProcess]) -> None:
    chance = Random(seed)
    person = talker("zh" if seed % 2 else "en")
    said: list[str] = []
    last = Answer()
    for _ in range(STEPS):
        step, answer = await _step(chance, person, last)
        said.append(step)
        if answer is None:
            continue
        last = answer
        assert answer.messages, said
        assert not any(message.response == "utter_action_failed" for message in answer.messages), said
        assert all(message.text.strip() or message.has_custom for message in answer.messages), said


async def _step(chance: Random, person: InProcess, last: Answer) -> tuple[str, Answer | None]:
    payloads = [payload for message in last.messages for _, payload in message.buttons]
    kind = chance.choices(("say", "tap", "files", "wait", "restart"), (10, 10, 1, 1, 1))[0]
    if kind == "tap" and payloads:
        payload = chance.choice(payloads)
        return payload, await person.tap(payload)
    if kind == "files":
        return "files", await person.files(["证据.jpg"])
    if kind == "wait":
        hours = chance.choice((0.1, 0.6, 25))
        await person.wait(timedelta(hours=hours))
        return f"wait {hours}", None
    if kind == "restart":
        await person.restart()
        return "restart", None
    text = chance.choice(TEXTS)
    return text, await person.say(text)
