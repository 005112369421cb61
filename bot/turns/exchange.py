"""What is said and heard within one turn, whatever it is about: lines, what is held, danger and codes first."""

from collections.abc import Iterable

from bot.channels.messages import Line, OutgoingMessage
from bot.turns.errors import TooMuchHeld
from bot.turns.ports import Said, SpokenMessage
from bot.turns.replies import without_codes
from bot.turns.resolving import Act
from bot.turns.rules import (
    ANSWERS,
    AT_ONCE,
    CONTENT,
    LOCKED_SLOT,
    LONGEST_WAKING,
    MASKED,
    MOST_HELD,
    NOT_HELD,
    RETURNED_FORMS,
    WAKING,
)
from bot.turns.talk import Talk
from bot.turns.word_lock import Lock
from casework.turn import Turn


class Exchange:
    """One turn's share of a conversation: `id` of the engine's conversation, what is `held`, the `lock`, new `lines`.

    `heard_as` is the intent of what the person said, and how sure that is.
    """

    def __init__(self, turn: Turn, text_limit: int) -> None:
        self._turn, self._text_limit = turn, text_limit
        self.id = ""
        self.held: tuple[Said, ...] = ()
        self.lock: Lock | None = None
        self.lines: list[Line] = []
        self.heard_as: tuple[str | None, float] = (None, 0.0)

    def take_up(self, conversation_id: str, held: tuple[Said, ...], lock: Lock | None) -> None:
        """Go on where the last turn ended."""
        self.id, self.held, self.lock = conversation_id, held, lock

    @property
    def is_locked(self) -> bool:
        """Whether a draft lies behind its word."""
        return self.lock is not None and self.lock.is_closed

    async def ask_first(self, talk: Talk, act: Act, first: Said) -> None:
        """After a silence show nothing of the draft; hold what was typed, but never danger and never a code."""
        question = await talk.say(first)
        intent = await talk.intent_of(act.said)
        if act.finding is not None or intent in AT_ONCE:
            talk.show(await self.say(talk, act))
            return
        is_waking = intent in WAKING and len(act.said.text) <= LONGEST_WAKING
        if intent not in NOT_HELD and not is_waking:
            self.hold(act.said)
        self.add_line(act)
        self.heard_as = (talk.intent, talk.confidence)
        talk.show(question)

    async def answer(self, talk: Talk, act: Act) -> None:
        """Say it, and after a silence what was held as soon as the person has decided."""
        answer = await self.say(talk, act)
        if self.is_locked and talk.state.slot(LOCKED_SLOT) is None:
            self.lock = None  # discarded, or something else was begun in its place
        if not self.held:
            talk.show(answer)
            return
        if talk.state.active_loop not in RETURNED_FORMS and not self.is_locked:
            talk.show(asked_once(answer, await self._say_held(talk)))
            return
        talk.show(answer)
        if not act.said.is_payload and act.finding is None and talk.intent in CONTENT:
            self.hold(act.said)

    async def say_masked(self, talk: Talk, said: Said) -> None:
        """Say something in the place of a word, which stands nowhere."""
        self.add_lines("person", (OutgoingMessage(text=MASKED),))
        talk.show(await talk.say(said))

    def hold(self, said: Said) -> None:
        """Keep it until the person has decided. Raises `TooMuchHeld`: all of it is one turn's work, once they have."""
        limit = self._text_limit
        self.held = (*self.held, said)
        if sum(max(len(one.text), limit // MOST_HELD) for one in self.held) > limit:
            raise TooMuchHeld(limit)

    async def _say_held(self, talk: Talk) -> tuple[SpokenMessage, ...]:
        held, self.held = self.held, ()
        answers: tuple[SpokenMessage, ...] = ()
        for said in held:
            is_lost_on_it = not talk.is_busy and (said.is_payload or await talk.intent_of(said) in ANSWERS)
            if not is_lost_on_it:
                answers = asked_once(answers, await talk.say(said))
        return answers

    async def say(self, talk: Talk, act: Act) -> tuple[SpokenMessage, ...]:
        """Say what the person said, its code beside it for as long as that takes."""
        self.add_line(act)
        self._turn.code = act.finding
        messages = await talk.say(act.said)
        self._turn.code = None
        self.heard_as = (talk.intent, talk.confidence)
        return messages

    def add_line(self, act: Act) -> None:
        """Let the visible conversation show what the person did."""
        if act.line is not None:
            self.add_lines("person", (act.line,))

    def add_lines(self, author: str, messages: Iterable[OutgoingMessage]) -> None:
        """Add lines without the codes in them."""
        self.lines += [Line(author=author, message=without_codes(message)) for message in messages]


def asked_once(before: tuple[SpokenMessage, ...], after: tuple[SpokenMessage, ...]) -> tuple[SpokenMessage, ...]:
    """Join two answers of one turn; a question that both put is put by the second alone."""
    again = {message.response for message in after if (message.response or "").startswith("utter_ask_")}
    return (*(message for message in before if message.response not in again), *after)
