"""A turn beside a draft that a word of the reporter's own keeps: choosing it, closing, standing before it, opening."""

import secrets

from bot.turns.exchange import Exchange
from bot.turns.parts import Parts
from bot.turns.resolving import Act
from bot.turns.rules import CONTENT, NO_WORDS, UNLOCK_FORM
from bot.turns.talk import Talk, locked, opening, payload
from bot.turns.word_lock import LONGEST_WORD, Lock, length_fault, lock_with


class LockedDraft:
    """What one turn does with the lock of its exchange; each step returns the talk that goes on."""

    def __init__(self, parts: Parts, exchange: Exchange, channel: str) -> None:
        self._parts, self._exchange, self._channel = parts, exchange, channel

    async def choose_word(self, talk: Talk, act: Act) -> None:
        """Make the lock here: the engine, its events and the visible conversation never hold the word."""
        if await talk.intent_of(act.said) in NO_WORDS:
            await self._exchange.answer(talk, act)
            return
        fault = length_fault(act.said.text)
        if fault is None:
            self._exchange.lock = await lock_with(act.said.text, self._parts.clock.today())
        await self._exchange.say_masked(
            talk, payload("word_given", {"reason": fault or "ok"}, message_id=act.said.message_id)
        )

    async def close(self, talk: Talk, act: Act, lock: Lock) -> Talk:
        """Lay the draft aside, and ask for the word in a conversation that knows nothing of it."""
        self._exchange.lock = lock.closed(self._exchange.id, talk.state.snapshot())
        self._exchange.id = secrets.token_hex(16)
        dialogue, language = self._parts.dialogue, talk.language or self._parts.rules.default_language
        talk = Talk(dialogue, dialogue.new(self._exchange.id), self._channel)
        await talk.say(opening(self._channel, language, True))
        await self._exchange.ask_first(talk, act, locked("asked"))
        return talk

    async def stand_before(self, talk: Talk, act: Act, lock: Lock, *, is_silent: bool) -> Talk:
        """All else can be done meanwhile: danger, a code, the office, questions, throwing the draft away."""
        if is_silent:
            await self._exchange.ask_first(talk, act, locked("asked"))
        elif talk.question[0] == UNLOCK_FORM and act.is_plain:
            return await self._try(talk, act, lock)
        else:
            await self._exchange.answer(talk, act)
        return talk

    async def _try(self, talk: Talk, act: Act, lock: Lock) -> Talk:
        text, now = act.said.text, self._parts.clock.now()
        is_one = len(text) <= LONGEST_WORD
        if is_one and not lock.must_wait(now) and await lock.fits(text):
            return await self._open(act, lock)
        if await talk.intent_of(act.said) not in CONTENT:
            await self._exchange.answer(talk, act)
        elif not is_one:
            self._exchange.hold(act.said)
            self._exchange.add_line(act)
            talk.show(await talk.say(locked("asked")))
        else:
            self._exchange.lock = lock if lock.must_wait(now) else lock.missed(now)
            await self._exchange.say_masked(talk, locked("wait" if self._exchange.lock.must_wait(now) else "wrong"))
        return talk

    async def _open(self, act: Act, lock: Lock) -> Talk:
        """Take the draft up again; what was typed before the word is still held until the person decides."""
        assert lock.kept is not None  # noqa: S101 - only a closed lock is opened
        self._exchange.id, engine = lock.kept
        self._exchange.lock = lock.opened()
        talk = Talk(self._parts.dialogue, self._parts.dialogue.restore(engine), self._channel)
        await self._exchange.say_masked(talk, payload("returned", message_id=act.said.message_id))
        return talk
