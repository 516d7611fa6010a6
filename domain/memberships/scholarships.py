"""Scholarships: who needs it pays a part of the dues, or nothing, on their own word.

No papers, no reviewer, no reasons: a person chooses a tier, and once a year says with one click
that it is still right. The scholarship of 100 percent takes part without Stripe; the other tiers
lower the dues of a membership.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID, uuid5

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.periods import months_later

_SCHOLARSHIPS: Final = UUID("5f6d4a1c-6a4c-5e0e-9a52-1c2b7f3f9d21")
MONTHS_OF_A_YEAR: Final = 12
ASKED_BEFORE_DAYS: Final = 60  # from when "still right for you?" is asked
ANSWER_DAYS: Final = 30  # after its year a scholarship waits so long for the answer


class ScholarshipNotAsked(DomainError):
    """Nobody asked for this scholarship, or it runs already."""

    code = "scholarship.not_asked"


class ScholarshipNotRunning(DomainError):
    """There is no scholarship that runs."""

    code = "scholarship.not_running"


class NotYetDue(DomainError):
    """A scholarship is renewed near the end of its year."""

    code = "scholarship.not_yet_due"


class Tier(IntEnum):
    """How many percent of the dues a fund carries."""

    QUARTER = 25
    HALF = 50
    THREE_QUARTERS = 75
    FULL = 100


class ScholarshipEnd(StrEnum):
    """Why a scholarship ended."""

    NOT_NEEDED = "not_needed"  # its holder said so
    NOT_RENEWED = "not_renewed"  # nobody answered


def scholarship_id(member_id: UUID) -> UUID:
    """Return the id of a member's scholarship: there is one at most."""
    return uuid5(_SCHOLARSHIPS, str(member_id))


