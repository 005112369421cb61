"""Random walks through the whole program, shrunk by hypothesis to the few steps that break a promise."""

import asyncio
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.bootstrap import App, Prepared, build
from bot.settings import Settings
from bot.turns.memory import decode
from casework.code import find
from casework.ports import CaseQuery
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import Answer
from tests.fakes import FakeClock

__all__ = ["folder", "prepared"]

TEXTS = (
    "我要举报", "西岗区市场监督管理局的王科长收了我五千元，我们公司三月办证时的事", "前后跑了六趟，没有收件回执",
    "说完了", "对", "不是", "匿名", "实名", "单位名义", "张三", "13900000000", "跳过", "返回", "看看我填了什么",
    "把地区改成中山区", "改经过", "这是什么意思", "取消", "重新开始", "不知道", "和上次一样", "现在就提交", "提交",
    "查进展", "忘记我", "撤回", "谢谢", "再见", "你们会泄露我的信息吗", "他要杀了我", "我不想活了", "English",
    "中文", "I want to report that the clerk asked for money", "the officer said he would kill me", "done", "yes",
    "no", "skip", "back", "anonymous", "real name", "submit now", "change the place to the town hall",
    "what do you mean?", "cancel", "3万5", "去年三月到五月", "1", "２", "99", "3", "", "   ", "/help", "/done",
    "/start_report", "/show_code", "/ask_human", "/cancel", "/submit_now", "/affirm",
    '/inform{"field":"mode","value":"x"}', "None", "{language} {{x}} %s ${a}", "\x00\u202e\x1b[2J", "\ud800",
    "😀👍🏽", "9" * 400, "一" * 400, "91210200MA0TXXXX0X", "2026-13-45", "a@b", "<b>&amp;</b>", "字" * 5_000,
    "a long story. " * 360,
)  # fmt: skip
UNKNOWN = "2Y6JQ-EXEKN-893YS-HAYCY"
"""A sound code of no case."""

ACTS: list[tuple[str, Any]] = [
    *(("say", text) for text in TEXTS),
    *(("tap", number) for number in [*range(12)] * 5),
    *(("old", number) for number in range(0, 50, 7)),
    *(("code", which) for which in ["own", "messy", "wrong", "unknown"] * 2),
    *(("files", names) for names in (["证据.jpg"], ["a.m4a", "b.pdf"], ["c.png"])),
    *(("wait", timedelta(minutes=minutes)) for minutes in (5, 31, 31, 25 * 60)),
    ("restart", None),
]
"""Drawn from as one pool, so that talking and tapping outweigh the rest."""

STEPS = st.lists(st.integers(0, len(ACTS) - 1), min_size=10, max_size=25)
"""Places in the pool: the acts themselves would make long failures."""
TO_THE_SUMMARY = [
    ("say", "/start_report"), ("say", TEXTS[1]), ("say", "说完了"), ("say", "对"), ("say", "匿名"),
    ("say", "现在就提交"), ("say", "提交"),
]  # fmt: skip
"""By chance alone few walks would ever come to a submission."""

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
DROPPING = frozenset({"edit_field", "cancel", "start_over", "forget_me", "affirm", "deny", "submit_now", "open"})
"""What may take from a draft: an edit, and answers to "really?"."""


