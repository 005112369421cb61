"""What the bot says to one message: who hears it, how a conversation begins, what goes before an answer."""

import secrets

from bot.turns.buttons import OLD_BUTTON, Choice
from bot.turns.exchange import Exchange
from bot.turns.heard import Heard
from bot.turns.language import LANGUAGES, guess_language, spoken_language
from bot.turns.locked_draft import LockedDraft
from bot.turns.memory import Memory
from bot.turns.outgoing import as_spoken, outgoing
from bot.turns.parts import Parts
from bot.turns.past import Past
from bot.turns.ports import Said, SpokenMessage
from bot.turns.resolving import Act, Resolver
from bot.turns.rules import GREETED, MENU, TO_THE_POINT, WORD_QUESTION
from bot.turns.talk import Talk, opening, payload
from bot.turns.with_person import Turned, WithPerson, thanks


class Decision:
    """Decides once, over what was found of the person."""

    def __init__(
        self, parts: Parts, heard: Heard, resolver: Resolver, exchange: Exchange, with_person: WithPerson
    ) -> None:
        self._parts, self._heard, self._resolver = parts, heard, resolver
        self._exchange, self._with_person = exchange, with_person
        self._locked_draft = LockedDraft(parts, exchange, heard.channel)

    async def decide(self, past: Past) -> Talk:
        """Return the talk, whose `spoken` is the answer."""
        dialogue, memory = self._parts.dialogue, past.memory
        if memory is None or past.state is None:
            self._exchange.id = secrets.token_hex(16)
            talk = Talk(dialogue, dialogue.new(self._exchange.id), self._heard.channel)
            await self._open(talk, past)
            return talk
        self._exchange.take_up(memory.id, memory.held, memory.lock)
        talk = Talk(dialogue, past.state, self._heard.channel)
        choice = Choice(shown=memory.shown, numbered=memory.numbered)
        act = await self._resolver.resolve(choice, talk.question)
        if await self._is_with_a_person(talk, act, memory):
            return talk
        return await self._go_on(talk, act, is_silent=past.is_silent)

    async def _go_on(self, talk: Talk, act: Act, *, is_silent: bool) -> Talk:
        """A lock first, then the question after a silence, then what was said."""
        lock = self._exchange.lock
        if lock is not None and lock.is_closed:
            return await self._locked_draft.stand_before(talk, act, lock, is_silent=is_silent)
        if lock is not None and is_silent and lock.day != self._parts.clock.today():
            return await self._locked_draft.close(talk, act, lock)
        if is_silent and talk.is_busy:
            await self._exchange.ask_first(talk, act, payload("returned"))
        elif talk.question == WORD_QUESTION and act.is_plain:
            await self._locked_draft.choose_word(talk, act)
        else:
            await self._exchange.answer(talk, act)
        return talk

    async def _is_with_a_person(self, talk: Talk, act: Act, memory: Memory) -> bool:
        """Whether the engine is to hear nothing of this turn, or nothing but that the bot is back."""
        self._with_person.id, self._with_person.rates = memory.handoff, memory.rates
        turned = await self._with_person.hear(act)
        if turned is Turned.BOT:
            return False
        self._exchange.add_line(act)
        if turned is Turned.SUGGESTED:
            decided = await self._with_person.decide(talk, act)
            talk.show((as_spoken(decided),) if decided else await talk.say(Said(text=OLD_BUTTON, is_payload=True)))
        elif turned is Turned.BACK:
            talk.show(await talk.say(payload("resume_bot")))
        elif self._with_person.id is None:
            talk.show((as_spoken(thanks(talk.language)),))
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
            self._exchange.add_lines("bot", messages)
            choice, prologue = Choice(shown=shown.buttons, numbered=shown.numbered), ()
        act = await self._resolver.resolve(choice, talk.question)
        is_greeting_enough = self._heard.text == "" and bool(prologue)
        answer = () if is_greeting_enough else await self._exchange.say(talk, act)
        if talk.intent == "emergency":
            talk.show(answer[:1], prologue, answer[1:])
        elif prologue and talk.intent in GREETED and not talk.is_busy:
            talk.show(prologue)
        else:
            talk.show(_without_menu(prologue) if talk.is_busy or _has_choices(answer) else prologue, answer)

    async def _comes_to_the_point(self, talk: Talk, choice: Choice) -> bool:
        """Tell whether the first message is a matter of its own, so that a long greeting would stand in its way."""
        act = await self._resolver.resolve(choice, talk.question)
        if act.finding is not None:
            return True
        return bool(act.said.text) and await talk.intent_of(act.said) in TO_THE_POINT

    def _language(self, past: Past) -> str:
        spoken = None if past.language else spoken_language(self._heard.text or "")
        known = past.receipt.language if past.receipt else spoken or self._heard.language or past.language
        return (
            known if known in LANGUAGES else guess_language(self._heard.text or "", self._parts.rules.default_language)
        )


def _has_choices(messages: tuple[SpokenMessage, ...]) -> bool:
    return any(message.buttons for message in messages)


def _without_menu(messages: tuple[SpokenMessage, ...]) -> tuple[SpokenMessage, ...]:
    return tuple(message for message in messages if message.response != MENU)
