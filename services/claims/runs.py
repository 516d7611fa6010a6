"""Runs to payers, as people ask for them: what is made ready first, the next one, an earlier one.

Pages and terminal do the same, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from domain.claims.claim import Claim
from domain.claims.payer_events import Export as PayerExport
from domain.claims.payers import ExportUnknown, Payer
from domain.errors import DomainError
from services.claims import exports
from services.claims.exports import Export, run_id_of
from services.claims.proofs import drop_unproved_of
from services.dispatch import Order, Work
from services.house import House

_SAID: Final = (
    "The days of this run are not on record. Have it again at the terminal: peerhour claims "
    "export, with --run and its days."
)


class RunDaysUnknown(DomainError):
    """A run from before its days were kept, and none of its claims tells them."""

    code = "payer.run_days_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReady:
    """What was done so that a payer is asked for what is right.

    Attributes:
        forgotten: claims set aside, because the payer would not recognise the member.
        unproved: claims that asked for what is certified differently by now.
        prepared: new claims.
    """

    forgotten: int
    unproved: int
    prepared: int


async def make_ready(
    house: House, payer_id: UUID, first: date, last: date, *, order: Order | None = None
) -> MadeReady:
    """Prepare what a payer was not asked for yet, and end what it cannot be asked for.

    Args:
        house: where.
        payer_id: who is asked.
        first: first day of the period.
        last: its last day, included.
        order: of whom; a fresh one by default.

    Raises:
        NotFound: there is no such payer.
    """
    return MadeReady(
        forgotten=await exports.set_aside_forgotten(house, payer_id),
        unproved=await drop_unproved_of(house, payer_id),
        prepared=await exports.prepare(house, payer_id, first, last, order=order),
    )


async def tell_run(house: House, payer_id: UUID, run_number: int) -> Export:
    """Return a run that was sent, with the bytes that were recorded then.

    Raises:
        NotFound: there is no such payer.
        ExportUnknown: no run of this number was sent.
        RunDaysUnknown: it is from before its days were kept, and nothing tells them.
        ExportMadeDifferently: it cannot be told again: what it rested on is gone.
    """
    work = Work(house.store, uuid4())
    payer = await work.load(Payer, payer_id)
    for run in payer.exports.values():
        if run.run_number == run_number and run.claim_ids is not None:
            first, last = await days_of(work, payer, run, run.claim_ids)
            return await exports.tell_again(house, payer_id, first, last, run_number)
    raise ExportUnknown("No run of this number went to this payer.", number=run_number)


async def days_of(
    work: Work, payer: Payer, run: PayerExport, claim_ids: Sequence[UUID]
) -> tuple[date, date]:
    """Return the days that a run was made for.

    Where they are not on record: most runs take what was prepared for just their days, and a run's
    id follows from them.

    Args:
        work: where its claims are read.
        payer: to whom it went.
        run: which.
        claim_ids: the claims in it.

    Raises:
        RunDaysUnknown: none of its claims was prepared for them.
    """
    if run.period is not None:
        return run.period
    for claim_id in claim_ids:
        claim = await work.load(Claim, claim_id)
        period = claim.period_from, claim.period_to
        if run.run_id in _run_ids(payer, *period):
            return period
    raise RunDaysUnknown(_SAID, number=run.run_number)


def _run_ids(payer: Payer, first: date, last: date) -> Iterator[UUID]:
    return (run_id_of(payer.id, first, last, n + 1) for n in range(len(payer.exports)))
