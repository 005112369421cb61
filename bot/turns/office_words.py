"""Words that are not the bot's: one commit with the transcript, so that ownership is checked as they are said."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bot.channels.messages import OutgoingMessage, Reply
from bot.dialogue.errors import StateUnreadable
from bot.turns.memory import Memory, encode
from bot.turns.outgoing import outgoing
from bot.turns.parts import Parts
from bot.turns.past import read_memory
from bot.turns.ports import TurnWork
from bot.turns.talk import Talk, payload
from bot.turns.with_person import OfficeWords, as_reply, remembered
from casework import handing_off
from casework.ports import PersonKey
from casework.turn import Turn, current_turn


@dataclass(frozen=True, kw_only=True)
class OfficeTurn:
    """One try; raises `Conflict` when the conversation or the hand-off moved meanwhile."""

    parts: Parts
    work: TurnWork
    channel: str
    address: str = field(repr=False)
    person: PersonKey = field(repr=False)

    async def run(self, office: OfficeWords) -> Reply | None:
        """Say it; None when the conversation is gone. Raises what `office.within` raises."""
        stored = await self.work.conversations.load(self.person)
        memory = read_memory(stored) if stored is not None and stored.state else None
        if stored is None or memory is None:
            return None
        try:
            state = self.parts.dialogue.restore(memory.engine)
        except StateUnreadable:
            return None
        talk = Talk(self.parts.dialogue, state, self.channel)
        turn = Turn(work=self.work, person=self.person, successor=self.person, channel=self.channel, message_id="")
        token = current_turn.set(turn)
        try:
            if office.question and talk.question[1] != office.question:
                raise handing_off.NoSuchQuestion(office.question)
            await office.within()
            messages, memory = await self._said(talk, memory, office)
        finally:
            current_turn.reset(token)
        outlet = self.parts.outlets.get(self.channel)
        reply = as_reply(messages, talk.language, talk.question, is_posted=outlet is not None)
        until = self.parts.clock.now() + self.parts.rules.kept
        self.work.conversations.save(self.person, encode(memory), stored.version, until)
        if outlet is not None:
            heard: Any = SimpleNamespace(address=self.address, notes=())
            await outlet.collect(self.work, self.person, heard, reply)
        await self.work.commit()
        return reply

    async def _said(
        self, talk: Talk, memory: Memory, office: OfficeWords
    ) -> tuple[tuple[OutgoingMessage, ...], Memory]:
        """Return the messages, the form's question after them when the bot is back."""
        messages = office.marked(office.messages(talk.language))
        memory = remembered(memory, office, messages)
        if office.what != "back" or not talk.is_busy:
            return messages, memory
        asked, shown = outgoing(await talk.say(payload("resume_bot")))
        asked = office.marked(asked)
        again = remembered(memory, OfficeWords(what="say", within=office.within), asked)
        buttons = (*memory.shown, *shown.buttons)
        kept = Memory(**vars(again) | {"engine": talk.state.snapshot(), "shown": buttons, "numbered": shown.numbered})
        return (*messages, *asked), kept
