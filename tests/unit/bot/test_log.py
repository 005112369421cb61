"""Logs hold events, names and counts; whatever else is handed over does not come out."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.log import CUT, configure, keep_names_and_counts


@pytest.fixture
def _logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, noisy = root.handlers[:], root.level, logging.raiseExceptions
    configure("json", "info")
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level, logging.raiseExceptions = handlers, level, noisy


@pytest.mark.usefixtures("_logs")
def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("turn_done", messages=2, loop="report_form")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["messages"], line["loop"], line["level"]) == ("turn_done", 2, "report_form", "info")


@pytest.mark.parametrize(
    "value",
    ["张三收了五万元", "Mr Zhang took money", "x" * 61, b"\x01\x02", ["a"], {"a": 1}, "a\nb"],
)
def test_content_is_cut(value: object) -> None:
    assert keep_names_and_counts(None, "info", {"event": "e", "value": value})["value"] == CUT


def test_an_event_name_that_is_a_sentence_is_cut() -> None:
    assert keep_names_and_counts(None, "info", {"event": "person said 张三"})["event"] == CUT


@pytest.mark.usefixtures("_logs")
def test_an_exception_loses_its_message_and_keeps_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("bad text: 张三")
    except ValueError:
        structlog.get_logger().exception("turn_failed")
    written = capsys.readouterr().err
    line = json.loads(written)
    assert line["error"] == "ValueError"
    assert "test_log.py:" in line["where"]
    assert "张三" not in written


@pytest.mark.usefixtures("_logs")
def test_a_library_s_record_loses_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("lib").warning("parameters were %s", "张三")
    logging.getLogger("lib").warning("张三 as it stands")
    written = capsys.readouterr().err
    assert "parameters were %s" in written
    assert "张三" not in written
