"""What `config.yml` says of policies and language."""

from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.files import Items, Map, Problems, read_file
from bot.dialogue.policy import FALLBACK

_POLICIES = ("RulePolicy", "MemoizationPolicy")
_DEFAULT_HISTORY = 5


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """`fallback_action` None: nothing is done when nothing fits. `max_history` counts situations that stories see."""

    language: str | None = None
    fallback_action: str | None = FALLBACK
    max_history: int = _DEFAULT_HISTORY
    has_memory: bool = False


def read_configuration(directory: Path, problems: Problems) -> Configuration:
    """Return what the file says; policies that learn are refused."""
    path = directory / "config.yml"
    if not path.is_file():
        problems.add("config.yml", 0, "does not exist")
        return Configuration()
    data = read_file(path, "config.yml", problems)
    _check_pipeline(data, problems)
    policies = {name: item for name, item in _named(data, "policies", problems)}
    rule_policy = policies.get("RulePolicy")
    if rule_policy is None:
        problems.at(data, "policies: RulePolicy must be named (Rasa's default policies learn)", "policies")
        rule_policy = data
    threshold = rule_policy.get("core_fallback_threshold")
    if isinstance(threshold, int | float) and threshold >= 1:
        problems.at(rule_policy, "core_fallback_threshold: from 1 on every rule loses against the fallback",
                    "core_fallback_threshold")  # fmt: skip
    for name, item in policies.items():
        if name not in _POLICIES:
            problems.at(item, f"policy {name!r} is not supported; only {', '.join(_POLICIES)}", "name")
    memory: Map | None = policies.get("MemoizationPolicy")
    wants_fallback = rule_policy.get("enable_fallback_prediction") is not False
    return Configuration(
        language=data.get("language"),
        fallback_action=str(rule_policy.get("core_fallback_action_name") or FALLBACK) if wants_fallback else None,
        max_history=int((memory.get("max_history") if memory else None) or _DEFAULT_HISTORY),
        has_memory=memory is not None,
    )


def _check_pipeline(data: Map, problems: Problems) -> None:
    for name, item in _named(data, "pipeline", problems):
        if name == "WhitespaceTokenizer" and str(data.get("language")).startswith("zh"):
            problems.at(item, "WhitespaceTokenizer does not work for language zh", "name")


def _named(data: Map, key: str, problems: Problems) -> list[tuple[str, Map]]:
    listed = data.get(key)
    if listed is None:
        return []
    if not isinstance(listed, Items):
        problems.at(data, f"{key}: expected a list", key)
        return []
    return [(str(item.get("name")), item) for item in listed if isinstance(item, Map)]
