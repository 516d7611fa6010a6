"""The command line: ``peerhour --help``.

A refusal ends with exit status 2 and one sentence. Imports come late, so that help stays quick.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from uuid import UUID, uuid4

import click

from domain.errors import AlreadyExists, DomainError, InvalidFields
from services.cli.billing import billing
from services.cli.certificates import certificate
from services.cli.claim_answers import correct_answer, decide
from services.cli.claims import claims
from services.cli.loop import asynchronous as _asynchronous
from services.cli.rules import rules
from services.cli.stuck import stuck

if TYPE_CHECKING:
    from services.house import House

_REFUSED: Final = 2


class _Refused(click.ClickException):
    """A refusal, said to the person at the terminal."""

    exit_code = _REFUSED

    def __init__(self, refusal: DomainError) -> None:
        fields = refusal.fields.items() if isinstance(refusal, InvalidFields) else ()
        lines = [f"{refusal.message}  [{refusal.code}]"]
        super().__init__("\n".join(lines + [f"  {name}: {why}" for name, why in fields]))


class _Group(click.Group):
    """Says refusals of any command in one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            raise _Refused(refusal) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="peerhour")
def main() -> None:
    """Peerhour: the hour that therapists hold each other, recorded, certified, reimbursed."""


main.add_command(billing)
main.add_command(certificate)
main.add_command(claims)
claims.add_command(decide)
claims.add_command(correct_answer)
main.add_command(rules)
main.add_command(stuck)


@main.command()
@click.option("--role", type=click.Choice(["all", "web", "worker"]), default="all")
@_asynchronous
async def serve(role: str) -> None:
    """Serve the web and do the background work until told to stop."""
    from services import bootstrap
    from services.serve import serve as serve_house

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name=f"peerhour {role}") as running:
        await serve_house(
            running,
            role=role,
            ready=lambda port: click.echo(f"Peerhour ({role}) is ready on port {port}."),
        )


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="0 picks a free one.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path(".peerhour"))
@click.option("--mail-dir", type=click.Path(path_type=Path), help="Also write mail to files here.")
@click.option("--no-serve", is_flag=True, help="Play the story and stop.")
@_asynchronous
async def demo(port: int, data_dir: Path, mail_dir: Path | None, *, no_serve: bool) -> None:
    """Play the seeded story on the embedded PostgreSQL and serve the web on loopback."""
    from services.demo.run import run_demo

    await run_demo(port=port, data_dir=data_dir, mail_dir=mail_dir, serving=not no_serve)


@main.command()
@_asynchronous
async def migrate() -> None:
    """Bring the database up to date."""
    from services import bootstrap

    for name in await bootstrap.migrate_database(bootstrap.start_process()):
        click.echo(f"applied {name}")
    click.echo("The database is up to date.")


