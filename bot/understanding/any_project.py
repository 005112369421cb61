"""Understanding for any Rasa project: learns the intents of its examples, finds entities by its words and patterns.

Nothing here knows what our own project talks about; the interpreter of that one is `load_interpreter`. A text that
stands among the examples means what they say; every other is weighed by n-grams and, where it is installed, by the
sentence encoder.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.understanding.errors import TrainingDataRefused, TrainingFailed
from bot.understanding.heads import Head
from bot.understanding.model import Vectoriser
from bot.understanding.normalise import fold, normalise
from bot.understanding.values import FALLBACK, Entity, Parse, ParseContext, Ranking
from bot.understanding.vectors import SentenceEncoder, TfIdf, encoder_name

FORMAT: Final = "2"
"""Of the cached file; raise it whenever training or what is kept changes."""

Progress = Callable[[float, str], None]

SHARPNESS: Final = 2.0
"""Two averaged classifiers are modest; thresholds in a project's files are made for one that is sure of itself."""

_FIRST: Final = "\N{WAVING HAND SIGN}"
"""Parsed at once, so that no person waits for tables and encoder to be loaded."""

_THRESHOLD: Final = 0.3
_AMBIGUITY: Final = 0.1
_RESERVED: Final = frozenset({FALLBACK, "restart", "back", "session_start"})
_ANNOTATION: Final = re.compile(r"\[([^\[\]]+)\](?:\(([\w:.-]+)\)|(\{[^{}]*\}))")
_ITEM: Final = re.compile(r"^\s*-\s?(.*)$")
_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)
_REFUSED: Final = 3


