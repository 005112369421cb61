"""`changtong redact`: anonymises lines of text; uses no data folder, no key and no network."""

import json
import sys
from typing import Annotated

import typer

from bot.bootstrap import anonymiser
from bot.cli.edge import causes, out, settings_for
from bot.cli.talking import speak_utf8
from casework.anonymise import Anonymiser, language_of, mask, to_mask
from casework.profile import load_profile


def redact(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    with causes():
        settings = settings_for(None)
        tool = anonymiser(load_profile(settings.profile))
        speak_utf8()
        for line in sys.stdin:
            text = line.rstrip("\r\n")
            out(_as_json(tool, text) if as_json else _as_text(tool, text))
            sys.stdout.flush()


def _as_json(tool: Anonymiser, text: str) -> str:
    """Spans count characters of the line as typed; `hints` are what points to the writer without a name."""
    finds = tool.finds(text)
    spans = [{"kind": f.kind.value, "start": f.start, "end": f.end, "whose": f.whose.value} for f in finds]
    hints = [{"kind": hint.kind.value, "start": hint.start, "end": hint.end} for hint in tool.hints(text)]
    masked = mask(text, to_mask(finds), language_of(text))
    return json.dumps({"masked": masked, "spans": spans, "hints": hints}, ensure_ascii=False)


def _as_text(tool: Anonymiser, text: str) -> str:
    """The masked line, then a line with a tab for each span: kind, start, end, whose."""
    finds = tool.finds(text)
    lines = [f"\t{f.kind.value}\t{f.start}\t{f.end}\t{f.whose.value}" for f in finds]
    return "\n".join([mask(text, to_mask(finds), language_of(text)), *lines])
