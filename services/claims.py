"""Commands about payers and claims: enrolled, prepared, exported, decided, corrected.

A claim line rests on a certificate that stands: the payer can check what it pays for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain.certificates import Certificate
from domain.claims import Claim, ClaimLine, Outcome
from domain.credits import CreditLedger
from domain.errors import DomainError
from domain.payers import Payer
from domain.personal import Personal
from domain.ports import Clock
from domain.presence import EvidenceStrength
from services.credits import ledger_id_of
from services.dispatch import Work


class NothingToClaim(DomainError):
    """No certificate of the period is covered by the payer."""

    code = "claim.nothing_to_claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPayer:
    """Make a payer known, with what it pays for."""

    payer_id: UUID
    name: str
    currency: str
    service_code: str
    rate_cents_per_unit: int
    minutes_per_unit: int
    cap_units_per_month: int | None
    required_strength: EvidenceStrength
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolMember:
    """Record that a payer covers a member, under the payer's own reference."""

    payer_id: UUID
    member_id: UUID
    payer_member_ref: str
    from_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareClaim:
    """Prepare one member's claim to one payer for one period.

    Attributes:
        earlier_claim_ids: the member's other claims to the payer; what they ask for is neither
            asked for again nor left out of the month's cap.
    """

    claim_id: UUID
    payer_id: UUID
    member_id: UUID
    period_from: date
    period_to: date
    certificate_ids: list[UUID]
    earlier_claim_ids: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExport:
    """Give a run its number; it is never given again."""

    payer_id: UUID
    run_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishExport:
    """Record that a run's files exist, and that its claims went out."""

    payer_id: UUID
    run_id: UUID
    claim_ids: list[UUID]
    sha256s: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideClaim:
    """Record the payer's answer."""

    claim_id: UUID
    outcome: Outcome
    paid_cents: int
    reason_code: str | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackLine:
    """Reverse a line of a claim; nothing is overwritten."""

    claim_id: UUID
    line_id: str
    reason: str


def claim_id_of(payer_id: UUID, member_id: UUID, period_from: date, period_to: date) -> UUID:
    """Return the id of the claim for a member and period: one, however often it is prepared."""
    return uuid5(payer_id, f"claim:{member_id}:{period_from}:{period_to}")


def claim_number_of(claim_id: UUID) -> str:
    """Return the payer-scoped number, 17 characters: payers' forms have no more room."""
    return f"PH-{claim_id.hex[:14].upper()}"


async def register_payer(cmd: RegisterPayer, *, work: Work, clock: Clock) -> None:
    """Make a payer known."""
    await work.require_new(cmd.payer_id)
    work.save(
        Payer.register(
            cmd.payer_id,
            name=cmd.name,
            currency=cmd.currency,
            service_code=cmd.service_code,
            rate_cents_per_unit=cmd.rate_cents_per_unit,
            minutes_per_unit=cmd.minutes_per_unit,
            cap_units_per_month=cmd.cap_units_per_month,
            required_strength=cmd.required_strength,
            valid_from=cmd.valid_from,
            valid_until=cmd.valid_until,
            at=clock.now(),
        )
    )


async def enrol_member(cmd: EnrolMember, *, work: Work, clock: Clock) -> None:
    """Record that a payer covers a member."""
    payer = await work.load(Payer, cmd.payer_id)
    payer.enrol_member(
        cmd.member_id,
        payer_member_ref=Personal(cmd.member_id, cmd.payer_member_ref),
        from_day=cmd.from_day,
        at=clock.now(),
    )
    work.save(payer)


async def prepare_claim(cmd: PrepareClaim, *, work: Work, clock: Clock) -> None:
    """Prepare a claim from certificates that stand and that the payer covers."""
    payer = await work.load(Payer, cmd.payer_id)
    if await work.find(Claim, cmd.claim_id) is not None:
        return  # prepared before; what changed since goes out as corrections
    lines = await _lines(work, payer, cmd)
    if not lines:
        raise NothingToClaim("Nothing in this period is covered by this payer.")
    work.save(
        Claim.prepare(
            cmd.claim_id,
            claim_number=claim_number_of(cmd.claim_id),
            payer_id=cmd.payer_id,
            member_id=cmd.member_id,
            period_from=cmd.period_from,
            period_to=cmd.period_to,
            lines=lines,
            currency=payer.currency,
            at=clock.now(),
        )
    )


