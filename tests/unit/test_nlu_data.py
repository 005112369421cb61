"""The project files and the code that speaks through them agree: names, languages, arguments, buttons."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions import follow_up, report, talk
from actions.follow_up.case_words import INTENTS as ACT_INTENTS
from actions.speaking import ServiceAction
from actions.talk.confirming import PURPOSES
from casework.case import CaseKind, CaseStatus, EntryKind
from casework.case_life import Outcome
from casework.deadlines import DeadlineName

ROOT = Path(__file__).parents[2]
DATA = ROOT / "nlu_data"
LANGUAGES = ["zh", "en"]
ENGINE_ACTIONS = {"action_listen", "action_restart", "action_session_start", "action_default_fallback"}
READS_CHINESE = {"stars.py"}
"""Files whose Chinese is what people type, not what they are told."""

Rule = dict[str, Any]


def _read(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}


@cache
def _parts(*folders: str) -> tuple[tuple[Path, dict[str, Any]], ...]:
    return tuple((path, _read(path)) for folder in folders for path in sorted((DATA / folder).rglob("*.yml")))


@cache
def _responses() -> dict[str, list[dict[str, Any]]]:
    return {
        name: texts for _, part in _parts("domain", "responses") for name, texts in part.get("responses", {}).items()
    }


@cache
def _declared(key: str) -> list[str]:
    return [str(name) for _, part in _parts("domain", "responses") for name in part.get(key) or ()]


@cache
def _forms() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, part in _parts("domain"):
        found |= {name: form["required_slots"] for name, form in (part.get("forms") or {}).items()}
    return found


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(rule for _, part in _parts("data/rules") for rule in part.get("rules", ()))


def _intents(step: dict[str, Any]) -> list[str]:
    return [part["intent"] for part in step.get("or", [step]) if "intent" in part]


@cache
def _sources() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple(
        (path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted((ROOT / "actions").rglob("*.py"))
    )


def _built() -> list[str]:
    services: Any = None
    return [action.name() for topic in (talk, follow_up, report) for action in topic.build(services)]


@dataclass(frozen=True)
class Spoken:
    """Names of responses in the code: whole, and patterns of those put together from parts."""

    whole: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)

    def covers(self, name: str) -> bool:
        return name in self.whole or any(re.fullmatch(pattern, name) for pattern in self.patterns)


@cache
def _spoken() -> Spoken:
    spoken = Spoken()
    for _, tree in _sources():
        joined = {id(v) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(tree):
            whole = node.value if isinstance(node, ast.Constant) and id(node) not in joined else None
            if isinstance(whole, str) and re.fullmatch(r"utter_\w+", whole):
                spoken.whole.add(whole)
            if isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)).startswith("utter_"):
                spoken.patterns.add(pattern)
    return spoken


def _pattern(node: ast.JoinedStr) -> str:
    parts = (str(v.value) if isinstance(v, ast.Constant) else "<>" for v in node.values)
    return re.escape("".join(parts)).replace("<>", r"\w+")


def _calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for path, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.name}:{node.lineno}", node


def _literal(call: ast.Call, place: int) -> str | None:
    node = call.args[place] if len(call.args) > place else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@pytest.mark.parametrize("key", ["intents", "entities", "slots", "forms", "actions", "responses"])
def test_nothing_is_declared_twice(key: str) -> None:
    assert [name for name, n in Counter(_declared(key)).items() if n > 1] == []


def test_every_response_has_one_text_for_every_language() -> None:
    wrong = []
    for name, texts in _responses().items():
        conditions = [text.get("condition") for text in texts]
        expected = [[{"type": "slot", "name": "language", "value": language}] for language in LANGUAGES]
        if conditions != expected or not all(str(text.get("text", "")).strip() for text in texts):
            wrong.append(name)
    assert wrong == []


def test_both_languages_take_the_same_arguments() -> None:
    free = {"utter_label_day"}  # a day is written from different parts
    wrong = []
    for name, texts in _responses().items():
        arguments = [set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text["text"])) for text in texts]
        titles = [[button["payload"] for button in text.get("buttons", ())] for text in texts]
        if name not in free and (arguments[0] != arguments[1] or titles[0] != titles[1]):
            wrong.append(name)
    assert wrong == []


def test_both_languages_are_what_they_say() -> None:
    """A text in the wrong place: Chinese without a Han character, English without a Latin letter."""
    wrong = []
    for name, (zh, en) in ((n, t) for n, t in _responses().items() if n not in {"utter_button_english"}):
        bare_zh, bare_en = (re.sub(r"\{\w+\}", "", text["text"]) for text in (zh, en))
        if re.search(r"[A-Za-z]{3}", bare_zh) and not re.search(r"[一-鿿]", bare_zh):
            wrong.append(name)
        if re.search(r"[一-鿿]", bare_en) and not re.search(r"[A-Za-z]", bare_en) and name != "utter_button_chinese":
            wrong.append(name)
    assert wrong == []


def test_every_response_the_code_names_exists() -> None:
    responses = set(_responses())
    spoken = _spoken()
    missing = {name for name in spoken.whole if name not in responses}
    prefixes = {p for p in spoken.patterns if not any(re.fullmatch(p, name) for name in responses)}
    assert (missing, prefixes) == (set(), set())


def test_every_response_is_said_somewhere() -> None:
    in_rules = {step["action"] for rule in _rules() for step in rule["steps"] if "action" in step}
    spoken = _spoken()
    buttons = {f"utter_button_{_literal(call, 1)}" for _, call in _calls("button", "own")}
    orphans = [n for n in _responses() if n not in in_rules and n not in buttons and not spoken.covers(n)]
    assert [name for name in orphans if name != "utter_action_failed"] == []


def test_buttons_in_code_have_titles_and_known_intents_and_entities() -> None:
    responses, intents, entities = _responses(), set(_declared("intents")), set(_declared("entities"))
    wrong = []
    for where, call in _calls("button", "titled", "payload"):
        name = _literal(call, 1) if isinstance(call.func, ast.Name) and call.func.id == "button" else None
        place = {"button": 3, "titled": 1, "payload": 0}[call.func.id if isinstance(call.func, ast.Name) else ""]
        intent = _literal(call, place)
        if name is not None and f"utter_button_{name}" not in responses:
            wrong.append(f"{where}: utter_button_{name}")
        if intent is not None and intent not in intents:
            wrong.append(f"{where}: intent {intent}")
        wrong += [f"{where}: entity {k.arg}" for k in call.keywords if k.arg is not None and k.arg not in entities]
    assert wrong == []


def test_buttons_in_responses_parse() -> None:
    intents, entities = set(_declared("intents")), set(_declared("entities"))
    wrong = []
    for name, texts in _responses().items():
        for button in (button for text in texts for button in text.get("buttons", ())):
            match = re.fullmatch(r"/(\w+)(\{\{.*\}\})?", button["payload"])
            data = json.loads(match[2][1:-1]) if match and match[2] else {}
            if match is None or match[1] not in intents or not set(data) <= entities:
                wrong.append(f"{name}: {button['payload']}")
    assert wrong == []


def test_every_act_on_a_case_has_a_known_intent() -> None:
    assert set(ACT_INTENTS.values()) <= set(_declared("intents"))


def test_declared_actions_are_the_ones_that_are_built() -> None:
    built = _built()
    assert [name for name, n in Counter(built).items() if n > 1] == []
    assert sorted(built) == sorted(_declared("actions"))


def test_rules_name_what_is_declared() -> None:
    known = set(_declared("actions")) | set(_responses()) | set(_forms()) | ENGINE_ACTIONS
    intents = set(_declared("intents"))
    for rule in _rules():
        for step in rule["steps"]:
            assert set(_intents(step)) <= intents, rule["rule"]
            assert step.get("action", "action_listen") in known, rule["rule"]


def test_every_intent_has_exactly_one_rule_without_condition() -> None:
    counts = Counter(
        intent for rule in _rules() if "condition" not in rule for step in rule["steps"] for intent in _intents(step)
    )
    assert {intent: counts[intent] for intent in _declared("intents") if counts[intent] != 1} == {}


def test_every_form_ends_in_one_rule() -> None:
    ends = Counter(rule["condition"][0]["active_loop"] for rule in _rules() if "condition" in rule)
    assert ends == Counter(dict.fromkeys(_forms(), 1))


def test_every_question_can_be_asked_and_explained() -> None:
    actions, responses = set(_declared("actions")), _responses()
    for form, slots in _forms().items():
        assert f"validate_{form}" in actions
        for slot in slots:
            assert slot in _declared("slots")
            assert f"action_ask_{form}_{slot}" in actions or f"utter_ask_{form}_{slot}" in responses, slot
            assert f"utter_explain_{slot}" in responses, slot


def test_every_question_has_shorter_words_for_the_second_and_third_time() -> None:
    """What is asked by the general words of its form; `confirmed` is asked first by the words of its purpose."""
    missing = []
    for form, slot in ((form, slot) for form, slots in _forms().items() if form != "report_form" for slot in slots):
        bases = {n for n in _responses() if re.fullmatch(rf"utter_ask_{form}_{slot}(_files|_draft)?", n)}
        bases |= {f"utter_ask_{form}_{slot}"}
        missing += [f"{base}{again}" for base in bases for again in ("_2", "_3") if base + again not in _responses()]
    assert missing == []


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("utter_label_status_", CaseStatus),
        ("utter_label_told_", CaseStatus),
        ("utter_label_line_", EntryKind),
        ("utter_label_deadline_", DeadlineName),
        ("utter_label_outcome_", Outcome),
        ("utter_label_case_", CaseKind),
        ("utter_confirm_", PURPOSES),
        ("utter_kept_", PURPOSES),
        ("utter_not_now_", ACT_INTENTS),
        ("utter_code_for_", ACT_INTENTS),
        ("utter_given_", ACT_INTENTS),
        ("utter_button_act_", ACT_INTENTS),
        ("utter_channel_", ("web", "terminal", "other")),
        ("utter_button_yes_", ("discard", "start_over", "withdraw", "forget")),
        ("utter_button_no_", ("discard", "start_over", "withdraw", "forget")),
        ("utter_done_", ("discard", "start_over", "forget")),
        ("utter_button_returned_", ("go_on", "see", "discard")),
    ],
)
def test_families_of_responses_are_whole(prefix: str, names: Any) -> None:
    assert [name for name in names if f"{prefix}{name}" not in _responses()] == []


def test_no_slot_influences_the_conversation() -> None:
    for _, part in _parts("domain"):
        for name, slot in (part.get("slots") or {}).items():
            assert slot["influence_conversation"] is False, name
            assert [m["type"] for m in slot["mappings"]] == ["custom"], name


def test_no_words_for_people_in_code() -> None:
    """Chinese in a string constant: what people are told stands in the responses."""
    found = []
    for path, tree in _sources():
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documentation:
                continue
            if path.name not in READS_CHINESE and re.search(r"[一-鿿]", node.value):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_the_bot_says_responses_alone() -> None:
    found = []
    for path, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "utter_message":
                keywords = {keyword.arg for keyword in node.keywords}
                if node.args or "response" not in keywords or "text" in keywords:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_texts_fit_a_phone() -> None:
    """Nothing that is said at once is a wall of text."""
    limits = {"zh": 260, "en": 620}
    long = [
        (name, language, len(text["text"]))
        for name, texts in _responses().items()
        for language, text in zip(LANGUAGES, texts, strict=True)
        if len(text["text"]) > limits[language]
    ]
    assert long == []


def test_services_are_not_needed_to_build_an_action() -> None:
    """A stock action server makes every action without arguments."""
    services: Any = None
    topics = [action for topic in (talk, follow_up, report) for action in topic.build(services)]
    for action in topics:
        assert isinstance(action, ServiceAction)
        assert type(action)().name() == action.name()
