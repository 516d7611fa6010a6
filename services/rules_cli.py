"""``peerhour rules``: checking packs, judging described histories, comparing two versions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from domain.errors import DomainError

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
        click.echo(f"{len(book.packs)} packs in use, {cases} cases pass.")
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
            click.echo(f"{file.name}: {pack.id}, version {pack.version}: {cases} cases pass.")
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
    from services.rule_answers import answers_for, read_history

    history = read_history(facts.read_bytes(), facts.name)
    answers = answers_for(chosen(packs), history)
    if as_json:
        click.echo(json.dumps(answers, indent=2, ensure_ascii=False))
        return
    for answer in answers:
        _print(answer)


def _print(answer: dict[str, Any]) -> None:
    licence = f", licence {answer['licence']}" if answer["licence"] else ""
    click.echo(f"{answer['name']} ({answer['pack']}, version {answer['version']}{licence})")
    click.echo(f"  {answer['source']['clause']}, read {answer['source']['checked']}")
    for attendance in answer["attendances"]:
        click.echo(f"  {attendance['day']}, {attendance['meeting']}:")
        for rule in attendance["rules"]:
            credited = f"{rule['amount']} {rule['unit']}" if rule["credited"] else "nothing"
            click.echo(f"    {rule['name']}: {credited} ({rule['credit_kind']}, {rule['paper']})")
            for step in (*rule["steps"], *rule["missing"]):
                click.echo(f"      {step['sentence']}")
    for cycle in answer["cycles"]:
        click.echo(f"  Cycle {cycle['from']} to {cycle['until']}:")
        for step in cycle["steps"]:
            click.echo(f"    {step['sentence']}")
        for floor in cycle["floors"]:
            if floor["lacks"] != "0":
                click.echo(
                    f"    {floor['name']}, {floor['from']} to {floor['until']}: "
                    f"{floor['have']} of {floor['at_least']}."
                )
    for missing in answer["missing"]:
        click.echo(f"  {missing['sentence']}")
