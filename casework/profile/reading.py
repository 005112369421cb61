"""Reads a YAML file that people edit, and gathers every problem with its line instead of stopping at the first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from casework.errors import Problem
from casework.profile.values import Words

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACE: date = date(2000, 1, 1)


@dataclass
class Problems:
    """The problems of one file, in the order found."""

    file: Path
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int | None, reason: str) -> None:
        self.found.append(Problem(file=self.file, line=line, reason=reason))


def read_yaml(path: Path, problems: Problems) -> "Section | None":
    """Return the file's top mapping, or None with the problem added."""
    try:
        data = YAML(typ="rt").load(path.read_text("utf-8"))
    except OSError as error:
        problems.add(None, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        problems.add(None, f"is not UTF-8: byte {error.start}")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add(mark.line + 1 if mark else None, f"not YAML: {(error.problem or 'syntax error').splitlines()[0]}")
    except YAMLError as error:
        problems.add(None, f"not YAML: {error}")
    else:
        if isinstance(data, CommentedMap):
            return Section(data, "", problems)
        problems.add(1, "expected a mapping at the top")
    return None


class Section:
    """One mapping of the file. A missing or wrong value is a problem, and a harmless stand-in is returned."""

    def __init__(self, data: CommentedMap, path: str, problems: Problems) -> None:
        self._data, self._path, self._problems = data, path, problems
        self._asked: set[str] = set()

    @property
    def line(self) -> int:
        return int(self._data.lc.line) + 1

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return self._data.get(key) is not None

    def refuse(self, reason: str, key: str | None = None) -> None:
        """Add a problem at `key`'s line, or at the section's."""
        line = int(self._data.lc.key(key)[0]) + 1 if key is not None and key in self._data else self.line
        name = ".".join(part for part in (self._path, key) if part)
        self._problems.add(line, f"{name}: {reason}" if name else reason)

    def text(self, key: str, default: str | None = None, among: Sequence[str] = ()) -> str:
        if default is not None and not self.has(key):
            return default
        value = self._value(key, str, "a text")
        if isinstance(value, str) and not value.strip():
            self.refuse("is empty", key)
        if value is not None and among and value not in among:
            self.refuse(f"is {value!r}, expected one of {', '.join(among)}", key)
        return str(value or "").strip()

    def id(self, key: str = "id") -> str:
        value = self.text(key)
        if value and not _ID.fullmatch(value):
            self.refuse(f"is {value!r}, expected lower-case letters, digits and _", key)
        return value

    def number(self, key: str, low: int, high: int) -> int:
        value = self._value(key, int, "a whole number")
        if value is None or isinstance(value, bool):
            return low
        if not low <= value <= high:
            self.refuse(f"is {value}, expected {low} to {high}", key)
        return int(value)

    def flag(self, key: str) -> bool:
        return bool(self._value(key, bool, "true or false")) if self.has(key) else False

    def day(self, key: str) -> date:
        value = self._value(key, date, "a day such as 2020-06-01")
        return date(value.year, value.month, value.day) if value is not None else _PLACE

    def days(self, key: str) -> frozenset[date]:
        if not self.has(key):
            return frozenset()
        values = self._value(key, CommentedSeq, "a list of days") or []
        if not all(isinstance(value, date) for value in values):
            self.refuse("expected days such as 2020-06-01", key)
        return frozenset(date(v.year, v.month, v.day) for v in values if isinstance(v, date))

    def clock(self, key: str) -> time:
        value = self.text(key)
        try:
            return time.fromisoformat(value)
        except ValueError:
            if value:
                self.refuse(f"is {value!r}, expected a time such as '08:30'", key)
            return time()

    def texts(self, key: str) -> tuple[str, ...]:
        if not self.has(key):
            return ()
        values = self._value(key, CommentedSeq, "a list of texts") or []
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.refuse("expected texts (quote numbers)", key)
        return tuple(str(value).strip() for value in values if isinstance(value, str))

    def words(self, key: str | None = None) -> Words:
        """Read `zh` and `en` of this section, or of the one under `key`."""
        section = self.section(key) if key else self
        words = Words(zh=section.text("zh"), en=section.text("en"))
        if key:
            section.close()
        return words

    def section(self, key: str) -> "Section":
        value = self._value(key, CommentedMap, "a mapping")
        if isinstance(value, CommentedMap):
            return Section(value, ".".join(filter(None, (self._path, key))), self._problems)
        return _Absent(self)

    def sections(self, key: str) -> "Iterator[Section]":
        """Read a list of mappings, which must not be empty when the key is there."""
        for index, value in enumerate(self._value(key, CommentedSeq, "a list") or []):
            name = f"{self._path + '.' if self._path else ''}{key}[{index}]"
            if isinstance(value, CommentedMap):
                yield Section(value, name, self._problems)
            else:
                self.refuse(f"item {index + 1} is no mapping", key)

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                self.refuse("unknown key", str(key))

    def _value(self, key: str, kind: type, expected: str) -> Any:
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            self.refuse(f"missing; expected {expected}", key)
        elif not isinstance(value, kind):
            self.refuse(f"is {value!r}, expected {expected}", key)
        else:
            return value
        return None


class _Absent(Section):
    """A section that is missing, which is already a problem: whatever is read from it adds none."""

    def __init__(self, parent: Section) -> None:
        super().__init__(CommentedMap(), "", Problems(parent._problems.file))

    @property
    def line(self) -> int:
        return 0
