"""One try of one turn: read the conversation, decide what to say, collect what is to be written, commit."""

import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from bot.channels.messages import Button, Line, OutgoingMessage, Reply, TurnState
from bot.dialogue.errors import StateUnreadable
from bot.turns.buttons import Choice, issue, numbered
from bot.turns.errors import MemoryUnreadable, TooMuchHeld
from bot.turns.heard import Heard
from bot.turns.language import LANGUAGES, guess_language, spoken_language
from bot.turns.memory import Memory, decode, encode
from bot.turns.ports import Codes, Dialogue, DialogueState, Outlet, PersonKeys, Said, SpokenMessage, Stored, TurnWork
from bot.turns.replies import decode_reply, encode_reply, without_codes
from bot.turns.resolving import Act, Resolver
from bot.turns.rules import (
    ANSWERS,
    AT_ONCE,
    CONTENT,
    GREETED,
    LOCKED_SLOT,
    LONGEST_WAKING,
    MASKED,
    MOST_HELD,
    NO_WORDS,
    NOT_HELD,
    RETURNED_FORMS,
    TO_THE_POINT,
    UNLOCK_FORM,
    WAKING,
    WORD_QUESTION,
    TurnRules,
)
from bot.turns.splitting import split_text
from bot.turns.talk import Talk, payload
from bot.turns.with_person import Turned, WithPerson, thanks
from bot.turns.word_lock import LONGEST_WORD, Lock, length_fault, lock_with
from casework.ports import Clock, PersonKey, Receipt
from casework.turn import Turn, current_turn


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What every turn is made with."""

    dialogue: Dialogue
    keys: PersonKeys
    clock: Clock
    codes: Codes
    rules: TurnRules
    outlets: Mapping[str, Outlet] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was found of the person. `is_silent`: for half an hour. `lost`: a draft was here and its time is over.

    "perhaps": the channel knows the person, but no row tells any more.
    """

    memory: Memory | None = field(default=None, repr=False)
    state: DialogueState | None = field(default=None, repr=False)
    version: int | None = None
    is_silent: bool = False
    lost: Literal["no", "yes", "perhaps"] = "no"
    language: str | None = None
    receipt: Receipt | None = None


