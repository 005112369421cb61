"""What a turn does while a person has the conversation: words are kept for the office, the engine is deaf."""

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cache
from pathlib import Path

from bot.catalogue import Catalogue, load_catalogue
from bot.channels.messages import Button, Line, OutgoingMessage, Reply, TurnState
from bot.turns.buttons import OLD_BUTTON
from bot.turns.memory import Memory
from bot.turns.ports import Said, TurnWork
from bot.turns.resolving import Act
from bot.turns.talk import Talk
from casework import handing_off
from casework.ports import Clock

TEXTS = Path(__file__).with_name("texts.yml")
MARK = "said"
"""The key of `OutgoingMessage.custom` under which the office's words carry their mark."""

_BACK, _FORGET = "/resume_bot", "/forget_me"
_SUGGESTION = re.compile(r"/(take|decline)_suggestion(\{.*\})", re.DOTALL)
_RATE = re.compile(r'/rate_help\{"stars": ([1-5])\}')


class Turned(Enum):
    """Whose turn it was."""

    BOT = auto()
    PERSON = auto()
    SUGGESTED = auto()
    """The reporter decides on an answer that the office suggested."""
    BACK = auto()
    """The reporter has just gone back to the bot."""


@dataclass(kw_only=True)
class WithPerson:
    """The hand-off of one conversation: `id` while it lasts, `rates` the one whose help may still be rated."""

    work: TurnWork
    clock: Clock
    id: bytes | None = field(default=None, repr=False)
    rates: bytes | None = field(default=None, repr=False)

    async def hear(self, act: Act) -> Turned:
        """Take the words of one turn, unless the conversation is the bot's."""
        if self.id is None:
            if is_suggestion(act):
                return Turned.SUGGESTED
            return Turned.PERSON if await self._rated(act) else Turned.BOT
        if act.said.is_payload and act.said.text == _FORGET:
            await handing_off.left(self.work, self.id, self.clock.now())
            return Turned.BOT
        if is_suggestion(act) or (act.said.is_payload and act.said.text == OLD_BUTTON):
            return Turned.SUGGESTED
        now = self.clock.now()
        if act.said.is_payload and act.said.text == _BACK:
            is_back, self.id, self.rates = await handing_off.take_back(self.work, self.id, now), None, self.id
            return Turned.BACK if is_back else Turned.BOT
        if await handing_off.hear(self.work, self.id, _words_of(act), now) is None:
            self.id, self.rates = None, self.id
            return Turned.PERSON if await self._rated(act) else Turned.BOT
        return Turned.PERSON

    async def decide(self, talk: Talk, act: Act) -> OutgoingMessage | None:
        """Give the suggested answer in the reporter's name if they want it; None when nobody waits for it any more."""
        if self.id is None or not await self._is_live():
            self.id, self.rates = None, self.id or self.rates
            return None
        found, asked = _SUGGESTION.fullmatch(act.said.text), talk.question[1]
        given = json.loads(found[2]) if found else {}
        question, wants = given.get("question", ""), found is not None and found[1] == "take"
        if found is None or (wants and asked != question):
            return None
        outcome = "declined"
        if wants:
            await talk.say(Said(text=given["text"], message_id=act.said.message_id))
            outcome = "unfit" if talk.question[1] == asked else "taken"
        decided = handing_off.Decided(outcome=outcome, question=question, next_question=talk.question[1] or "")
        title = act.line.text if act.line is not None else ""
        await handing_off.confirm(self.work, self.id, decided, self.clock.now(), title=title)
        text = words().say(f"handoff_{outcome}", talk.language)
        return OutgoingMessage(text=text, response=f"turn_handoff_{outcome}")

    async def _is_live(self) -> bool:
        handoff = await self.work.handoffs.get(self.id) if self.id is not None else None
        return handoff is not None and handoff.is_live

    async def _rated(self, act: Act) -> bool:
        found = _RATE.fullmatch(act.said.text) if act.said.is_payload and self.rates is not None else None
        if found is None or self.rates is None:
            return False
        await handing_off.rate(self.work, self.rates, int(found[1]))
        self.rates = None
        return True


def is_suggestion(act: Act) -> bool:
    """Whether a suggestion's button was pressed."""
    return act.said.is_payload and _SUGGESTION.fullmatch(act.said.text) is not None


