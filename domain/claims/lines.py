"""The lines of claims: what they ask for, what takes them back, what a payer answers to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.errors import DomainError
from domain.meetings.presence import EvidenceStrength
from domain.values import Interval, zone_named

_LINE_ID: Final = re.compile(r"[A-Z0-9-]{1,30}")


class LineDoesNotAddUp(DomainError):
    """Units times rate is not the line's amount, or its values contradict each other."""

    code = "claim.line_does_not_add_up"


class LineTwice(DomainError):
    """Two lines have one id, or claim one meeting twice."""

    code = "claim.line_twice"


class DecisionDoesNotBalance(DomainError):
    """The amount paid does not fit what was asked for."""

    code = "claim.decision_does_not_balance"


class Outcome(StrEnum):
    """What the payer decided."""

    PAID = "paid"
    REDUCED = "reduced"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One attended meeting, or the reversal of a line.

    Attributes:
        line_id: at most 30 of A-Z, 0-9 and hyphen; unique in the claim.
        meeting_id: which meeting, with *starts_at*, *ends_at* (UTC) and *zone* (IANA).
        certificate_id: which certificate proves it; ``None`` on lines from before this was kept.
        minutes: whole minutes attended; negative in a reversal.
        units: whole units; negative in a reversal.
        rate_cents: for one unit, always positive.
        amount_cents: units times rate.
        strength: how well the presence is shown.
        reverses: the line that this one takes back.
    """

    line_id: str
    meeting_id: UUID
    certificate_id: UUID | None = None
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    units: int
    rate_cents: int
    amount_cents: int
    strength: EvidenceStrength
    reverses: str | None = None

    def reversed_as(self, line_id: str) -> ClaimLine:
        """Return the line that takes this one back; together they come to nothing."""
        return replace(
            self,
            line_id=line_id,
            minutes=-self.minutes,
            units=-self.units,
            amount_cents=-self.amount_cents,
            reverses=self.line_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """What the payer answered to one line.

    Attributes:
        line_id: which line.
        paid_cents: in the claim's currency; negative where a reversal was taken back.
        reason_code: the payer's, kept word for word; needed unless paid as asked.
    """

    line_id: str
    paid_cents: int
    reason_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the payer answered to one sending.

    Attributes:
        outcome: paid, reduced or denied, as a whole.
        paid_cents: altogether, in the claim's currency; negative where money was taken back.
        reason_code: the payer's, kept word for word.
        reference: the payer's number of the claim, the payment or the letter.
        lines: what was said to each line, where it was.
    """

    outcome: Outcome
    paid_cents: int
    reason_code: str | None
    reference: str
    lines: list[LineAnswer]


def require_sound(lines: Sequence[ClaimLine], added: Sequence[ClaimLine]) -> None:
    """Refuse lines that contradict themselves or each other.

    Args:
        lines: all lines of a claim.
        added: those of them that are new.

    Raises:
        LineDoesNotAddUp: an added line contradicts itself.
        LineTwice: an id is taken, or a meeting is asked for twice.
    """
    for line in added:
        _must_add_up(line)
    _must_be_single(lines)


def standing(lines: Sequence[ClaimLine]) -> list[ClaimLine]:
    """Return the lines that are neither reversals nor reversed."""
    taken_back = {line.reverses for line in lines}
    return [line for line in lines if line.reverses is None and line.line_id not in taken_back]


def without_pairs(lines: Sequence[ClaimLine]) -> list[ClaimLine]:
    """Leave out every line that another of *lines* takes back, and that one too."""
    ids = {line.line_id for line in lines}
    taken_back = {line.reverses for line in lines}
    return [line for line in lines if line.line_id not in taken_back and line.reverses not in ids]


def outcome_of(asked_cents: int, paid_cents: int) -> Outcome:
    """Return what an amount paid means for an amount asked for; both are negative in a reversal.

    Raises:
        DecisionDoesNotBalance: it is more than was asked for, or of the other sign.
    """
    if paid_cents == asked_cents:
        return Outcome.PAID
    if paid_cents == 0:
        return Outcome.DENIED
    if min(asked_cents, 0) < paid_cents < max(asked_cents, 0):
        return Outcome.REDUCED
    raise DecisionDoesNotBalance(
        f"The amount does not fit: {paid_cents} of {asked_cents} cents.",
        paid_cents=paid_cents,
        asked_cents=asked_cents,
    )


def _must_add_up(line: ClaimLine) -> None:
    zone_named(line.zone)
    length = Interval(line.starts_at, line.ends_at).length.total_seconds() / 60
    sign = 1 if line.reverses is None else -1
    faults = {
        "line_id": not _LINE_ID.fullmatch(line.line_id),
        "minutes": not 0 < sign * line.minutes <= length,
        "units": sign * line.units < 1,
        "rate_cents": line.rate_cents < 1,
        "amount_cents": line.amount_cents != line.units * line.rate_cents,
    }
    wrong = [name for name, fault in faults.items() if fault]
    if wrong:
        raise LineDoesNotAddUp(
            f"A line of this claim does not add up: look at {', '.join(wrong)}.", fields=wrong
        )


def _must_be_single(lines: Sequence[ClaimLine]) -> None:
    ids = Counter(line.line_id for line in lines)
    meetings = Counter(line.meeting_id for line in standing(lines))
    if any(many > 1 for many in (*ids.values(), *meetings.values())):
        raise LineTwice("A meeting can be claimed once, in a line with an id of its own.")
