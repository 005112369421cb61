"""The terminal for a person: colours, panels, numbered buttons."""

import signal

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.catalogue import Catalogue
from bot.channels.messages import Line, OutgoingMessage, Reply
from bot.channels.terminal import TerminalPerson

_PROMPT = "› "


class RichScreen:
    """Shows messages; text is never read as markup."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, reply: Reply) -> None:
        for message in reply.messages:
            self.bot(message)

    def bot(self, message: OutgoingMessage) -> None:
        self._console.print()
        if message.text:
            self._console.print(Padding(Text(message.text), (0, 2)))
        for number, button in enumerate(message.buttons, start=1):
            self._console.print(Text.assemble("  ", (f"{number:>2} ", "bold cyan"), (button.title, "cyan")))

    def line(self, line: Line) -> None:
        if line.author == "bot":
            self.bot(line.message)
        elif line.message.text:
            self._console.print(Text(f"\n{_PROMPT}{line.message.text}", style="dim"))

    def note(self, text: str) -> None:
        self._console.print(Text(f"\n{text}", style="dim italic"))


async def talk(person: TerminalPerson, console: Console, texts: Catalogue, language: str) -> None:
    """Greet, or show the conversation where it stood, and answer until Ctrl-D or Ctrl-C."""
    screen = RichScreen(console)
    lines = await person.recall()
    for line in lines:
        screen.line(line)
    if not lines:
        screen.show(await person.greeting())
    screen.note(texts.say("hint", language))
    while (typed := _read(console)) is not None:
        screen.show(await person.say(typed))
    screen.note(texts.say("ended", language))


def _read(console: Console) -> str | None:
    """Read a line, None at its end. Blocks the loop: nobody else is served here, and Ctrl-C must reach the reading."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return console.input(Text(f"\n{_PROMPT}", style="bold green"))
    except (EOFError, KeyboardInterrupt):
        return None