def _words_of(act: Act) -> str:
    """Return what is kept of a turn: text as it stands, of a tap its title, of files their names."""
    if not act.said.is_payload:
        return act.said.text
    if act.line is None:
        return "…"
    return act.line.text or "📎 " + ", ".join(map(str, act.line.custom.get("files", ())))


@cache
def words() -> Catalogue:
    """Return the turns' own texts."""
    return load_catalogue(TEXTS)


def thanks(language: str | None) -> OutgoingMessage:
    """Answer a rating."""
    return OutgoingMessage(text=words().say("handoff_thanks", language), response="turn_handoff_thanks")


def spoken(text: str, language: str | None) -> OutgoingMessage:
    """Put the words of the office: who speaks is said, never a name."""
    return OutgoingMessage(text=words().say("handoff_office", language, text=text), response="turn_handoff_office")


def suggested(question: str, asked: str, text: str, language: str | None) -> OutgoingMessage:
    """Show an answer that the office suggests; `asked` is the question in the reporter's words."""
    payloads = {
        "take": {"question": question, "text": text},
        "decline": {"question": question},
    }
    buttons = tuple(
        Button(
            title=words().say(f"handoff_{name}", language),
            id=secrets.token_urlsafe(9),
            payload=f"/{name}_suggestion{json.dumps(given, ensure_ascii=False)}",
        )
        for name, given in payloads.items()
    )
    shown = words().say("handoff_suggest", language, question=asked, text=text)
    return OutgoingMessage(text=shown, response="turn_handoff_suggest", buttons=buttons)


def told(what: str, language: str | None) -> tuple[OutgoingMessage, ...]:
    """Tell what became of the conversation: claimed, waiting again, back at the bot, closed; the last two ask for
    stars."""
    message = OutgoingMessage(text=words().say(f"handoff_{what}", language), response=f"turn_handoff_{what}")
    if what not in ("back", "closed"):
        return (message,)
    stars = tuple(
        Button(title="★" * n, id=secrets.token_urlsafe(9), payload=f"/rate_help{json.dumps({'stars': n})}")
        for n in range(1, 6)
    )
    question = OutgoingMessage(text=words().say("handoff_rate", language), response="turn_handoff_rate", buttons=stars)
    return (message, question)


@dataclass(frozen=True, kw_only=True)
class OfficeWords:
    """What the office puts into a conversation.

    `what` is say, suggest, claimed, waiting, back or closed. `within` joins the commit: it checks who owns the
    conversation and writes the transcript. A suggestion answers `question`, in the reporter's words `asked`.
    """

    what: str
    text: str = field(default="", repr=False)
    within: Callable[[], Awaitable[object]] = field(repr=False)
    question: str = ""
    asked: str = ""
    mark: str = ""
    """Random; what is said carries it, so that an open page in another process finds it."""

    def messages(self, language: str | None) -> tuple[OutgoingMessage, ...]:
        if self.what == "suggest":
            return (suggested(self.question, self.asked, self.text, language),)
        return (spoken(self.text, language),) if self.what == "say" else told(self.what, language)

    def marked(self, messages: tuple[OutgoingMessage, ...]) -> tuple[OutgoingMessage, ...]:
        return tuple(replace(it, custom=it.custom | {MARK: self.mark}) for it in messages) if self.mark else messages

    @property
    def ends(self) -> bool:
        return self.what in ("back", "closed")


def remembered(memory: Memory, office: OfficeWords, messages: tuple[OutgoingMessage, ...]) -> Memory:
    """Add what was said to the visible conversation; at the end the hand-off may still be rated."""
    memory = memory.with_lines(Line(author="bot", message=message) for message in messages)
    shown = tuple(button for message in messages for button in message.buttons)
    if not office.ends:
        return replace(memory, shown=(*memory.shown, *shown), numbered=0) if shown else memory
    return replace(memory, handoff=None, rates=memory.handoff, shown=(*memory.shown, *shown), numbered=0)


def as_reply(messages: tuple[OutgoingMessage, ...], language: str | None, question: tuple[str | None, str | None],
             *, is_posted: bool) -> Reply:  # fmt: skip
    loop, slot = question
    state = TurnState(active_loop=loop, requested_slot=slot, language=language)
    return Reply(messages=messages, state=state, is_posted=is_posted)
