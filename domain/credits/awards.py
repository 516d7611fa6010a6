"""Awards: what one rule gives for one meeting, how it came about, and what holds it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.explain import Missing, Step, derivation, explained
from domain.values import Interval, Modality

TOLD: Final = "told"  # the code of a step of which only the sentence was kept


@dataclass(frozen=True, slots=True)
class AboutMeeting:
    """What was known of a meeting when it was credited.

    Attributes:
        day: on which it began where it took place.
        title: as announced.
        topics: of its program.
        modality: how the member took part; ``None`` where nobody recorded it.
        meeting_minutes: from start to end as announced.
        present_minutes: the member's presence, also where a rule counts less.
        own_minutes: on the member's own practice; ``None`` where nobody recorded turns.
        people: present, the member included; ``None`` where nobody knows.
    """

    day: date
    title: str
    topics: list[str]
    modality: Modality | None
    meeting_minutes: int
    present_minutes: int
    own_minutes: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class Credited:
    """What an award comes to; the part that an adjustment replaces.

    Attributes:
        intervals: the time used up, sorted and disjoint: the presence credited, or the whole
            meeting where a text credits all of it.
        minutes: whole minutes of presence in it.
        amount: in the award's unit.
        steps: how the amount came about, each with its clause.
        strength: how well the presence is shown.
        about: the meeting; ``None`` for what was credited before this was kept. Two amounts that
            came about in the same way are the same, whatever else is known of the meeting.
    """

    intervals: list[Interval]
    minutes: int
    amount: Decimal
    steps: list[Step]
    strength: EvidenceStrength
    about: AboutMeeting | None = field(default=None, compare=False)

    @property
    def derivation(self) -> list[Step]:
        """How the amount came about; what more would have taken is the member's own affair."""
        return derivation(self.steps)

    def comes_to_the_same(self, other: Credited) -> bool:
        """Tell whether two amounts came about in the same way.

        That we explain more today is no change of facts: what more would have taken is left aside,
        and what was credited before steps were kept has sentences only, and is compared by them.
        """
        told = any(step.code == TOLD for step in (*self.steps, *other.steps))
        mine, theirs = (
            (
                each.intervals,
                each.minutes,
                each.amount,
                each.strength,
                each.arithmetic if told else each.derivation,
            )
            for each in (self, other)
        )
        return mine == theirs

    @property
    def arithmetic(self) -> list[str]:
        """How the amount came about, in sentences."""
        return [step.sentence for step in self.derivation]

    @property
    def explanation(self) -> list[str]:
        """How the amount came about, in sentences that name the rule's clause."""
        return explained(self.derivation)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What a rule would credit, and what is in its way."""

    rule_version: int
    amount: Decimal
    unit_name: str
    missing: list[Missing]

    def says_the_same(self, other: HeldBack) -> bool:
        """Tell whether there is no news: a new version, or that we explain more, is none."""
        mine, theirs = (
            (held.amount, held.unit_name, [(each.code, each.sentence) for each in held.missing])
            for held in (self, other)
        )
        return mine == theirs


@dataclass(frozen=True, slots=True)
class Award:
    """Credit for one meeting under one rule, as it stands."""

    award_id: UUID
    meeting_id: UUID
    pack_id: str
    rule_id: str
    rule_version: int
    credit_kind: CreditKind
    licence_id: UUID | None
    unit_name: str
    credited: Credited
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger; corrections are further rows, never changed ones."""

    award_id: UUID
    rule_id: str
    unit_name: str
    minutes: int
    amount: Decimal
    at: datetime
    reason: str = ""
