"""Commands about what comes back: a payer's answer, a line taken back, a claim that is not sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from domain.claims.claim import Claim
from domain.claims.claiming import line_instead, unproved
from domain.claims.lines import ClaimLine, LineAnswer, Outcome
from domain.claims.payers import Payer
from domain.claims.rules import AnswerCorrection, ClaimState, SetAsideReason
from domain.ports import Clock
from services.claims.commands import NothingToClaim, claims_of, hours_of, unnumbered_claim_id_of
from services.dispatch import Work
from services.members.commands import HOUSE, require_administrator

_NOT_CERTIFIED: Final = "What this line asks for is not certified any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideClaim:
    """Record one answer of the payer to everything that was sent last.

    Attributes:
        paid_cents: in the claim's currency; negative where a correction was taken back.
        reason_code: the payer's, word for word; needed unless paid in full.
        reference: the payer's number of the claim, the payment or the letter.
    """

    claim_id: UUID
    outcome: Outcome
    paid_cents: int
    reason_code: str | None
    reference: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideLines:
    """Record what the payer said to each line that was sent last."""

    claim_id: UUID
    answers: list[LineAnswer]
    reference: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAnswer:
    """Reverse an answer that was kept, and keep another in its place; nothing is overwritten.

    Attributes:
        sending: the one that was answered, counted from 1.
        answers: what the payer said to each of its lines; ``None`` if they did not answer it.
        reference: of the answer in place of it.
        why: whether we kept it wrongly, or the payer reversed it.
        reason: a sentence, for the record.
    """

    claim_id: UUID
    sending: int
    answers: list[LineAnswer] | None
    reference: str
    why: AnswerCorrection
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackLine:
    """Reverse a line of a claim; nothing is overwritten.

    Attributes:
        reason: for the payer.
        asked_again: whether another claim may ask for the hour.
        certificate_id: the certificate by which the right line takes the wrong one's place.
        earlier_claim_ids: as in :class:`services.claims.commands.PrepareClaim`; the month's cap
            counts them.
    """

    claim_id: UUID
    line_id: str
    reason: str
    asked_again: bool = False
    certificate_id: UUID | None = None
    earlier_claim_ids: list[UUID] = field(default_factory=list)
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideClaim:
    """End a claim that was never sent.

    Attributes:
        asked_again: whether another claim may ask for its hours.
    """

    claim_id: UUID
    reason: SetAsideReason
    asked_again: bool = False
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DropUnproved:
    """Let a claim ask no longer for what is not certified as it says, unless the payer has it.

    The house orders this by itself before anything is prepared or sent. What the payer has stays:
    people decide whether it is taken back.

    Attributes:
        certificate_ids: what may prove the claim's lines; those that do not stand prove nothing.
    """

    claim_id: UUID
    certificate_ids: list[UUID]


async def decide_claim(cmd: DecideClaim, *, work: Work, clock: Clock) -> None:
    """Record the payer's answer."""
    await require_administrator(work, cmd.by)
    claim = await work.load(Claim, cmd.claim_id)
    claim.decide(
        outcome=cmd.outcome,
        paid_cents=cmd.paid_cents,
        reason_code=cmd.reason_code,
        reference=cmd.reference,
        at=clock.now(),
    )
    work.save(claim)


async def decide_lines(cmd: DecideLines, *, work: Work, clock: Clock) -> None:
    """Record the payer's answer line by line."""
    await require_administrator(work, cmd.by)
    claim = await work.load(Claim, cmd.claim_id)
    claim.decide_lines(cmd.answers, reference=cmd.reference, at=clock.now())
    work.save(claim)


async def correct_answer(cmd: CorrectAnswer, *, work: Work, clock: Clock) -> None:
    """Reverse an answer that was kept, and keep what the payer said."""
    await require_administrator(work, cmd.by)
    claim = await work.load(Claim, cmd.claim_id)
    claim.correct_answer(
        cmd.sending,
        cmd.answers,
        reference=cmd.reference,
        why=cmd.why,
        reason=cmd.reason,
        by=cmd.by,
        at=clock.now(),
    )
    work.save(claim)


async def take_back_line(cmd: TakeBackLine, *, work: Work, clock: Clock) -> None:
    """Reverse a line, and put in its place what a certificate says, if one is named."""
    await require_administrator(work, cmd.by)
    claim = await work.load(Claim, cmd.claim_id)
    replacement = None
    if cmd.certificate_id is not None:
        replacement = await _line_by(work, claim, cmd, cmd.certificate_id)
    claim.correct(
        cmd.line_id,
        reversal_line_id=_reversal_of(cmd.line_id),
        replacement=replacement,
        reason=cmd.reason,
        asked_again=cmd.asked_again,
        at=clock.now(),
    )
    work.save(claim)


async def set_aside_claim(cmd: SetAsideClaim, *, work: Work, clock: Clock) -> None:
    """End a claim that was never sent; the house does so itself for somebody forgotten."""
    if cmd.by != HOUSE:
        await require_administrator(work, cmd.by)
    claim = await work.load(Claim, cmd.claim_id)
    claim.set_aside(reason=cmd.reason, asked_again=cmd.asked_again, at=clock.now())
    work.save(claim)


async def drop_unproved(cmd: DropUnproved, *, work: Work, clock: Clock) -> None:
    """Set a claim aside that was never sent, or take back what a correction would have added.

    Other claims may ask for the hours again, as they are certified by then. A claim is set aside
    whole, so that the payer never sees a line and its reversal for nothing.
    """
    claim = await work.load(Claim, cmd.claim_id)
    hours = await hours_of(work, claim.member_id, cmd.certificate_ids)
    lost = unproved(claim.unsent_lines(), hours)
    if lost and claim.state is ClaimState.READY:
        claim.set_aside(reason=SetAsideReason.NOT_CERTIFIED, asked_again=True, at=clock.now())
    elif lost:
        for line in lost:
            claim.correct(
                line.line_id,
                reversal_line_id=_reversal_of(line.line_id),
                replacement=None,
                reason=_NOT_CERTIFIED,
                asked_again=True,
                at=clock.now(),
            )
    work.save(claim)


def _reversal_of(line_id: str) -> str:
    """Return the id of the line that takes a line back."""
    return f"{line_id}-R"


async def _line_by(work: Work, claim: Claim, cmd: TakeBackLine, certificate_id: UUID) -> ClaimLine:
    payer = await work.load(Payer, claim.payer_id)
    wrong = claim.standing_line(cmd.line_id)
    hours = await hours_of(work, claim.member_id, [certificate_id])
    before = unnumbered_claim_id_of(
        claim.payer_id, claim.member_id, claim.period_from, claim.period_to
    )
    others, _ = await claims_of(
        work, claim.payer_id, claim.member_id, [before, *cmd.earlier_claim_ids]
    )
    claims = [claim, *(each for each in others if each.id != claim.id)]
    number = 1 + sum(line.reverses is None for line in claim.lines)
    for hour in hours:
        line = line_instead(
            payer,
            claim.member_id,
            wrong,
            hour,
            claims=claims,
            line_id=f"{claim.claim_number}-{number:03}",
        )
        if line is not None:
            return line
    raise NothingToClaim(
        "This certificate proves nothing that you can ask this payer for; take the line back alone."
    )
