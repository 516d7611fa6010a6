"""Claims: what a member asks a payer to reimburse, and what came of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.fields import require_dates, require_lines, require_texts
from domain.presence import EvidenceStrength
from domain.values import Interval, Money, zone_named

_CLAIM_NUMBER: Final = re.compile(r"[A-Z0-9-]{1,17}")
_LINE_ID: Final = re.compile(r"[A-Z0-9-]{1,30}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MOST_LINES: Final = 500


class LineDoesNotAddUp(DomainError):
    """Units times rate is not the line's amount, or its values contradict each other."""

    code = "claim.line_does_not_add_up"


class LineTwice(DomainError):
    """Two lines have one id, or claim one meeting twice."""

    code = "claim.line_twice"


class LineUnknown(DomainError):
    """The claim has no such line, or it was reversed before."""

    code = "claim.line_unknown"


class ClaimNotExported(DomainError):
    """Nobody can decide what was not sent."""

    code = "claim.not_exported"


class ClaimAlreadyDecided(DomainError):
    """The payer decided differently before; correct the claim instead."""

    code = "claim.already_decided"


class DecisionDoesNotBalance(DomainError):
    """The amount paid does not fit the outcome."""

    code = "claim.decision_does_not_balance"


class Outcome(StrEnum):
    """What the payer decided."""

    PAID = "paid"
    REDUCED = "reduced"
    DENIED = "denied"


class ClaimState(StrEnum):
    """Where a claim stands (notes on payers, §5.1, as far as a file payer tells)."""

    READY = "ready"
    SUBMITTED = "submitted"
    PAID = "paid"
    REDUCED = "reduced"
    DENIED = "denied"
    CORRECTION_PENDING = "correction_pending"


