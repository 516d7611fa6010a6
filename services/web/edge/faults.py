"""Describes an unexpected exception without repeating a word that may be personal."""

from __future__ import annotations

import traceback
from typing import Final, TypedDict

_FRAMES: Final = 12  # the innermost; the rest is the framework's


class FaultFacts(TypedDict):
    """What the log may know about an exception."""

    error: str
    where: list[str]


def describe(error: BaseException) -> FaultFacts:
    """Return type and places of *error*; never its message, which may quote what a person sent."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    kind = type(error)
    return {
        "error": f"{kind.__module__}.{kind.__qualname__}",
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
