"""Reimbursement runs: what is ready for one payer, packed and recorded as sent.

Every step is a command under an id derived from the run, so a run that was interrupted is finished
by running it again, with the same number and the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from domain.claims.claim import Claim
from domain.claims.payer_events import Export as PayerExport
from domain.claims.payers import ExportMadeDifferently, ExportUnknown, NothingToExport, Payer
from domain.claims.rules import ClaimState, NothingToSend, SetAsideReason
from domain.errors import Stale
from projections.certificate_register import queries as certificates
from projections.claims_board import queries as board
from services.claims.answers import SetAsideClaim
from services.claims.commands import (
    FinishExport,
    NothingToClaim,
    PrepareClaim,
    StartExport,
)
from services.claims.packing import pack
from services.claims.papers import reference_of
from services.claims.proofs import certified_since, drop_unproved_of
from services.dispatch import Order, Work
from services.house import House
from services.members.commands import HOUSE

_VIEWS: Final = ("claims_board", "certificate_register")
_TRIES: Final = 3  # of a run whose claims change while it is packed


@dataclass(frozen=True, slots=True)
class Export:
    """A run that went out.

    Attributes:
        run_number: counts the payer's runs.
        files: name to bytes: ``claims.csv``, ``lines.csv``, ``manifest.json``.
        total_cents: what is asked for, in *currency*.
        again: whether it had gone out before, and nothing was sent now.
    """

    run_number: int
    files: Mapping[str, bytes]
    claims: int
    total_cents: int
    currency: str
    again: bool


def run_id_of(payer_id: UUID, first: date, last: date, attempt: int = 1) -> UUID:
    """Return the id of a period's first, second, … run.

    A further one is needed where something became ready after the one before was sent: hours
    certified late, or corrections.
    """
    return uuid5(payer_id, f"run:{first}:{last}" + ("" if attempt == 1 else f":{attempt}"))


async def prepare(
    house: House, payer_id: UUID, first: date, last: date, *, order: Order | None = None
) -> int:
    """Prepare claims for what the payer may be asked for in a period, and was not asked for yet.

    Preparing again claims only what was certified since, or is certified differently by now and was
    not sent yet; the same order given twice is one.

    Args:
        house: where.
        payer_id: who is asked.
        first: first day of the period.
        last: its last day, included.
        order: of whom; a fresh one by default.

    Returns:
        How many claims were prepared; 0 when there was nothing new.

    Raises:
        NotFound: there is no such payer.
    """
    order = order or Order(command_id=_fresh_id(house))
    await Work(house.store, payer_id).load(Payer, payer_id)
    await drop_unproved_of(house, payer_id)
    async with house.views() as connection:
        covered = await board.covered(connection, payer_id, first, last)
    prepared = 0
    for member_id in covered:
        async with house.views() as connection:
            standing = await certificates.standing_in(connection, member_id, first, last)
            earlier = await board.ids_of_both(connection, payer_id, member_id)
        command = PrepareClaim(
            payer_id=payer_id,
            member_id=member_id,
            period_from=first,
            period_to=last,
            certificate_ids=standing,
            earlier_claim_ids=earlier,
        )
        basis = ",".join(map(str, (member_id, *standing, "after", *earlier)))
        command_id = uuid5(order.command_id, basis)
        try:
            outcome = await house.dispatch(
                command, Order(command_id=command_id, actor_id=order.actor_id)
            )
        except NothingToClaim:
            continue
        await house.shown(outcome, _VIEWS)
        prepared += 1
    return prepared


async def set_aside_forgotten(house: House, payer_id: UUID) -> int:
    """End the claims that were never sent and whose members the payer can no longer recognise.

    Returns:
        How many there were.
    """
    work = Work(house.store, payer_id)
    payer = await work.load(Payer, payer_id)
    async with house.views() as connection:
        rows = await board.of_payer(connection, payer_id)
    ended = 0
    for row in rows:
        if row.state != ClaimState.READY:
            continue
        claim = await work.load(Claim, row.claim_id)
        if claim.state is ClaimState.READY and reference_of(claim, payer) is None:
            reason = SetAsideReason.MEMBER_FORGOTTEN
            outcome = await house.dispatch(
                SetAsideClaim(claim_id=claim.id, reason=reason, by=HOUSE),
                Order(command_id=uuid5(claim.id, "set aside: forgotten")),
            )
            await house.shown(outcome, _VIEWS)
            ended += 1
    return ended


async def export(
    house: House, payer_id: UUID, first: date, last: date, *, by: UUID | None = None
) -> Export:
    """Pack and record what is ready for a payer: a period's claims, and corrections up to its end.

    A claim that asks for what is not certified any more does not go out. Where there is nothing,
    the period's last run is told again, with the same bytes.

    Args:
        house: where.
        payer_id: who is asked.
        first: first day of the period.
        last: its last day, included.
        by: the administrator who makes the run; nobody at the terminal.

    Raises:
        NothingToExport: nothing is ready, and nothing was sent.
        ExportMadeDifferently: the last run cannot be told again: what it rested on is gone.
        Stale: the claims changed again and again while they were packed.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _export(house, payer_id, (first, last), by)
        except (Stale, NothingToSend):  # what somebody else sent meanwhile is left out next time
            continue
    return await _export(house, payer_id, (first, last), by)