_STATE_OF: Final = {
    Outcome.PAID: ClaimState.PAID,
    Outcome.REDUCED: ClaimState.REDUCED,
    Outcome.DENIED: ClaimState.DENIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One attended meeting, or the reversal of a line.

    Attributes:
        line_id: at most 30 of A-Z, 0-9 and hyphen; unique in the claim.
        meeting_id: which meeting, with *starts_at*, *ends_at* (UTC) and *zone* (IANA).
        minutes: whole minutes attended; negative in a reversal.
        units: whole units; negative in a reversal.
        rate_cents: for one unit, always positive.
        amount_cents: units times rate.
        strength: how well the presence is shown.
        reverses: the line that this one takes back.
    """

    line_id: str
    meeting_id: UUID
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


class Claim(Root):
    """One request to one payer for one member and period."""

    TOPIC = "peerhour.claim"

    class Prepared(Root.Event, AggregateCreated):
        """A claim is ready to be sent."""

        TOPIC = "peerhour.claim.prepared"
        claim_number: str
        payer_id: UUID
        member_id: UUID
        period_from: date
        period_to: date
        currency: str
        lines: list[ClaimLine]

    class Exported(Root.Event):
        """The claim went to the payer in a run."""

        TOPIC = "peerhour.claim.exported"
        run_id: UUID
        run_number: int
        sha256: str

        @override
        def apply(self, claim: Claim) -> None:
            claim.runs.append(self.run_id)
            claim.state = ClaimState.SUBMITTED

    class Decided(Root.Event):
        """The payer answered."""

        TOPIC = "peerhour.claim.decided"
        outcome: Outcome
        paid_cents: int
        reason_code: str | None
        reference: str

        @override
        def apply(self, claim: Claim) -> None:
            claim.decision = (self.outcome, self.paid_cents, self.reference)
            claim.state = _STATE_OF[self.outcome]

    class Corrected(Root.Event):
        """A line was taken back, and perhaps replaced; both go to the payer."""

        TOPIC = "peerhour.claim.corrected"
        reversal: ClaimLine
        replacement: ClaimLine | None
        reason: str

        @override
        def apply(self, claim: Claim) -> None:
            claim.lines.append(self.reversal)
            if self.replacement is not None:
                claim.lines.append(self.replacement)
            if claim.state is not ClaimState.READY:
                claim.state = ClaimState.CORRECTION_PENDING

    def __init__(
        self,
        *,
        claim_number: str,
        payer_id: UUID,
        member_id: UUID,
        period_from: date,
        period_to: date,
        currency: str,
        lines: list[ClaimLine],
    ) -> None:
        self.claim_number = claim_number
        self.payer_id = payer_id
        self.member_id = member_id
        self.period_from = period_from
        self.period_to = period_to
        self.currency = currency
        self.lines = list(lines)
        self.state = ClaimState.READY
        self.runs: list[UUID] = []
        self.decision: tuple[Outcome, int, str] | None = None

    @classmethod
    def prepare(
        cls,
        claim_id: UUID,
        *,
        claim_number: str,
        payer_id: UUID,
        member_id: UUID,
        period_from: date,
        period_to: date,
        lines: Sequence[ClaimLine],
        currency: str,
        at: datetime,
    ) -> Claim:
        """Prepare a claim.

        Args:
            claim_id: derived by the caller, so that a rerun gives the same.
            claim_number: ours, at most 17 of A-Z, 0-9 and hyphen; payers' forms have no more room.
            payer_id: who is asked.
            member_id: for whom.
            period_from: first day.
            period_to: last day, included.
            lines: one for each meeting.
            currency: ISO 4217.
            at: now.

        Raises:
            InvalidFields: a number, the period or the lines cannot be used.
            LineDoesNotAddUp, LineTwice: a line contradicts itself or another.
            UnusableCurrency: no currency.
        """
        Money(0, currency)
        require_dates(period_from, period_to)
        if not _CLAIM_NUMBER.fullmatch(claim_number):
            raise InvalidFields(claim_number="Use 1 to 17 capital letters, digits and hyphens.")
        if not 1 <= len(lines) <= _MOST_LINES:
            raise InvalidFields(lines="A claim has 1 to 500 lines.")
        for line in lines:
            _must_add_up(line)
        _must_be_single(lines)
        return cls.begin(
            cls.Prepared,
            stream_id=claim_id,
            at=at,
            claim_number=claim_number,
            payer_id=payer_id,
            member_id=member_id,
            period_from=period_from,
            period_to=period_to,
            currency=currency,
            lines=list(lines),
        )

    @property
    def total(self) -> Money:
        """What is asked for: the sum of all lines, reversals included."""
        return Money(sum(line.amount_cents for line in self.lines), self.currency)

    def standing_lines(self) -> list[ClaimLine]:
        """Return the lines that are neither reversals nor reversed."""
        reversed_ids = {line.reverses for line in self.lines}
        return [
            line
            for line in self.lines
            if line.reverses is None and line.line_id not in reversed_ids
        ]

    def mark_exported(self, *, run_id: UUID, run_number: int, sha256: str, at: datetime) -> None:
        """Remember that the claim went out in a run; the same run twice is no second fact.

        Raises:
            InvalidFields: the digest or the run's number is none.
        """
        if not _SHA256.fullmatch(sha256):
            raise InvalidFields(sha256="A SHA-256 has 64 hexadecimal digits.")
        if run_number < 1:
            raise InvalidFields(run_number="Runs count from 1.")
        if run_id not in self.runs:
            self.record(self.Exported, at=at, run_id=run_id, run_number=run_number, sha256=sha256)

    def decide(
        self,
        *,
        outcome: Outcome,
        paid_cents: int,
        reason_code: str | None,
        reference: str,
        at: datetime,
    ) -> None:
        """Remember the payer's answer; the same answer twice is no second fact.

        Args:
            outcome: paid, reduced or denied.
            paid_cents: in the claim's currency.
            reason_code: the payer's, kept word for word; needed unless paid in full.
            reference: the payer's number of the payment or the letter.
            at: now.

        Raises:
            ClaimNotExported: the claim is not with the payer.
            ClaimAlreadyDecided: the payer answered differently before.
            DecisionDoesNotBalance: the amount does not fit the outcome.
            InvalidFields: the reference or the reason is missing.
        """
        require_lines(reference=reference)
        if outcome is not Outcome.PAID or reason_code is not None:
            require_lines(reason_code=reason_code or "")
        if self.state is ClaimState(outcome.value) and self.decision == (
            outcome,
            paid_cents,
            reference,
        ):
            return
        if self.state in {ClaimState.READY, ClaimState.CORRECTION_PENDING}:
            raise ClaimNotExported("This claim is not with the payer; send it first.")
        if self.state is not ClaimState.SUBMITTED:
            raise ClaimAlreadyDecided("The payer has answered already; correct the claim instead.")
        self._must_balance(outcome, paid_cents)
        self.record(
            self.Decided,
            at=at,
            outcome=outcome,
            paid_cents=paid_cents,
            reason_code=reason_code,
            reference=reference,
        )

    def correct(
        self,
        line_id: str,
        *,
        reversal_line_id: str,
        replacement: ClaimLine | None,
        reason: str,
        at: datetime,
    ) -> None:
        """Take a line back, and perhaps put another in its place; nothing is overwritten.

        Args:
            line_id: the line that was wrong.
            reversal_line_id: id of the line that takes it back.
            replacement: the right line, if there is one.
            reason: for the payer.
            at: now.

        Raises:
            LineUnknown: no such line stands.
            LineTwice: an id is taken.
            LineDoesNotAddUp: the replacement contradicts itself.
            InvalidFields: the reason is missing.
        """
        require_texts(reason=reason)
        wrong = next((line for line in self.standing_lines() if line.line_id == line_id), None)
        if wrong is None:
            raise LineUnknown("This claim has no such line, or it was taken back.", line_id=line_id)
        reversal = wrong.reversed_as(reversal_line_id)
        _must_add_up(reversal)
        added = [reversal]
        if replacement is not None:
            _must_add_up(replacement)
            added.append(replacement)
        _must_be_single([*self.lines, *added])
        self.record(
            self.Corrected, at=at, reversal=reversal, replacement=replacement, reason=reason
        )

    def _must_balance(self, outcome: Outcome, paid_cents: int) -> None:
        total = self.total.cents
        fits = {
            Outcome.PAID: paid_cents == total,
            Outcome.REDUCED: 0 < paid_cents < total,
            Outcome.DENIED: paid_cents == 0,
        }[outcome]
        if not fits:
            raise DecisionDoesNotBalance(
                f"The amount does not fit: {outcome} with {paid_cents} of {total} cents.",
                paid_cents=paid_cents,
                total_cents=total,
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
    reversed_ids = {line.reverses for line in lines}
    meetings = Counter(
        line.meeting_id
        for line in lines
        if line.reverses is None and line.line_id not in reversed_ids
    )
    if any(many > 1 for many in (*ids.values(), *meetings.values())):
        raise LineTwice("A meeting can be claimed once, in a line with an id of its own.")
