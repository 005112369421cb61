"""What goes in and out of the engine, as plain values. Nothing here knows what is talked about."""

from dataclasses import dataclass, field
from typing import Any, Protocol

Event = dict[str, Any]
"""An event in rasa-sdk's shape: `{"event": "slot", "name": …, "value": …}`. A "bot" event carries a `SpokenMessage`."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message for the engine. A payload is `/intent{json}`; anything else is text, also when it begins with "/".

    `input_channel` is what actions are told; without it, the channel of the answers.
    """

    text: str = field(repr=False)
    is_payload: bool = False
    message_id: str = ""
    input_channel: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class SpokenMessage:
    """One message of the bot; `buttons` are (title, payload), `response` is the name of the response used.

    `button_data` are the buttons with all that the files or an action gave them.
    """

    text: str = field(default="", repr=False)
    buttons: tuple[tuple[str, str], ...] = ()
    response: str | None = None
    custom: dict[str, Any] = field(default_factory=dict, repr=False)
    image: str | None = None
    attachment: Any = field(default=None, repr=False)
    button_data: tuple[dict[str, Any], ...] = field(default=(), repr=False)


class DialogueState(Protocol):
    """What the engine remembers of one conversation; never changed in place."""

    @property
    def active_loop(self) -> str | None: ...
    @property
    def requested_slot(self) -> str | None: ...

    def slot(self, name: str) -> Any:
        """Return a slot's value, None when it is not set or not known."""

    def snapshot(self) -> dict[str, Any]:
        """Return JSON-ready data that `DialogueEngine.restore` reads."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What one message led to. After `has_failed` the state is as it was before and `messages` hold the apology.

    `events` are all that happened, in Rasa's order.
    """

    state: DialogueState
    messages: tuple[SpokenMessage, ...] = ()
    intent: str | None = None
    confidence: float = 0.0
    has_failed: bool = False
    events: tuple[Event, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class ParseContext:
    """Where the conversation stands when a text is to be understood."""

    active_loop: str | None = None
    requested_slot: str | None = None
    language: str | None = None


class Parse(Protocol):
    """What a text means: `ranking` is (intent, confidence 0..1), best first; entities as Rasa's dicts."""

    @property
    def intent(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def ranking(self) -> list[tuple[str, float]]: ...
    @property
    def entities(self) -> list[dict[str, Any]]: ...


class Interpreter(Protocol):
    """The ear: turns a text into an intent and entities."""

    def parse(self, text: str, context: ParseContext) -> Parse: ...


@dataclass(frozen=True, kw_only=True)
class Manner:
    """Where we differ from Rasa on purpose. `RASA` below switches every improvement off.

    `is_strict`: what Rasa bears silently (a response that can be silent, a fallback that undoes the turn) is refused at
    load. `apologises`: a failing action, or a turn of more than `action_limit` actions, ends with `failure_response`
    and leaves the state as it was; otherwise Rasa's silence.
    `bears_ties`: rules that tie are let be, as Rasa does, who then takes either.
    `splits_text`: texts are cut at blank lines, `custom` and images become messages of their own.
    """

    is_strict: bool = True
    apologises: bool = True
    bears_ties: bool = False
    splits_text: bool = True
    failure_response: str = "utter_action_failed"
    language_slot: str = "language"
    action_limit: int = 10


RASA = Manner(is_strict=False, apologises=False, bears_ties=True)
"""Rasa's own manner, for comparison."""

FOREIGN = Manner(is_strict=False)
"""For projects that were not written for this engine."""