@main.command()
@click.argument("views", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Rebuild every view.")
@_asynchronous
async def rebuild(views: tuple[str, ...], *, everything: bool) -> None:
    """Build views anew from the log, beside the live ones, and swap them."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    from services import bootstrap

    settings = bootstrap.start_process()
    known = {each.NAME: each for each in bootstrap.PROJECTIONS}
    unknown = sorted(set(views) - known.keys())
    if unknown or not (views or everything):
        raise click.UsageError(f"Name views or --all. Views: {', '.join(sorted(known))}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with bootstrap.open_house(settings, application_name="peerhour rebuild") as running:
        with Progress(*columns, TimeRemainingColumn()) as progress:
            for name, projection in known.items():
                if everything or name in views:
                    task = progress.add_task(name, total=None)

                    def show(done: int, head: int, task: TaskID = task) -> None:
                        progress.update(task, completed=done, total=head)

                    await running.projector.rebuild(projection, show)
    click.echo("Rebuilt.")


@main.command()
@click.option("--json", "as_json", is_flag=True)
@_asynchronous
async def status(*, as_json: bool) -> None:
    """Tell how far the readers are, what waits, what is stuck, and how money is doing."""
    from services import bootstrap
    from services.payments.figures import money_figures

    settings = bootstrap.start_process()
    async with bootstrap.open_house(
        settings, application_name="peerhour status", migrating=False, preparing=False
    ) as running:
        desk = running.house.desk
        lags, waiting, rows = await desk.lags(), await desk.waiting(), await desk.stuck()
        set_aside = await desk.set_aside()
        head = await running.house.store.head()
        money = await money_figures(running.house)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "head": head,
                    "lag": {each.reader: each.behind for each in lags},
                    "not_current": {
                        each.reader: each.state for each in lags if each.state != "current"
                    },
                    "waiting": dict(waiting),
                    "stuck": [
                        {"where": s.where, "key": s.key, "problem": s.problem, "tries": s.attempts}
                        for s in rows
                    ],
                    "set_aside": [
                        {"source": s.source, "why": s.note, "messages": s.many} for s in set_aside
                    ],
                    "money": None if money is None else money.plain(),
                },
                indent=2,
            )
        )
        return
    click.echo(f"The log has {head} events.")
    for each in lags:
        state = "" if each.state == "current" else f", {each.state}"
        click.echo(f"  {each.reader:<32} {each.behind} behind{state}")
    for name, many in waiting.items():
        click.echo(f"  {name:<32} {many} waiting")
    for aside in set_aside:
        click.echo(f"  {aside.source:<32} {aside.many} messages set aside: {aside.note}")
    for name, value in ({} if money is None else money.plain()).items():
        click.echo(f"  money: {name.replace('_', ' '):<25} {'never' if value is None else value}")
    click.echo("Nothing is stuck." if not rows else f"{len(rows)} things are stuck:")
    for row in rows:
        click.echo(f"  {row.where} {row.key}: {row.problem} after {row.attempts} tries")


@main.command()
@click.option("--json", "as_json", is_flag=True)
@_asynchronous
async def doctor(*, as_json: bool) -> None:
    """Examine database, settings, disk and versions; exit status 1 if something is bad."""
    from services import bootstrap

    findings = await bootstrap.examine(bootstrap.start_process())
    if as_json:
        click.echo(json.dumps(findings, indent=2))
    else:
        for each in findings:
            click.echo(f"{each['level']:>5}  {each['name']}: {each['sentence']}")
    if any(each["level"] == "bad" for each in findings):
        raise SystemExit(1)


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--by", type=click.UUID, required=True, help="Id of the administrator who decides.")
@_asynchronous
async def setup(file: BinaryIO, by: UUID) -> None:
    """Make providers, programs, groups and payers known from a TOML FILE; safe to run again."""
    from services import bootstrap
    from services.cli.setup_file import apply

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour setup") as running:
        for kind, name, stream_id in await apply(running.house, file.read(), file.name, by):
            click.echo(f"{kind:<10} {stream_id}  {name}")
        await bootstrap.drain(running)


@main.group()
def attendance() -> None:
    """Reports of meeting tools."""


@attendance.command("read")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--zone", help="IANA zone of the report's local times, for example America/Denver.")
@click.option("--date-order", type=click.Choice(["mdy", "dmy"]))
@click.option("--scheduled", help="START/END of the meeting, ISO 8601.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def read_attendance(
    file: Path, zone: str | None, date_order: str | None, scheduled: str | None, *, as_json: bool
) -> None:
    """Read a meeting tool's report FILE; needs no database."""
    from services.bootstrap import read_report

    answer = read_report(file, zone=zone, date_order=date_order, scheduled=scheduled)
    if as_json:
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    click.echo(f"{answer['format']}, times read in {answer['zone'] or 'no known zone'}")
    for person in answer["people"]:
        names = ", ".join(person["names"]) or "somebody without a name"
        minutes = f"{person['seconds'] // 60} min" if person["stays"] else "no times"
        click.echo(f"  {names} ({person['kind']}): {minutes}, evidence {person['evidence']}")
    for question in answer["questions"]:
        click.echo(f"  ? {question['text']}")


@main.group()
def member() -> None:
    """Members."""


@member.command("add")
@click.option("--name", required=True, help="As on papers.")
@click.option("--mail", required=True)
@click.option("--administrator", is_flag=True)
@_asynchronous
async def add_member(name: str, mail: str, *, administrator: bool) -> None:
    """Take a member in; the first administrator comes in this way."""
    from domain.members.member import Role
    from services import bootstrap
    from services.dispatch import Order
    from services.members import commands as members

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour member") as running:
        house, member_id = running.house, uuid4()
        if await house.vault.person_with_mail(mail) is not None:
            raise AlreadyExists("Somebody is known under this address.")
        await house.dispatch(
            members.RegisterMember(member_id=member_id, name_on_papers=name),
            Order(command_id=uuid4()),
        )
        await house.vault.keep_mail(member_id, mail)
        if administrator:
            await house.dispatch(
                members.GrantRole(member_id=member_id, role=Role.ADMINISTRATOR, by=members.HOUSE),
                Order(command_id=uuid4()),
            )
        await bootstrap.drain(running)
        unprinted = await _unprinted(house, member_id)
    click.echo(str(member_id))
    if unprinted:
        click.echo(unprinted, err=True)  # beside the id, which scripts read


async def _unprinted(house: House, member_id: UUID) -> str:
    """Return a sentence about the letters of a member's name that papers cannot print."""
    from services.members.names import cannot_print, naming_of

    letters = (await naming_of(house, member_id)).unprintable
    return f"{cannot_print(letters)} Give `member rename` a --spelling." if letters else ""


@member.command("rename")
@click.argument("member_id", type=click.UUID)
@click.option("--name", required=True, help="As on papers from now on.")
@click.option("--spelling", help="How papers write it, if they cannot print its letters.")
@click.option("--reason", required=True)
@click.option("--by", type=click.UUID, required=True, help="Id of the administrator who decides.")
@_asynchronous
async def rename_member(
    member_id: UUID, name: str, spelling: str | None, reason: str, by: UUID
) -> None:
    """Correct the name on papers; certificates already drawn keep theirs."""
    from services import bootstrap
    from services.dispatch import Order
    from services.members import commands as members

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour member") as running:
        await running.house.dispatch(
            members.CorrectName(
                member_id=member_id, name_on_papers=name, spelling=spelling, reason=reason, by=by
            ),
            Order(command_id=uuid4(), actor_id=by),
        )
        await bootstrap.drain(running)
        unprinted = await _unprinted(running.house, member_id)
    click.echo(f"Corrected. {unprinted}".rstrip())


@member.command("forget")
@click.argument("member_id", type=click.UUID)
@click.option("--by", type=click.UUID, required=True, help="Id of the administrator who decides.")
@click.option(
    "--basis",
    type=click.Choice(["own_request", "authority_order", "retention_ended"]),
    default="own_request",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_asynchronous
async def forget_member(member_id: UUID, by: UUID, basis: str, *, yes: bool) -> None:
    """Forget a member for ever: every personal value about them becomes unreadable."""
    from domain.members.member import ErasureBasis
    from services import bootstrap
    from services.dispatch import Order
    from services.members import commands as members

    if not yes:
        click.confirm("This cannot be undone, not even from a backup. Go on?", abort=True)
    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour member") as running:
        await running.house.dispatch(
            members.ForgetMember(member_id=member_id, basis=ErasureBasis(basis), by=by),
            Order(command_id=uuid4(), actor_id=by),
        )
        await bootstrap.drain(running)
    click.echo("Forgotten.")


@main.group()
def room() -> None:
    """Rooms of the meeting tool."""


@room.command("link")
@click.argument("number")
@click.argument("group_id", type=click.UUID)
@_asynchronous
async def link_room(number: str, group_id: UUID) -> None:
    """Let the Zoom meeting NUMBER count as the room of GROUP_ID."""
    from domain.groups.group import PeerGroup
    from services import bootstrap
    from services.dispatch import Work

    settings = bootstrap.start_process()
    async with bootstrap.open_house(settings, application_name="peerhour room") as running:
        await Work(running.house.store, group_id).load(PeerGroup, group_id)
        await bootstrap.link_room(running, number.replace(" ", ""), group_id)
    click.echo("Linked.")


@main.command()
@click.option("--check", is_flag=True, help="Only tell whether the pages are up to date.")
def docs(*, check: bool) -> None:
    """Write the pages of docs/ that follow from the code."""
    from services.cli.docs import write_docs

    outdated = write_docs(Path("docs"), check=check)
    for name in outdated:
        click.echo(f"{'outdated' if check else 'wrote'} {name}")
    if check and outdated:
        raise SystemExit(1)
