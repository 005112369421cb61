"""Tables and texts on a terminal of 80 cells, where a Chinese character takes two; tab-separated on a pipe."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.cli.paper import Paper, fitted, plain, wrapped

HEADER = ["案件", "类别", "到期"]
ROWS = [["1a2b3c4d", "吃拿卡要、索要财物" * 6, "2026-12-01"], ["5e6f7a8b!", "short", ""]]


def test_a_table_fits_and_its_columns_stand_under_each_other() -> None:
    header, first, second = Paper(80).table(HEADER, ROWS, {1})
    assert max(map(cell_len, (header, first, second))) <= 80
    assert "…" in first
    assert first.endswith("2026-12-01")
    column = cell_len(header[: header.index("类别")])
    assert [cell_len(line[: line.index(cell)]) for line, cell in ((first, "吃"), (second, "short"))] == [column] * 2


def test_a_pipe_gets_everything_and_no_header() -> None:
    assert list(Paper().table(HEADER, ROWS, {1})) == ["\t".join(ROWS[0]), "5e6f7a8b!\tshort"]
    assert list(Paper().pairs([("标题", "a\nb"), ("空", "")])) == ["标题\ta\nb"]
    assert list(Paper().block("a\nb")) == ["\ta", "\tb"]


def test_an_empty_table_is_nothing() -> None:
    assert list(Paper(80).table(HEADER, [], {1})) == []


def test_a_column_keeps_some_cells_however_narrow_the_terminal() -> None:
    [_, first, _] = Paper(20).table(HEADER, ROWS, {1})
    assert "吃拿" in first


def test_values_are_wrapped_beside_their_labels() -> None:
    lines = list(Paper(40).pairs([("标题", "短"), ("经过", "三月到窗口办证，经办人要五千元。" * 3)]))
    assert lines[0] == "标题  短"
    assert all(line.startswith("      ") for line in lines[2:])
    assert max(map(cell_len, lines)) <= 40
    assert "".join(line[4:].strip() for line in lines[1:]) == "三月到窗口办证，经办人要五千元。" * 3


def test_what_could_steer_the_terminal_is_shown_as_a_mark() -> None:
    assert plain("a\x1b[31mb\u202ec\td\n") == "a\ufffd[31mb\ufffdc\td\n"
    assert "\x1b" not in "".join(Paper(80).block("\x1b]0;title\x07"))


@pytest.mark.parametrize(
    ("text", "width", "expected"), [("abc", 5, "abc  "), ("中文字", 5, "中文…"), ("中文", 4, "中文")]
)
def test_a_cell_has_its_width(text: str, width: int, expected: str) -> None:
    assert fitted(text, width) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab 中，。W-", max_size=80), st.integers(4, 30))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
