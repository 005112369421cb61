"""`{slot}` in texts: all names known, or the text stays as written; doubled braces are braces."""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\{\{|\}\}|\{([^\n{}]+)\}")
_BRACES = {"{{": "{", "}}": "}"}


class Template:
    """A text compiled once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[str] = []
        self._names: list[str | None] = []
        position = 0
        for match in _TOKEN.finditer(source):
            self._add(source[position : match.start()])
            if match[1] is None:
                self._add(_BRACES[match[0]])
            else:
                self._add("", match[1])
            position = match.end()
        self._add(source[position:])
        self.names = frozenset(name for name in self._names if name is not None)
        self._plain = "".join(self._parts) if not self.names else None

    def _add(self, text: str, name: str | None = None) -> None:
        if text or name is not None:
            self._parts.append(text)
            self._names.append(name)

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return the text with values; one unknown name leaves all of it as written. None prints "None"."""
        if self._plain is not None:
            return self._plain
        if any(name not in values for name in self.names):
            return self._source
        pairs = zip(self._parts, self._names, strict=True)
        return "".join(part if name is None else str(values[name]) for part, name in pairs)


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
