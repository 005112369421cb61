"""A person's page as seen from the wire: posts messages, keeps the cookie, taps by title."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2

Message = dict[str, Any]
_PATIENCE_SECONDS = 90


@dataclass
class WebClient:
    """One browser of one person, without the browser. `cookies` change when an answer says so."""

    address: str
    language: str = "zh"
    cookies: dict[str, str] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str) -> dict[str, Any]:
        """Say a text under a fresh id."""
        return self.post(self.text(text))

    def tap(self, title: str) -> dict[str, Any]:
        """Tap the button with this title on the last answer."""
        return self.post(self.tapping(title))

    def text(self, text: str) -> Message:
        return {"message_id": secrets.token_hex(12), "text": text, "language": self.language}

    def tapping(self, title: str) -> Message:
        found = [button["id"] for m in self.last["messages"] for button in m["buttons"] if button["title"] == title]
        assert found, f"no button {title!r} on {self.said()}"
        return {"message_id": secrets.token_hex(12), "tap": found[0]}

    def post(self, message: Message) -> dict[str, Any]:
        """Send a message and return the answer, which must be one."""
        answer = self.send(message)
        assert answer.status_code == 200, answer.text
        self.cookies |= dict(answer.cookies)
        self.last = answer.json()
        return self.last

    def send(self, message: Message, cookies: dict[str, str] | None = None) -> httpx2.Response:
        """Send a message over a connection of its own; changes nothing here. Raises `httpx2.TransportError`."""
        with httpx2.Client(base_url=self.address, timeout=_PATIENCE_SECONDS) as client:
            return client.post("/api/chat/messages", json=message, headers=self.headers(cookies))

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file; return its id."""
        with httpx2.Client(base_url=self.address, timeout=_PATIENCE_SECONDS) as client:
            answer = client.post("/api/chat/files", content=content, headers={**self.headers(), "x-file-name": name})
        assert answer.status_code == 200, answer.text
        self.cookies |= dict(answer.cookies)
        return str(answer.json()["id"])

    def headers(self, cookies: dict[str, str] | None = None) -> dict[str, str]:
        kept = self.cookies if cookies is None else cookies
        cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in kept.items())} if kept else {}
        return {"origin": self.address, "accept-language": self.language, **cookie}

    def said(self) -> str:
        """Return all words of the last answer."""
        return "\n".join(message["text"] for message in self.last["messages"])

    def code(self) -> str | None:
        """Return the code on the last answer's receipt."""
        return next((m["receipt"]["code"] for m in self.last["messages"] if m["receipt"]), None)
