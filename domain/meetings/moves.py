"""The last change of a meeting's time: which one it was, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass

from domain.values import Interval


@dataclass(frozen=True, slots=True)
class Move:
    """A meeting got another time.

    Attributes:
        version: of the meeting's story in which it did; no two moves of a meeting have the same.
        before: from when to when it was planned until then.
    """

    version: int
    before: Interval
