"""``peerhour billing``: what an administrator does about payments at the command line."""

from __future__ import annotations

from pathlib import Path

import click

from services.cli.loop import asynchronous

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


@billing.command()
@click.option("--events", "messages", is_flag=True, help="Take in messages that never came.")
@click.option("--lists", is_flag=True, help="Compare subscriptions and invoices, and heal.")
@click.option("--money", is_flag=True, help="Compare last month's sums.")
@asynchronous
async def reconcile(*, messages: bool, lists: bool, money: bool) -> None:
    """Compare our record with Stripe's, by all three without an option; again changes nothing.

    Exit status 1 if a difference is left that only a person can settle.
    """
    from domain.money.currencies import written
    from domain.payments.refusals import PaymentsOff
    from domain.values import Money
    from services import bootstrap
    from services.payments import monthly_sums, reconciling

    chosen = [
        (name, act)
        for name, wanted, act in (
            ("events", messages, reconciling.reconcile_messages),
            ("lists", lists, reconciling.reconcile_lists),
            ("money", money, monthly_sums.reconcile_money),
        )
        if wanted or not (messages or lists or money)
    ]
    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour billing") as running:
        reconciler = running.news.reconciler
        if reconciler is None:
            raise PaymentsOff("This house takes no dues; there is nothing to compare.")
        left = 0
        for name, act in chosen:
            came = await act(reconciler)
            await bootstrap.drain(running)
            left += came.left
            click.echo(f"{name:<7} {came.added} added, {came.found} differed, {came.left} left")
            for (move, currency), cents in sorted(came.left_out.items()):
                amount = written(Money(cents, currency))
                words = move.replace("_", " ")
                click.echo(f"  left out, for other products: {amount} {words}")
        for row in await reconciler.drift.open():
            click.echo(f"  {row.kind} {row.subject}: ours {row.ours}, theirs {row.theirs}")
    if left:
        raise SystemExit(1)
