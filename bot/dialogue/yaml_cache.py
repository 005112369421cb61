"""Files once read are kept as JSON under their hash: reading YAML takes most of a start."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import structlog

from bot.dialogue.files import Items, Map, empty_map

CACHE_NAME = "dialogue.json"
"""Its file in a folder of cached things."""

_FORMAT = "1"
log = structlog.get_logger(__name__)


class YamlCache:
    """One JSON file of all trees of a project. A cache that cannot be read or written is done without."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._used: dict[str, Any] = {}
        self._is_new = False
        self._stored = _stored(path)

    def tree_of(self, text: str, file: str) -> Map | None:
        """Return the tree of a file with this text and name, None when it was not read before."""
        key = _key(text, file)
        if key not in self._stored:
            return None
        self._used[key] = self._stored[key]
        tree = _decoded(self._stored[key], file)
        return tree if isinstance(tree, Map) else None

    def keep(self, text: str, tree: Map) -> None:
        self._used[_key(text, tree.file)] = _encoded(tree)
        self._is_new = True

    def save(self) -> None:
        """Write what was used, when anything is new; what was not used is forgotten."""
        if not self._is_new and len(self._used) == len(self._stored):
            return
        draft = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(self._used, ensure_ascii=False), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            log.warning("dialogue_cache_not_written", reason=error.strerror)


def _stored(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _key(text: str, file: str) -> str:
    return hashlib.sha256(f"{_FORMAT}\n{file}\n{text}".encode()).hexdigest()


def _encoded(value: Any) -> Any:
    if isinstance(value, Map):
        pairs = [[key, value.lines[key], _encoded(item)] for key, item in value.items()]
        return {"line": value.line, "anchor": value.has_anchor, "map": pairs}
    if isinstance(value, Items):
        pairs = [[line, _encoded(item)] for item, line in zip(value, value.lines, strict=True)]
        return {"line": value.line, "anchor": value.has_anchor, "items": pairs}
    return value


def _decoded(value: Any, file: str) -> Any:
    if not isinstance(value, dict):
        return value
    made: Map | Items
    if "map" in value:
        made = empty_map(file)
        for key, line, item in value["map"]:
            made[key] = _decoded(item, file)
            made.lines[key] = line
    else:
        made = Items(_decoded(item, file) for _, item in value["items"])
        made.file, made.lines = file, [line for line, _ in value["items"]]
    made.line, made.has_anchor = value["line"], value["anchor"]
    return made
