"""Runs custom actions at an `action_endpoint` URL: rasa-sdk's webhook protocol, as Rasa speaks it."""

import json
from typing import Any

import httpx

from bot.dialogue.actions import Rejected
from bot.dialogue.domain import DEFAULT_ACTIONS, Domain
from bot.dialogue.errors import ActionFailed
from bot.dialogue.responses import Draft
from bot.dialogue.tracker import Tracker

RASA_VERSION = "3.6.21"
"""The version whose protocol is spoken."""

TIMEOUT_SECONDS = 60.0
_REJECTED = 400


class AtUrl:
    """All actions of a domain, each called by POST. Failures end the turn; a 400 is the action's own rejection."""

    def __init__(self, url: str, domain: Domain, *, client: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._domain = domain.data
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        replaced = domain.actions.intersection(DEFAULT_ACTIONS)
        self.names = frozenset(domain.actions - frozenset(domain.responses) - frozenset(domain.forms)) | replaced

    async def call(self, action: str, tracker: Tracker) -> tuple[list[Any], list[Draft]]:
        """Return the events and messages of an action. Raises `ActionFailed` or `Rejected`."""
        view = tracker.view()
        body = {
            "next_action": action,
            "sender_id": view["sender_id"],
            "tracker": view,
            "domain": self._domain,
            "version": RASA_VERSION,
        }
        try:
            response = await self._client.post(
                self._url,
                content=json.dumps(body, ensure_ascii=False).encode(),
                headers={"content-type": "application/json"},
            )
        except httpx.HTTPError as error:
            raise ActionFailed(action, f"cannot be reached: {type(error).__name__}") from error
        return _answered(action, response)

    async def close(self) -> None:
        await self._client.aclose()


def _answered(action: str, response: httpx.Response) -> tuple[list[Any], list[Draft]]:
    try:
        data = response.json() if response.content else {}
    except ValueError as error:
        raise ActionFailed(action, "answered something that is not JSON") from error
    if response.status_code == _REJECTED and isinstance(data, dict) and "action_name" in data:
        raise Rejected(str(data["action_name"]))
    if response.is_error:
        raise ActionFailed(action, f"answered {response.status_code}")
    if not isinstance(data, dict):
        raise ActionFailed(action, "answered no mapping")
    events, drafts = data.get("events") or [], data.get("responses") or []
    if not _are_mappings(events) or not _are_mappings(drafts):
        raise ActionFailed(action, "answered events or responses that are no lists of mappings")
    return events, drafts


def _are_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
