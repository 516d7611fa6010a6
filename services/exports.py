"""Reimbursement runs: a period's claims of one payer, prepared, packed and recorded as sent.

Every step is a command under an id derived from the run, so a run that was interrupted is finished
by running it again, with the same number and the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain import verification_code
from domain.claims import Claim, ClaimLine, ClaimState
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


def run_id_of(payer_id: UUID, first: date, last: date, attempt: int = 1) -> UUID:
    """Return the id of a period's first, second, … run.

    A second one is needed only where claims of the period became ready after the first was sent.
    """
    return uuid5(payer_id, f"run:{first}:{last}" + ("" if attempt == 1 else f":{attempt}"))


async def prepare(house: House, payer_id: UUID, first: date, last: date) -> int:
    """Prepare the claim of everybody whom the payer covers in a period; return how many stand."""
    async with house.views() as connection:
        covered = await board.covered(connection, payer_id, first, last)
    prepared = 0
    for member_id in covered:
        claim_id = claim_id_of(payer_id, member_id, first, last)
        async with house.views() as connection:
            standing = await certificates.standing_in(connection, member_id, first, last)
            claims = await board.of_member(connection, member_id)
        earlier = sorted(
            each.claim_id
            for each in claims
            if each.payer_id == payer_id and each.claim_id != claim_id
        )
        command = PrepareClaim(
            claim_id=claim_id,
            payer_id=payer_id,
            member_id=member_id,
            period_from=first,
            period_to=last,
            certificate_ids=standing,
            earlier_claim_ids=earlier,
        )
        basis = ",".join(map(str, (*standing, "after", *earlier)))
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

    Where there are none, the period's last run is told again, with the same bytes.

    Raises:
        NothingToExport: no claim is ready, and none was sent.
    """
    run_id, claim_ids = await _run(house, payer_id, first, last)
    outcome = await house.dispatch(
        StartExport(payer_id=payer_id, run_id=run_id), Order(command_id=uuid5(run_id, "start"))
    )
    await house.shown(outcome, _VIEWS)
    payer = await Work(house.store, run_id).load(Payer, payer_id)
    started = payer.exports[run_id]
    claims = [await _as_sent(house, each, run_id) for each in claim_ids]
    run = PayerRun(
        run_id=str(run_id),
        run_number=started.run_number,
        payer_id=str(payer_id),
        period_from=first,
        period_to=last,
        prepared_at=started.started_at,
    )
    papers = [_claim_paper(claim, payer) for claim in claims]
    lines = [
        await _line_paper(house, claim, line, payer, run.prepared_at)
        for claim in claims
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


async def _run(
    house: House, payer_id: UUID, first: date, last: date
) -> tuple[UUID, Sequence[UUID]]:
    """Return the run to make or to tell again, and the claims in it."""
    work = Work(house.store, payer_id)
    payer = await work.load(Payer, payer_id)
    async with house.views() as connection:
        shown_ready = await board.to_send(connection, payer_id, first, last)
    # A view may be late; what was sent already is not sent twice.
    claims = [await work.load(Claim, each) for each in shown_ready]
    # One whose member was forgotten names nobody a payer knows; it must not hold up the others.
    ready = [
        claim.id
        for claim in claims
        if claim.state is ClaimState.READY and _reference(claim, payer) is not None
    ]
    told: tuple[UUID, Sequence[UUID]] | None = None
    for attempt in count(1):
        run_id = run_id_of(payer_id, first, last, attempt)
        made = payer.exports.get(run_id)
        if made is None or made.claim_ids is None:
            if ready or told is None:
                break
            return told
        told = run_id, made.claim_ids
    if not ready:
        raise NothingToExport("Nothing is ready for this payer in this period.")
    return run_id, ready


async def _as_sent(house: House, claim_id: UUID, run_id: UUID) -> Claim:
    """Return a claim as it was when the run took it, or as it stands if that is still to come."""
    claim: Claim | None = None
    for event in await house.store.load(claim_id):
        if isinstance(event, Claim.Exported) and event.run_id == run_id:
            break
        claim = event.mutate(claim)
    assert claim is not None, "a run takes claims that exist"
    return claim


def _reference(claim: Claim, payer: Payer) -> str | None:
    """Return the payer's own reference of a claim's member; ``None`` once it is gone."""
    enrolment = payer.enrolment_on(claim.member_id, claim.period_to) or payer.enrolment_on(
        claim.member_id, claim.period_from
    )
    if enrolment is None or enrolment.payer_member_ref.erased:
        return None
    return shown(enrolment.payer_member_ref)


def _claim_paper(claim: Claim, payer: Payer) -> ClaimPaper:
    reference = _reference(claim, payer)
    if reference is None:
        raise MemberReferenceMissing(
            "You cannot send this claim: the payer's reference of its member is gone.",
            claim_number=claim.claim_number,
        )
    return ClaimPaper(
        claim_id=claim.claim_number,
        member_id=reference,
        total_cents=claim.total.cents,
        currency=claim.currency,
    )


async def _line_paper(
    house: House, claim: Claim, line: ClaimLine, payer: Payer, run_started_at: datetime
) -> LinePaper:
    async with house.views() as connection:
        held = await certificates.of_member(connection, claim.member_id)
    about = [each for each in held if each.starts_at == line.starts_at]
    # A run that was interrupted may take a claim whose certificate came after it began.
    proofs = sorted(
        [each for each in about if each.issued_at <= run_started_at] or about,
        key=lambda each: (not _stood(each, run_started_at), each.issued_at),
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


def _stood(certificate: certificates.CertificateRow, at: datetime) -> bool:
    """Tell whether a board could rely on a certificate at an instant after its issue."""
    return certificate.stands or (
        certificate.changed_at is not None and certificate.changed_at > at
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
