"""Loads a project from its folder: reads, checks, compiles, or refuses with everything that is wrong."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from rasa_sdk import Action

from bot.dialogue.actions import ActionServer, InProcess
from bot.dialogue.checks import (
    check_actions,
    check_domain,
    check_intents,
    check_paths,
    check_requested,
    check_responses,
    check_trained_intents,
)
from bot.dialogue.configuration import Configuration, read_configuration
from bot.dialogue.contradictions import check_complete, check_contradictions, check_ties, sources_used
from bot.dialogue.domain import Domain, merge, read_domain
from bot.dialogue.engine import DialogueEngine
from bot.dialogue.errors import ProjectRefused
from bot.dialogue.files import Map, Problems, empty_map, parse_text, read_text, yaml_files
from bot.dialogue.lookup import Lookup, compile_lookup
from bot.dialogue.memory import Memory
from bot.dialogue.policy import Policy
from bot.dialogue.responses import Responses, compile_responses
from bot.dialogue.rules import Path, read_paths
from bot.dialogue.values import Interpreter, Manner
from bot.dialogue.yaml_cache import CACHE_NAME, YamlCache

_TOP_KEY = re.compile(r"^([A-Za-z_][\w]*)\s*:", re.MULTILINE)
_TRAINED = re.compile(r"^\s*-\s+intent\s*:\s*[\"']?([^\s\"'#]+)")
_NOT_DIALOGUE = frozenset({"nlu", "version"})


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project read and compiled; runs when `problems` has no refusals."""

    domain: Domain
    responses: Responses
    lookup: Lookup
    paths: tuple[Path, ...]
    configuration: Configuration
    trained_intents: tuple[tuple[str, int, str], ...]


def load_project(
    directory: FilePath,
    *,
    actions: Sequence[Action],
    interpreter: Interpreter,
    manner: Manner | None = None,
    cache: FilePath | None = None,
) -> DialogueEngine:
    """Return the engine of the project in `directory` with these actions.

    Reads `config.yml`, `domain.yml` or `domain/`, `data/` and `responses/`. `cache` is a folder in which parsed files
    are kept: a second start is faster by most of a second. Raises `ProjectRefused` with every problem.
    """
    manner = manner or Manner()
    problems = Problems(is_strict=manner.is_strict)
    project = read_project(directory, problems, YamlCache(cache / CACHE_NAME) if cache else None)
    server = InProcess(actions, project.domain)
    check_project(project, server, manner, problems)
    if problems.refusals:
        raise ProjectRefused(problems.refusals)
    return engine_of(project, server, interpreter, manner, problems)


def engine_of(
    project: Project, server: ActionServer, interpreter: Interpreter, manner: Manner, problems: Problems
) -> DialogueEngine:
    """Return the engine of a project that was checked."""
    policy = Policy(
        project.domain,
        project.lookup,
        fallback=project.configuration.fallback_action,
        memory=_memory_of(project),
    )
    warnings = tuple(problems.warnings)
    return DialogueEngine(
        project.domain, project.responses, policy, server, interpreter, manner=manner, warnings=warnings
    )


def _memory_of(project: Project) -> Memory | None:
    stories = [path for path in project.paths if not path.is_rule]
    if not stories or not project.configuration.has_memory:
        return None
    rules = [path for path in project.paths if path.is_rule]
    used = sources_used(stories, project.lookup, project.domain)
    return Memory(stories, rules, project.domain, used, project.configuration.max_history)


def read_project(directory: FilePath, problems: Problems, cache: YamlCache | None = None) -> Project:
    """Read and compile; what cannot be read is noted and left out."""
    files = yaml_files(directory, "domain.yml", "domain", "responses")
    parts = [_read(path, name, problems, cache) for path, name in files]
    if not parts:
        problems.add("domain.yml", 0, "there is no domain")
    trained: list[tuple[str, int, str]] = []
    data = _data_files(directory, trained, problems, cache)
    if cache is not None:
        cache.save()
    domain = read_domain(merge([*parts, *(_domain_part(part) for part in data)], problems), problems)
    paths = tuple(path for part in data for path in read_paths(part, problems))
    check_paths(list(paths), domain, problems)
    rules = [path for path in paths if path.is_rule]
    return Project(
        domain=domain,
        responses=compile_responses(domain, problems),
        lookup=compile_lookup(rules, [path for path in paths if not path.is_rule], domain),
        paths=paths,
        configuration=read_configuration(directory, problems),
        trained_intents=tuple(trained),
    )


