"""The facts of a claim, and what each leaves in its memory.

They stand apart from :mod:`domain.claims.claim`, which decides when they happen; in the code they
are ``Claim.Exported`` and so on. ``Prepared`` alone is nested there, because it makes the claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.claims.lines import Answer, ClaimLine, LineAnswer, Outcome
from domain.claims.rules import AnswerCorrection, ClaimState, SetAsideReason

if TYPE_CHECKING:
    from domain.claims.claim import Claim

_STATE_OF: Final = {
    Outcome.PAID: ClaimState.PAID,
    Outcome.REDUCED: ClaimState.REDUCED,
    Outcome.DENIED: ClaimState.DENIED,
}


class Exported(Root.Event):
    """The claim, or its correction, went to the payer in a run."""

    TOPIC = "peerhour.claim.exported"
    run_id: UUID
    run_number: int
    sha256: str

    @override
    def apply(self, claim: Claim) -> None:
        claim.runs.append(self.run_id)
        claim.sent_up_to.append(len(claim.lines))
        claim.awaits_answer = True
        claim.state = ClaimState.SUBMITTED


class Decided(Root.Event):
    """The payer answered what was sent last."""

    TOPIC = "peerhour.claim.decided"
    class_version = 2
    outcome: Outcome
    paid_cents: int
    reason_code: str | None
    reference: str
    answers: list[LineAnswer]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 keeps what the payer said to each line; until then one answer was for all."""
        state["answers"] = []

    @override
    def apply(self, claim: Claim) -> None:
        claim.answered[claim.sendings] = Answer(
            outcome=self.outcome,
            paid_cents=self.paid_cents,
            reason_code=self.reason_code,
            reference=self.reference,
            lines=self.answers,
        )
        claim.awaits_answer = False
        if claim.state is not ClaimState.CORRECTION_PENDING:
            claim.state = _STATE_OF[self.outcome]


class AnswerCorrected(Root.Event):
    """An answer that was kept is reversed, and perhaps another takes its place.

    What went to the payer stays as it was, and so does the event that kept the answer.
    """

    TOPIC = "peerhour.claim.answer_corrected"
    sending: int
    reversed_cents: int
    replacement: Answer | None
    why: AnswerCorrection
    reason: str
    by: UUID

    @override
    def apply(self, claim: Claim) -> None:
        newest = self.sending == claim.sendings
        if self.replacement is None:
            del claim.answered[self.sending]
            claim.awaits_answer = True
        else:
            claim.answered[self.sending] = self.replacement
        if newest and claim.state is not ClaimState.CORRECTION_PENDING:
            claim.state = (
                ClaimState.SUBMITTED
                if self.replacement is None
                else _STATE_OF[self.replacement.outcome]
            )


class Corrected(Root.Event):
    """A line was taken back, and perhaps replaced; both go to the payer."""

    TOPIC = "peerhour.claim.corrected"
    class_version = 2
    reversal: ClaimLine
    replacement: ClaimLine | None
    reason: str
    asked_again: bool

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 says whether the hour may be asked for again; nobody was asked, so it is not."""
        state["asked_again"] = False
        for line in (state["reversal"], state["replacement"]):
            if line is not None:
                line["certificate_id"] = None

    @override
    def apply(self, claim: Claim) -> None:
        claim.lines.append(self.reversal)
        if self.replacement is not None:
            claim.lines.append(self.replacement)
        elif not self.asked_again:
            claim.given_up[self.reversal.meeting_id] = self.timestamp
        if claim.state is not ClaimState.READY:
            claim.state = ClaimState.CORRECTION_PENDING
        elif not claim.standing_lines():
            claim.state = ClaimState.SET_ASIDE


class SetAside(Root.Event):
    """The claim is never sent."""

    TOPIC = "peerhour.claim.set_aside"
    reason: SetAsideReason
    asked_again: bool

    @override
    def apply(self, claim: Claim) -> None:
        if not self.asked_again:
            given_up = [line.meeting_id for line in claim.standing_lines()]
            claim.given_up.update(dict.fromkeys(given_up, self.timestamp))
        claim.state = ClaimState.SET_ASIDE
