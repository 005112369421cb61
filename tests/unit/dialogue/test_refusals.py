# ruff: noqa: E501 (a case is a line)
"""Everything that must be refused at load, with file, line and reason."""

from pathlib import Path

import pytest
from rasa_sdk import Action

from bot.dialogue import FOREIGN, RASA, Manner, Problem, ProjectRefused, load_project
from tests.unit.dialogue.projects import CONFIG, WordEar, load, write_project

STRICT = Manner()

DOMAIN = """
intents: [a, b]
entities: [city]
slots:
  language: {type: categorical, values: [zh, en], influence_conversation: false, mappings: [{type: custom}]}
  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
forms:
  f: {required_slots: [city]}
responses:
  utter_ask_f_city: [{text: where}]
  utter_p: [{text: p}]
  utter_q: [{text: q}]
  utter_action_failed: [{text: sorry}]
"""
RULES = """
rules:
  - {rule: r, steps: [{intent: a}, {action: utter_p}]}
  - {rule: s, steps: [{intent: b}, {action: f}, {active_loop: f}]}
"""


def refusals(folder: Path, manner: Manner = STRICT, **files: str) -> tuple[Problem, ...]:
    write_project(folder, **{"domain": DOMAIN, "rules": RULES, **files})
    with pytest.raises(ProjectRefused) as refused:
        load_project(folder, actions=[], interpreter=WordEar(), manner=manner)
    return refused.value.problems


def test_the_project_that_the_cases_change_is_accepted(tmp_path: Path) -> None:
    engine = load(tmp_path, manner=STRICT, domain=DOMAIN, rules=RULES)
    assert engine.warnings == ()


RULE_CASES = {
    "checkpoint": ("  - {rule: c, steps: [{intent: a}, {checkpoint: x}]}", "checkpoints are not supported"),
    "two messages": (
        "  - {rule: c, steps: [{intent: a}, {action: utter_p}, {intent: b}, {action: utter_q}]}",
        "more than one message",
    ),
    "contradiction": ("  - {rule: c, steps: [{intent: a}, {action: utter_q}]}", "rules contradict"),
    "end to end": ("  - {rule: c, steps: [{user: hello}, {action: utter_q}]}", "end-to-end"),
    "bot text": ("  - {rule: c, steps: [{intent: a}, {bot: hello}]}", "end-to-end"),
    "unknown intent": (
        "  - {rule: c, steps: [{intent: nope}, {action: utter_q}]}",
        "intent 'nope' is not in the domain",
    ),
    "unknown action": ("  - {rule: c, steps: [{intent: a}, {action: action_x}]}", "action 'action_x' is not an action"),
    "unknown response": (
        "  - {rule: c, steps: [{intent: a}, {action: utter_x}]}",
        "'utter_x' is not an action, form or",
    ),
    "unknown form": ("  - {rule: c, condition: [{active_loop: g}], steps: [{action: utter_q}]}", "active_loop 'g'"),
    "unknown slot": (
        "  - {rule: c, condition: [{slot_was_set: [{nope: 1}]}], steps: [{intent: a}, {action: utter_q}]}",
        "slot 'nope' is not declared",
    ),
    "unknown entity": ("  - {rule: c, steps: [{intent: a, entities: [e]}, {action: utter_q}]}", "entity 'e'"),
    "retrieval intent": ("  - {rule: c, steps: [{intent: faq/x}, {action: utter_q}]}", "retrieval intents"),
    "bare form step": (
        "  - {rule: c, condition: [{active_loop: f}], steps: [{intent: a}, {action: f}, {active_loop: f}]}",
        "bare form",
    ),
    "no steps": ("  - {rule: c}", "has no steps"),
    "unknown key": ("  - {rule: c, when: now, steps: [{intent: a}, {action: utter_p}]}", "'when' is not supported"),
    "no name": ("  - {steps: [{intent: a}]}", "every item needs a name"),
    "unknown step": ("  - {rule: c, steps: [{intent: a}, {dance: true}]}", "step 'dance' is not supported"),
    "step key": ("  - {rule: c, steps: [{intent: a, mood: x}, {action: utter_p}]}", "'mood' is not supported"),
    "step is text": ("  - {rule: c, steps: [hello]}", "a step is a mapping"),
}


