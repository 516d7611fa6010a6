"""What one board's rule says, as data: units, rounding, conditions, dates and source.

A field that the source does not tell stays ``None`` and means "unknown", never "none".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from domain.papers import CreditKind
from domain.presence import EvidenceStrength

__all__ = ["CreditKind", "Direction", "Missing", "Needs", "Rounding", "RuleSet"]

WRITTEN_STEP: Final = Decimal("0.01")  # amounts without a rounding rule are cut to two decimals


class Direction(StrEnum):
    """Where an amount between two steps goes."""

    DOWN = "down"
    NEAREST = "nearest"


class Confidence(StrEnum):
    """How directly the rule was read."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MIXED = "mixed"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Missing:
    """A condition that is not met, or not known to be met.

    Attributes:
        code: stable, ``subject.reason``.
        sentence: for people.
    """

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a board rounds.

    Attributes:
        step: in the board's unit, for example 0.25.
        direction: down, or to the nearest step with halves up.
    """

    step: Decimal
    direction: Direction

    def __post_init__(self) -> None:
        if self.step <= 0:
            raise ValueError("A step is more than nothing.")

    def apply(self, amount: Decimal) -> Decimal:
        """Return *amount* as a multiple of the step."""
        mode = ROUND_DOWN if self.direction is Direction.DOWN else ROUND_HALF_UP
        steps = (amount / self.step).quantize(Decimal(1), rounding=mode)
        return steps * self.step


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be true, besides minutes, before anything is credited.

    Attributes:
        evaluation: the member evaluated the meeting.
        licence: the member holds a licence that the rule is about, on that day.
        approved_provider: a provider with an approval for that day and way of meeting vouches.
        strength: the presence is shown at least this well.
    """

    evaluation: bool = False
    licence: bool = False
    approved_provider: bool = False
    strength: EvidenceStrength | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One dated version of one board's rule for the hour of a peer group.

    Attributes:
        id: stable name, for example ``us-ca-psychology``.
        name: as people call it.
        version: counts from 1; awards keep the version they were judged by.
        credit_kind: whether a provider vouches or the member claims.
        unit_name: what one credit is called there; never a bare "CEU".
        source_url: where the rule was read.
        checked: on which day.
        confidence: how directly.
        clause: the citation, or where in the source.
        effective_from: first day, ``None`` where the source does not tell.
        effective_until: last day, ``None`` while no end is known.
        jurisdiction: whose rule; ``None`` for rules that belong to no place.
        professions: who it is about; empty for everybody.
        minutes_per_unit: minutes of presence for one unit.
        rounding: ``None`` where exact or unknown; then nothing is rounded up, ever.
        minimum_minutes: the shortest presence that counts.
        group_min: people present, the member included.
        group_max: as above.
        needs: further conditions.
    """

    id: str
    name: str
    version: int
    credit_kind: CreditKind
    unit_name: str
    source_url: str
    checked: date
    confidence: Confidence
    clause: str
    effective_from: date | None = None
    effective_until: date | None = None
    jurisdiction: str | None = None
    professions: list[str] = field(default_factory=list)
    minutes_per_unit: int | None = None
    rounding: Rounding | None = None
    minimum_minutes: int | None = None
    group_min: int | None = None
    group_max: int | None = None
    needs: Needs = field(default_factory=Needs)

    def in_force_on(self, day: date) -> bool:
        """Tell whether the rule speaks about *day*; an unknown beginning does not exclude it."""
        begun = self.effective_from is None or self.effective_from <= day
        ended = self.effective_until is not None and self.effective_until < day
        return begun and not ended

    def is_about(self, profession: str, jurisdiction: str) -> bool:
        """Tell whether a licence of this kind falls under the rule."""
        professions_fit = not self.professions or profession in self.professions
        return professions_fit and self.jurisdiction in {None, jurisdiction}
