"""Structured logs: one JSON line an event on standard error, never a personal value.

Loggers are given codes, ids, counts and class names. As a second line, values of keys that could
name people are dropped, and exceptions are logged by their type and place, not by their text.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_PERSONAL: Final = frozenset(
    {
        "address",
        "body",
        "cookie",
        "email",
        "mail",
        "name",
        "names",
        "path",
        "query",
        "reason",
        "url",
    }
)


def configure(*, pretty: bool) -> None:
    """Set up logging for the process.

    Args:
        pretty: lines for people (development) instead of JSON.
    """
    last: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_personal_values,
            _exceptions_by_place,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s", force=True)


def _without_personal_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in _PERSONAL & event.keys():
        event[key] = "[left out]"
    return event


def _exceptions_by_place(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found
    if isinstance(error, BaseException):
        event["exception"] = type(error).__name__
        event["at"] = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)[-4:]
        ]
    return event