async def start_export(cmd: StartExport, *, work: Work, clock: Clock) -> None:
    """Give a run its number."""
    payer = await work.load(Payer, cmd.payer_id)
    payer.start_export(cmd.run_id, at=clock.now())
    work.save(payer)


async def finish_export(cmd: FinishExport, *, work: Work, clock: Clock) -> None:
    """Record that the run went out, on the payer and on every claim, or on none."""
    payer = await work.load(Payer, cmd.payer_id)
    payer.finish_export(cmd.run_id, claim_ids=cmd.claim_ids, sha256s=cmd.sha256s, at=clock.now())
    number = payer.exports[cmd.run_id].run_number
    for claim_id in cmd.claim_ids:
        claim = await work.load(Claim, claim_id)
        claim.mark_exported(
            run_id=cmd.run_id,
            run_number=number,
            sha256=cmd.sha256s["claims.csv"],
            at=clock.now(),
        )
        work.save(claim)
    work.save(payer)


async def decide_claim(cmd: DecideClaim, *, work: Work, clock: Clock) -> None:
    """Record the payer's answer."""
    claim = await work.load(Claim, cmd.claim_id)
    claim.decide(
        outcome=cmd.outcome,
        paid_cents=cmd.paid_cents,
        reason_code=cmd.reason_code,
        reference=cmd.reference,
        at=clock.now(),
    )
    work.save(claim)


async def take_back_line(cmd: TakeBackLine, *, work: Work, clock: Clock) -> None:
    """Reverse a line."""
    claim = await work.load(Claim, cmd.claim_id)
    claim.correct(
        cmd.line_id,
        reversal_line_id=f"{cmd.line_id}-R",
        replacement=None,
        reason=cmd.reason,
        at=clock.now(),
    )
    work.save(claim)


async def _lines(work: Work, payer: Payer, cmd: PrepareClaim) -> list[ClaimLine]:
    ledger = await work.find(CreditLedger, ledger_id_of(cmd.member_id))
    if ledger is None:
        return []  # covered, and never at a meeting yet
    used: defaultdict[tuple[int, int], int] = defaultdict(int)  # units by calendar month
    claimed: set[UUID] = set()
    for line in await _asked_before(work, cmd):
        day = line.starts_at.astimezone(ZoneInfo(line.zone)).date()
        used[day.year, day.month] += line.units
        claimed.add(line.meeting_id)
    lines: list[ClaimLine] = []
    certificates = [await work.load(Certificate, each) for each in cmd.certificate_ids]
    theirs = [each for each in certificates if each.member_id == cmd.member_id]
    for certificate in sorted(theirs, key=lambda each: (each.facts.starts_at, each.id)):
        facts = certificate.facts
        day = facts.starts_at.astimezone(ZoneInfo(facts.zone)).date()
        meeting_id = ledger.awards[certificate.award_id].meeting_id
        covered = (
            certificate.stands
            and cmd.period_from <= day <= cmd.period_to
            and payer.covers(cmd.member_id, day)
            and facts.strength.at_least(payer.required_strength)
            and meeting_id not in claimed  # one hour, however many certificates it led to
        )
        if not covered:
            continue
        month = (day.year, day.month)
        units = payer.units_for(facts.minutes, used_this_month=used[month])
        if not units:
            continue
        used[month] += units
        claimed.add(meeting_id)
        lines.append(
            ClaimLine(
                line_id=f"{claim_number_of(cmd.claim_id)}-{len(lines) + 1:03}",
                meeting_id=meeting_id,
                starts_at=facts.starts_at,
                ends_at=facts.ends_at,
                zone=facts.zone,
                minutes=facts.minutes,
                units=units,
                rate_cents=payer.rate_cents_per_unit,
                amount_cents=units * payer.rate_cents_per_unit,
                strength=facts.strength,
            )
        )
    return lines


async def _asked_before(work: Work, cmd: PrepareClaim) -> list[ClaimLine]:
    """Return what the member's other claims ask this payer for."""
    earlier = [await work.load(Claim, each) for each in cmd.earlier_claim_ids]
    return [
        line
        for claim in earlier
        if (claim.payer_id, claim.member_id) == (cmd.payer_id, cmd.member_id)
        for line in claim.standing_lines()
    ]
