"""`{slot}` in texts: all names known, or the text stays as written; doubled braces are braces.

Rasa rewrites names and calls `str.format`. Two corners of that show: a name in doubled braces is a text in braces when
it stands alone and leaves the whole text as written beside other names; a brace without its partner is an error.
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from bot.dialogue.errors import DialogueError

_NAME = re.compile(r"\{([^\n{}]+?)\}")
_REWRITTEN = re.compile(r"0\[(.+)\]", re.DOTALL)
_MARK = "0["


class UnbalancedBrace(DialogueError):
    """A text has a brace without its partner."""


class Template:
    """A text compiled once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[tuple[str, str | None]] = []
        self._plain: str | None = None
        self.is_balanced = True
        try:
            self._compile(list(Formatter().parse(_NAME.sub(r"{0[\1]}", source))))
        except ValueError:
            self.is_balanced = False
        self.names = frozenset(name for _, name in self._parts if name is not None)

    def _compile(self, pieces: list[tuple[str, str | None, str | None, str | None]]) -> None:
        fields = [field for _, field, _, _ in pieces if field is not None]
        matches = [_REWRITTEN.fullmatch(field) for field in fields]
        if any(_MARK in literal for literal, _, _, _ in pieces):
            literals = list(Formatter().parse(self._source))
            has_names = any(field is not None for _, field, _, _ in literals)
            self._plain = self._source if has_names else "".join(literal for literal, _, _, _ in literals)
        elif not all(matches):
            self._plain = self._source
        else:
            names = iter([match[1] for match in matches if match])
            self._parts = [(literal, None if field is None else next(names)) for literal, field, _, _ in pieces]
            self._plain = None if fields else "".join(literal for literal, _ in self._parts)

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return the text with values; one unknown name leaves all of it as written. None prints "None".

        Raises `UnbalancedBrace`.
        """
        if self._plain is not None:
            return self._plain
        if not self.is_balanced:
            raise UnbalancedBrace(self._source)
        if any(name not in values for name in self.names):
            return self._source
        return "".join(text if name is None else f"{text}{values[name]}" for text, name in self._parts)


def compiled(value: Any) -> Any:
    """Return `value` with every text in it compiled."""
    if isinstance(value, str):
        return Template(value)
    if isinstance(value, dict):
        return {key: compiled(item) for key, item in value.items()}
    return [compiled(item) for item in value] if isinstance(value, list) else value


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Return a compiled value with all its templates filled."""
    if isinstance(value, Template):
        return value.fill(values)
    if isinstance(value, dict):
        return {key: filled(item, values) for key, item in value.items()}
    return [filled(item, values) for item in value] if isinstance(value, list) else value


def is_balanced(value: Any) -> bool:
    """Tell whether every brace in a compiled value has its partner."""
    if isinstance(value, Template):
        return value.is_balanced
    if isinstance(value, dict):
        return all(is_balanced(item) for item in value.values())
    return not isinstance(value, list) or all(is_balanced(item) for item in value)
