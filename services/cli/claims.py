"""``peerhour claims …``: what payers are asked for and what they answer, from a terminal."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import click

from domain.claims.rules import SetAsideReason
from domain.errors import NotFound
from domain.values import Money
from services.cli.claim_words import claim_words, line_words, run_words, sending_words
from services.cli.loop import asynchronous

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from projections.claims_board.queries import ClaimRow
    from services.house import House

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_FROM = click.option("--from", "first", type=_DAY, required=True, help="First day, YYYY-MM-DD.")
_TO = click.option("--to", "last", type=_DAY, required=True, help="Last day, included.")
BY = click.option(
    "--by", type=click.UUID, required=True, help="Id of the administrator who decides."
)
YES = click.option("--yes", is_flag=True, help="Do not ask.")
_AGAIN = click.option(
    "--ask-again/--give-up",
    "asked_again",
    default=False,
    help="Whether another claim asks for the hour. By default only a new certificate lets it.",
)


@click.group()
def claims() -> None:
    """Claims to payers. NUMBER is a claim's, or that of one of its corrections."""


@claims.command("prepare")
@click.argument("payer_id", type=click.UUID)
@_FROM
@_TO
@asynchronous
async def prepare(payer_id: UUID, first: datetime, last: datetime) -> None:
    """Prepare claims for what PAYER_ID may be asked for and was not asked for yet."""
    async with open_claims() as house:
        await _prepare(house, payer_id, first, last)


@claims.command("export")
@click.argument("payer_id", type=click.UUID)
@_FROM
@_TO
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option(
    "--run",
    "run_number",
    type=click.IntRange(min=1),
    help="Write the files of this run of the period once more; nothing new is sent.",
)
@asynchronous
async def export(
    payer_id: UUID, first: datetime, last: datetime, out: Path, run_number: int | None
) -> None:
    """Prepare and export a period's claims of PAYER_ID, and every correction due by its end."""
    from services.bootstrap import zip_payer_package
    from services.claims import exports

    period = first.date(), last.date()
    async with open_claims() as house:
        if run_number is None:
            await _prepare(house, payer_id, first, last)
            made = await exports.export(house, payer_id, *period)
        else:
            made = await exports.tell_again(house, payer_id, *period, run_number)
    folder = out / f"run-{made.run_number:05}"
    try:
        exports.write_files(folder, made.files)
        folder.with_suffix(".zip").write_bytes(zip_payer_package(made.files))
    except OSError as trouble:
        raise click.ClickException(
            f"Run {made.run_number} is recorded as sent, but its files cannot be written"
            f" ({trouble.strerror}). Give the same command with --run {made.run_number}."
        ) from trouble
    told = run_words(made.run_number, made.claims, Money(made.total_cents, made.currency))
    click.echo(f"{told} in {folder} and {folder.name}.zip")


@claims.command("verify")
@click.argument("package", type=click.Path(path_type=Path, exists=True))
def verify(package: Path) -> None:
    """Check a reimbursement package (its folder, or its zip) as a payer would; no database."""
    from services.bootstrap import read_payer_package, verify_payer_package

    problems = verify_payer_package(read_payer_package(package))
    for problem in problems:
        where = ", ".join(f"{name} {fact}" for name, fact in problem.facts.items())
        click.echo(f"{problem.code}: {problem.sentence}{f' ({where})' if where else ''}")
    if problems:
        raise SystemExit(1)
    click.echo("The package adds up, and its digests match.")


@claims.command("show")
@click.argument("number")
@asynchronous
async def show(number: str) -> None:
    """Show a claim: its lines, what the payer has, and what they answered."""
    from projections.claims_board import queries as board

    async with open_claims() as house:
        row = await claim_of(house, number)
        async with house.views() as connection:
            lines = await board.lines(connection, row.claim_id)
            sendings = await board.sendings(connection, row.claim_id)
    click.echo(claim_words(row))
    for line in lines:
        click.echo(line_words(line, row.currency))
    for each in sendings:
        click.echo(sending_words(each, row.currency))


@claims.command("take-back")
@click.argument("number")
@click.argument("line_id")
@click.option("--reason", required=True, help="For the payer; name nobody.")
@click.option(
    "--certificate", type=click.UUID, help="Id of the certificate that takes the line's place."
)
@_AGAIN
@BY
@YES
@asynchronous
async def take_back(
    number: str,
    line_id: str,
    reason: str,
    certificate: UUID | None,
    by: UUID,
    *,
    asked_again: bool,
    yes: bool,
) -> None:
    """Take LINE_ID of a claim back; if the payer has it, a correction goes out."""
    from projections.claims_board import queries as board
    from services.claims.answers import TakeBackLine
    from services.claims.commands import unnumbered_among

    if not yes:
        click.confirm(f"Take {line_id} back? This cannot be undone.", abort=True)
    async with open_claims() as house:
        row = await claim_of(house, number)
        async with house.views() as connection:
            known = await board.ids_of_both(connection, row.payer_id, row.member_id)
        command = TakeBackLine(
            claim_id=row.claim_id,
            line_id=line_id,
            reason=reason,
            asked_again=asked_again,
            certificate_id=certificate,
            earlier_claim_ids=unnumbered_among(row.payer_id, row.member_id, known),
            by=by,
        )
        await give_order(house, command, by)
    click.echo("Taken back.")


@claims.command("set-aside")
@click.argument("number")
@click.option("--reason", type=click.Choice([each.value for each in SetAsideReason]), required=True)
@_AGAIN
@BY
@YES
@asynchronous
async def set_aside(number: str, reason: str, by: UUID, *, asked_again: bool, yes: bool) -> None:
    """Never send a claim that was not sent yet."""
    from services.claims.answers import SetAsideClaim

    if not yes:
        click.confirm(f"Never send {number}? This cannot be undone.", abort=True)
    async with open_claims() as house:
        row = await claim_of(house, number)
        command = SetAsideClaim(
            claim_id=row.claim_id, reason=SetAsideReason(reason), asked_again=asked_again, by=by
        )
        await give_order(house, command, by)
    click.echo("Set aside.")


@asynccontextmanager
async def open_claims() -> AsyncIterator[House]:
    """Open the house, its views caught up with the log."""
    from services import bootstrap

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour claims") as running:
        await bootstrap.drain(running)
        yield bootstrap.without_worker(running)
        await bootstrap.drain(running)


async def _prepare(house: House, payer_id: UUID, first: datetime, last: datetime) -> None:
    """Prepare what is new, and say so; say also what was set aside."""
    from services.claims import runs

    ready = await runs.make_ready(house, payer_id, first.date(), last.date())
    if ready.forgotten:
        click.echo(f"Set aside, because the member was forgotten: {ready.forgotten} claims.")
    if ready.unproved:
        click.echo(
            "Not sent as they were, because they are certified differently:"
            f" {ready.unproved} claims."
        )
    many = ready.prepared
    click.echo(f"Prepared: {many} claims." if many else "Nothing new to claim in this period.")


async def claim_of(house: House, number: str) -> ClaimRow:
    """Return the claim that has, or was once sent under, a number.

    Raises:
        NotFound: there is none.
    """
    from projections.claims_board import queries as board

    async with house.views() as connection:
        row = await board.by_number(connection, number.strip().upper())
    if row is None:
        raise NotFound("There is no such claim.")
    return row


async def give_order(house: House, command: object, by: UUID) -> None:
    """Give a command in an administrator's name."""
    from services.dispatch import Order

    await house.dispatch(command, Order(command_id=uuid4(), actor_id=by))
