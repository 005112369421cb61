"""One try of one turn: read the conversation, decide what to say, collect what is to be written, commit."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from bot.channels.messages import Reply, TurnState
from bot.turns.deciding import Decision
from bot.turns.exchange import Exchange
from bot.turns.heard import Heard
from bot.turns.memory import Memory, encode
from bot.turns.outgoing import Shown, outgoing
from bot.turns.parts import Parts
from bot.turns.past import Past, read_past
from bot.turns.ports import TurnWork
from bot.turns.replies import decode_reply, encode_reply
from bot.turns.resolving import Resolver
from bot.turns.talk import Talk
from bot.turns.with_person import WithPerson
from casework.ports import PersonKey
from casework.turn import Turn, current_turn


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
        self._exchange = Exchange(self._turn, parts.rules.text_limit)
        resolver = Resolver(parts.codes, parts.rules, work, heard, person)
        self._decision = Decision(parts, heard, resolver, self._exchange, self._with_person)
        self._outlet = parts.outlets.get(heard.channel)

    async def run(self, *, is_again: bool = False) -> Reply:
        """Return the reply; it has been committed, unless the engine failed or the message was answered before.

        Whether it was answered before is looked up when the first try met a `Conflict`: the mark in the inbox makes
        every repeated message meet one, and all others are spared two reads.
        """
        if is_again and (repeated := await self._repeated()) is not None:
            return repeated
        past = await read_past(self._parts, self._work, self._heard, self._person)
        async with self._as_current():
            talk = await self._decision.decide(past)
        messages, shown = outgoing(talk.spoken)
        reply = Reply(
            messages=messages,
            state=self._state(talk),
            successor=None if talk.has_failed else self._successor(),
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

    @asynccontextmanager
    async def _as_current(self) -> AsyncIterator[None]:
        token = current_turn.set(self._turn)
        try:
            yield
        finally:
            current_turn.reset(token)

    def _state(self, talk: Talk) -> TurnState:
        loop, slot = talk.question
        intent, confidence = self._exchange.heard_as
        return TurnState(
            active_loop=loop, requested_slot=slot, language=talk.language, intent=intent, confidence=confidence
        )

    def _successor(self) -> str | None:
        return self._secret if self._turn.submitted else None

    async def _collect(self, past: Past, talk: Talk, reply: Reply, shown: Shown) -> None:
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

    def _save(self, past: Past, talk: Talk, reply: Reply, shown: Shown, now: datetime, holder: PersonKey) -> None:
        self._exchange.add_lines("bot", reply.messages)
        before = past.memory or Memory(id=self._exchange.id, engine={})
        if past.is_silent:  # whoever writes first after a silence may be another: a page drawn anew shows their words
            before = replace(before, rows=())
        lock = self._exchange.lock
        if lock is not None and not lock.is_closed:
            lock = replace(lock, day=self._parts.clock.today()) if talk.has_draft else None
        exchange = self._exchange
        memory = replace(before, id=exchange.id, engine=talk.state.snapshot(), held=exchange.held, lock=lock)
        handoff = self._turn.handoff or self._with_person.id
        memory = replace(memory, handoff=handoff, rates=self._with_person.rates).with_lines(exchange.lines)
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


async def drop_all(work: TurnWork, person: PersonKey) -> None:
    """Collect the end of everything that is kept under this person, the conversation's row excepted."""
    work.replies.drop_of(person)
    work.watches.drop_of(person)
    work.receipts.drop(person)
    work.case_sessions.drop(person)
    work.uploads.drop(person, [file.id for file in await work.uploads.of(person)])