@dataclass
class Walker:
    """One person on the whole program, and what was promised so far."""

    person: InProcess
    done: list[str] = field(default_factory=list)
    taps: dict[str, str] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    asked: str | None = None
    draft: tuple[str, str, bool] = ("", "", False)

    async def step(self, kind: str, value: Any) -> None:
        answer = await self._act(kind, value)
        if answer is not None:
            self._check(answer)
            self._note(answer)
            await self._check_draft(answer)

    async def _act(self, kind: str, value: Any) -> Answer | None:
        if kind == "tap" and self.offered:
            payload = self.offered[value % len(self.offered)]
            self.done.append(f"[{payload}]")
            return await self.person.tap(payload)
        if kind == "old" and self.taps:
            name = sorted(self.taps)[value % len(self.taps)]
            self.done.append(f"[old {self.taps[name]}]")
            return await self.person._turn(tap=name)
        if kind == "files":
            self.done.append("files")
            return await self.person.files(value)
        if kind in ("wait", "restart"):
            self.done.append(f"{kind} {value}")
            await (self.person.wait(value) if kind == "wait" else self.person.restart())
            return None
        text = self._code(value) if kind == "code" else value if kind == "say" else "/help"
        self.done.append(repr(text[:30]))
        return await self.person.say(text)

    def _code(self, which: str) -> str:
        own = self.codes[-1] if self.codes else UNKNOWN
        return {
            "own": own,
            "messy": f"编码：{own.lower().replace('-', ' ')}。",
            "wrong": own[:-1] + ("A" if own[-1] != "A" else "B"),
            "unknown": UNKNOWN,
        }[which]

    def _check(self, answer: Answer) -> None:
        assert answer.messages, f"silence after {self.done[-9:]}"
        for message in answer.messages:
            assert message.response != "utter_action_failed", self.done[-9:]
            assert message.response is None or not message.response.startswith("turn_"), self.done[-9:]
            assert "None" not in message.text or "None" in "".join(self.done), (self.done[-9:], message.text)
            is_quoted = "{language}" in "".join(self.done)
            assert is_quoted or not PLACEHOLDER.search(message.text), (self.done[-9:], message.text)
        if answer.loop is not None:
            assert answer.asks is not None, self.done[-9:]
            assert _asks(answer), (self.done[-9:], answer)

    def _note(self, answer: Answer) -> None:
        shown = [button for message in answer.messages for button in message.buttons]
        self.offered = [payload for _, payload in shown] or self.offered
        self.taps |= {button.id: button.payload for button in self.person._shown}
        for finding in (find(message.text) for message in answer.messages):
            if finding is not None and finding.kind == "valid" and finding.code not in self.codes:
                self.codes.append(str(finding.code))

    async def _check_draft(self, answer: Answer) -> None:
        """The facts of one conversation's draft only grow, but for edits, discarding, submitting and shortening."""
        was_asked, self.asked = self.asked, answer.asks
        conversation, facts, is_rewriting = await self._kept()
        before, told, was_rewriting = self.draft
        is_edit = was_rewriting or is_rewriting or was_asked == "long_text" or answer.intent in DROPPING
        if conversation == before and not is_edit:
            is_kept = facts.startswith(told)
            assert is_kept, f"{told[-40:]!r} became {facts[-40:]!r} by {answer.intent} after {self.done[-9:]}"
        self.draft = (conversation, facts, is_rewriting)

    async def _kept(self) -> tuple[str, str, bool]:
        """Return the conversation's id, its facts, and whether they are being rewritten."""
        app = await self.person._app()
        key = app.store.person_keys.person(self.person.channel, self.person._address)
        async with app.store.work() as work:
            stored = await work.conversations.load(key)
        if stored is None:
            return "", "", False
        memory = decode(stored.state)
        slots = memory.engine.get("slots", {})
        return memory.id, str(slots.get("facts") or ""), (slots.get("draft") or {}).get("changing") == "facts"

    async def end(self) -> None:
        """Every code opens a case, and there are as many cases as codes."""
        app = await self.person._app()
        async with app.store.work() as work:
            rows = await work.cases.rows(CaseQuery())
            opened = [await work.cases.by_code(code) for code in self.codes]
        assert len(rows) == len(self.codes), (self.done[-9:], self.codes)
        withdrawn = sum(row.status == "withdrawn" for row in rows)
        assert opened.count(None) == withdrawn, self.done[-9:]


def _asks(answer: Answer) -> bool:
    """Tell whether something is asked: by a question's own response, or by buttons."""
    names = [message.response or "" for message in answer.messages]
    return any(re.match(r"utter_(ask|confirm|coach|edit|summary|understood|case_question)", name) for name in names)


class World:
    """What all walks begin with; no dataclass, because hypothesis would print all that it holds."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self.prepared, self.folder = prepared, folder

    async def walk(self, language: str, steps: list[tuple[str, Any]]) -> None:
        with tempfile.TemporaryDirectory(prefix="changtong-walk-") as parent:
            data, clock = Path(parent) / "data", FakeClock()
            shutil.copytree(self.folder, data)

            async def built() -> App:
                return await build(Settings(data=data), clock=clock, prepared=self.prepared)

            walker = Walker(InProcess(build=built, clock=clock, language=language))
            try:
                for kind, value in steps:
                    await walker.step(kind, value)
                await walker.end()
            finally:
                await walker.person.close()


@pytest.fixture(scope="module")
def world(prepared: Prepared, folder: Path) -> World:
    return World(prepared, folder)


_PATIENT = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),  # a walk lasts too long to be shrunk; the failure tells its steps
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(language=st.sampled_from(("zh", "en")), steps=STEPS)
@_PATIENT
def test_from_the_first_word(world: World, language: str, steps: list[int]) -> None:
    asyncio.run(world.walk(language, [ACTS[place] for place in steps]))


@given(steps=STEPS, more=STEPS)
@settings(_PATIENT, max_examples=12)
def test_past_submissions(world: World, steps: list[int], more: list[int]) -> None:
    first, then = [ACTS[place] for place in steps], [ACTS[place] for place in more]
    asyncio.run(world.walk("zh", [*TO_THE_SUMMARY, *first, *TO_THE_SUMMARY, *then]))
