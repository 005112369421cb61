"""Conversations that echo, for tests of channels: no engine, no store."""

import hashlib
import secrets
from dataclasses import dataclass, field, replace

from bot.channels.messages import (
    Attachment,
    Button,
    Incoming,
    Line,
    OutgoingMessage,
    Reply,
    TurnState,
    UploadRefused,
)

CODE = "7K3QX-9MWTR-2HB8D-P5ZN4"
GREETING = OutgoingMessage(
    text="Hello.\n\nWhat happened?",
    buttons=(Button(title="I have a code", id="b1", payload="/query_status"),),
    response="utter_greeting",
)


@dataclass
class EchoConversations:
    """Echoes texts. "submit" gives a receipt and a successor, "forget" forgets, "crash" raises, "two" answers twice."""

    max_bytes: int = 1000
    heard: list[Incoming] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    sent_as: list[str] = field(default_factory=list)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    signs: list[tuple[str, str]] = field(default_factory=list)
    with_person: set[str] = field(default_factory=set)
    replies: dict[str, Reply] = field(default_factory=dict)

    async def handle(self, incoming: Incoming) -> Reply:
        self.heard.append(incoming)
        if incoming.message_id in self.replies:
            return replace(self.replies[incoming.message_id], is_repeat=True)
        if incoming.text == "crash":
            raise RuntimeError("secret words that no log may hold")
        reply = self._reply(incoming)
        self.replies[incoming.message_id] = reply
        said = OutgoingMessage(text=incoming.text or incoming.tap or ",".join(incoming.files))
        kept = self.lines.setdefault(incoming.address, [])
        kept += [Line(author="person", message=said), *(Line(author="bot", message=m) for m in reply.messages)]
        return reply

    def _reply(self, incoming: Incoming) -> Reply:
        state = TurnState(active_loop="report_form", requested_slot="facts", language=incoming.language or "zh")
        if incoming.text == "submit":
            successor = secrets.token_urlsafe(32)
            self.codes[successor] = CODE
            saved = Button(title="Saved", id="done", payload="/done")
            words = OutgoingMessage(text=f"Your code: {CODE}", buttons=(saved,), response="utter_receipt")
            picture = OutgoingMessage(custom={"receipt": True}, response="utter_receipt")
            return Reply(messages=(words, picture), state=state, successor=successor)
        if incoming.text == "forget":
            return Reply(messages=(OutgoingMessage(text="forgotten"),), state=state, is_forgotten=True)
        heard = incoming.text or incoming.tap or f"files {len(incoming.files)} {incoming.refused or ''}"
        button = Button(title="Yes", id="b2", payload="/affirm")
        echo = OutgoingMessage(text=f"echo {heard}", buttons=(button,), response="utter_echo")
        return Reply(messages=(echo, echo) if incoming.text == "two" else (echo,), state=state)

    async def preview(self, channel: str, language: str) -> Reply:
        return Reply(messages=(GREETING,), state=TurnState(language=language))

    async def visible(self, channel: str, address: str) -> tuple[Line, ...]:
        return tuple(self.lines.get(address, ()))

    async def take(self, channel: str, address: str, attachment: Attachment) -> str:
        content = bytearray()
        async for chunk in attachment.chunks:
            content += chunk
            if len(content) > self.max_bytes:
                raise UploadRefused("too_large")
        if not content:
            raise UploadRefused("empty")
        file_id = hashlib.sha256(content).hexdigest()[:16]
        self.files[file_id] = bytes(content)
        self.names.append(attachment.name)
        self.sent_as.append(attachment.sent_as)
        return file_id

    async def sign(self, channel: str, address: str, what: str) -> bool:
        self.signs.append((address, what))
        return address in self.with_person

    async def receipt_code(self, channel: str, address: str) -> str | None:
        return self.codes.get(address)

    async def leave(self, channel: str, address: str) -> None:
        self.left.append(address)
        self.lines.pop(address, None)
