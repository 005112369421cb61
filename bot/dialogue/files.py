"""Reads a project's YAML files so that every value knows its file and line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.dialogue.errors import Problem

_TAG = "tag:yaml.org,2002:"
_BASES = {"0x": 16, "0o": 8}


class Map(dict[str, Any]):
    """A mapping with its place; `lines` gives each key's line, counted from 1, `files` its file where it differs."""

    file: str = ""
    line: int = 0
    lines: dict[str, int]
    files: dict[str, str]
    has_anchor: bool = False

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)

    def file_of(self, key: str) -> str:
        return self.files.get(key, self.file)


class Items(list[Any]):
    """A sequence with its place; `lines` runs beside the items."""

    file: str = ""
    line: int = 0
    lines: list[int]
    has_anchor: bool = False


class Problems:
    """Collects what is wrong; nothing stops at the first."""

    def __init__(self, *, is_strict: bool = True) -> None:
        self.found: list[Problem] = []
        self._is_strict = is_strict

    def add(self, file: str, line: int, reason: str) -> None:
        self._note(Problem(file=file, line=line, reason=reason))

    def warn(self, file: str, line: int, reason: str) -> None:
        self._note(Problem(file=file, line=line, reason=reason, is_warning=True))

    def add_if_strict(self, file: str, line: int, reason: str) -> None:
        """Refuse in our own manner, warn where Rasa bears it."""
        self._note(Problem(file=file, line=line, reason=reason, is_warning=not self._is_strict))

    def at(self, place: Map | Items, reason: str, key: str | None = None) -> None:
        if key is not None and isinstance(place, Map):
            self.add(place.file_of(key), place.line_of(key), reason)
        else:
            self.add(place.file, place.line, reason)

    def _note(self, problem: Problem) -> None:
        if problem not in self.found:
            self.found.append(problem)

    @property
    def refusals(self) -> list[Problem]:
        return [problem for problem in self.found if not problem.is_warning]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.found if problem.is_warning]


def read_file(path: Path, name: str, problems: Problems) -> Map:
    """Return the file's top-level mapping, empty when it cannot be read (a problem is noted)."""
    text = read_text(path, name, problems)
    return parse_text(text, name, problems) if text is not None else empty_map(name)


def read_text(path: Path, name: str, problems: Problems) -> str | None:
    """Return the file's text, None when it cannot be read (a problem is noted)."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problems.add(name, 0, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        problems.add(name, 0, "is not UTF-8")
    return None


def parse_text(text: str, name: str, problems: Problems) -> Map:
    """Return the top-level mapping of a YAML text, empty when there is none (a problem is noted)."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        problems.add(name, _line_of(error), f"is not YAML: {_what(error)}")
        return empty_map(name)
    if node is None:
        return empty_map(name)
    value = _Builder(name, problems).build(node)
    if isinstance(value, Map):
        return value
    problems.add(name, 1, "expected a mapping at the top")
    return empty_map(name)


def empty_map(file: str, line: int = 0) -> Map:
    made = Map()
    made.file, made.line, made.lines, made.files = file, line, {}, {}
    return made


def _line_of(error: YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return int(mark.line) + 1 if mark is not None else 0


def _what(error: YAMLError) -> str:
    return str(error.problem or error.context) if isinstance(error, MarkedYAMLError) else type(error).__name__


class _Builder:
    """Turns nodes into values."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._seen: set[int] = set()
        self._open: set[int] = set()

    def build(self, node: Node) -> Any:
        if not isinstance(node, MappingNode | SequenceNode):
            return _scalar(node)
        if id(node) in self._open:
            self._problems.add(self._file, node.start_mark.line + 1, "an alias stands inside what it names")
            return None
        self._open.add(id(node))
        is_shared = id(node) in self._seen or bool(node.anchor)
        self._seen.add(id(node))
        built = self._map(node) if isinstance(node, MappingNode) else self._items(node)
        self._open.discard(id(node))
        built.file, built.line, built.has_anchor = self._file, node.start_mark.line + 1, is_shared
        return built

    def _map(self, node: MappingNode) -> Map:
        made = empty_map(self._file)
        for key_node, value_node in node.value:
            key = _key(key_node)
            line = key_node.start_mark.line + 1
            if key in made:
                self._problems.add(self._file, line, f"key {key!r} stands twice")
            made[key] = self.build(value_node)
            made.lines[key] = line
        return made

    def _items(self, node: SequenceNode) -> Items:
        made = Items(self.build(item) for item in node.value)
        made.lines = [item.start_mark.line + 1 for item in node.value]
        return made


def _key(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else "?"


def _scalar(node: Node) -> Any:
    tag, text = str(node.tag).removeprefix(_TAG), str(node.value)
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    if tag == "int":
        return int(text.replace("_", ""), _BASES.get(text[:2].lower(), 10))
    if tag == "float":
        return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def yaml_files(directory: Path, *names: str) -> Iterator[tuple[Path, str]]:
    """Give the project's files under `names` (files or folders), sorted, each with its name relative to the project."""
    for name in names:
        base = directory / name
        found = [base] if base.is_file() else sorted([*base.rglob("*.yml"), *base.rglob("*.yaml")])
        for path in found:
            yield path, path.relative_to(directory).as_posix()
