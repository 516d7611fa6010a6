"""Commands about payers and claims: who is covered, what is asked for, what went out.

A claim line rests on a certificate that stands: the payer can check what it pays for. What comes
back from payers is in :mod:`services.claims.answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID, uuid5

from domain.certificates.certificate import Certificate
from domain.claims.claim import Claim
from domain.claims.claiming import CertifiedHour, lines_to_claim, unproved
from domain.claims.payers import Payer
from domain.claims.rules import claim_number_of
from domain.credits.ledger import CreditLedger
from domain.errors import DomainError, Stale
from domain.meetings.presence import EvidenceStrength
from domain.members.member import Member
from domain.personal import Personal
from domain.ports import Clock
from services.credits.judging import ledger_id_of
from services.dispatch import Work
from services.members.commands import require_administrator


class NothingToClaim(DomainError):
    """Every certified hour that the payer covers is on a claim already, or there is none."""

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
    """Prepare a claim for what one member may ask one payer for in a period, and did not yet.

    Attributes:
        certificate_ids: what is certified in the period; those that do not stand are left out.
        earlier_claim_ids: the member's claims to the payer that had their ids before claims were
            numbered; the numbered ones are found by themselves.
    """

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
class PackedClaim:
    """A claim as a run packed it, so that what changes meanwhile is noticed.

    Attributes:
        lines: how many it had.
        certificate_ids: what the run shows the payer as proof of the lines new to them.
        version: of the claim; a payer's answer that is corrected meanwhile changes no line, and
            yet the number by which a correction names the claim.
    """

    claim_id: UUID
    lines: int
    certificate_ids: list[UUID]
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishExport:
    """Record that a run's files exist, and that its claims went out.

    Attributes:
        period_from: first day that the run was made for.
        period_to: its last day, included.
        by: the administrator who made it; nobody at the terminal.
    """

    payer_id: UUID
    run_id: UUID
    claims: list[PackedClaim]
    sha256s: dict[str, str]
    period_from: date
    period_to: date
    by: UUID | None = None


def claim_id_of(payer_id: UUID, member_id: UUID, number: int) -> UUID:
    """Return the id of a member's first, second, … claim to a payer.

    The numbers run through all periods: whoever prepares two claims at once, for whatever periods,
    reaches for the same next number, and the later one is decided again on what the first took.
    """
    return uuid5(payer_id, f"claim:{member_id}:{number}")


def unnumbered_claim_id_of(
    payer_id: UUID, member_id: UUID, period_from: date, period_to: date
) -> UUID:
    """Return the id that the one claim of a period had before claims were numbered."""
    return uuid5(payer_id, f"claim:{member_id}:{period_from}:{period_to}")


async def claims_of(
    work: Work, payer_id: UUID, member_id: UUID, unnumbered: Sequence[UUID] = ()
) -> tuple[list[Claim], UUID]:
    """Return a member's claims to a payer, and the id that the next one has.

    Args:
        work: where they are read.
        payer_id: to whom.
        member_id: of whom.
        unnumbered: ids from before claims were numbered; those of anything else are left out.
    """
    claims: dict[UUID, Claim] = {}
    for number in count(1):
        next_id = claim_id_of(payer_id, member_id, number)
        claim = await work.find(Claim, next_id)
        if claim is None:
            break
        claims[next_id] = claim
    for claim_id in unnumbered:
        claim = await work.find(Claim, claim_id)
        if claim is not None and (claim.payer_id, claim.member_id) == (payer_id, member_id):
            claims[claim_id] = claim
    return list(claims.values()), next_id


def unnumbered_among(payer_id: UUID, member_id: UUID, claim_ids: Sequence[UUID]) -> list[UUID]:
    """Return which of a member's claims to a payer have their ids from before they were numbered.

    These never become more: an order that names them is the same whenever it is given again.

    Args:
        payer_id: to whom.
        member_id: of whom.
        claim_ids: all claims of both.
    """
    numbered = {claim_id_of(payer_id, member_id, n + 1) for n in range(len(claim_ids))}
    return sorted(set(claim_ids) - numbered)


async def hours_of(
    work: Work, member_id: UUID, certificate_ids: Sequence[UUID]
) -> list[CertifiedHour]:
    """Return the hours behind a member's certificates, as far as they stand."""
    ledger = await work.find(CreditLedger, ledger_id_of(member_id))
    if ledger is None:
        return []  # never at a meeting yet
    certificates = [await work.load(Certificate, each) for each in certificate_ids]
    return [
        CertifiedHour(
            certificate_id=certificate.id,
            issued_at=certificate.created_on,
            meeting_id=ledger.awards[certificate.award_id].meeting_id,
            starts_at=certificate.facts.starts_at,
            ends_at=certificate.facts.ends_at,
            zone=certificate.facts.zone,
            minutes=certificate.facts.minutes,
            strength=certificate.facts.strength,
        )
        for certificate in certificates
        if certificate.member_id == member_id and certificate.stands
    ]


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
    """Prepare a claim from certificates that stand, for what no claim asks for yet."""
    payer = await work.load(Payer, cmd.payer_id)
    member = await work.find(Member, cmd.member_id)
    if member is not None and member.forgotten:
        raise NothingToClaim("This member was forgotten; nothing is asked for in their name.")
    before = unnumbered_claim_id_of(cmd.payer_id, cmd.member_id, cmd.period_from, cmd.period_to)
    earlier, claim_id = await claims_of(
        work, cmd.payer_id, cmd.member_id, [before, *cmd.earlier_claim_ids]
    )
    lines = lines_to_claim(
        payer,
        cmd.member_id,
        await hours_of(work, cmd.member_id, cmd.certificate_ids),
        earlier=earlier,
        period=(cmd.period_from, cmd.period_to),
        claim_number=claim_number_of(claim_id),
    )
    if not lines:
        raise NothingToClaim("You have nothing new to claim from this payer in this period.")
    work.save(
        Claim.prepare(
            claim_id,
            claim_number=claim_number_of(claim_id),
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
    """Record that the run went out, on the payer and on every claim, or on none.

    Raises:
        Stale: a claim, or what is certified of it, changed while the run was packed.
    """
    if cmd.by is not None:
        await require_administrator(work, cmd.by)
    payer = await work.load(Payer, cmd.payer_id)
    payer.finish_export(
        cmd.run_id,
        claim_ids=[each.claim_id for each in cmd.claims],
        sha256s=cmd.sha256s,
        period=(cmd.period_from, cmd.period_to),
        by=cmd.by,
        at=clock.now(),
    )
    number = payer.exports[cmd.run_id].run_number
    for packed in cmd.claims:
        claim = await work.load(Claim, packed.claim_id)
        if cmd.run_id not in claim.runs:
            if packed.version not in {None, claim.version}:
                raise Stale("This claim changed while you packed it; make the run again.")
            hours = await hours_of(work, claim.member_id, packed.certificate_ids)
            if unproved(claim.unsent_lines(), hours):
                raise Stale("What is certified changed while you packed it; make the run again.")
        claim.mark_exported(
            run_id=cmd.run_id,
            run_number=number,
            sha256=cmd.sha256s["claims.csv"],
            packed=packed.lines,
            at=clock.now(),
        )
        work.save(claim)
    work.save(payer)
