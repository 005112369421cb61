"""A program dies before, within and after the commit of a turn; the next one answers the message that is sent again."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field

import pytest

from bot.bootstrap import App, Prepared, build
from bot.channels.messages import Button, Incoming, Reply
from tests.kill.conftest import House
from tests.kill.dying import MOMENTS
from tests.kill.journey import check_told_once, facts_of, steps_of

ADDRESS = "a" * 43
SUBMITTING = len(steps_of(0)) - 1
TELLING = 2


@dataclass
class Talk:
    """One person, in this process while it lasts."""

    house: House
    prepared: Prepared
    address: str = ADDRESS
    said: int = 0
    shown: tuple[Button, ...] = field(default=())

    def message(self, step: tuple[str, str]) -> Incoming:
        kind, value = step
        self.said += 1
        message_id = f"message-{self.said}"
        if kind == "say":
            return Incoming(channel="web", address=self.address, message_id=message_id, text=value, language="zh")
        button = next(button for button in self.shown if button.title == value)
        return Incoming(channel="web", address=self.address, message_id=message_id, tap=button.id)

    async def open(self) -> App:
        return await build(self.house.settings, prepared=self.prepared)

    async def handle(self, app: App, message: Incoming) -> Reply:
        reply = await app.conversations.handle(message)
        self.shown = tuple(button for m in reply.messages for button in m.buttons)
        self.address = reply.successor or self.address
        return reply

    async def play(self, steps: list[tuple[str, str]]) -> None:
        app = await self.open()
        try:
            for step in steps:
                await self.handle(app, self.message(step))
        finally:
            await app.close()

    def die_with(self, message: Incoming, moment: str) -> None:
        url = self.house.database_url
        result = subprocess.run(
            [sys.executable, "-m", "tests.kill.dying", str(self.house.data), moment],
            input=json.dumps(asdict(message)),
            env={**os.environ, **({"CHANGTONG_DATABASE_URL": url} if url else {})},
            capture_output=True,
            encoding="utf-8",
            timeout=90,
            check=False,
        )
        assert result.returncode == -signal.SIGKILL, result.stderr


@pytest.mark.parametrize(
    ("at", "moment"), [(TELLING, "within"), (TELLING, "after"), *((SUBMITTING, moment) for moment in MOMENTS)]
)
async def test_killed_in_the_commit(house: House, prepared: Prepared, moment: str, at: int) -> None:
    steps = steps_of(0)
    talk = Talk(house, prepared)
    await talk.play(steps[:at])
    message = talk.message(steps[at])
    talk.die_with(message, moment)

    app = await talk.open()
    try:
        first, second = await talk.handle(app, message), await app.conversations.handle(message)
        assert first.is_repeat == (moment == "after")
        assert second.is_repeat
        assert (first.messages, first.state, first.successor) == (second.messages, second.state, second.successor)
        last = first
        for step in steps[at + 1 :]:
            summary, last = last, await talk.handle(app, talk.message(step))
            if step[1] == "提交":
                words = "\n".join(m.text for m in summary.messages)
                story = words.partition("标题")[0]  # the title proposed repeats the first sentence
                assert [story.count(sentence) for sentence in facts_of(0)] == [1, 1, 1]
        code = await app.conversations.receipt_code("web", talk.address)
        assert code is not None
        assert code in "\n".join(m.text for m in last.messages)
        back = Incoming(channel="web", address="b" * 43, message_id="message-back", text=code, language="zh")
        opened = await app.conversations.handle(back)
        assert "已收到" in "\n".join(m.text for m in opened.messages)
    finally:
        await app.close()
    house.check_database()
    check_told_once(await house.cases(), 1)
