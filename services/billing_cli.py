"""``peerhour billing``: what an administrator does about payments at the command line."""

from __future__ import annotations

from pathlib import Path

import click

from services.cli_loop import asynchronous

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def billing() -> None:
    """Payments; see docs/membership.md and docs/runbook.md."""


@billing.command()
@click.argument("file", type=_FILE, required=False)
@asynchronous
async def catalogue(file: Path | None) -> None:
    """Make product, prices and coupons at Stripe; again changes nothing.

    FILE is TOML with the amounts of each plan; without it, the standard prices are used.
    """
    from services import bootstrap
    from services.bootstrap.payments import make_catalogue

    for line in await make_catalogue(bootstrap.start_process(), file):
        click.echo(line)