class Scholarship(Root):
    """One member's scholarship, through its years and pauses."""

    TOPIC = "peerhour.scholarship"

    class Applied(Root.Event, AggregateCreated):
        """Somebody said which tier is right for them."""

        TOPIC = "peerhour.scholarship.applied"
        member_id: UUID
        tier: Tier

    class AppliedAgain(Root.Event):
        """Somebody said that another tier is right for them, or the same one after a pause."""

        TOPIC = "peerhour.scholarship.applied_again"
        tier: Tier

        @override
        def apply(self, scholarship: Scholarship) -> None:
            scholarship.asked = self.tier

    class Granted(Root.Event):
        """A fund carries a part of the dues."""

        TOPIC = "peerhour.scholarship.granted"
        percent: Tier
        until: datetime
        fund_id: UUID

        @override
        def apply(self, scholarship: Scholarship) -> None:
            scholarship.asked = None
            scholarship.run(self.timestamp, self.percent, self.until, self.fund_id)

    class Renewed(Root.Event):
        """Somebody said that it is still right: another year."""

        TOPIC = "peerhour.scholarship.renewed"
        until: datetime

        @override
        def apply(self, scholarship: Scholarship) -> None:
            scholarship.until = self.until

    class Ended(Root.Event):
        """The scholarship does not run any more; it can be asked for again."""

        TOPIC = "peerhour.scholarship.ended"
        why: ScholarshipEnd

        @override
        def apply(self, scholarship: Scholarship) -> None:
            scholarship.stop(self.timestamp)

    def __init__(self, *, member_id: UUID, tier: Tier) -> None:
        self.member_id = member_id
        self.asked: Tier | None = tier
        self.percent: Tier | None = None
        self.until: datetime | None = None
        self.fund_id: UUID | None = None
        self.history: list[tuple[datetime, Tier | None]] = []  # what ran from when
        self.begun_at: datetime | None = None  # when the present tier began to run
        self.month: tuple[datetime, Tier] | None = None  # begun before, and the widest tier in it
        self.shared: tuple[datetime, Tier] | None = None  # of a year's end: what was carried before

    @classmethod
    def apply_for(cls, member_id: UUID, *, tier: Tier, at: datetime) -> Scholarship:
        """Ask for a scholarship by saying which tier is right.

        Args:
            member_id: who asks, for themselves.
            tier: self-declared; no reason is asked for, and none could be given.
            at: now.
        """
        return cls.begin(
            cls.Applied,
            stream_id=scholarship_id(member_id),
            at=at,
            member_id=member_id,
            tier=Tier(tier),
        )

    def apply_again(self, *, tier: Tier, at: datetime) -> None:
        """Ask for another tier, or again after a pause; asking twice is one fact."""
        wanted = self.asked if self.asked is not None else self.percent
        if wanted is not tier:
            self.record(self.AppliedAgain, at=at, tier=tier)

    def next_until(self, at: datetime) -> datetime:
        """Return the end of the year that would begin now, or follow on the present one."""
        follows = self.until is not None and self.asked is None
        begins = self.until if follows and self.until is not None else at
        return months_later(max(begins, at - timedelta(days=ANSWER_DAYS)), MONTHS_OF_A_YEAR)

    def grant(self, percent: Tier, *, until: datetime, fund_id: UUID, at: datetime) -> None:
        """Let a fund carry what was asked for, or as much of it as it can.

        Args:
            percent: at most what was asked for.
            until: the end of its year, see :meth:`next_until`.
            fund_id: which fund set the money aside.
            at: now.

        Raises:
            ScholarshipNotAsked: nobody asked.
            InvalidFields: more than was asked for, or an end that lies behind.
        """
        if self.asked is None:
            raise ScholarshipNotAsked("Nobody asked for this scholarship, or it runs already.")
        if percent > self.asked:
            raise InvalidFields(percent="Grant at most the tier that was asked for.")
        if until <= at:
            raise InvalidFields(until="A scholarship ends later than it begins.")
        self.record(self.Granted, at=at, percent=percent, until=until, fund_id=fund_id)

    def renew(self, *, until: datetime, at: datetime) -> None:
        """Say that it is still right, with one click; clicking twice is one year.

        Args:
            until: the end of the next year, see :meth:`next_until`.
            at: now.

        Raises:
            ScholarshipNotRunning: there is none; ask again.
            NotYetDue: the present year is not near its end.
        """
        if self.percent is None or self.until is None:
            raise ScholarshipNotRunning("No scholarship runs at the moment. Ask for one again.")
        if until == self.until:
            return
        if at < self.until - timedelta(days=ASKED_BEFORE_DAYS):
            raise NotYetDue("Your scholarship runs on; we ask you again near the end of its year.")
        self.record(self.Renewed, at=at, until=until)

    def end(self, *, at: datetime) -> None:
        """End it on its holder's wish; what they earned stays theirs. Twice changes nothing."""
        if self.percent is not None:
            self.record(self.Ended, at=at, why=ScholarshipEnd.NOT_NEEDED)

    def tick(self, *, at: datetime) -> None:
        """End it when its year is over and nobody answered for 30 days more."""
        if self.until is not None and at >= self.until + timedelta(days=ANSWER_DAYS):
            self.record(self.Ended, at=at, why=ScholarshipEnd.NOT_RENEWED)

    # How much of a year a fund has to carry: a month is carried once, at the widest tier in it

    def part_to_carry(self, percent: Tier, *, at: datetime) -> Fraction:
        """Return the part of a year's promise that is needed if a tier begins now.

        A month that began with another tier is carried already, as far as that one went: whoever
        changes their mind five times in a minute takes one month out of the fund, not five.

        Args:
            percent: the tier that would run.
            at: now.
        """
        carried = self._carried_at(at)
        return 1 - Fraction(min(carried, percent), MONTHS_OF_A_YEAR * percent)

    def part_left(self, until: datetime, *, at: datetime) -> Fraction:
        """Return the part of a year's promise that is not needed if the scholarship ends now.

        Args:
            until: the end of that year.
            at: now; the month that has begun is kept.
        """
        if self.percent is None:
            return Fraction(0)
        ahead = sum(months_later(at, n) <= until for n in range(1, MONTHS_OF_A_YEAR + 1))
        carried = self.shared[1] if self.shared is not None and self.shared[0] == until else 0
        promised = MONTHS_OF_A_YEAR * self.percent - min(carried, self.percent)
        return min(Fraction(1), Fraction(ahead * self.percent, promised))

    def run(self, at: datetime, percent: Tier, until: datetime, fund_id: UUID) -> None:
        """Remember that it runs (for events; decides nothing)."""
        self.month = self._month(at)
        carried = self._carried_at(at)
        self.shared = (until, Tier(carried)) if carried else None
        self.begun_at = at
        self.percent, self.until, self.fund_id = percent, until, fund_id
        self.history.append((at, percent))

    def _carried_at(self, at: datetime) -> int:
        """Return the widest tier of the month that has begun already; 0 if none has."""
        month = self._month(at)
        return 0 if month is None or at >= months_later(month[0], 1) else month[1]

    def _month(self, at: datetime) -> tuple[datetime, Tier] | None:
        """Return the newest month that was begun until now, and the widest tier in it."""
        begun, percent = self.begun_at, self.percent
        if begun is None or percent is None or self.until is None or at in {begun, self.until}:
            return self.month
        if at > self.until:
            return None
        if (
            self.month is not None
            and begun < months_later(self.month[0], 1)
            and at < months_later(begun, 1)
        ):
            return self.month[0], max(self.month[1], percent)
        whole = 0
        while months_later(begun, whole + 1) <= at:
            whole += 1
        return months_later(begun, whole), percent

    def stop(self, at: datetime) -> None:
        """Remember that it runs no more (for events; decides nothing)."""
        self.month = self._month(at)
        self.percent = self.until = self.fund_id = self.begun_at = None
        self.history.append((at, None))
