"""``peerhour demo``: plays the story, writes its papers, prints what to open, and serves."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from services import bootstrap, demo, exports
from services.bootstrap import Running
from services.demo import ADMIN, CAST, PAYER, Played
from services.serve import serve

_LOOPBACK: Final = "127.0.0.1"


async def run_demo(*, port: int, data_dir: Path, mail_dir: Path | None, serving: bool) -> None:
    """Play, write, tell, serve.

    Args:
        port: to listen on; 0 picks a free one.
        data_dir: of the embedded database, the keys and the demo's papers.
        mail_dir: mail is also written there, one file each.
        serving: whether to serve until interrupted.
    """
    port = port or _free_port()
    settings = bootstrap.start_process(
        data_dir=data_dir, host=_LOOPBACK, port=port, origin=f"http://localhost:{port}"
    )
    click.echo("Starting the database …")
    async with bootstrap.open_house(
        settings, application_name="peerhour demo", mailer=bootstrap.demo_mailer(mail_dir)
    ) as running:
        click.echo("Playing the story …")
        played = await demo.play(running.house)
        await bootstrap.drain(running)
        folder = data_dir / "demo"
        await _write_papers(running, played, folder)
        _tell(settings.origin, played, folder)
        if serving:
            await serve(
                running,
                role="all",
                ready=lambda at: click.echo(f"Serving on http://localhost:{at} (Ctrl-C stops)."),
            )


async def _write_papers(running: Running, played: Played, folder: Path) -> None:
    from projections.certificate_register import queries as certificates

    house = bootstrap.without_worker(running)
    for person in CAST:
        async with house.views() as connection:
            held = await certificates.of_member(connection, person.id)
        for row in held:
            paper = await house.papers.fetch(row.certificate_id)
            if paper is not None:
                exports.write_files(folder, {f"certificate-{person.key}-{row.serial}.pdf": paper})
    await exports.prepare(house, PAYER, *played.month)
    made = await exports.export(house, PAYER, *played.month)
    exports.write_files(folder / f"run-{made.run_number:05}", made.files)


def _tell(origin: str, played: Played, folder: Path) -> None:
    joy, ana = CAST[0], CAST[1]
    click.echo(
        f"""
An invented group held an hour; the worker turned it into credit, certificates and claims.

  Papers       {folder}/
  Open         {origin}
  As member    {ana.mail}   ({ana.name})
  As leader    {joy.mail}   ({joy.name}; tonight: {origin}/meetings/{played.tonight})
  As admin     {ADMIN.mail}   ({origin}/admin)

Type an address on the sign-in page; the mail with link and code is printed right here.
"""
    )


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind((_LOOPBACK, 0))
        return int(found.getsockname()[1])
