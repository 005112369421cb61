"""Runs rasa-sdk actions in process and responses, both giving events."""

import asyncio
import traceback
from collections.abc import Sequence
from inspect import isawaitable
from typing import Any, Protocol

import structlog
from rasa_sdk import Action
from rasa_sdk import Tracker as SdkTracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.dialogue.domain import Domain
from bot.dialogue.errors import ActionFailed, DialogueError, NotJson
from bot.dialogue.json_values import json_copy
from bot.dialogue.responses import Draft, Responses, messages, overlaid
from bot.dialogue.sdk_tracker import LiveTracker
from bot.dialogue.templates import UnbalancedBrace
from bot.dialogue.tracker import Tracker, checked_events
from bot.dialogue.values import Event

log = structlog.get_logger(__name__)


class Rejected(DialogueError):
    """An action does not want to run now; the next best is tried."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class ActionServer(Protocol):
    """Where custom actions run: in this process, or elsewhere."""

    @property
    def names(self) -> frozenset[str]: ...

    async def call(self, action: str, tracker: Tracker) -> tuple[list[Any], list[Draft]]:
        """Return the events and messages of an action. Raises `ActionFailed` or `Rejected`."""

    async def close(self) -> None:
        """Let go of what the actions are called by."""


class InProcess:
    """rasa-sdk's actions, run as its executor runs them. One for all conversations: it keeps only the domain."""

    def __init__(self, actions: Sequence[Action], domain: Domain) -> None:
        self._executor = ActionExecutor()
        self._domain = domain.data
        for action in actions:
            self._executor.register_action(action)
        self.names = frozenset(self._executor.actions)

    async def call(self, action: str, tracker: Tracker) -> tuple[list[Any], list[Draft]]:
        return await self._guarded(action, LiveTracker(tracker))

    async def close(self) -> None:
        """Nothing is held."""

    async def answer(self, action: str, tracker: dict[str, Any]) -> dict[str, Any]:
        """Run an action on a tracker as rasa-sdk's webhook is given it. Raises `ActionFailed` or `Rejected`."""
        view: Any = tracker
        events, responses = await self._guarded(action, SdkTracker.from_dict(view))
        return {"events": events, "responses": responses}

    async def _guarded(self, action: str, tracker: SdkTracker) -> tuple[list[Any], list[Draft]]:
        try:
            return await self._run(action, tracker)
        except ActionExecutionRejection as rejection:
            raise Rejected(action) from rejection
        except (asyncio.CancelledError, DialogueError):
            raise
        except Exception as error:  # the edge to foreign code: whatever an action raises ends this turn, no more
            raise ActionFailed(action, f"raised {type(error).__name__} {_place_of(error)}") from error

    async def _run(self, action: str, tracker: SdkTracker) -> tuple[list[Any], list[Draft]]:
        dispatcher = CollectingDispatcher()
        events = self._executor.actions[action](dispatcher, tracker, self._domain)
        if isawaitable(events):
            events = await events
        if dispatcher.is_streaming_active:
            await dispatcher.stream_end()
        return self._executor.validate_events(events or [], action), dispatcher.messages


class Speaker:
    """Gives the bot events of responses and custom actions."""

    def __init__(self, responses: Responses, server: ActionServer, *, splits_text: bool) -> None:
        self._responses = responses
        self._server = server
        self._splits_text = splits_text

    def utter(self, name: str, tracker: Tracker, channel: str) -> list[Event]:
        """Return what a response says, nothing when no variation fits."""
        draft = self._draft(name, tracker, channel, {})
        return self._said(draft, name) if draft is not None else []

    def _draft(self, name: str, tracker: Tracker, channel: str, arguments: Draft) -> Draft | None:
        try:
            return self._responses.draft(name, tracker.slots, channel, arguments)
        except UnbalancedBrace as error:
            raise ActionFailed(name, "has a brace without its partner") from error

    def utter_draft(self, draft: Draft, name: str | None) -> list[Event]:
        """Return what a draft says."""
        return self._said(draft, name)

    async def run(self, action: str, tracker: Tracker, channel: str) -> list[Event]:
        """Run a custom action: its messages first, then its events, as Rasa orders them."""
        returned, drafts = await self._server.call(action, tracker)
        events = checked_events(action, returned)
        said: list[Event] = []
        for given in drafts:
            said += self._answered(action, given, tracker, channel)
        return said + events

    def _answered(self, action: str, given: Draft, tracker: Tracker, channel: str) -> list[Event]:
        name = given.get("response")
        arguments = {key: value for key, value in given.items() if key not in ("response", "template")}
        draft: Draft | None = {}
        if name:
            draft = self._draft(name, tracker, channel, arguments)
        if draft is None:
            return []
        return self._said(overlaid(draft, arguments), name, action)

    def _said(self, draft: Draft, name: str | None, action: str = "") -> list[Event]:
        if draft.get("custom"):
            try:
                draft = {**draft, "custom": json_copy(draft["custom"])}
            except NotJson as error:
                raise ActionFailed(action, f"json_message is not JSON: {error}") from error
        said = messages(draft, name, splits_text=self._splits_text)
        events: list[Event] = [{"event": "bot", "name": name, "message": message} for message in said]
        if events:
            events[0]["draft"] = draft
        return events


def log_failure(failure: ActionFailed) -> None:
    """Log names and places only: what an exception says may hold what a person said."""
    log.error("action_failed", action=failure.action, reason=failure.reason)


def _place_of(error: BaseException) -> str:
    """Return where an exception came from, without what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
