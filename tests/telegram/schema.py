"""Judges requests, answers and updates by a description of the Bot API that others wrote."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

PUBLISHED = Path(__file__).parent / "botapi-10.3.min.json"
_ARRAY = "Array of "
_ALTERNATIVES = re.compile(r" or |, | and ")
_NUMBER = re.compile(r"-?\d+")

Fields = dict[str, list[Any]]


@dataclass(frozen=True)
class Upload:
    """A file inside a request: what the schema calls InputFile."""

    name: str
    content: bytes = field(repr=False)
    declared_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Schema:
    """`methods` and `types` as {name: {field: [type, is required]}}, `returns` as {method: type}."""

    types: dict[str, Fields]
    one_of: dict[str, list[str]]
    methods: dict[str, Fields]
    returns: dict[str, str]

    @classmethod
    def read(cls, path: Path = PUBLISHED) -> "Schema":
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["types"], data["one_of"], data["methods"], data["returns"])

    @cached_property
    def _by_lower_name(self) -> dict[str, str]:
        return {name.lower(): name for name in self.methods}

    def method(self, spelt: str) -> str | None:
        """Return the method's proper name; the real server does not mind capitals."""
        return self._by_lower_name.get(spelt.lower())

    def converted(self, method: str, raw: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with the strings of a form read as what the schema says they are."""
        fields = self.methods[method]
        return {name: _converted(fields[name][0], value) if name in fields else value for name, value in raw.items()}

    def request_problems(self, method: str, parameters: dict[str, Any]) -> list[str]:
        return self._fields_problems(self.methods[method], parameters, method)

    def answer_problems(self, method: str, result: Any) -> list[str]:
        return self.problems(self.returns[method], result, f"answer of {method}")

    def problems(self, type_: str, value: Any, where: str) -> list[str]:
        """Say what about the value is not as its type demands; `where` leads each line."""
        if type_.startswith(_ARRAY):
            return self._array_problems(type_.removeprefix(_ARRAY), value, where)
        options = self._options(type_)
        if len(options) > 1:
            found = [self.problems(option, value, where) for option in options]
            return min(found, key=len)
        return self._single_problems(options[0], value, where)

    def _options(self, type_: str) -> list[str]:
        return [name for part in _ALTERNATIVES.split(type_) for name in self.one_of.get(part, [part])]

    def _array_problems(self, type_: str, value: Any, where: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{where}: expected a list of {type_}, got {type(value).__name__}"]
        return [line for n, item in enumerate(value) for line in self.problems(type_, item, f"{where}[{n}]")]

    def _single_problems(self, type_: str, value: Any, where: str) -> list[str]:
        if type_ in self.types and type_ != "InputFile":
            if not isinstance(value, dict):
                return [f"{where}: expected {type_}, got {type(value).__name__}"]
            return self._fields_problems(self.types[type_], value, where)
        return [] if _is_plain(type_, value) else [f"{where}: expected {type_}, got {type(value).__name__}"]

    def _fields_problems(self, fields: Fields, value: dict[str, Any], where: str) -> list[str]:
        missing = [
            f"{where}: {name} is missing"
            for name, (_, is_required) in fields.items()
            if is_required and name not in value
        ]
        unknown = [f"{where}: {name} is not a field" for name in value if name not in fields]
        wrong = [
            line
            for name, given in value.items()
            if name in fields
            for line in self.problems(fields[name][0], given, f"{where}.{name}")
        ]
        return missing + unknown + wrong


def _is_plain(type_: str, value: Any) -> bool:
    match type_:
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "String":
            return isinstance(value, str)
        case "Boolean":
            return isinstance(value, bool)
        case "True":
            return value is True
        case "InputFile":
            return isinstance(value, Upload)
        case _:
            raise ValueError(f"the schema names a type that it does not describe: {type_}")


def _converted(type_: str, value: Any) -> Any:
    if not isinstance(value, str) or type_ in ("String", "InputFile", "InputFile or String"):
        return value
    if type_ == "Integer or String":
        return int(value) if _NUMBER.fullmatch(value) else value
    try:
        return json.loads(value)
    except ValueError:
        return value
