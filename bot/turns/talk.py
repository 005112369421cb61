"""Talking with the engine within one turn: one state, several messages said one after the other."""

import json
from collections.abc import Mapping
from typing import Literal

from bot.turns.ports import Dialogue, DialogueState, Said, Spoken, SpokenMessage


class Talk:
    """What has been said and answered so far. After a failure nothing more is said; the apology is all there is."""

    def __init__(self, dialogue: Dialogue, state: DialogueState, channel: str) -> None:
        self._dialogue = dialogue
        self._channel = channel
        self.state = state
        self.spoken: list[SpokenMessage] = []
        self.intent: str | None = None
        self.confidence = 0.0
        self.has_failed = False

    async def say(self, said: Said) -> tuple[SpokenMessage, ...]:
        """Say one message and return the answer; the caller decides what of it is shown."""
        if self.has_failed:
            return ()
        spoken: Spoken = await self._dialogue.say(self.state, said, self._channel)
        if spoken.has_failed:
            self.has_failed = True
            self.spoken = list(spoken.messages)
            return ()
        self.state, self.intent, self.confidence = spoken.state, spoken.intent, spoken.confidence
        return spoken.messages

    async def intent_of(self, said: Said) -> str:
        """Return the intent a message would have now."""
        if said.is_payload:
            return said.text.removeprefix("/").partition("{")[0]
        return await self._dialogue.intent_of(self.state, said.text)

    def show(self, *groups: tuple[SpokenMessage, ...]) -> None:
        """Add messages to what the person gets, unless the turn has failed."""
        if not self.has_failed:
            self.spoken += [message for group in groups for message in group]

    @property
    def language(self) -> str | None:
        language = self.state.slot("language")
        return language if isinstance(language, str) else None

    @property
    def question(self) -> tuple[str | None, str | None]:
        return self.state.active_loop, self.state.requested_slot

    @property
    def has_draft(self) -> bool:
        return self.state.slot("draft") is not None

    @property
    def is_busy(self) -> bool:
        """Whether something would be lost if the person walked away."""
        return self.has_draft or self.state.active_loop is not None


def payload(intent: str, entities: Mapping[str, object] | None = None, *, message_id: str = "") -> Said:
    """Build `/intent{json}`."""
    tail = json.dumps(entities, ensure_ascii=False) if entities else ""
    return Said(text=f"/{intent}{tail}", is_payload=True, message_id=message_id)


def opening(channel: str, language: str, greeted: bool | str, lost: Literal["no", "yes", "perhaps"] = "no") -> Said:
    """Build the turn that begins a conversation; its `returning` is false, true or "perhaps".

    `greeted`: true where nothing is to be said, "briefly" where the person came to the point at once.
    """
    returning = {"no": False, "yes": True}.get(lost, lost)
    return payload("open", {"language": language, "channel": channel, "greeted": greeted, "returning": returning})


def locked(reason: str) -> Said:
    """Build the turn that asks for the word: "asked", or after a "wrong" one, or to "wait"."""
    return payload("locked", {"reason": reason})
