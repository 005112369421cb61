"""Random walks: whatever a person taps and types, in whatever order, no turn breaks and no question is left hanging."""

import random
import re

import pytest
from ruamel.yaml import YAML

from casework.code import generate
from tests.unit.actions.stage import ROOT, Talk, submitted

DOMAIN = YAML(typ="safe").load((ROOT / "nlu_data" / "domain" / "core.yml").read_text(encoding="utf-8"))
PROGRAM = {"open", "evidence", "evidence_refused", "locked"}
INTENTS = sorted(set(DOMAIN["intents"]) - PROGRAM)
QUESTION = re.compile(r"utter_(ask|confirm|coach|edit_which|summary|understood)\w*")
TEXTS = (
    "西岗区住建局的人上个月让我送礼，不送就不给办证",
    "是",
    "不",
    "3",
    "",
    "   ",
    "/affirm",
    '/inform{"choice": "see"}',
    "{office} {{x}} %s \\",
    "长" * 3100,
    "13812345678",
    "ABCDE-12345",
    "😀",
)


async def step(talk: Talk, dice: random.Random, code: str) -> str:
    """Do one thing that a person may do; return what it was."""
    kind = dice.choice(("button", "button", "intent", "text", "code", "file", "wait"))
    if kind == "button" and talk.payloads:
        chosen = dice.choice(talk.payloads)
        await talk.give(chosen)
        return chosen
    if kind == "text":
        text, intent = dice.choice(TEXTS), dice.choice(INTENTS)
        await talk.say(text, intent, dice.choice((0.4, 0.7, 1.0)))
        return f"{text[:20]!r} as {intent}"
    if kind == "code":
        typed = dice.choice((code, code, generate(), code[:-1] + "0"))
        await talk.say(f"编码 {typed}")
        return "a code"
    if kind == "file":
        await talk.tap("evidence", ids=[await talk.upload("a.jpg")])
        return "a file"
    if kind == "wait":
        talk.shared.clock.advance(minutes=dice.choice((1, 16)))
    intent = dice.choice(INTENTS)
    await talk.tap(intent)
    return f"/{intent}"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_no_walk_breaks(seed: int, language: str) -> None:
    dice = random.Random(seed)
    talk, code = await Talk(language=language).begin(), (await submitted()).code
    done: list[str] = []
    for _ in range(30):
        done.append(await step(talk, dice, code))
        said = [message.response or "" for message in talk.heard]
        assert said, done
        assert [m.response for m in talk.heard if not m.text.strip() and not m.custom] == [], done
        assert (talk.loop is None) == (talk.asks is None), done
        if talk.loop is not None:
            assert any(QUESTION.fullmatch(name) for name in said), (done, said)