async def tell_again(
    house: House, payer_id: UUID, first: date, last: date, run_number: int
) -> Export:
    """Return a run that was sent, with the bytes that were recorded then.

    Args:
        house: where.
        payer_id: to whom it was sent.
        first: first day of its period.
        last: its last day, included.
        run_number: which of the payer's runs.

    Raises:
        NotFound: there is no such payer.
        ExportUnknown: no run of this number was sent for this period.
        ExportMadeDifferently: it cannot be told again: what it rested on is gone.
    """
    payer = await Work(house.store, payer_id).load(Payer, payer_id)
    of_period = (run_id_of(payer_id, first, last, n + 1) for n in range(len(payer.exports)))
    for run_id in of_period:
        run = payer.exports.get(run_id)
        if run is not None and run.run_number == run_number and run.claim_ids is not None:
            return await _pack(house, payer, run, run.claim_ids, (first, last))
    raise ExportUnknown("You have sent no run of this number for this period.", number=run_number)


async def _export(
    house: House, payer_id: UUID, period: tuple[date, date], by: UUID | None
) -> Export:
    await drop_unproved_of(house, payer_id)
    run_id, claim_ids = await _run(house, payer_id, *period)
    outcome = await house.dispatch(
        StartExport(payer_id=payer_id, run_id=run_id), Order(command_id=uuid5(run_id, "start"))
    )
    await house.shown(outcome, _VIEWS)
    payer = await Work(house.store, run_id).load(Payer, payer_id)
    return await _pack(house, payer, payer.exports[run_id], claim_ids, period, by)


async def _pack(
    house: House,
    payer: Payer,
    started: PayerExport,
    claim_ids: Sequence[UUID],
    period: tuple[date, date],
    by: UUID | None = None,
) -> Export:
    """Pack a run and record it as sent, or check that it is the one that was."""
    packed = await pack(house, payer, started, claim_ids, period)
    finish = FinishExport(
        payer_id=payer.id,
        run_id=started.run_id,
        claims=packed.claims,
        sha256s=packed.sha256s,
        period_from=period[0],
        period_to=period[1],
        by=by,
    )
    await _finish(house, started, finish)
    return Export(
        started.run_number,
        packed.files,
        len(packed.claims),
        packed.total_cents,
        payer.currency,
        again=started.claim_ids is not None,
    )


async def _finish(house: House, started: PayerExport, finish: FinishExport) -> None:
    """Record what a run sent, or check that a run told again is the same."""
    if started.claim_ids is not None:
        if finish.sha256s != started.sha256s:
            raise ExportMadeDifferently(
                "You cannot have this run again: what it rested on has changed since it was sent."
            )
        return
    name = f"finish:{finish.sha256s['manifest.json']}" + (f":{finish.by}" if finish.by else "")
    order = Order(command_id=uuid5(started.run_id, name), actor_id=finish.by)
    await house.shown(await house.dispatch(finish, order), _VIEWS)


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
    ready = [claim for claim in claims if _can_go(claim, payer)]
    told: tuple[UUID, Sequence[UUID]] | None = None
    for attempt in count(1):
        run_id = run_id_of(payer_id, first, last, attempt)
        run = payer.exports.get(run_id)
        if run is not None and run.claim_ids is not None:
            told = run_id, run.claim_ids
        elif run is None or (ready and not await certified_since(house, ready, run.started_at)):
            break
    if ready:
        return run_id, [claim.id for claim in ready]
    if told is None:
        raise NothingToExport("Nothing is ready for this payer in this period.")
    return told


def _can_go(claim: Claim, payer: Payer) -> bool:
    """Tell whether a claim can be sent; one that cannot must not hold up the others.

    An original claim names its member as the payer does; a correction needs no name for that.
    """
    return claim.may_be_sent and bool(claim.sendings or reference_of(claim, payer))


def _fresh_id(house: House) -> UUID:
    return UUID(bytes=house.randomness.token_bytes(16), version=4)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
