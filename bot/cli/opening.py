"""Opening the program for a command; the first time, its data folder is set up."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from bot.bootstrap import App, DialogueMaker, build, prepare, set_up
from bot.cli.edge import Words, is_terminal, tell
from bot.collecting import keep_for_good
from bot.log import configure
from bot.settings import Settings


def begin(settings: Settings) -> None:
    """Set logs up and shut the process's memory off."""
    from storage.vault.hardening import harden

    configure(settings.log_format, settings.log_level)
    harden()


@asynccontextmanager
async def program(
    settings: Settings, *, has_desk: bool = False, dialogue_of: DialogueMaker | None = None
) -> AsyncIterator[App]:
    """Open everything; an empty data folder is set up first. Training shows a bar on stderr."""
    from storage.errors import AlreadySetUp, NotSetUp

    words = Words()
    gc.disable()
    with training_bar(words) as progress:
        prepared = await prepare(settings, progress=progress)
    try:
        app = await build(settings, prepared=prepared, has_desk=has_desk, dialogue_of=dialogue_of)
    except NotSetUp:
        with suppress(AlreadySetUp):  # by another program that was started in the same moment
            await set_up_folder(settings, words)
        app = await build(settings, prepared=prepared, has_desk=has_desk, dialogue_of=dialogue_of)
    keep_for_good()
    try:
        yield app
    finally:
        await app.close()


async def set_up_folder(settings: Settings, words: Words) -> None:
    """Make the data folder. On a terminal the secrets are shown once; without one it is a trial folder."""
    result = await set_up(settings, is_terminal=is_terminal())
    if result.is_trial:
        tell(words.say("trial_made", folder=settings.data))
        return
    show_once(words, result.one_time_password, result.recovery_key)


def show_once(words: Words, password: str | None, recovery_key: str | None) -> None:
    """Show what is never shown again."""
    lines = []
    if password:
        lines.append(words.say("one_time_password", name="admin", password=password))
    if recovery_key:
        lines.append(words.say("recovery_key", key=recovery_key))
    Console(stderr=True).print(Panel(Text("\n\n".join(lines)), title=words.say("shown_once"), border_style="red"))


class training_bar:
    """A bar on stderr that appears when there is something to train."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._bar: Progress | None = None
        self._task: object = None

    def __enter__(self) -> "training_bar":
        return self

    def __call__(self, fraction: float, step: str) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._words.say("training"), total=1.0)
        self._bar.update(self._task, completed=fraction)  # type: ignore[arg-type]

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
