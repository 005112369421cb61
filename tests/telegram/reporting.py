"""A person who reports in Telegram by the shortest way: tells, and then taps what leads on."""

import re
from collections.abc import Sequence
from contextlib import suppress

from tests.telegram.client import PATIENCE_SECONDS, ImpossibleAct, Seen, Someone

CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}")
STORIES = {
    "zh": "今年1月我公司向甘井子区住建局申请施工许可，王科长一直拖着不办，跑了六趟，暗示要三万元。",
    "en": "In January our company applied to the Ganjingzi housing bureau for a building permit. Section chief Wang "
    "keeps delaying it; we went six times, and he hinted at 30,000 yuan.",
}
_ONWARD = (
    ("提交", "Submit"),
    ("现在就提交", "Submit now"),
    ("匿名", "Anonymous"),
    ("对", "Right"),
    ("跳过", "Skip"),
    ("不清楚", "I don't know"),
)
_MENU = {"我要举报", "Make a report"}
_MOST_STEPS = 60
_LONGEST_QUIET_SECONDS = 10.0


async def report(
    person: Someone, language: str = "zh", *, telling: Sequence[str] = (), within: float = PATIENCE_SECONDS
) -> str:
    """Report from the first word to the code; returns it. `within` bounds each wait for the bot, in seconds.

    Raises `BotSilent` when it says nothing more, AssertionError when no button leads on.
    """
    await person.start(language)
    await person.hears(lambda message: bool(_MENU & set(message.titles)), within)
    return await submit(person, language, telling=telling, within=within)


async def submit(
    person: Someone, language: str = "zh", *, telling: Sequence[str] = (), within: float = PATIENCE_SECONDS
) -> str:
    """Report in a chat that was begun; returns the code."""
    for text in ("/start_report", *(telling or (STORIES[language],))):
        await person.quiet(0.1)
        await person.say(text)
        await person.hears(_is_new, within)
    await person.say("/done")
    return await to_the_code(person, within)


async def to_the_code(person: Someone, within: float = PATIENCE_SECONDS, quiet: float = 0.0) -> str:
    """Tap what leads on until the code stands in the chat; returns it.

    `quiet`: look again for so many seconds before a tap, where an answer may come twice: the newest counts. Who is
    asked the same again was too fast, and waits longer from then on.
    """
    tapped = None
    for _ in range(_MOST_STEPS):
        message = await person.hears(_leads_on, within)
        later = await person.quiet(quiet) if quiet else []
        message = max([message, *filter(_leads_on, later)], key=lambda seen: seen.id)
        if found := CODE.search(message.text):
            return found[0]
        title = onward(message)
        if title == tapped:
            quiet = min(max(2 * quiet, 0.5), _LONGEST_QUIET_SECONDS)
        tapped = title
        with suppress(ImpossibleAct):  # a later message has taken its buttons away: that one leads on
            await person.tap(title, message_id=message.id)
    raise AssertionError(f"no code after {_MOST_STEPS} steps: {[m.text[:60] for m in (await person.shown())[-6:]]}")


def onward(message: Seen) -> str | None:
    """Return the title of the button that leads on, if there is one."""
    return next((title for choice in _ONWARD for title in message.titles if title in choice), None)


def _leads_on(message: Seen) -> bool:
    return _is_new(message) and bool(onward(message) or CODE.search(message.text))


def _is_new(message: Seen) -> bool:
    return not message.earlier
