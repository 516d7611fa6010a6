"""``peerhour rules``: checking packs, judging described histories, comparing two versions."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from domain.errors import DomainError
from domain.rules.explain import how_many

if TYPE_CHECKING:
    from collections.abc import Sequence


_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FAULTS: Final = 1


@click.group()
def rules() -> None:
    """Packs: what boards and approvers say of an hour; see docs/rules.md."""


@rules.command()
@click.argument("packs", nargs=-1, type=_FILE)
def check(packs: Sequence[Path]) -> None:
    """Check packs and run their cases; without PACKS, those in use.

    Every fault is named by file, line and reason; the exit status is then 1.
    """
    from services.bootstrap.rules import in_use, read_pack

    if not packs:
        book = in_use()
        cases = sum(len(pack.cases) for pack in book.packs)
        click.echo(f"{len(book.packs)} packs in use, {_pass(cases)}.")
        return
    faults = 0
    for file in packs:
        try:
            pack = read_pack(file)
        except DomainError as fault:
            faults += 1
            click.echo(fault.message, err=True)
        else:
            cases = len(pack.cases)
            click.echo(f"{file.name}: {pack.id}, version {pack.version}: {_pass(cases)}.")
    if faults:
        sys.exit(_FAULTS)


@rules.command()
@click.argument("packs", nargs=-1)
@click.option("--facts", type=_FILE, required=True, help="A described history, JSON.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def judge(packs: Sequence[str], facts: Path, *, as_json: bool) -> None:
    """Say what an attendance history is worth, without a database.

    PACKS are files or ids of packs in use; without them all are asked. The shape of the facts is
    docs/facts.schema.json.
    """
    from services.bootstrap.rules import chosen
    from services.cli.rule_words import in_words
    from services.rules.answers import answers_for, read_history

    history = read_history(facts.read_bytes(), facts.name)
    answers = answers_for(chosen(packs), history)
    if as_json:
        click.echo(json.dumps(answers, indent=2, ensure_ascii=False))
        return
    for answer in answers:
        for line in in_words(answer):
            click.echo(line)
    if not answers:
        click.echo("None of these packs is about a licence in the facts.")


@rules.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def diff(old: Path, new: Path, since: datetime, *, as_json: bool) -> None:
    """List who gains or loses what, if NEW spoke instead of OLD since a day.

    First each meeting for itself, then each licence period that runs since, with caps and minima.
    Members are named by their id. Nothing is recorded, and papers stay as they were issued.
    """
    import asyncio

    asyncio.run(_diff(old, new, since.replace(tzinfo=UTC), as_json=as_json))


async def _diff(old: Path, new: Path, since: datetime, *, as_json: bool) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from services import bootstrap
    from services.bootstrap.rules import read_pack
    from services.rules.diff import Lines

    packs = (read_pack(old), read_pack(new))
    settings = bootstrap.start_process()
    async with (
        bootstrap.open_house(settings, application_name="peerhour rules diff") as running,
        running.house.views() as conn,
    ):
        with Progress(console=Console(stderr=True)) as progress:
            house, today = running.house, running.house.clock.now().date()
            lines = Lines(house.store, conn, packs, since, today, progress, as_json)
            sums = [await lines.meetings(), await lines.periods()]
    for each in sums:
        click.echo(each, err=as_json)


def _pass(cases: int) -> str:
    return f"{how_many(cases, 'case')} {'passes' if cases == 1 else 'pass'}"
