"""Whole journeys over `changtong chat`, in processes of their own, as somebody who automates would drive it."""

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.conftest import Changtong, Make
from tests.acceptance.terminal import Terminal
from tests.dialogues.runner import Answer, Run, Transcript, read_transcripts

DIALOGUES = Path(__file__).parents[1] / "dialogues"
CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}")

STORY = {
    "zh": "今年3月我到西岗区市场监督管理局办食品经营许可证，窗口的王科长让我交五千元才肯收材料，有收条。",
    "en": "In March this year I went to the Xigang market regulation office for a food licence. Section chief Wang "
    "asked me for 5000 yuan before he would take my papers. I have a receipt.",
}


async def test_the_contract_of_json_lines(terminal: Make) -> None:
    chat = terminal("zh")
    await chat.say("你好")
    *messages, last = chat.raw
    assert messages
    for message in messages:
        assert set(message) == {"text", "buttons", "response", "custom"}
        assert all(set(button) == {"title", "payload"} for button in message["buttons"])
        assert isinstance(message["text"], str)
    assert set(last) == {"turn"}
    assert set(last["turn"]) == {"active_loop", "requested_slot", "language", "intent", "confidence"}
    assert (last["turn"]["language"], last["turn"]["intent"]) == ("zh", "greet")
    assert await chat.close() == 0


async def test_without_a_language_it_is_guessed(terminal: Make) -> None:
    assert (await terminal(None).say("hello, who are you?")).language == "en"


def test_no_input_is_no_turn(changtong: Changtong) -> None:
    result = changtong.run("chat", "--json", "--person", "p1")
    assert (result.returncode, result.stdout) == (0, "")


def test_plain_lines_for_those_who_pipe(changtong: Changtong) -> None:
    result = changtong.run("chat", "--lang", "zh", stdin="你好\n/help\n")
    assert result.returncode == 0
    assert "  1. " in result.stdout
    assert "{" not in result.stdout


async def _to_the_summary(chat: Terminal, language: str) -> Answer:
    """Tell the story, take the fastest way: everything that may be skipped is skipped."""
    await chat.say("/start_report")
    await chat.say(STORY[language])
    answer = await chat.say("/done")
    for _ in range(30):
        if answer.asks == "confirm":
            return answer
        answer = await chat.say(_next_line(answer))
    raise AssertionError(f"no summary after 30 turns, at {answer}")


def _next_line(answer: Answer) -> str:
    payloads = [payload for message in answer.messages for _, payload in message.buttons]
    wanted = {
        "understood": ["/affirm"],
        "mode": [payload for payload in payloads if "anonymous" in payload],
    }.get(str(answer.asks), ["/submit_now", "/skip", "/dont_know"])
    usable = [payload for payload in wanted if payload in payloads]
    return usable[0] if usable else payloads[0]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_report_its_code_and_the_way_back(terminal: Make, changtong: Changtong, language: str) -> None:
    chat = terminal(language)
    summary = await _to_the_summary(chat, language)
    submit = next(payload for message in summary.messages for _, payload in message.buttons if "affirm" in payload)
    receipt = await chat.tap(submit)
    code = CODE.search("\n".join(message.text for message in receipt.messages))
    assert code is not None
    assert receipt.loop is None
    assert await chat.close() == 0

    listed = changtong.run("office", "list", "--json", stdin=changtong.password)
    [row] = [json.loads(line) for line in listed.stdout.splitlines()]
    assert (row["status"], row["mode"], row["region"]) == ("received", "anonymous", "xigang")
    question = "是哪一天？" if language == "zh" else "Which day was it?"
    assert changtong.run("office", "ask", row["id"], question, stdin=changtong.password).returncode == 0

    later = terminal(language, person="somebody else")
    typed = code[0].lower().replace("-", " ").replace("0", "o")
    shown = await later.say(f"{typed}")
    assert question in "\n".join(message.text for message in shown.messages)
    answer = await later.tap(
        next(payload for message in shown.messages for _, payload in message.buttons if "answer" in payload)
    )
    assert answer.loop == "answer_form"
    await later.say("3月12日" if language == "zh" else "On 12 March")
    assert await later.close() == 0
    opened = changtong.run("office", "show", row["id"], "--json", stdin=changtong.password)
    entries = json.loads(opened.stdout)["entries"]
    assert [entry["text"] for entry in entries if entry["kind"] == "answer"] == [
        "3月12日" if language == "zh" else "On 12 March"
    ]
    assert not any(entry["at"] for entry in entries if entry["author"] == "reporter")


async def test_a_draft_survives_a_restart(terminal: Make) -> None:
    chat = terminal("zh")
    await chat.say("/start_report")
    await chat.say(STORY["zh"])
    await chat.restart()
    answer = await chat.say("/done")
    assert answer.loop == "report_form"
    assert "西岗区" in "\n".join(message.text for message in answer.messages)


async def test_a_button_shown_before_a_restart_is_still_a_tap(terminal: Make) -> None:
    chat = terminal("zh")
    await chat.say("/start_report")
    await chat.say(STORY["zh"])
    understood = await chat.say("/done")
    assert understood.asks == "understood"
    await chat.restart()
    assert (await chat.tap("/affirm")).asks != "understood"


BAD_LINES = (
    "",
    "\x00\x01\x1b[2J",
    "\udcff\udcfe",
    '/inform{"field": "mode", "value": "anonymous"}',
    "/inform{",
    "999999999999999999999999",
    "{{facts}} ${x} {0}",
    "字" * 100_000,
)


async def test_bad_input_is_answered_and_loses_nothing(terminal: Make) -> None:
    chat = terminal("zh")
    await chat.say("/start_report")
    asked = (await chat.say(STORY["zh"])).asks
    for line in BAD_LINES:
        answer = await chat.say(line)
        assert answer.messages, line[:40]
        assert (answer.loop, answer.asks) == ("report_form", "long_text" if len(line) > 3_000 else asked), line[:40]
        if answer.asks == "long_text":
            answer = await chat.say("/deny")
    answer = await chat.say("查看")
    assert "西岗区" in "\n".join(message.text for message in answer.messages)


def _playable() -> list[Transcript]:
    """Return two transcripts a file that a terminal can play: no files, waiting, web words or days; single lines.

    The process has the real clock: "last month" is another one there.
    """
    playable = []
    for path in sorted(DIALOGUES.glob("*.yml")):
        fitting = [t for t in read_transcripts(path) if _fits(t)]
        playable += fitting[:2]
    return playable


def _fits(transcript: Transcript) -> bool:
    lines = [str(turn.get("say", "")) for turn in transcript.turns]
    told = json.dumps(transcript.turns, ensure_ascii=False)
    needs_more = "web" in told or re.search(r"\(\d{4}-\d\d-\d\d", told) is not None
    return transcript.acts <= {"say", "tap", "code", "restart"} and not needs_more and all("\n" not in x for x in lines)


@pytest.mark.parametrize("transcript", [pytest.param(t, id=f"{t.name}:{t.language}") for t in _playable()])
async def test_transcript(transcript: Transcript, terminal: Make) -> None:
    await Run(transcript, terminal(transcript.language)).play()
