"""``peerhour stuck …``: what an administrator does about stuck things, from a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import click

from domain.errors import Stale
from domain.troubles import Place
from services.cli.loop import asynchronous

if TYPE_CHECKING:
    from services.house import House, StuckRow

_WHERE = click.Choice([each.value for each in Place])
_BY = click.option(
    "--by", type=click.UUID, required=True, help="Id of the administrator who decides."
)


@click.group()
def stuck() -> None:
    """Stuck things, as `peerhour status` lists them: WHERE and KEY."""


@stuck.command("retry")
@click.argument("where", type=_WHERE)
@click.argument("key")
@_BY
@asynchronous
async def retry(where: str, key: str, by: UUID) -> None:
    """Try it again; exit status 1 if it fails again."""
    from services import bootstrap, troubles
    from services.dispatch import Order

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour stuck") as running:
        row = await _row(running.house, where, key)
        if not row.retriable:
            raise Stale("Trying this again cannot help; see docs/runbook.md.")
        await running.house.dispatch(
            troubles.TryAgain(place=Place(where), key=key, problem=row.problem, by=by),
            Order(command_id=uuid4(), actor_id=by),
        )
        await bootstrap.drain(running)
        rows = await running.house.desk.stuck()
    for left in rows:
        if (left.where, left.key) == (where, key):
            click.echo(f"It failed again: {left.problem}.")
            raise SystemExit(1)
    click.echo("It is not stuck any more.")


@stuck.command("settle")
@click.argument("where", type=_WHERE)
@click.argument("key")
@click.option("--reason", required=True, help="What was done about it; it is recorded.")
@_BY
@asynchronous
async def settle(where: str, key: str, reason: str, by: UUID) -> None:
    """Say that it was dealt with in another way, so that it is not tried again."""
    from services import bootstrap, troubles
    from services.dispatch import Order

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour stuck") as running:
        row = await _row(running.house, where, key)
        if not row.settleable:
            raise Stale("A view cannot be told that it is dealt with; see docs/runbook.md.")
        await running.house.dispatch(
            troubles.SettleTrouble(
                place=Place(where), key=key, problem=row.problem, reason=reason, by=by
            ),
            Order(command_id=uuid4(), actor_id=by),
        )
        await bootstrap.drain(running)
    click.echo("It is recorded how you dealt with it.")


async def _row(house: House, where: str, key: str) -> StuckRow:
    """Return something stuck.

    Raises:
        Stale: there is no such thing, or no longer.
    """
    for row in await house.desk.stuck():
        if (row.where, row.key) == (where, key):
            return row
    raise Stale("Nothing of this kind is stuck now.")
