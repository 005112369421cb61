"""Payloads, JSON values, templates, features: the small parts."""

from enum import StrEnum
from typing import Any

import pytest

from bot.dialogue.domain import Slot
from bot.dialogue.errors import NotJson
from bot.dialogue.features import slot_features
from bot.dialogue.json_values import MAX_DEPTH, checked_copy, json_copy
from bot.dialogue.payload import parse_payload
from bot.dialogue.templates import Template, UnbalancedBrace, compiled, filled

PAYLOADS: list[tuple[str, tuple[str, float, list[Any]] | None]] = [
    ("/a", ("a", 1.0, [])),
    ("  /a  ", ("a", 1.0, [])),
    ("/a@0.3", ("a", 0.3, [])),
    ("/a@0.3.4", ("a", 1.0, [])),
    ('/a@0.3{"city": "x"}', ("a", 0.3, ["x"])),
    ('/a{"city": "x"} and more', ("a", 1.0, ["x"])),
    ('/a{"city": ["x", "y"]}', ("a", 1.0, ["x", "y"])),
    ('/a{"city": null}', ("a", 1.0, [None])),
    ('/a{"town": "x"}', ("a", 1.0, [])),
    ("/a{bad json}", ("a", 1.0, [])),
    ('/a{"city": NaN}', ("a", 1.0, [])),
    ('/a{"city": "\\ud800"}', ("a", 1.0, [])),
    ('/a{"city": ' + "[" * 5000, ("a", 1.0, [])),
    ("/z", None),
    ("/a rest", None),
    ("a", None),
    ("", None),
    ("/", None),
    ("／a", None),
]


@pytest.mark.parametrize(("text", "expected"), PAYLOADS)
def test_payload(text: str, expected: tuple[str, float, list[Any]] | None) -> None:
    found = parse_payload(text, {"a"}, {"city"})
    told = (found.intent, found.confidence, [e["value"] for e in found.entities]) if found else None
    assert told == expected


def test_payload_entities_have_their_place() -> None:
    found = parse_payload('/a{"city": "x"} z', {"a"}, {"city"})
    assert found is not None
    assert found.entities == [{"entity": "city", "value": "x", "start": 2, "end": 15}]


def test_json_copy_shares_nothing() -> None:
    value = {"a": [1, 2.5, None, True, "x", ("y",)]}
    copy = json_copy(value)
    assert copy == {"a": [1, 2.5, None, True, "x", ["y"]]}
    assert copy["a"] is not value["a"]


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "x", {"字": "\ud800"}]}, {"a": Colour.RED}])
def test_checked_copy_shares_nothing(value: dict[str, Any]) -> None:
    copy = checked_copy(value)
    assert copy == value
    assert copy is not value


@pytest.mark.parametrize("value", [object(), {1: 2}, float("nan"), float("inf"), {"a": {b"x"}}, b"x"])
def test_json_copy_refuses(value: object) -> None:
    with pytest.raises(NotJson):
        json_copy(value)


def test_json_copy_refuses_depth() -> None:
    value: Any = "x"
    for _ in range(MAX_DEPTH + 1):
        value = [value]
    with pytest.raises(NotJson, match="nested deeper"):
        json_copy(value)


TEMPLATES = [
    ("plain", "plain"),
    ("v={s}", "v=1"),
    ("v={none}", "v=None"),
    ("v={s} w={nope}", "v={s} w={nope}"),
    ('/b{{"city": "{s}"}}', '/b{"city": "1"}'),
    ("{{s}}", "{s}"),
    ("{{{s}}}", "{1}"),
    ("{{s}} {s}", "{{s}} {s}"),
    ("v0[ {s}", "v0[ {s}"),
    ("{} {s}", "{} {s}"),
    ("{one\nline}", "{one\nline}"),
]


@pytest.mark.parametrize(("source", "expected"), TEMPLATES)
def test_template(source: str, expected: str) -> None:
    assert Template(source).fill({"s": 1, "none": None}) == expected


@pytest.mark.parametrize("source", ["a { b", "a } b", "{s}}"])
def test_a_brace_without_its_partner_is_an_error(source: str) -> None:
    with pytest.raises(UnbalancedBrace):
        Template(source).fill({"s": 1})


def test_templates_inside_structures_and_not_inside_values() -> None:
    value = compiled({"k": ["{a}", 3, {"x": "{a}"}], "n": None})
    assert filled(value, {"a": "{b}", "b": "no"}) == {"k": ["{b}", 3, {"x": "{b}"}], "n": None}


def slot(kind: str, **more: Any) -> Slot:
    return Slot(name="s", type=kind, **more)


FEATURES = [
    (slot("text"), "x", (1.0,)),
    (slot("text"), "", (1.0,)),
    (slot("text"), None, ()),
    (slot("text", has_features=False), "x", ()),
    (slot("list"), ["x"], (1.0,)),
    (slot("list"), [], ()),
    (slot("bool"), True, (1.0, 1.0)),
    (slot("bool"), False, (1.0, 0.0)),
    (slot("bool"), "maybe", ()),
    (slot("float"), 5, (1.0, 1.0)),
    (slot("float", bounds=(0.0, 10.0)), 5, (1.0, 0.5)),
    (slot("float"), "x", ()),
    (slot("categorical", values=("zh", "en")), "ZH", (1.0, 0.0, 0.0)),
    (slot("categorical", values=("zh", "en")), "fr", (0.0, 0.0, 1.0)),
]


@pytest.mark.parametrize(("declared", "value", "expected"), FEATURES)
def test_features(declared: Slot, value: Any, expected: tuple[float, ...]) -> None:
    assert slot_features(declared, value) == expected
