"""Which certificate proves a line of a claim, and the end of lines that none proves any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.claims.claim import Claim
from domain.claims.claiming import unproved
from domain.claims.lines import ClaimLine
from domain.claims.rules import ClaimState
from domain.errors import DomainError
from projections.certificate_register import queries as certificates
from projections.certificate_register.queries import CertificateRow
from projections.claims_board import queries as board
from services.claims.answers import DropUnproved
from services.claims.commands import hours_of
from services.dispatch import Order, Work
from services.house import House

_VIEWS: Final = ("claims_board", "certificate_register")
_MAY_HOLD_UNSENT: Final = {ClaimState.READY.value, ClaimState.CORRECTION_PENDING.value}


class ProofMissing(DomainError):
    """The certificate that a line rests on cannot be found (yet)."""

    code = "claim.proof_missing"


async def drop_unproved_of(house: House, payer_id: UUID) -> int:
    """Let a payer's claims ask no longer for what is not certified as they say.

    What the payer has is left alone. Preparing asks again for what is certified by then.

    Returns:
        How many claims asked for such hours.
    """
    async with house.views() as connection:
        rows = await board.of_payer(connection, payer_id)
    work = Work(house.store, payer_id)
    dropped = 0
    for row in rows:
        if row.state not in _MAY_HOLD_UNSENT:
            continue
        claim = await work.load(Claim, row.claim_id)
        lines = claim.unsent_lines()
        async with house.views() as connection:
            held = await certificates.of_member(connection, claim.member_id)
        known = sorted({each.certificate_id for line in lines for each in _about(line, held)})
        if not unproved(lines, await hours_of(work, claim.member_id, known)):
            continue
        order = Order(command_id=UUID(bytes=house.randomness.token_bytes(16), version=4))
        command = DropUnproved(claim_id=claim.id, certificate_ids=known)
        await house.shown(await house.dispatch(command, order), _VIEWS)
        dropped += 1
    return dropped


async def proofs_of(house: House, claim: Claim, at: datetime) -> dict[str, CertificateRow]:
    """Return the certificate behind each line of a claim's next sending, by the line's id.

    Args:
        house: where they are looked up.
        claim: as it stands when the run takes it.
        at: when the run began; one that stood then is preferred, so that a run told again names
            the same.

    Raises:
        ProofMissing: a line's certificate cannot be found.
    """
    async with house.views() as connection:
        held = await certificates.of_member(connection, claim.member_id)
    lines = claim.lines_of(claim.sendings + 1)
    return {line.line_id: _proof(line, held, at) for line in lines}


async def certified_since(house: House, claims: Iterable[Claim], at: datetime) -> bool:
    """Tell whether something that claims rest on happened, or was certified, after an instant.

    A run that began before cannot speak of it: proofs are those of the instant it began.
    """
    for claim in claims:
        async with house.views() as connection:
            held = await certificates.of_member(connection, claim.member_id)
        moments = [line.ends_at for line in claim.lines]
        for line in claim.unsent_lines():
            moments += [each.issued_at for each in _about(line, held) if each.stands]
        if any(moment > at for moment in moments):
            return True
    return False


def _proof(line: ClaimLine, held: Sequence[CertificateRow], at: datetime) -> CertificateRow:
    """Return the certificate that proves a line: of its award, standing when the run began."""
    about = _about(line, held)
    # Runs told again may hold a claim whose certificate came after they began.
    proofs = sorted(
        [each for each in about if each.issued_at <= at] or about,
        key=lambda each: (not _stood(each, at), each.issued_at),
    )
    if not proofs:
        raise ProofMissing(
            "You cannot send this line yet: its certificate is not found. Try again in a moment.",
            line_id=line.line_id,
        )
    return proofs[0]


def _about(line: ClaimLine, held: Sequence[CertificateRow]) -> list[CertificateRow]:
    """Return the certificates of the line's award; an old line knows only when its meeting was."""
    if line.certificate_id is None:
        return [each for each in held if each.starts_at == line.starts_at]
    awards = {each.award_id for each in held if each.certificate_id == line.certificate_id}
    return [each for each in held if each.award_id in awards]


def _stood(certificate: CertificateRow, at: datetime) -> bool:
    """Tell whether a board could rely on a certificate at an instant after its issue."""
    return certificate.stands or (
        certificate.changed_at is not None and certificate.changed_at > at
    )
