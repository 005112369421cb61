"""What a person's message is for the engine: a payload they may give, or text with its code taken out."""

from dataclasses import dataclass, field

from bot.channels.messages import OutgoingMessage
from bot.turns.buttons import OLD_BUTTON, Choice, command
from bot.turns.heard import Heard
from bot.turns.ports import Codes, Said, TurnWork
from bot.turns.rules import CODE_QUESTION, REFUSALS, WISHES, TurnRules
from bot.turns.talk import payload
from casework.code import CodeFinding
from casework.ports import PersonKey


@dataclass(frozen=True, kw_only=True)
class Act:
    """What the engine is told, the line that stands for it in the visible conversation, and the code that was typed."""

    said: Said
    line: OutgoingMessage | None = field(default=None, repr=False)
    finding: CodeFinding | None = field(default=None, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it is typed text with no code in it."""
        return not self.said.is_payload and self.finding is None


class Resolver:
    """Resolves the message of one turn."""

    def __init__(self, codes: Codes, rules: TurnRules, work: TurnWork, heard: Heard, person: PersonKey) -> None:
        self._codes, self._rules, self._work = codes, rules, work
        self._heard, self._person = heard, person

    async def resolve(self, choice: Choice, question: tuple[str | None, str | None]) -> Act:
        """Tell what the message means beside the buttons shown and the question (loop, slot) asked."""
        if self._heard.tap is not None:
            return self._tap(choice, self._heard.tap)
        if self._heard.files:
            return await self._files()
        if self._heard.wish in WISHES:
            return self._act(Said(text=WISHES[self._heard.wish], is_payload=True))
        if self._heard.refused is not None:
            reason = self._heard.refused if self._heard.refused in REFUSALS else "empty"
            return self._act(payload("evidence_refused", {"reason": reason}))
        return self._text(choice, self._heard.text or "", question[1])

    def _tap(self, choice: Choice, button_id: str) -> Act:
        button = choice.tapped(button_id)
        if button is None:
            return self._act(Said(text=OLD_BUTTON, is_payload=True))
        return self._act(Said(text=button.payload, is_payload=True), button.title)

    def _text(self, choice: Choice, text: str, slot: str | None) -> Act:
        if (listed := command(text)) is not None:
            return self._act(Said(text=listed, is_payload=True), text)
        button = choice.typed(text, takes_number=slot in self._rules.number_questions)
        if button is not None:
            return self._act(Said(text=button.payload, is_payload=True), button.title)
        finding = self._codes.find(text, asked=slot == CODE_QUESTION)
        bare = self._codes.mask(text, finding) if finding is not None else text
        return self._act(Said(text=bare), bare, finding)

    async def _files(self) -> Act:
        """Take the files that this person did upload; others are no files."""
        own = {file.id: file.name for file in await self._work.uploads.of(self._person)}
        ids = [file_id for file_id in self._heard.files if file_id in own]
        if not ids:
            return self._act(payload("evidence_refused", {"reason": "empty"}))
        line = OutgoingMessage(custom={"files": [own[file_id] for file_id in ids]})
        act = self._act(payload("evidence", {"ids": ids}))
        return Act(said=act.said, line=line)

    def _act(self, said: Said, text: str = "", finding: CodeFinding | None = None) -> Act:
        said = Said(text=said.text, is_payload=said.is_payload, message_id=self._heard.message_id)
        return Act(said=said, line=OutgoingMessage(text=text) if text else None, finding=finding)
