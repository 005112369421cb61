"""Logs: events with names and counts, never content.

`configure` is called once by the command line; modules take `structlog.get_logger()` and log snake_case events.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Literal

import structlog

LONGEST_VALUE = 60
CUT = "<cut>"
_NAME = re.compile(r"[A-Za-z0-9_.:/+-]*")
_OWN_KEYS = frozenset({"event", "level", "timestamp", "where"})

Event = MutableMapping[str, Any]


def configure(form: Literal["json", "console"] = "console", level: str = "warning") -> None:
    """Send every event to stderr as `form`, from `level` on; libraries' own records lose their arguments."""
    render: Any = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_the_cause,
            keep_names_and_counts,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_stderr_logger,
        cache_logger_on_first_use=False,
    )
    logging.raiseExceptions = False  # a record that cannot be written would print its arguments
    handler = _StderrHandler()
    handler.setFormatter(_WithoutArguments())
    logging.basicConfig(handlers=[handler], level=max(threshold, logging.WARNING), force=True)


def name_the_cause(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by its class and places; its message may quote what a person wrote."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = places(error.__traceback__)
    return event


def places(trace: TracebackType | None, deepest: int = 6) -> str:
    """Return "module.py:line < …" of the innermost frames, without any value."""
    frames = traceback.extract_tb(trace)[-deepest:]
    return " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))


def keep_names_and_counts(_logger: Any, _method: str, event: Event) -> Event:
    """Cut every value that is neither a number nor a short ASCII name; logs can then hold no content by mistake."""
    for key, value in event.items():
        if key not in _OWN_KEYS or (key == "event" and not _is_name(value)):
            event[key] = value if _is_harmless(value) else CUT
    return event


def _is_harmless(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float) or _is_name(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_VALUE and _NAME.fullmatch(value) is not None


def _stderr_logger(*_: Any) -> structlog.PrintLogger:
    """Look `sys.stderr` up when a logger is made: whoever redirects it gets the events too."""
    return structlog.PrintLogger(sys.stderr)


class _StderrHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")


class _WithoutArguments(logging.Formatter):
    """Shows of a library's record its logger, level and unfilled message."""

    def format(self, record: logging.LogRecord) -> str:
        cause = type(record.exc_info[1]).__name__ if record.exc_info and record.exc_info[1] else ""
        template = record.msg if record.args and isinstance(record.msg, str) else ""
        return " ".join(part for part in (record.levelname.lower(), record.name, template, cause) if part)
