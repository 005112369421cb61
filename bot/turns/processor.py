"""The turns: everything between a channel and the dialogue engine."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from bot.catalogue import Catalogue, load_catalogue
from bot.channels.messages import Attachment, Incoming, Line, OutgoingMessage, Reply, TurnState
from bot.turns.attempt import Attempt, drop_all
from bot.turns.buttons import COMMANDS, Choice
from bot.turns.errors import TooMuchHeld
from bot.turns.heard import Heard, hear, into_turns
from bot.turns.language import guess_language
from bot.turns.locks import PersonLocks
from bot.turns.memory import Memory
from bot.turns.office_words import OfficeTurn
from bot.turns.outgoing import outgoing
from bot.turns.parts import Parts
from bot.turns.past import read_memory
from bot.turns.ports import Codes, Dialogue, Outlet, PersonKeys, TurnWorkFactory
from bot.turns.rules import TurnRules
from bot.turns.talk import Talk, opening
from bot.turns.uploads import UploadIntake
from bot.turns.with_person import MARK, OfficeWords
from casework import handing_off
from casework.errors import Conflict
from casework.ports import Clock, Evidence, PersonKey
from casework.turn import Turn, current_turn

MOST_ATTEMPTS = 6
TEXTS = Path(__file__).with_name("texts.yml")

_log = structlog.get_logger()


class TurnProcessor:
    """Satisfies `bot.channels.messages.Conversations`.

    One person at a time within this process; across processes the version check makes the later turn run again.
    """

    def __init__(
        self,
        *,
        dialogue: Dialogue,
        work: TurnWorkFactory,
        keys: PersonKeys,
        clock: Clock,
        codes: Codes,
        evidence: Evidence,
        rules: TurnRules,
        texts: Catalogue | None = None,
        outlets: Mapping[str, Outlet] | None = None,
        tell: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        """`tell` rings the desk's bell: what is signed is shown there and kept nowhere."""
        self._parts = Parts(dialogue=dialogue, keys=keys, clock=clock, codes=codes, rules=rules, outlets=outlets or {})
        self._work, self._rules, self._keys = work, rules, keys
        self._tell = tell
        self._texts = texts or load_catalogue(TEXTS)
        self._locks = PersonLocks()
        self._uploads = UploadIntake(work, evidence, clock, rules)

    @property
    def kept(self) -> timedelta:
        """How long a silent conversation is kept."""
        return self._rules.kept

    async def handle(self, incoming: Incoming) -> Reply:
        """Run one turn and return its reply; a repeated message id gets the stored reply."""
        return await self._turn(hear((incoming,)))

    async def handle_waiting(self, waiting: Sequence[Incoming]) -> list[Reply]:
        """Answer what waited in one person's queue, oldest first: texts that waited together are one answer."""
        if not waiting:
            return []
        memory = await self._memory(self._keys.person(waiting[0].channel, waiting[0].address))
        choice = Choice(shown=memory.shown) if memory else Choice()
        turns = into_turns(waiting, lambda text: choice.typed(text, takes_number=True) is not None)
        return [await self._turn(hear(burst)) for burst in turns]

    async def preview(self, channel: str, language: str) -> Reply:
        """Return the greeting of a new conversation; keeps nothing."""
        dialogue = self._parts.dialogue
        talk = Talk(dialogue, dialogue.new("preview"), channel)
        nobody = PersonKey(b"")
        async with self._work() as work:
            turn = Turn(work=work, person=nobody, successor=nobody, channel=channel, message_id="")
            token = current_turn.set(turn)
            try:
                talk.show(await talk.say(opening(channel, language, greeted=False)))
            finally:
                current_turn.reset(token)
        messages, _ = outgoing(talk.spoken, is_preview=True)
        loop, slot = talk.question
        return Reply(messages=messages, state=TurnState(active_loop=loop, requested_slot=slot, language=talk.language))

    async def visible(self, channel: str, address: str) -> tuple[Line, ...]:
        """Return what may be shown of the conversation now: nothing after 30 minutes' silence."""
        memory = await self._memory(self._keys.person(channel, address))
        if memory is None:
            return ()
        live = COMMANDS | {button.id for button in memory.shown}
        return tuple(_with_live_buttons(line, live) for line in memory.lines)

    async def take(self, channel: str, address: str, attachment: Attachment) -> str:
        """Seal an upload outside any turn and return its id. Raises `UploadRefused`."""
        return await self._uploads.take(self._keys.person(channel, address), attachment)

    async def is_answered(self, channel: str, address: str, message_id: str) -> bool:
        """Tell whether the turn of this message was committed."""
        async with self._work() as work:
            return await work.inbox.is_marked(self._keys.update_key(channel, address, message_id))

    async def receipt_code(self, channel: str, address: str) -> str | None:
        """Return the code while its receipt lives."""
        async with self._work() as work:
            receipt = await work.receipts.get(self._keys.person(channel, address))
        return receipt.code if receipt else None

    async def leave(self, channel: str, address: str) -> None:
        """Delete draft, uploads, receipt and session of this person at once."""
        person = self._keys.person(channel, address)
        async with self._locks.hold(person):
            for attempt in range(1, MOST_ATTEMPTS + 1):
                try:
                    await self._forget(person)
                except Conflict:
                    if attempt == MOST_ATTEMPTS:
                        raise
                else:
                    return

    async def speak(self, channel: str, address: str, office: OfficeWords) -> Reply | None:
        """Put the office's words into a conversation; None when it is gone. Raises what `office.within` raises."""
        person = self._keys.person(channel, address)
        async with self._locks.hold(person):
            for attempt in range(1, MOST_ATTEMPTS + 1):
                try:
                    async with self._work() as work:
                        turn = OfficeTurn(parts=self._parts, work=work, channel=channel, address=address, person=person)
                        return await turn.run(office)
                except Conflict:
                    if attempt == MOST_ATTEMPTS:
                        raise
        return None

    async def sign(self, channel: str, address: str, what: str) -> bool:
        """Show the office that the person types or has read; False when no person of the office is there."""
        memory = await self._memory(self._keys.person(channel, address))
        if memory is None or memory.handoff is None or self._tell is None:
            return False
        await self._tell(f"{what} {memory.handoff.hex()}")
        return True

    async def show_typing(self, channel: str, address: str) -> None:
        """Show the person that somebody of the office types, where the channel's outlet can."""
        outlet = self._parts.outlets.get(channel)
        if outlet is not None:
            async with self._work() as work:
                outlet.show_typing(work, address)
                await work.commit()

    async def said_by_office(self, channel: str, address: str, mark: str) -> Reply | None:
        """Return what the office said under this mark; None when the conversation shows it no more."""
        lines = await self.visible(channel, address)
        messages = tuple(line.message for line in lines if line.message.custom.get(MARK) == mark)
        return Reply(messages=messages, state=TurnState()) if messages else None

    async def lose(self, channel: str, address: str) -> None:
        """The person cannot be written to any more: end the hand-off that would; the draft stays its hours."""
        async with self._work() as work:
            stored = await work.conversations.load(self._keys.person(channel, address))
            memory = read_memory(stored) if stored is not None and stored.state else None
            if memory is None or memory.handoff is None:
                return
            await handing_off.left(work, memory.handoff, self._parts.clock.now())
            with suppress(Conflict):  # somebody ended it just now
                await work.commit()

    async def _forget(self, person: PersonKey) -> None:
        async with self._work() as work:
            stored = await work.conversations.load(person)
            memory = read_memory(stored) if stored is not None and stored.state else None
            if memory is not None and memory.handoff is not None:
                await handing_off.left(work, memory.handoff, self._parts.clock.now())
            if stored is not None:
                work.conversations.delete(person, stored.version)
            await drop_all(work, person)
            await work.commit()

    async def _turn(self, heard: Heard) -> Reply:
        length = len(heard.text or "")
        if length > self._rules.text_limit:
            return self._refusal(heard, "too_long", length=length, limit=self._rules.text_limit)
        person = self._keys.person(heard.channel, heard.address)
        async with self._locks.hold(person):
            for attempt in range(MOST_ATTEMPTS):
                try:
                    async with self._work() as work:
                        return await Attempt(self._parts, work, heard, person).run(is_again=attempt > 0)
                except TooMuchHeld as error:
                    return self._refusal(heard, "too_much_waits", limit=error.limit)
                except Conflict:
                    _log.info("turn_run_again", channel=heard.channel)
        _log.warning("turn_crowded", channel=heard.channel)
        return self._refusal(heard, "crowded")

    def _refusal(self, heard: Heard, name: str, **values: object) -> Reply:
        """Answer without a turn: nothing is read, nothing is changed."""
        language = heard.language or guess_language((heard.text or "")[:200], self._rules.default_language)
        message = OutgoingMessage(text=self._texts.say(name, language, **values), response=f"turn_{name}")
        return Reply(messages=(message,), state=TurnState(language=language))

    async def _memory(self, person: PersonKey) -> Memory | None:
        async with self._work() as work:
            stored = await work.conversations.load(person)
        if stored is None or self._parts.clock.now() - stored.updated_at >= self._rules.silence:
            return None
        return read_memory(stored)


def _with_live_buttons(line: Line, live: frozenset[str] | set[str]) -> Line:
    message = line.message
    buttons = tuple(button for button in message.buttons if button.id in live)
    kept = OutgoingMessage(text=message.text, buttons=buttons, response=message.response, custom=message.custom)
    return Line(author=line.author, message=kept)
