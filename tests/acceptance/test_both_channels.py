"""A report begun in one channel and followed up in the other, after a restart; the office answers between."""

import json
import re

from tests.acceptance.conftest import Changtong, Make
from tests.acceptance.test_terminal import CODE, STORY, _to_the_summary
from tests.support.server import serving
from tests.support.web_client import WebClient

QUESTION = "请问是哪一天？"
ANSWER = "3月12日上午。"


def _row(changtong: Changtong) -> dict[str, str]:
    listed = changtong.run("office", "list", "--json", stdin=changtong.password)
    assert listed.returncode == 0, listed.stderr
    [row] = [json.loads(line) for line in listed.stdout.splitlines()]
    return dict(row)


def _office(changtong: Changtong, *arguments: str) -> str:
    result = changtong.run("office", *arguments, stdin=changtong.password)
    assert result.returncode == 0, result.stderr
    return result.stdout


async def test_from_the_terminal_to_the_web(terminal: Make, changtong: Changtong) -> None:
    chat = terminal("zh")
    summary = await _to_the_summary(chat, "zh")
    submit = next(payload for m in summary.messages for _, payload in m.buttons if "affirm" in payload)
    receipt = await chat.tap(submit)
    code = CODE.search("\n".join(message.text for message in receipt.messages))
    assert code is not None
    assert await chat.close() == 0
    case = _row(changtong)["id"][:8]
    _office(changtong, "ask", case, QUESTION)

    with serving(changtong.data) as server:
        person = WebClient(server.address)
        person.say(f"查询 {code[0].lower()}")
        assert QUESTION in person.said()
        person.tap("回答办公室的提问")
        person.say(ANSWER)
        server.restart()  # the case stays open to this browser
        person.say("补充材料")
        person.post({"message_id": "message-file", "files": [person.upload("receipt.jpg", b"slip")]})
        person.say("说完了")
    entries = json.loads(_office(changtong, "show", case, "--json"))["entries"]
    assert [entry["text"] for entry in entries if entry["kind"] == "answer"] == [ANSWER]
    assert [file["name"] for entry in entries for file in entry["files"]] == ["receipt.jpg"]


async def test_from_the_web_to_the_terminal(terminal: Make, changtong: Changtong) -> None:
    with serving(changtong.data) as server:
        person = WebClient(server.address, language="en")
        for text in ("/start_report", STORY["en"], "/done"):
            person.say(text)
        person.tap("Right")
        person.say("anonymous")
        person.say("submit now")
        server.restart()
        person.tap("Submit")
        code = person.code()
        assert code is not None
        assert re.fullmatch(CODE, code)
    case = _row(changtong)["id"][:8]
    _office(changtong, "status", case, "accepted", "--text", "We have taken it up.")

    chat = terminal("en")
    shown = await chat.say(f"my code: {code}")
    words = "\n".join(message.text for message in shown.messages)
    assert "Accepted" in words
    assert "We have taken it up." in words
    closed = await chat.say("/done")
    assert closed.loop is None
    assert code not in "\n".join(message.text for message in closed.messages)