@pytest.mark.parametrize(("rule", "reason"), RULE_CASES.values(), ids=list(RULE_CASES))
def test_refuses_a_rule_with_its_line(rule: str, reason: str, tmp_path: Path) -> None:
    problems = refusals(tmp_path, rules=f"{RULES.rstrip()}\n{rule}\n")
    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    assert {(problem.file, problem.line) for problem in found} <= {("data/rules.yml", 5), ("data/rules.yml", 3)}
    assert any(problem.line == 5 or reason in ("every item needs a name", "rules contradict") for problem in found)


def changed(old: str, new: str) -> str:
    assert old in DOMAIN
    return DOMAIN.replace(old, new)


DOMAIN_CASES: dict[str, tuple[str, str, str]] = {
    "undeclared slot in form": ("required_slots: [city]", "required_slots: [city, town]", "slot 'town' is not declared"),
    "nothing asks": ("  utter_ask_f_city: [{text: where}]\n", "", "nothing asks for slot 'city'"),
    "custom slot class": ("city: {type: text", "city: {type: my.Slot", "type 'my.Slot' is not supported"),
    "unfeaturized": ("city: {type: text", "city: {type: unfeaturized", "type 'unfeaturized'"),
    "no mappings": (", mappings: [{type: from_entity, entity: city}]", "", "mappings are missing"),
    "mapping type": ("type: from_entity, entity: city", "type: from_air", "a mapping needs a type"),
    "mapping need": ("type: from_entity, entity: city", "type: from_entity", "needs 'entity'"),
    "mapping entity": ("entity: city}]", "entity: town}]", "entity 'town' is not in the domain"),
    "mapping intent": ("entity: city}]", "entity: city, intent: z}]", "intent 'z' is not in the domain"),
    "mapping loop": (
        "entity: city}]", "entity: city, conditions: [{active_loop: g}]}]", "active_loop 'g' is not a form"
    ),
    "mapping question": (
        "entity: city}]",
        "entity: city, conditions: [{active_loop: f, requested_slot: z}]}]",
        "requested_slot 'z' is not declared",
    ),
    "mapping condition": ("entity: city}]", "entity: city, conditions: [{when: now}]}]", "a condition names active_loop"),
    "mapping action": ("type: from_entity, entity: city", "type: custom, action: action_x", "action 'action_x'"),
    "not JSON": ("influence_conversation: false, mappings: [{type: from_entity",
                 "initial_value: .nan, influence_conversation: false, mappings: [{type: from_entity", "is not JSON"),
    "categorical without values": ("values: [zh, en], ", "", "needs values"),
    "slot is text": ("city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}",
                     "city: text", "expected a mapping with type"),
    "form is list": ("f: {required_slots: [city]}", "f: [city]", "expected a mapping with required_slots"),
    "required is text": ("required_slots: [city]", "required_slots: city", "required_slots must be a list"),
    "ignored intent": ("f: {required_slots: [city]}", "f: {required_slots: [city], ignored_intents: [z]}", "intent 'z'"),
    "missing language": (
        "[{text: q}]", "[{text: q, condition: [{type: slot, name: language, value: zh}]}]", "for language = en"
    ),
    "only a condition": (
        "[{text: q}]", "[{text: q, condition: [{type: slot, name: city, value: x}]}]", "no variation without a condition"
    ),
    "two for one condition": ("[{text: q}]", "[{text: q}, {text: r}]", "two variations for one condition"),
    "unknown value": (
        "[{text: q}]", "[{text: q}, {text: r, condition: [{type: slot, name: language, value: fr}]}]", "no value 'fr'"
    ),
    "unknown slot in condition": (
        "[{text: q}]", "[{text: q}, {text: r, condition: [{type: slot, name: z, value: x}]}]", "slot 'z' is not declared"
    ),
    "condition shape": ("[{text: q}]", "[{text: q, condition: [{type: mood}]}]", "a condition is {type: slot"),
    "no text": ("[{text: q}]", "[{channel: rest}]", "a variation without text"),
    "empty response": ("[{text: q}]", "[]", "expected a list of variations"),
    "unknown part": ("[{text: q}]", "[{text: q, cards: []}]", "'cards' is not supported"),
    "no mapping": ("[{text: q}]", "[{text: q, attachment: a.pdf}]", "attachment must be a mapping"),
    "says nothing": ("[{text: q}]", "[{text: ''}]", "says nothing"),
    "lone brace": ("[{text: q}]", "[{text: 'q {'}]", "a brace without its partner"),
    "response name": ("utter_q:", "say_q:", "begins with utter_"),
    "single braces": (
        "[{text: q}]", """[{text: q, buttons: [{title: t, payload: '/a{"city": "x"}'}]}]""", "doubled braces"
    ),
    "button intent": ("[{text: q}]", "[{text: q, buttons: [{title: t, payload: /z}]}]", "intent is not in the domain"),
    "button entity": (
        "[{text: q}]", """[{text: q, buttons: [{title: t, payload: '/a{{"town": "x"}}'}]}]""", "entity 'town'"
    ),
    "button JSON": ("[{text: q}]", """[{text: q, buttons: [{title: t, payload: '/a{{city}}'}]}]""", "cannot be read"),
    "button shape": ("[{text: q}]", "[{text: q, buttons: [{title: t}]}]", "a button has title and payload"),
    "apology": ("  utter_action_failed: [{text: sorry}]\n", "", "'utter_action_failed' must exist"),
    "intent without rule": ("intents: [a, b]", "intents: [a, b, c]", "intent 'c' has no rule without conditions"),
    "reserved intent": ("intents: [a, b]", "intents: [a, b, restart]", "intent 'restart' is Rasa's own"),
    "unknown key": ("entities: [city]", "entities: [city]\ne2e_actions: [x]", "'e2e_actions' is not supported"),
    "list expected": ("entities: [city]", "entities: city", "entities: expected a list"),
    "map expected": ("forms:\n  f: {required_slots: [city]}", "forms: [f]", "forms: expected a mapping"),
    "twice": ("  utter_q: [{text: q}]", "  utter_q: [{text: q}]\n  utter_q: [{text: r}]", "stands twice"),
    "action missing": ("forms:", "actions: [action_x]\nforms:", "action 'action_x' does not exist"),
    "form and action": ("forms:", "actions: [f]\nforms:", "is a form and an action"),
    "requested_slot": ("\nslots:", "\nslots:\n  requested_slot: {type: any, mappings: []}", "must be text or categorical"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason"), DOMAIN_CASES.values(), ids=list(DOMAIN_CASES))
def test_refuses_a_domain_with_its_line(old: str, new: str, reason: str, tmp_path: Path) -> None:
    text = changed(old, new)
    problems = refusals(tmp_path, domain=text)
    found = [problem for problem in problems if reason in problem.reason]
    assert found, problems
    if reason == "'utter_action_failed' must exist":
        return
    first = next(i for i, (x, y) in enumerate(zip(DOMAIN.splitlines(), text.splitlines(), strict=False), 1) if x != y)
    for problem in found:
        assert problem.file == "domain.yml"
        assert abs(problem.line - first) <= 7, (problem, first)


def test_refuses_anchors_in_slots(tmp_path: Path) -> None:
    domain = changed(
        "mappings: [{type: custom}]}\n  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}",
        "mappings: &m [{type: custom}]}\n  city: {type: text, influence_conversation: false, mappings: *m}",
    )
    problems = refusals(tmp_path, domain=domain)
    assert [problem.line for problem in problems if "anchors" in problem.reason] == [5, 6]


def test_refuses_incomplete_rules(tmp_path: Path) -> None:
    domain = changed("\nslots:", "\nslots:\n  t: {type: bool, mappings: [{type: custom}]}")
    rules = """
rules:
  - {rule: r, steps: [{intent: a}, {action: utter_p}, {slot_was_set: [{t: true}]}, {action: utter_q}]}
  - {rule: r2, steps: [{intent: b}, {action: utter_p}]}
"""
    (problem,) = refusals(tmp_path, domain=domain, rules=rules)
    assert (problem.line, "sets slot t in other rules" in problem.reason) == (4, True)


def test_refuses_a_form_that_leaves_its_loop_unsaid(tmp_path: Path) -> None:
    rules = RULES.replace("{intent: a}, {action: utter_p}", "{intent: a}, {action: f}")
    problems = refusals(tmp_path, rules=rules)
    assert any("sets active_loop f in other rules" in problem.reason for problem in problems)


TIED_SLOTS = "\nslots:\n  s1: {type: bool, mappings: [{type: custom}]}\n  s2: {type: bool, mappings: [{type: custom}]}"
TIED_RULES = """
rules:
  - {rule: r, steps: [{intent: a}, {action: utter_p}]}
  - {rule: s, steps: [{intent: b}, {action: f}, {active_loop: f}]}
  - {rule: x, condition: [{slot_was_set: [{s1: true}]}], steps: [{intent: a}, {action: utter_p}]}
  - {rule: y, condition: [{slot_was_set: [{s2: true}]}], steps: [{intent: a}, {action: utter_q}]}
"""


@pytest.mark.parametrize("manner", [STRICT, FOREIGN])
def test_refuses_ties(manner: Manner, tmp_path: Path) -> None:
    problems = refusals(tmp_path, manner, domain=changed("\nslots:", TIED_SLOTS), rules=TIED_RULES)
    assert [("tie" in problem.reason, problem.line) for problem in problems] == [(True, 5)]


def test_bears_ties_as_rasa_does(tmp_path: Path) -> None:
    domain = changed("\nslots:", TIED_SLOTS)
    assert any(
        "tie" in warning.reason for warning in load(tmp_path, manner=RASA, domain=domain, rules=TIED_RULES).warnings
    )


CONFIG_CASES = {
    "learning policy": (CONFIG + "  - name: TEDPolicy\n", "policy 'TEDPolicy' is not supported", 6),
    "no policies": ("language: en\n", "RulePolicy must be named", 1),
    "whitespace in Chinese": (
        "language: zh\npipeline:\n  - name: WhitespaceTokenizer\npolicies: [{name: RulePolicy}]\n",
        "does not work for language zh",
        3,
    ),
    "pipeline is text": ("pipeline: none\npolicies: [{name: RulePolicy}]\n", "pipeline: expected a list", 1),
    "not YAML": ("a: [\n", "is not YAML", 2),
    "alias in itself": ("x: &a [*a]\npolicies: [{name: RulePolicy}]\n", "an alias stands inside", 1),
    "not a mapping": ("- a\n", "expected a mapping at the top", 1),
}


@pytest.mark.parametrize(("config", "reason", "line"), CONFIG_CASES.values(), ids=list(CONFIG_CASES))
def test_refuses_a_configuration(config: str, reason: str, line: int, tmp_path: Path) -> None:
    problems = refusals(tmp_path, config=config)
    assert ("config.yml", line) in [(p.file, p.line) for p in problems if reason in p.reason], problems


def test_refuses_a_folder_without_anything(tmp_path: Path) -> None:
    with pytest.raises(ProjectRefused) as refused:
        load_project(tmp_path, actions=[], interpreter=WordEar())
    assert {problem.file for problem in refused.value.problems} == {"config.yml", "domain.yml", "domain"}


def test_refuses_reserved_and_retrieval_intents_in_examples(tmp_path: Path) -> None:
    nlu = "nlu:\n- intent: restart\n  examples: |\n    - again\n- intent: faq/x\n- intent: z\n- intent: a\n"
    problems = refusals(tmp_path, data__nlu__en=nlu)
    assert [(p.file, p.line) for p in problems] == [
        ("data/nlu/en.yml", 2),
        ("data/nlu/en.yml", 5),
        ("data/nlu/en.yml", 6),
    ]


def test_refuses_what_is_declared_in_two_files(tmp_path: Path) -> None:
    problems = refusals(tmp_path, responses__more="responses:\n  utter_p: [{text: again}]\n")
    assert [(p.file, p.line) for p in problems] == [("responses/more.yml", 2)]
    assert "declared twice" in problems[0].reason


def test_refuses_files_that_are_not_utf8(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    (tmp_path / "responses").mkdir()
    (tmp_path / "responses" / "x.yml").write_bytes(b"responses:\n  utter_z: [{text: \xff}]\n")
    with pytest.raises(ProjectRefused, match=r"responses/x\.yml: is not UTF-8"):
        load(tmp_path, manner=STRICT, domain=DOMAIN, rules=RULES)


def test_lists_all_problems_at_once(tmp_path: Path) -> None:
    domain = changed("required_slots: [city]", "required_slots: [town]").replace("entity: city}]", "entity: zip}]")
    problems = refusals(tmp_path, domain=domain, config="language: en\n")
    assert len(problems) >= 3
    assert str(problems[0]).count(":") >= 2


def test_lists_contradictions_ties_and_what_is_left_unsaid_beside_everything_else(tmp_path: Path) -> None:
    """What the sound rules say of each other does not wait until the faulty ones are mended."""
    domain = changed("\nslots:", TIED_SLOTS).replace(
        "type: from_entity, entity: city", "type: from_entity, entity: zip"
    )
    rules = f"""{TIED_RULES.rstrip()}
  - {{rule: faulty, steps: [{{intent: b}}, {{action: utter_nowhere}}]}}
  - {{rule: against, steps: [{{intent: b}}, {{action: utter_q}}]}}
  - {{rule: unsaid, condition: [{{slot_was_set: [{{s1: true}}]}}], steps: [{{intent: b}}, {{action: f}}]}}
"""
    problems = refusals(tmp_path, domain=domain, rules=rules, config="language: en\n")
    found = {(problem.file, problem.line, word) for problem in problems for word in WORDS if word in problem.reason}
    assert found >= {
        ("config.yml", 1, "RulePolicy"),
        ("domain.yml", 8, "'zip'"),
        ("data/rules.yml", 5, "tie"),
        ("data/rules.yml", 7, "'utter_nowhere'"),
        ("data/rules.yml", 4, "contradict"),
        ("data/rules.yml", 9, "in other rules"),
    }


WORDS = ("RulePolicy", "'zip'", "tie", "'utter_nowhere'", "contradict", "in other rules")


def test_bears_in_a_foreign_project_what_rasa_bears(tmp_path: Path) -> None:
    domain = changed("intents: [a, b]", "intents: [a, b, c]").replace("  utter_action_failed: [{text: sorry}]\n", "")
    engine = load(tmp_path, domain=domain, rules=RULES)
    reasons = " ".join(str(problem) for problem in engine.warnings)
    assert "warning: intent 'c' has no rule" in reasons
    assert "'utter_action_failed' must exist" in reasons


class Unlisted(Action):
    def name(self) -> str:
        return "action_unlisted"


def test_warns_of_an_action_that_can_never_run(tmp_path: Path) -> None:
    engine = load(tmp_path, Unlisted(), manner=STRICT, domain=DOMAIN, rules=RULES)
    assert [problem.reason for problem in engine.warnings] == [
        "action 'action_unlisted' exists and is not listed in the domain"
    ]
