"""Claims: what a member asks a payer to reimburse, and what came of it.

A claim goes to the payer in *sendings*. The first one asks for its lines; each later one carries a
correction: the lines that take others back, and those that stand in their place. Nothing that was
sent is ever changed, and nothing is sent twice. What the payer answers is taken in
:mod:`domain.claims.answering`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.base import AggregateCreated, Root
from domain.claims import events
from domain.claims.answering import Answering
from domain.claims.lines import Answer, ClaimLine, require_sound
from domain.claims.rules import ClaimAlreadySent, ClaimState, NothingToSend, SetAsideReason
from domain.errors import InvalidFields, Stale
from domain.fields import require_dates, require_texts
from domain.values import Money

_CLAIM_NUMBER: Final = re.compile(r"[A-Z0-9-]{1,17}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
MOST_LINES: Final = 500


class Claim(Root, Answering):
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
    AnswerCorrected = events.AnswerCorrected
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
        self.answered: dict[int, Answer] = {}
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