@dataclass(kw_only=True)
class Examples:
    """What a project's files teach. Words are (entity, value) by the word in small letters, `patterns` by entity."""

    intents: list[tuple[str, str]] = field(default_factory=list)
    marked_words: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    lookups: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    patterns: dict[str, list[str]] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What `config.yml` lets the ear do. Without a pipeline, everything.

    Below `threshold`, or nearer than `ambiguity` to the second intent, nothing is understood; None: never.
    """

    threshold: float | None = None
    ambiguity: float = _AMBIGUITY
    reads_patterns: bool = True
    reads_lookups: bool = True
    reads_marked_words: bool = True
    maps_synonyms: bool = True


def load_ear(project: Path, cache: Path, progress: Progress) -> "ProjectInterpreter | None":
    """Return the interpreter of the project's examples, None when it has none; trained once for each state of them.

    Raises `TrainingDataRefused` with every problem of the files, or `TrainingFailed`.
    """
    examples = read_examples(project)
    if not examples.intents:
        return None
    encoder = encoder_name()
    path = cache / f"project-{_hash(examples, encoder)}.npz"
    head, vocabulary, idf = _cached(path) or _trained(project, path, progress)
    vectoriser = Vectoriser(TfIdf(vocabulary, idf), SentenceEncoder() if encoder else None)
    ear = ProjectInterpreter(examples, head, vectoriser, read_pipeline(project))
    ear.parse(_FIRST)
    return ear


class ProjectInterpreter:
    """Understands messages of one project. Holds no state between them."""

    def __init__(self, examples: Examples, head: Head, vectoriser: Vectoriser, pipeline: Pipeline) -> None:
        self._head, self._vectoriser, self._pipeline = head, vectoriser, pipeline
        self._exact = _exact(examples.intents)
        self._words = {
            **(examples.lookups if pipeline.reads_lookups else {}),
            **(examples.marked_words if pipeline.reads_marked_words else {}),
        }
        self._word = re.compile("|".join(_bounded(word) for word in sorted(self._words, key=len, reverse=True)))
        patterns = [(name, pattern) for name, listed in examples.patterns.items() for pattern in listed]
        known = patterns if pipeline.reads_patterns else []
        self._patterns = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in known]
        self._synonyms = {fold(w): value for w, value in examples.synonyms.items()} if pipeline.maps_synonyms else {}

    def parse(self, text: str, context: ParseContext | None = None) -> Parse:
        """Return what `text` means; where the conversation stands does not matter here."""
        entities = self._entities(text)
        known = self._exact.get(fold(text))
        if known is not None:
            ranking = [(known, 1.0), *((name, 0.0) for name in self._head.labels if name != known)]
            return Parse(text=text, intent=known, confidence=1.0, ranking=ranking, entities=entities)
        ranking = _sharpened(self._head.ranking(self._vectoriser.vector(normalise(text))))
        intent, confidence = self._decided(ranking)
        return Parse(text=text, intent=intent, confidence=confidence, ranking=ranking, entities=entities)

    def _decided(self, ranking: Ranking) -> tuple[str, float]:
        best, second = ranking[0], ranking[1] if len(ranking) > 1 else ("", 0.0)
        threshold = self._pipeline.threshold
        if threshold is None or (best[1] >= threshold and best[1] - second[1] >= self._pipeline.ambiguity):
            return best
        return FALLBACK, threshold

    def _entities(self, text: str) -> list[Entity]:
        found = [
            {"entity": name, "value": match[0], "start": match.start(), "end": match.end()}
            for name, pattern in self._patterns
            for match in pattern.finditer(text)
            if match[0]
        ]
        if self._words:
            for match in self._word.finditer(text.lower()):
                place = {"start": match.start(), "end": match.end()}
                found += [{"entity": name, "value": value, **place} for name, value in self._words[match[0]]]
        kept = _without_overlaps(found)
        return [{**entity, "value": self._synonyms.get(fold(entity["value"]), entity["value"])} for entity in kept]


def read_examples(project: Path) -> Examples:
    """Read the NLU parts of all files in `data/` and `nlu.yml`. Raises `TrainingDataRefused` with all problems."""
    examples, problems = Examples(), list[str]()
    for path in sorted([*project.glob("data/**/*.yml"), *project.glob("data/**/*.yaml"), *project.glob("nlu.yml")]):
        try:
            content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}
            for entry in content.get("nlu") or ():
                _take(examples, entry)
        except (YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            problems.append(f"{path.relative_to(project).as_posix()}: {error}")
    if problems:
        raise TrainingDataRefused(problems)
    return examples


def read_pipeline(project: Path) -> Pipeline:
    """Return what `config.yml` says."""
    path = project / "config.yml"
    content = (YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) if path.is_file() else None) or {}
    parts = {str(item["name"]).rpartition(".")[2]: item for item in content.get("pipeline") or () if "name" in item}
    if not parts:
        return Pipeline()
    fallback, regex = parts.get("FallbackClassifier"), parts.get("RegexEntityExtractor", {"use_regexes": False})
    diet = parts.get("DIETClassifier", {"entity_recognition": False})
    return Pipeline(
        threshold=float(fallback.get("threshold", _THRESHOLD)) if fallback is not None else None,
        ambiguity=float(fallback.get("ambiguity_threshold", _AMBIGUITY)) if fallback is not None else _AMBIGUITY,
        reads_patterns=regex.get("use_regexes") is not False,
        reads_lookups="RegexEntityExtractor" in parts and regex.get("use_lookup_tables") is not False,
        reads_marked_words=diet.get("entity_recognition") is not False or "CRFEntityExtractor" in parts,
        maps_synonyms="EntitySynonymMapper" in parts,
    )


def _take(examples: Examples, entry: dict[str, Any]) -> None:
    if "intent" in entry:
        if entry["intent"] not in _RESERVED:
            for text in _lines(entry.get("examples")):
                examples.intents.append((_annotated(examples, text), entry["intent"]))
    elif "lookup" in entry:
        for word in _lines(entry.get("examples")):
            _add_word(examples.lookups, word, entry["lookup"], word)
    elif "synonym" in entry:
        examples.synonyms.update(dict.fromkeys(_lines(entry.get("examples")), entry["synonym"]))
    elif "regex" in entry:
        for pattern in _lines(entry.get("examples")):
            re.compile(pattern)
            examples.patterns.setdefault(entry["regex"], []).append(pattern)


def _lines(block: Any) -> Iterator[str]:
    if isinstance(block, list):
        yield from (str(item.get("text", "") if isinstance(item, dict) else item).strip() for item in block)
        return
    for line in str(block or "").splitlines():
        match = _ITEM.match(line)
        if match and match[1].strip():
            yield match[1].strip()


def _annotated(examples: Examples, text: str) -> str:
    """Learn the words that an example marks; return it without the marks."""
    for match in _ANNOTATION.finditer(text):
        if match[2]:
            name, _, value = match[2].partition(":")
        else:
            marked = json.loads(match[3])
            name, value = marked["entity"], str(marked.get("value") or "")
        _add_word(examples.marked_words, match[1], name, value or match[1])
    return _ANNOTATION.sub(r"\1", text)


def _add_word(words: dict[str, list[tuple[str, str]]], word: str, entity: str, value: str) -> None:
    meanings = words.setdefault(word.lower(), [])
    if all(name != entity for name, _ in meanings):
        meanings.append((entity, value))


def _bounded(word: str) -> str:
    """Return a pattern of a word; letters of alphabets do not stand inside longer words."""
    before = r"(?<![a-z0-9])" if word[:1].isascii() and word[:1].isalnum() else ""
    after = r"(?![a-z0-9])" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"


def _exact(intents: list[tuple[str, str]]) -> dict[str, str]:
    meanings: dict[str, set[str]] = {}
    for text, intent in intents:
        meanings.setdefault(fold(text), set()).add(intent)
    return {text: found.pop() for text, found in meanings.items() if len(found) == 1}


def _without_overlaps(found: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in sorted(found, key=lambda e: (e["start"], -e["end"])):
        same = [e for e in kept if e["start"] < entity["end"] and entity["start"] < e["end"]]
        if all((e["start"], e["end"]) == (entity["start"], entity["end"]) for e in same) and entity not in same:
            kept.append(entity)
    return [
        e for i, e in enumerate(kept) if all(e["entity"] != o["entity"] or e["start"] != o["start"] for o in kept[:i])
    ]


def _sharpened(ranking: Ranking) -> Ranking:
    powers = [(name, score**SHARPNESS) for name, score in ranking]
    total = sum(score for _, score in powers) or 1.0
    return [(name, score / total) for name, score in powers]


def _hash(examples: Examples, encoder: str) -> str:
    content = json.dumps([FORMAT, encoder, examples.intents], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


Kept = tuple[Head, tuple[str, ...], Any]


def _cached(path: Path) -> Kept | None:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            weights = {name: arrays[name] for name in arrays.files if name not in ("facts", "idf")}
            return Head(labels=tuple(facts["labels"]), **weights), tuple(facts["vocabulary"]), arrays["idf"]
    except _UNREADABLE:
        return None


def _trained(project: Path, path: Path, progress: Progress) -> Kept:
    """Learn in a process of its own: scikit-learn would stay in this one's memory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    root = str(Path(__file__).resolve().parents[2])
    search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    progress(0.0, "learning the intents")
    done = subprocess.run(  # noqa: S603 our own module, no shell
        [sys.executable, "-m", "bot.understanding.any_project", str(project), str(path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": search, "PYTHONUTF8": "1"},
    )
    kept = _cached(path) if done.returncode == 0 else None
    if kept is None:
        lines = done.stderr.splitlines()
        raise TrainingFailed(f"training ended with {done.returncode}: {lines[-1] if lines else 'no reason given'}")
    progress(1.0, "done")
    return kept


def main(arguments: list[str]) -> int:
    """Train the project in the first folder into the second path."""
    from bot.understanding.encoding import encoder_beside
    from bot.understanding.training import Labelled, learn_head, weigh

    project, target = Path(arguments[0]), Path(arguments[1])
    intents = [(normalise(text), label) for text, label in read_examples(project).intents]
    vocabulary, idf = weigh([text for text, _ in intents])
    examples = Labelled.of(intents)
    with encoder_beside() as encode:
        head = learn_head(examples, TfIdf(vocabulary, idf), encode(examples.texts) if encode else None)
    facts = json.dumps({"labels": head.labels, "vocabulary": vocabulary}, ensure_ascii=False)
    weights: dict[str, Any] = {name: value for name, value in vars(head).items() if isinstance(value, np.ndarray)}
    draft = target.with_suffix(f".{os.getpid()}.npz")
    np.savez_compressed(draft, facts=np.array(facts), idf=idf, **weights)
    draft.replace(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
