"""Reimbursement runs: a period's claims of one payer, prepared, packed and recorded as sent.

Every step is a command under an id derived from the run, so a run that was interrupted is finished
by running it again, with the same number and the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain import verification_code
from domain.claims import Claim, ClaimLine
from domain.errors import DomainError
from domain.payer_papers import ClaimPaper, LinePaper, PayerRun
from domain.payers import NothingToExport, Payer
from domain.personal import shown
from projections.certificate_register import queries as certificates
from projections.claims_board import queries as board
from services.claims import (
    FinishExport,
    NothingToClaim,
    PrepareClaim,
    StartExport,
    claim_id_of,
)
from services.dispatch import Order, Work
from services.house import House

_VIEWS: Final = ("claims_board", "certificate_register")


@dataclass(frozen=True, slots=True)
class Export:
    """A run that went out.

    Attributes:
        run_number: counts the payer's runs.
        files: name to bytes: ``claims.csv``, ``lines.csv``, ``manifest.json``.
        total_cents: what is asked for, in *currency*.
    """

    run_number: int
    files: Mapping[str, bytes]
    claims: int
    total_cents: int
    currency: str


class MemberReferenceMissing(DomainError):
    """The payer's reference of a member is not known any more."""

    code = "claim.member_reference_missing"


def run_id_of(payer_id: UUID, first: date, last: date) -> UUID:
    """Return the id of the run for a period."""
    return uuid5(payer_id, f"run:{first}:{last}")


async def prepare(house: House, payer_id: UUID, first: date, last: date) -> int:
    """Prepare the claim of everybody whom the payer covers in a period; return how many stand."""
    async with house.views() as connection:
        covered = await board.covered(connection, payer_id, first, last)
    prepared = 0
    for member_id in covered:
        async with house.views() as connection:
            standing = await certificates.standing_in(connection, member_id, first, last)
        claim_id = claim_id_of(payer_id, member_id, first, last)
        command = PrepareClaim(
            claim_id=claim_id,
            payer_id=payer_id,
            member_id=member_id,
            period_from=first,
            period_to=last,
            certificate_ids=standing,
        )
        basis = ",".join(map(str, standing))
        try:
            outcome = await house.dispatch(
                command, Order(command_id=uuid5(claim_id, f"prepare:{basis}"))
            )
        except NothingToClaim:
            continue
        await house.shown(outcome, _VIEWS)
        prepared += 1
    return prepared


async def export(house: House, payer_id: UUID, first: date, last: date) -> Export:
    """Pack and record the claims of a period that were never sent.

    Raises:
        NothingToExport: no claim is ready.
    """
    run_id = run_id_of(payer_id, first, last)
    outcome = await house.dispatch(
        StartExport(payer_id=payer_id, run_id=run_id), Order(command_id=uuid5(run_id, "start"))
    )
    await house.shown(outcome, _VIEWS)
    work = Work(house.store, run_id)
    payer = await work.load(Payer, payer_id)
    started = payer.exports[run_id]
    claim_ids = started.claim_ids
    if claim_ids is None:
        async with house.views() as connection:
            claim_ids = await board.to_send(connection, payer_id, first, last)
    if not claim_ids:
        raise NothingToExport("Nothing is ready for this payer in this period.")
    claims = [(each, await work.load(Claim, each)) for each in claim_ids]
    run = PayerRun(
        run_id=str(run_id),
        run_number=started.run_number,
        payer_id=str(payer_id),
        period_from=first,
        period_to=last,
        prepared_at=started.started_at,
    )
    papers = [_claim_paper(claim, payer) for _, claim in claims]
    lines = [
        await _line_paper(house, claim, line, payer, run.prepared_at)
        for _, claim in claims
        for line in claim.lines
    ]
    files = house.package(run, papers, lines)
    digests = {name: _sha256(content) for name, content in files.items()}
    outcome = await house.dispatch(
        FinishExport(payer_id=payer_id, run_id=run_id, claim_ids=list(claim_ids), sha256s=digests),
        Order(command_id=uuid5(run_id, "finish")),
    )
    await house.shown(outcome, _VIEWS)
    total = sum(paper.total_cents for paper in papers)
    return Export(started.run_number, files, len(papers), total, payer.currency)


def _claim_paper(claim: Claim, payer: Payer) -> ClaimPaper:
    enrolment = payer.enrolment_on(claim.member_id, claim.period_to) or payer.enrolment_on(
        claim.member_id, claim.period_from
    )
    if enrolment is None or enrolment.payer_member_ref.erased:
        raise MemberReferenceMissing(
            "You cannot send this claim: the payer's reference of its member is gone.",
            claim_number=claim.claim_number,
        )
    return ClaimPaper(
        claim_id=claim.claim_number,
        member_id=shown(enrolment.payer_member_ref),
        total_cents=claim.total.cents,
        currency=claim.currency,
    )


async def _line_paper(
    house: House, claim: Claim, line: ClaimLine, payer: Payer, run_started_at: datetime
) -> LinePaper:
    async with house.views() as connection:
        held = await certificates.of_member(connection, claim.member_id)
    proofs = sorted(
        (each for each in held if each.starts_at == line.starts_at),
        key=lambda each: (not each.stands, each.issued_at),
    )
    code = verification_code.printed(proofs[0].verification_code)
    return LinePaper(
        claim_id=claim.claim_number,
        line_id=line.line_id,
        service_date=line.starts_at.astimezone(ZoneInfo(line.zone)).date(),
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        zone=line.zone,
        minutes=line.minutes,
        service_code=payer.service_code,
        units=line.units,
        rate_cents=line.rate_cents,
        amount_cents=line.amount_cents,
        currency=claim.currency,
        evidence_strength=line.strength.value,
        certificate_verify_url=house.verify_url(code),
        evidence_sha256=await house.evidence_of(line.meeting_id, run_started_at),
        reverses_line_id=line.reverses,
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
