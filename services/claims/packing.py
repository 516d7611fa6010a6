"""Packing a run: its files, and each claim as it went into them, so that a change is noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.claims.claim import Claim
from domain.claims.payer_events import Export as PayerExport
from domain.claims.payer_papers import LinePaper, PayerRun
from domain.claims.payers import Payer
from domain.errors import NotFound, Stale
from projections.certificate_register.queries import CertificateRow
from services.claims.commands import PackedClaim
from services.claims.papers import claim_paper, line_papers
from services.claims.proofs import proofs_of
from services.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A run's files, not recorded as sent.

    Attributes:
        files: name to bytes.
        claims: as they went into them.
        total_cents: what they ask for, in the payer's currency.
    """

    files: Mapping[str, bytes]
    claims: list[PackedClaim]
    total_cents: int

    @property
    def sha256s(self) -> dict[str, str]:
        """The files' digests in hex, by name."""
        return {name: hashlib.sha256(each).hexdigest() for name, each in self.files.items()}


async def pack(
    house: House,
    payer: Payer,
    started: PayerExport,
    claim_ids: Sequence[UUID],
    period: tuple[date, date],
) -> Packed:
    """Return the files of a run; the same run gives the same bytes whenever it is packed.

    Args:
        house: where.
        payer: to whom.
        started: the run, which has its number.
        claim_ids: the claims in it.
        period: first and last day it is made for.

    Raises:
        NotFound: there is no such claim.
        Stale: another run took a claim meanwhile, or it is not to be sent any more.
    """
    claims = [await _as_sent(house, each, started.run_id) for each in claim_ids]
    run = PayerRun(
        run_id=str(started.run_id),
        run_number=started.run_number,
        payer_id=str(payer.id),
        period_from=period[0],
        period_to=period[1],
        prepared_at=started.started_at,
    )
    papers = [claim_paper(claim, payer) for claim in claims]
    lines: list[LinePaper] = []
    packed: list[PackedClaim] = []
    for claim in claims:
        proofs = await proofs_of(house, claim, run.prepared_at)
        lines += await line_papers(house, claim, payer, proofs, run.prepared_at)
        packed.append(_packed(claim, proofs))
    return Packed(
        files=house.package(run, papers, lines),
        claims=packed,
        total_cents=sum(paper.total_cents for paper in papers),
    )


def _packed(claim: Claim, proofs: Mapping[str, CertificateRow]) -> PackedClaim:
    shown = {proofs[line.line_id].certificate_id for line in claim.unsent_lines()}
    return PackedClaim(
        claim_id=claim.id,
        lines=len(claim.lines),
        certificate_ids=sorted(shown),
        version=claim.version,
    )


async def _as_sent(house: House, claim_id: UUID, run_id: UUID) -> Claim:
    """Return a claim as it was when the run took it, or as it stands if that is still to come.

    Raises:
        NotFound: there is no such claim.
        Stale: another run took it meanwhile, or it is not to be sent any more.
    """
    claim: Claim | None = None
    for event in await house.store.load(claim_id):
        if isinstance(event, Claim.Exported) and event.run_id == run_id:
            break
        claim = event.mutate(claim)
    else:
        if claim is not None and not claim.may_be_sent:
            raise Stale("This claim changed while you packed it; make the run again.")
    if claim is None:
        raise NotFound("There is no such claim.", id=claim_id)
    return claim
