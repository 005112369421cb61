"""`changtong redact`: a line in, a masked line out; JSON on request; nothing else is needed."""

import json

from tests.unit.cli.conftest import Run


def test_a_line_is_masked_and_its_spans_follow(changtong: Run) -> None:
    result = changtong("redact", stdin="我叫王芳，电话13812345678\n没有什么\n")
    assert result.code == 0
    assert result.lines == [
        "我叫［姓名］，电话［电话］",
        "\tname\t2\t4\treporter",
        "\tphone\t7\t18\treporter",
        "没有什么",
    ]


def test_json_gives_places_kinds_and_owners(changtong: Run) -> None:
    result = changtong("redact", "--json", stdin="I am the only clerk. Director Zhang Wei, call 13812345678\n\n")
    first, empty = map(json.loads, result.lines)
    assert first["masked"] == "I am the only clerk. Director Zhang Wei, call [phone]"
    assert [(s["kind"], s["whose"]) for s in first["spans"]] == [("name", "accused"), ("phone", "reporter")]
    assert [h["kind"] for h in first["hints"]] == ["only_one"]
    assert empty == {"masked": "", "spans": [], "hints": []}
