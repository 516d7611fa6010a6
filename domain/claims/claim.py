"""Claims: what a member asks a payer to reimburse, and what came of it.

A claim goes to the payer in *sendings*. The first one asks for its lines; each later one carries a
correction: the lines that take others back, and those that stand in their place. Nothing that was
sent is ever changed, and nothing is sent twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.base import AggregateCreated, Root
from domain.claims import events
from domain.claims.lines import (
    ClaimLine,
    DecisionDoesNotBalance,
    LineAnswer,
    Outcome,
    outcome_of,
    require_sound,
    standing,
    without_pairs,
)
from domain.claims.payer_papers import Frequency
from domain.claims.rules import (
    ClaimAlreadyDecided,
    ClaimAlreadySent,
    ClaimNotExported,
    ClaimState,
    LineUnknown,
    NothingToSend,
    SetAsideReason,
    number_of_sending,
)
from domain.errors import InvalidFields, Stale
from domain.fields import require_dates, require_lines, require_texts
from domain.values import Money

_CLAIM_NUMBER: Final = re.compile(r"[A-Z0-9-]{1,17}")
# What the package's column takes: printable, and nothing that a spreadsheet runs as a formula.
_REFERENCE: Final = re.compile(r"(?![=+@-])[!-~](?:[ -~]{0,48}[!-~])?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
MOST_LINES: Final = 500


class Claim(Root):
    """One request to one payer for one member and period, with its corrections."""

    TOPIC = "peerhour.claim"

    class Prepared(Root.Event, AggregateCreated):
        """A claim is ready to be sent."""

        TOPIC = "peerhour.claim.prepared"
        class_version = 2
        claim_number: str
        payer_id: UUID
        member_id: UUID
        period_from: date
        period_to: date
        currency: str
        lines: list[ClaimLine]

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """v2 lines name their certificate; until then the meeting's time had to do."""
            for line in state["lines"]:
                line["certificate_id"] = None

    Exported = events.Exported
    Decided = events.Decided
    Corrected = events.Corrected
    SetAside = events.SetAside

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
        self.sent_up_to: list[int] = []  # how many lines had gone out after each sending
        self.awaits_answer = False
        self.decision: tuple[Outcome, int, str] | None = None
        self.answers: list[LineAnswer] = []
        self.given_up: dict[UUID, datetime] = {}  # meetings no longer asked for, since when

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
        if not 1 <= len(lines) <= MOST_LINES:
            raise InvalidFields(lines="A claim has 1 to 500 lines.")
        require_sound(lines, lines)
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

    # What people ask

    @property
    def total(self) -> Money:
        """What is asked for: the sum of all lines, reversals included."""
        return Money(sum(line.amount_cents for line in self.lines), self.currency)

    @property
    def sendings(self) -> int:
        """How often something of this claim went to the payer."""
        return len(self.sent_up_to)

    @property
    def may_be_sent(self) -> bool:
        """Whether something waits to be sent and can be: a correction needs the payer's number."""
        if self.state is ClaimState.READY:
            return True
        return self.state is ClaimState.CORRECTION_PENDING and not self.awaits_answer

    def standing_lines(self) -> list[ClaimLine]:
        """Return the lines that ask for something: nothing on a claim that was set aside."""
        return [] if self.state is ClaimState.SET_ASIDE else standing(self.lines)

    def unsent_lines(self) -> list[ClaimLine]:
        """Return the lines that ask for something and that the payer has not seen."""
        seen = self.lines[: self.sent_up_to[-1]] if self.sent_up_to else []
        return [line for line in self.standing_lines() if line not in seen]

    def standing_line(self, line_id: str) -> ClaimLine:
        """Return a line that asks for something.

        Raises:
            LineUnknown: there is none of this id, or it was taken back.
        """
        for line in self.standing_lines():
            if line.line_id == line_id:
                return line
        raise LineUnknown("This claim has no such line, or it was taken back.", line_id=line_id)

    def lines_of(self, sending: int) -> list[ClaimLine]:
        """Return the lines of a sending, the one still to come included.

        A correction leaves out what came and went since the last sending: the payer never saw it.

        Args:
            sending: counts from 1.
        """
        bounds = [0, *self.sent_up_to, len(self.lines)]
        lines = self.lines[bounds[sending - 1] : bounds[sending]]
        return lines if sending == 1 else without_pairs(lines)

    def number_as_sent(self, sending: int) -> str:
        """Return the number under which a sending goes out."""
        return number_of_sending(self.id, self.claim_number, sending)

    @property
    def next_frequency(self) -> Frequency:
        """What the next sending is: the original, a replacement, or the end of all that was."""
        if not self.sendings:
            return Frequency.ORIGINAL
        return Frequency.REPLACEMENT if self.standing_lines() else Frequency.VOID

    # What happens

    def mark_exported(
        self,
        *,
        run_id: UUID,
        run_number: int,
        sha256: str,
        packed: int | None = None,
        at: datetime,
    ) -> None:
        """Remember that the claim went out in a run; the same run twice is no second fact.

        Args:
            run_id: which run, of which *run_number*.
            run_number: counts the payer's runs from 1.
            sha256: of the file that names the claim.
            packed: how many lines the claim had when the run was packed, if that is known.
            at: now.

        Raises:
            InvalidFields: the digest or the run's number is none.
            NothingToSend: everything is with the payer, or a correction waits for their answer.
            Stale: the claim was corrected while the run was packed.
        """
        if not _SHA256.fullmatch(sha256):
            raise InvalidFields(sha256="A SHA-256 has 64 hexadecimal digits.")
        if run_number < 1:
            raise InvalidFields(run_number="Runs count from 1.")
        if run_id in self.runs:
            return
        if not self.may_be_sent:
            raise NothingToSend("You have nothing to send on this claim now.", state=self.state)
        if packed not in {None, len(self.lines)}:
            raise Stale("This claim changed while you packed it; make the run again.")
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
        """Remember one answer to all that was sent last; the same twice is no second fact.

        Args:
            outcome: paid, reduced or denied.
            paid_cents: in the claim's currency; negative where a correction was taken back.
            reason_code: the payer's, kept word for word; needed unless paid in full.
            reference: the payer's number of the claim, the payment or the letter. A correction
                names it.
            at: now.

        Raises:
            ClaimNotExported: nothing is with the payer.
            ClaimAlreadyDecided: the payer answered differently before.
            DecisionDoesNotBalance: the amount does not fit the outcome.
            InvalidFields: the reference or the reason is missing or cannot be sent.
        """
        _require_answer(outcome, reason_code, reference)
        if self.decision == (outcome, paid_cents, reference) and not self.awaits_answer:
            return
        self._must_await()
        asked = sum(line.amount_cents for line in self.lines_of(self.sendings))
        if outcome_of(asked, paid_cents) is not outcome:
            raise DecisionDoesNotBalance(
                f"The amount does not fit: {outcome} with {paid_cents} of {asked} cents.",
                paid_cents=paid_cents,
                asked_cents=asked,
            )
        self._record_decision(outcome, paid_cents, reason_code, reference, [], at)

    def decide_lines(self, answers: Sequence[LineAnswer], *, reference: str, at: datetime) -> None:
        """Remember what the payer said to each line that was sent last.

        Args:
            answers: one for each line.
            reference: as in :meth:`decide`.
            at: now.

        Raises:
            ClaimNotExported, ClaimAlreadyDecided: as in :meth:`decide`.
            LineUnknown: an answer is about a line that was not sent last, or a line has none.
            DecisionDoesNotBalance: an amount does not fit its line.
            InvalidFields: the reference or a reason is missing or cannot be sent.
        """
        paid = sum(answer.paid_cents for answer in answers)
        same = self.decision is not None and self.decision[1:] == (paid, reference)
        if same and self.answers == list(answers) and not self.awaits_answer:
            return
        self._must_await()
        asked = {line.line_id: line.amount_cents for line in self.lines_of(self.sendings)}
        if sorted(answer.line_id for answer in answers) != sorted(asked):
            raise LineUnknown("Answer every line that was sent last, each once.")
        outcomes = set()
        for answer in answers:
            outcome = outcome_of(asked[answer.line_id], answer.paid_cents)
            _require_answer(outcome, answer.reason_code, reference)
            outcomes.add(outcome)
        outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.REDUCED
        reasons = dict.fromkeys(each.reason_code for each in answers if each.reason_code)
        reason_code = ", ".join(reasons) or None
        self._record_decision(outcome, paid, reason_code, reference, list(answers), at)

    def correct(
        self,
        line_id: str,
        *,
        reversal_line_id: str,
        replacement: ClaimLine | None,
        reason: str,
        asked_again: bool = False,
        at: datetime,
    ) -> None:
        """Take a line back, and perhaps put another in its place; nothing is overwritten.

        Args:
            line_id: the line that was wrong.
            reversal_line_id: id of the line that takes it back.
            replacement: the right line for the same meeting, if there is one.
            reason: for the payer.
            asked_again: whether another claim may ask for the hour; otherwise only a certificate
                that is issued from now on lets it.
            at: now.

        Raises:
            LineUnknown: no such line stands.
            LineTwice: an id is taken.
            LineDoesNotAddUp: the replacement contradicts itself.
            InvalidFields: the reason is missing, or the replacement is for another meeting.
        """
        require_texts(reason=reason)
        wrong = self.standing_line(line_id)
        added = [wrong.reversed_as(reversal_line_id)]
        if replacement is not None:
            added.append(replacement)
        require_sound([*self.lines, *added], added)
        if replacement is not None and replacement.meeting_id != wrong.meeting_id:
            raise InvalidFields(replacement="A line is replaced by one for the same meeting.")
        self.record(
            self.Corrected,
            at=at,
            reversal=added[0],
            replacement=replacement,
            reason=reason,
            asked_again=asked_again,
        )

    def set_aside(self, *, reason: SetAsideReason, asked_again: bool = False, at: datetime) -> None:
        """End a claim that was never sent; doing so twice changes nothing.

        Args:
            reason: why it is not sent.
            asked_again: as in :meth:`correct`, for every hour of the claim.
            at: now.

        Raises:
            ClaimAlreadySent: the payer has it; take its lines back instead.
        """
        if self.state is ClaimState.SET_ASIDE:
            return
        if self.state is not ClaimState.READY:
            raise ClaimAlreadySent("The payer has this claim; take its lines back instead.")
        self.record(self.SetAside, at=at, reason=reason, asked_again=asked_again)

    # Helpers of the decisions above

    def _must_await(self) -> None:
        if self.awaits_answer:
            return
        if self.state in {ClaimState.READY, ClaimState.SET_ASIDE}:
            raise ClaimNotExported("This claim is not with the payer; send it first.")
        if self.state is ClaimState.CORRECTION_PENDING:
            raise ClaimNotExported("The correction is not with the payer; send it first.")
        raise ClaimAlreadyDecided("The payer has answered already; correct the claim instead.")

    def _record_decision(
        self,
        outcome: Outcome,
        paid_cents: int,
        reason_code: str | None,
        reference: str,
        answers: list[LineAnswer],
        at: datetime,
    ) -> None:
        self.record(
            self.Decided,
            at=at,
            outcome=outcome,
            paid_cents=paid_cents,
            reason_code=reason_code,
            reference=reference,
            answers=answers,
        )


def _require_answer(outcome: Outcome, reason_code: str | None, reference: str) -> None:
    """Refuse an answer that a correction could not name, or that does not say why it is less."""
    require_lines(reference=reference)
    if not _REFERENCE.fullmatch(reference):
        raise InvalidFields(
            reference="Use up to 50 plain letters, digits and signs; do not begin with = + - or @."
        )
    if outcome is not Outcome.PAID or reason_code is not None:
        require_lines(reason_code=reason_code or "")
