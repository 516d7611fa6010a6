"""What a payer reads of a claim: its rows in the reimbursement package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from domain.certificates import verification_code
from domain.claims.claim import Claim
from domain.claims.lines import ClaimLine
from domain.claims.payer_papers import ClaimPaper, Frequency, LinePaper
from domain.claims.payers import Payer
from domain.errors import DomainError
from domain.personal import shown
from projections.certificate_register.queries import CertificateRow
from services.house import House

FORGOTTEN: Final = "ERASED"  # instead of a member's reference, on corrections of earlier claims
_NOT_SENT: Final = re.compile(r"[^ -~]")
_LONGEST_REFERENCE: Final = 50


class MemberReferenceMissing(DomainError):
    """The payer's reference of a member is not known any more."""

    code = "claim.member_reference_missing"


def reference_of(claim: Claim, payer: Payer) -> str | None:
    """Return the payer's own reference of a claim's member; ``None`` once it is gone."""
    days = [claim.period_to, claim.period_from, *(_day(line) for line in claim.lines)]
    enrolments = (payer.enrolment_on(claim.member_id, day) for day in days)
    enrolment = next((each for each in enrolments if each is not None), None)
    if enrolment is None or enrolment.payer_member_ref.erased:
        return None
    return shown(enrolment.payer_member_ref)


def claim_paper(claim: Claim, payer: Payer) -> ClaimPaper:
    """Return the row of a claim's next sending.

    A correction names the sending before it, by our number and the payer's. It goes out even if its
    member was forgotten since: the payer knows from their own files whom it is about.

    Raises:
        MemberReferenceMissing: an original claim whose member the payer could not recognise.
    """
    sending, frequency = claim.sendings + 1, claim.next_frequency
    reference = reference_of(claim, payer)
    if reference is None and frequency is Frequency.ORIGINAL:
        raise MemberReferenceMissing(
            "You cannot send this claim: the payer's reference of its member is gone.",
            claim_number=claim.claim_number,
        )
    return ClaimPaper(
        claim_id=claim.number_as_sent(sending),
        frequency=frequency,
        original_claim_id=None if sending == 1 else claim.number_as_sent(sending - 1),
        payer_claim_number=_payers_number(claim),
        member_id=reference or FORGOTTEN,
        total_cents=sum(line.amount_cents for line in claim.lines_of(sending)),
        currency=claim.currency,
    )


async def line_papers(
    house: House,
    claim: Claim,
    payer: Payer,
    proofs: Mapping[str, CertificateRow],
    run_started_at: datetime,
) -> list[LinePaper]:
    """Return the rows of the lines of a claim's next sending.

    Args:
        house: where the evidence is looked up.
        claim: as it stands when the run takes it.
        payer: to whom.
        proofs: the certificate behind each line, by the line's id.
        run_started_at: evidence is that of this instant, so that a run told again is the same.
    """
    sending = claim.sendings + 1
    return [
        LinePaper(
            claim_id=claim.number_as_sent(sending),
            line_id=line.line_id,
            service_date=_day(line),
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
            certificate_verify_url=house.verify_url(
                verification_code.printed(proofs[line.line_id].verification_code)
            ),
            evidence_sha256=await house.evidence_of(line.meeting_id, run_started_at),
            reverses_line_id=line.reverses,
        )
        for line in claim.lines_of(sending)
    ]


def _day(line: ClaimLine) -> date:
    """Return the day of a meeting, on the calendar where people met."""
    return line.starts_at.astimezone(ZoneInfo(line.zone)).date()


def _payers_number(claim: Claim) -> str | None:
    """Return the payer's number of what was sent last, as the package's column takes it.

    Answers recorded before the number was checked may hold anything.
    """
    if claim.decision is None:
        return None
    plain = _NOT_SENT.sub("", claim.decision[2]).lstrip(" =+-@")[:_LONGEST_REFERENCE].strip()
    return plain or "UNKNOWN"