class Attempt:
    """Runs once, within one unit of work; raises `Conflict` when the conversation moved meanwhile."""

    def __init__(self, parts: Parts, work: TurnWork, heard: Heard, person: PersonKey) -> None:
        self._parts, self._rules = parts, parts.rules
        self._work, self._heard, self._person = work, heard, person
        renews = heard.channel in parts.rules.renewing_channels
        self._secret = secrets.token_urlsafe(32) if renews else None
        self._turn = Turn(
            work=work,
            person=person,
            successor=parts.keys.person(heard.channel, self._secret) if self._secret else person,
            channel=heard.channel,
            message_id=heard.message_id,
            address=heard.address,
        )
        self._with_person = WithPerson(work=work, clock=parts.clock)
        self._resolver = Resolver(parts.codes, parts.rules, work, heard, person)
        self._outlet = parts.outlets.get(heard.channel)
        self._held: tuple[Said, ...] = ()
        self._lock: Lock | None = None
        self._lines: list[Line] = []
        self._heard_as: tuple[str | None, float] = (None, 0.0)

    async def run(self, *, is_again: bool = False) -> Reply:
        """Return the reply; it has been committed, unless the engine failed or the message was answered before.

        Whether it was answered before is looked up when the first try met a `Conflict`: the mark in the inbox makes
        every repeated message meet one, and all others are spared two reads.
        """
        if is_again and (repeated := await self._repeated()) is not None:
            return repeated
        past = await self._read()
        async with self._as_current():
            talk = await self._decide(past)
        messages, shown = outgoing(talk.spoken)
        reply = Reply(
            messages=messages,
            state=self._state(talk),
            successor=self._successor(),
            is_forgotten=self._turn.forget and not talk.has_failed,
            is_posted=self._outlet is not None and not talk.has_failed,
        )
        if talk.has_failed:
            return await self._repeated() or reply
        await self._collect(past, talk, reply, shown)
        await self._work.commit()
        return reply

    async def _repeated(self) -> Reply | None:
        """Return the stored reply; an empty one when the message was answered and the reply is gone."""
        key = self._update_key(self._heard.message_id)
        if (blob := await self._work.replies.get(key)) is not None:
            reply = decode_reply(blob, None)
            holder = self._person_of(reply.successor) if reply.successor else self._person
            receipt = await self._work.receipts.get(holder)
            return decode_reply(blob, receipt.code) if receipt else reply
        if await self._work.inbox.is_marked(key):
            return Reply(messages=(), state=TurnState(), is_repeat=True)
        return None

    async def _read(self) -> Past:
        stored = await self._work.conversations.load(self._person)
        if stored is None or not stored.state:  # a messenger may have noted something of a chat before any turn
            receipt = await self._work.receipts.get(self._person)
            is_unsure = self._heard.returning and receipt is None
            version = stored.version if stored else None
            return Past(version=version, receipt=receipt, lost="perhaps" if is_unsure else "no")
        memory, state = self._opened(stored)
        if memory is None or state is None:
            return Past(version=stored.version, lost="yes")
        quiet = self._parts.clock.now() - stored.updated_at
        if quiet >= self._rules.kept:
            old = Talk(self._parts.dialogue, state, self._heard.channel)
            return Past(version=stored.version, lost="yes" if old.has_draft else "no", language=old.language)
        is_silent = quiet >= self._rules.silence
        return Past(memory=memory, state=state, version=stored.version, is_silent=is_silent)

    def _opened(self, stored: Stored) -> tuple[Memory | None, DialogueState | None]:
        """Return what is remembered; None where another program's version wrote it."""
        memory = read_memory(stored)
        if memory is None:
            return None, None
        try:
            if memory.lock is not None and memory.lock.kept is not None:
                self._parts.dialogue.restore(memory.lock.kept[1])
            return memory, self._parts.dialogue.restore(memory.engine)
        except StateUnreadable:
            return None, None

    @asynccontextmanager
    async def _as_current(self) -> AsyncIterator[None]:
        token = current_turn.set(self._turn)
        try:
            yield
        finally:
            current_turn.reset(token)

    async def _decide(self, past: Past) -> Talk:
        dialogue, memory = self._parts.dialogue, past.memory
        if memory is None or past.state is None:
            self._id = secrets.token_hex(16)
            talk = Talk(dialogue, dialogue.new(self._id), self._heard.channel)
            await self._open(talk, past)
            return talk
        self._id, self._held, self._lock = memory.id, memory.held, memory.lock
        talk = Talk(dialogue, past.state, self._heard.channel)
        choice = Choice(shown=memory.shown, numbered=memory.numbered)
        act = await self._resolver.resolve(choice, talk.question)
        if await self._is_with_a_person(talk, act, memory):
            return talk
        if self._lock is not None and self._lock.is_closed:
            return await self._stand_before_the_lock(talk, act, self._lock, past)
        if self._lock is not None and past.is_silent and self._lock.day != self._parts.clock.today():
            return await self._close_the_lock(talk, act, self._lock)
        if past.is_silent and talk.is_busy:
            await self._ask_first(talk, act, payload("returned"))
        elif talk.question == WORD_QUESTION and is_plain(act):
            await self._choose_word(talk, act)
        else:
            await self._answer(talk, act)
        return talk

    async def _is_with_a_person(self, talk: Talk, act: Act, memory: Memory) -> bool:
        """Whether the engine is to hear nothing of this turn, or nothing but that the bot is back."""
        self._with_person.id, self._with_person.rates = memory.handoff, memory.rates
        turned = await self._with_person.hear(act)
        if turned is Turned.BOT:
            return False
        self._add_line(act)
        if turned is Turned.BACK:
            talk.show(await talk.say(payload("resume_bot")))
        elif self._with_person.id is None:
            thanked = thanks(talk.language)
            talk.show((SpokenMessage(text=thanked.text, response=thanked.response),))
        return True

    async def _open(self, talk: Talk, past: Past) -> None:
        """Begin a conversation: the greeting, unless the page showed it already or a receipt says who was here."""
        is_known = past.receipt is not None or past.lost != "no"
        was_shown = self._heard.greeted and not is_known
        greeted = (self._heard.greeted and past.lost != "no") or past.receipt is not None
        choice = Choice(is_after_submission=past.receipt is not None)
        is_for_language = self._heard.wish in LANGUAGES  # the link says how to greet, it is no matter of its own
        is_brief = not (greeted or was_shown or is_for_language) and await self._comes_to_the_point(talk, choice)
        manner = "briefly" if is_brief else greeted
        prologue = await talk.say(opening(self._heard.channel, self._language(past), manner, past.lost))
        if was_shown:
            messages, shown = outgoing(prologue, is_preview=True)
            self._add_lines("bot", messages)
            choice, prologue = Choice(shown=shown.buttons, numbered=shown.numbered), ()
        act = await self._resolver.resolve(choice, talk.question)
        is_greeting_enough = self._heard.text == "" and bool(prologue)
        answer = () if is_greeting_enough else await self._say(talk, act)
        if talk.intent == "emergency":
            talk.show(answer[:1], prologue, answer[1:])
        elif prologue and talk.intent in GREETED and not talk.is_busy:
            talk.show(prologue)
        else:
            talk.show(prologue, answer)

    async def _comes_to_the_point(self, talk: Talk, choice: Choice) -> bool:
        """Tell whether the first message is a matter of its own, so that a long greeting would stand in its way."""
        act = await self._resolver.resolve(choice, talk.question)
        if act.finding is not None:
            return True
        return bool(act.said.text) and await talk.intent_of(act.said) in TO_THE_POINT

    def _language(self, past: Past) -> str:
        spoken = None if past.language else spoken_language(self._heard.text or "")
        known = past.receipt.language if past.receipt else spoken or self._heard.language or past.language
        return known if known in LANGUAGES else guess_language(self._heard.text or "", self._rules.default_language)

    async def _ask_first(self, talk: Talk, act: Act, first: Said) -> None:
        """After a silence show nothing of the draft; hold what was typed, but never danger and never a code."""
        question = await talk.say(first)
        intent = await talk.intent_of(act.said)
        if act.finding is not None or intent in AT_ONCE:
            talk.show(await self._say(talk, act))
            return
        is_waking = intent in WAKING and len(act.said.text) <= LONGEST_WAKING
        if intent not in NOT_HELD and not is_waking:
            self._hold(act.said)
        self._add_line(act)
        self._heard_as = (talk.intent, talk.confidence)
        talk.show(question)

    async def _answer(self, talk: Talk, act: Act) -> None:
        answer = await self._say(talk, act)
        if self._lock is not None and self._lock.is_closed and talk.state.slot(LOCKED_SLOT) is None:
            self._lock = None  # discarded, or something else was begun in its place
        if not self._held:
            talk.show(answer)
            return
        if talk.state.active_loop not in RETURNED_FORMS and not (self._lock and self._lock.is_closed):
            talk.show(asked_once(answer, await self._say_held(talk)))
            return
        talk.show(answer)
        if not act.said.is_payload and act.finding is None and talk.intent in CONTENT:
            self._hold(act.said)

    async def _choose_word(self, talk: Talk, act: Act) -> None:
        """Make the lock here: the engine, its events and the visible conversation never hold the word."""
        if await talk.intent_of(act.said) in NO_WORDS:
            await self._answer(talk, act)
            return
        fault = length_fault(act.said.text)
        if fault is None:
            self._lock = await lock_with(act.said.text, self._parts.clock.today())
        await self._say_masked(talk, payload("word_given", {"reason": fault or "ok"}, message_id=act.said.message_id))

    async def _close_the_lock(self, talk: Talk, act: Act, lock: Lock) -> Talk:
        """Lay the draft aside, and ask for the word in a conversation that knows nothing of it."""
        self._lock = lock.closed(self._id, talk.state.snapshot())
        self._id = secrets.token_hex(16)
        dialogue, language = self._parts.dialogue, talk.language or self._rules.default_language
        talk = Talk(dialogue, dialogue.new(self._id), self._heard.channel)
        await talk.say(opening(self._heard.channel, language, True))
        await self._ask_first(talk, act, locked("asked"))
        return talk

    async def _stand_before_the_lock(self, talk: Talk, act: Act, lock: Lock, past: Past) -> Talk:
        """All else can be done meanwhile: danger, a code, the office, questions, throwing the draft away."""
        if past.is_silent:
            await self._ask_first(talk, act, locked("asked"))
        elif talk.question[0] == UNLOCK_FORM and is_plain(act):
            return await self._try_word(talk, act, lock)
        else:
            await self._answer(talk, act)
        return talk

    async def _try_word(self, talk: Talk, act: Act, lock: Lock) -> Talk:
        text, now = act.said.text, self._parts.clock.now()
        is_one = len(text) <= LONGEST_WORD
        if is_one and not lock.must_wait(now) and await lock.fits(text):
            return await self._open_the_lock(act, lock)
        if await talk.intent_of(act.said) not in CONTENT:
            await self._answer(talk, act)
        elif not is_one:
            self._hold(act.said)
            self._add_line(act)
            talk.show(await talk.say(locked("asked")))
        else:
            self._lock = lock if lock.must_wait(now) else lock.missed(now)
            await self._say_masked(talk, locked("wait" if self._lock.must_wait(now) else "wrong"))
        return talk

    async def _open_the_lock(self, act: Act, lock: Lock) -> Talk:
        """Take the draft up again; what was typed before the word is still held until the person decides."""
        assert lock.kept is not None  # noqa: S101 - only a closed lock is opened
        self._id, engine = lock.kept
        self._lock = lock.opened()
        talk = Talk(self._parts.dialogue, self._parts.dialogue.restore(engine), self._heard.channel)
        await self._say_masked(talk, payload("returned", message_id=act.said.message_id))
        return talk

    async def _say_masked(self, talk: Talk, said: Said) -> None:
        self._add_lines("person", (OutgoingMessage(text=MASKED),))
        talk.show(await talk.say(said))

    def _hold(self, said: Said) -> None:
        """Keep it until the person has decided. Raises `TooMuchHeld`: all of it is one turn's work, once they have."""
        limit = self._rules.text_limit
        self._held = (*self._held, said)
        if sum(max(len(one.text), limit // MOST_HELD) for one in self._held) > limit:
            raise TooMuchHeld(limit)

    async def _say_held(self, talk: Talk) -> tuple[SpokenMessage, ...]:
        held, self._held = self._held, ()
        answers: tuple[SpokenMessage, ...] = ()
        for said in held:
            is_lost_on_it = not talk.is_busy and (said.is_payload or await talk.intent_of(said) in ANSWERS)
            if not is_lost_on_it:
                answers = asked_once(answers, await talk.say(said))
        return answers

    async def _say(self, talk: Talk, act: Act) -> tuple[SpokenMessage, ...]:
        self._add_line(act)
        self._turn.code = act.finding
        messages = await talk.say(act.said)
        self._turn.code = None
        self._heard_as = (talk.intent, talk.confidence)
        return messages

    def _add_line(self, act: Act) -> None:
        if act.line is not None:
            self._add_lines("person", (act.line,))

    def _add_lines(self, author: str, messages: Iterable[OutgoingMessage]) -> None:
        self._lines += [Line(author=author, message=without_codes(message)) for message in messages]

    def _state(self, talk: Talk) -> TurnState:
        loop, slot = talk.question
        intent, confidence = self._heard_as
        return TurnState(
            active_loop=loop, requested_slot=slot, language=talk.language, intent=intent, confidence=confidence
        )

    def _successor(self) -> str | None:
        return self._secret if self._turn.submitted else None

    async def _collect(self, past: Past, talk: Talk, reply: Reply, shown: "Shown") -> None:
        """Collect what the turn writes. A submission and "forget me" leave no conversation behind under this person."""
        work, now = self._work, self._parts.clock.now()
        for message_id in self._heard.message_ids:
            work.inbox.mark(self._update_key(message_id), self._parts.clock.today())
        if self._turn.submitted or self._turn.forget:
            if past.version is not None:
                work.conversations.delete(self._person, past.version)
            work.replies.drop_of(self._person)
        if self._turn.carries_on and self._turn.has_successor and not self._turn.forget:
            self._save(replace(past, version=None), talk, reply, shown, now, self._turn.successor)
        elif not (self._turn.submitted or self._turn.forget):
            self._save(past, talk, reply, shown, now, self._person)
        if self._turn.forget:
            await drop_all(work, self._person)
        elif self._outlet is None:
            self._keep_reply(reply, now)
        if self._outlet is not None:
            for message_id in self._heard.message_ids:
                work.updates.drop(self._update_key(message_id))
            await self._outlet.collect(work, self._person, self._heard, reply)

    def _save(self, past: Past, talk: Talk, reply: Reply, shown: "Shown", now: datetime, holder: PersonKey) -> None:
        self._add_lines("bot", reply.messages)
        before = past.memory or Memory(id=self._id, engine={})
        if past.is_silent:  # whoever writes first after a silence may be another: a page drawn anew shows their words
            before = replace(before, rows=())
        lock = self._lock
        if lock is not None and not lock.is_closed:
            lock = replace(lock, day=self._parts.clock.today()) if talk.has_draft else None
        memory = replace(before, id=self._id, engine=talk.state.snapshot(), held=self._held, lock=lock)
        handoff = self._turn.handoff or self._with_person.id
        memory = replace(memory, handoff=handoff, rates=self._with_person.rates).with_lines(self._lines)
        before_that = (past.state.active_loop, past.state.requested_slot) if past.state else None
        if shown.buttons or before_that != talk.question:
            memory = replace(memory, shown=shown.buttons, numbered=shown.numbered)
        self._work.conversations.save(holder, encode(memory), past.version, now + self._rules.kept)

    def _keep_reply(self, reply: Reply, now: datetime) -> None:
        holder = self._turn.successor if self._turn.submitted else self._person
        blob = encode_reply(reply)
        for message_id in self._heard.message_ids:
            self._work.replies.put(self._update_key(message_id), holder, blob, now + self._rules.reply_kept)

    def _person_of(self, address: str) -> PersonKey:
        return self._parts.keys.person(self._heard.channel, address)

    def _update_key(self, message_id: str) -> bytes:
        return self._parts.keys.update_key(self._heard.channel, self._heard.address, message_id)


def asked_once(before: tuple[SpokenMessage, ...], after: tuple[SpokenMessage, ...]) -> tuple[SpokenMessage, ...]:
    """Join two answers of one turn; a question that both put is put by the second alone."""
    again = {message.response for message in after if (message.response or "").startswith("utter_ask_")}
    return (*(message for message in before if message.response not in again), *after)


async def drop_all(work: TurnWork, person: PersonKey) -> None:
    """Collect the end of everything that is kept under this person, the conversation's row excepted."""
    work.replies.drop_of(person)
    work.watches.drop_of(person)
    work.receipts.drop(person)
    work.case_sessions.drop(person)
    work.uploads.drop(person, [file.id for file in await work.uploads.of(person)])


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The buttons of one reply, the last `numbered` of them to be picked by number."""

    buttons: tuple[Button, ...] = ()
    numbered: int = 0


def opening(channel: str, language: str, greeted: bool | str, lost: Literal["no", "yes", "perhaps"] = "no") -> Said:
    """Build the turn that begins a conversation; its `returning` is false, true or "perhaps".

    `greeted`: true where nothing is to be said, "briefly" where the person came to the point at once.
    """
    returning = {"no": False, "yes": True}.get(lost, lost)
    return payload("open", {"language": language, "channel": channel, "greeted": greeted, "returning": returning})


def locked(reason: str) -> Said:
    """Build the turn that asks for the word: "asked", or after a "wrong" one, or to "wait"."""
    return payload("locked", {"reason": reason})


def is_plain(act: Act) -> bool:
    """Tell whether it is typed text with no code in it."""
    return not act.said.is_payload and act.finding is None


def read_memory(stored: Stored) -> Memory | None:
    """Return what is remembered; None when another program wrote it."""
    try:
        return decode(stored.state)
    except MemoryUnreadable:
        return None


def outgoing(spoken: Iterable[SpokenMessage], *, is_preview: bool = False) -> tuple[tuple[OutgoingMessage, ...], Shown]:
    """Cut long texts, give buttons their ids; the buttons stand under the last part of their message."""
    messages: list[OutgoingMessage] = []
    groups = []
    for message in spoken:
        parts = split_text(message.text) if message.text else [""]
        buttons = issue(message, is_preview=is_preview)
        groups.append(buttons)
        messages += [OutgoingMessage(text=part, response=message.response) for part in parts[:-1]]
        messages.append(
            OutgoingMessage(text=parts[-1], buttons=buttons, response=message.response, custom=message.custom)
        )
    return tuple(messages), Shown(buttons=tuple(b for group in groups for b in group), numbered=numbered(groups))
