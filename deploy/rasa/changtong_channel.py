"""A channel for a Rasa 3.6 server (Python 3.10) that carries whole turns for Changtong.

Beside the text it takes the message's id and what our own understanding made of it, with the question in view. It
answers with whole messages (not cut at blank lines), each with the name of its response, and with slots and loop.

A turn may come twice, or Rasa may have been started anew: the caller says how many events it knows of and when the last
was. Later ones are cut off; if the known ones are not there, the conversation is laid anew from its slots and loop.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

NAME = "changtong"
_DATA = ("buttons", "custom", "image", "attachment", "elements", "quick_replies")


class WholeMessages(CollectingOutputChannel):
    """Collects what is said, uncut; answers to the name of the channel the person is on."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]  # responses are chosen by the person's channel
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        told = {key: message[key] for key in _DATA if message.get(key)}
        self.messages.append({"text": message.get("text") or "", "response": message.get("utter_action"), **told})


class Changtong(InputChannel):
    """POST /webhooks/changtong/turn."""

    @classmethod
    def name(cls) -> str:
        return NAME

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        made = Blueprint("changtong_webhook", NAME)

        @made.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @made.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            body, out = request.json, WholeMessages(request.json.get("channel") or NAME)
            agent = request.app.ctx.agent
            await _settle(agent, body)
            await on_new_message(
                UserMessage(
                    body["text"],
                    out,
                    body["sender"],
                    parse_data=body.get("parse_data"),
                    input_channel=out.name(),
                    message_id=body.get("message_id"),
                    metadata=body.get("metadata"),
                )
            )
            return response.json({"messages": out.messages, **await _standing(agent, body["sender"])})

        return made


async def _settle(agent: Any, body: dict[str, Any]) -> None:
    """Bring the tracker to where the caller knows it to be."""
    tracker = await agent.tracker_store.retrieve(body["sender"])
    events: list[Event] = list(tracker.events) if tracker is not None else []
    known, mark = int(body.get("known") or 0), body.get("mark")
    if len(events) == known and (not known or events[-1].timestamp == mark):
        return
    if known and (len(events) < known or events[known - 1].timestamp != mark):
        events = _laid_anew(body)
    else:
        events = events[:known]
    settled = DialogueStateTracker.from_events(body["sender"], events, agent.domain.slots, domain=agent.domain)
    await agent.tracker_store.save(settled)


def _laid_anew(body: dict[str, Any]) -> list[Event]:
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted()]
    events += [SlotSet(name, value) for name, value in (body.get("slots") or {}).items()]
    if body.get("loop"):
        events += [ActionExecuted(body["loop"]), ActiveLoop(body["loop"])]
    return [*events, ActionExecuted("action_listen")]


async def _standing(agent: Any, sender: str) -> dict[str, Any]:
    """Return where the conversation stands after the turn."""
    tracker: DialogueStateTracker | None = await agent.tracker_store.retrieve(sender)
    if tracker is None:
        return {"slots": {}, "loop": None, "known": 0, "mark": None}
    events = list(tracker.events)
    slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
    return {
        "slots": slots,
        "loop": tracker.active_loop.name if tracker.active_loop else None,
        "known": len(events),
        "mark": events[-1].timestamp if events else None,
    }