def _read(path: FilePath, name: str, problems: Problems, cache: YamlCache | None) -> Map:
    text = read_text(path, name, problems)
    return _parse(text, name, problems, cache) if text is not None else empty_map(name)


def _parse(text: str, name: str, problems: Problems, cache: YamlCache | None) -> Map:
    known = cache.tree_of(text, name) if cache is not None else None
    if known is not None:
        return known
    count = len(problems.found)
    tree = parse_text(text, name, problems)
    if cache is not None and len(problems.found) == count:
        cache.keep(text, tree)
    return tree


def _data_files(
    directory: FilePath, trained: list[tuple[str, int, str]], problems: Problems, cache: YamlCache | None
) -> list[Map]:
    """Read `data/`; of NLU files, which are long, only the intents."""
    found = []
    for path, name in yaml_files(directory, "data"):
        text = None if path.name.startswith("test_") else read_text(path, name, problems)
        if text is None:
            continue
        keys = set(_TOP_KEY.findall(text))
        if "nlu" in keys:
            lines = enumerate(text.splitlines(), start=1)
            trained += [(name, number, match[1]) for number, line in lines if (match := _TRAINED.match(line))]
        if keys - _NOT_DIALOGUE or not keys:
            found.append(_parse(text, name, problems, cache))
    return found


def _domain_part(part: Map) -> Map:
    """Return what a data file adds to the domain."""
    kept = Map((key, value) for key, value in part.items() if key not in ("rules", "stories", "nlu"))
    kept.file, kept.line, kept.lines, kept.files = part.file, part.line, part.lines, part.files
    return kept


def check_project(project: Project, server: ActionServer, manner: Manner, problems: Problems) -> None:
    """Note all that must not run, missing actions included."""
    check_actions(project.domain, server.names, problems)
    refuse_files(project, manner, problems)


def refuse_files(project: Project, manner: Manner, problems: Problems) -> None:
    """Note what is wrong in the files, whatever actions there are."""
    check_domain(project.domain, problems)
    check_requested(project.domain, problems)
    check_intents(list(project.paths), project.domain, problems)
    check_trained_intents(list(project.trained_intents), project.domain, problems)
    check_responses(project.domain, manner, problems)
    stories = [path for path in project.paths if not path.is_rule]
    if stories and not project.configuration.has_memory:
        problems.warn(stories[0].file, stories[0].line, "stories are not run without MemoizationPolicy in config.yml")
    sound = sound_paths(project.paths, problems)
    rules, stories = [path for path in sound if path.is_rule], [path for path in sound if not path.is_rule]
    is_whole = len(sound) == len(project.paths)
    lookup = project.lookup if is_whole else compile_lookup(rules, stories, project.domain)
    check_complete(rules, project.domain, problems)
    check_contradictions(sound, lookup, project.domain, problems)
    check_ties(lookup, problems, are_borne=manner.bears_ties)


def sound_paths(paths: Sequence[Path], problems: Problems) -> tuple[Path, ...]:
    """Return the paths in which nothing is refused; what they say can be held against each other.

    A refusal belongs to the rule or story in whose lines it stands.
    """
    starts: dict[str, list[int]] = {}
    for path in paths:
        starts.setdefault(path.file, []).append(path.line)
    begun = {file: sorted(set(lines)) for file, lines in starts.items()}
    faulty = {
        (problem.file, begun[problem.file][place - 1])
        for problem in problems.refusals
        if problem.file in begun and (place := bisect_right(begun[problem.file], problem.line)) > 0
    }
    return tuple(path for path in paths if (path.file, path.line) not in faulty)
