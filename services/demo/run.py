"""``peerhour demo``: plays the story, writes its papers, prints what to open, and serves."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, Final

import click

from domain.claims.payers import ExportMadeDifferently
from services import bootstrap
from services.bootstrap import Running
from services.bootstrap.payments import make_catalogue
from services.claims import exports
from services.demo import dues as demo_dues
from services.demo import story as demo
from services.demo import stripe as demo_stripe
from services.demo.story import ADMIN, CAST, PAYER, Played
from services.demo.stripe import DemoClock, SimulatedStripe
from services.effects import Mailer
from services.payments.reconciling import reconcile_messages
from services.serve import serve

_LOOPBACK: Final = "127.0.0.1"
_OWN_STRIPE: Final = "PEERHOUR_STRIPE_KEY"
_KEPT: Final = "simulated-stripe.json"
_FORGOTTEN: Final = (
    "Dues cannot go on: an earlier demo was cut off while they were told. Begin with another "
    "--data-dir, or remove this one."
)


@dataclass(frozen=True, slots=True)
class Dues:
    """What the demo has to do with dues.

    Attributes:
        stripe: the simulated one; ``None`` where dues are off, or go to the sandbox of a key that
            the environment names.
        settings: what the house is to know.
        words: to tell, where there is no simulated one.
    """

    stripe: SimulatedStripe | None
    settings: dict[str, Any]
    words: str = ""


async def run_demo(*, port: int, data_dir: Path, mail_dir: Path | None, serving: bool) -> None:
    """Play, write, tell, serve.

    Args:
        port: to listen on; 0 picks a free one.
        data_dir: of the embedded database, the keys and the demo's papers.
        mail_dir: mail is also written there, one file each.
        serving: whether to serve until interrupted.
    """
    port, kept = port or _free_port(), _kept_in(data_dir)
    origin = f"http://localhost:{port}"
    async with open_dues(kept, origin) as dues:
        settings = bootstrap.start_process(
            data_dir=data_dir, host=_LOOPBACK, port=port, origin=origin, **dues.settings
        )
        click.echo("Starting the database …")
        clock, folder = DemoClock(), data_dir / "demo"
        post = _Post(
            bootstrap.demo_mailer(folder / "letters", out=StringIO()),
            bootstrap.demo_mailer(mail_dir),
        )
        async with bootstrap.open_house(
            settings,
            application_name="peerhour demo",
            mailer=post,
            clock=clock,
        ) as running:
            click.echo("Playing the story …")
            played, words = await play(running, clock, dues, kept)
            post.playing = False
            await _write_papers(running, played, folder)
            _tell(settings.origin, played, folder, words)
            if serving:
                await _serve(running, dues.stripe)


async def _work(running: Running) -> None:
    """Do all there is to do, as if every message of Stripe's had come when it was sent."""
    if running.news.reconciler is not None:
        await reconcile_messages(running.news.reconciler)
        while await running.chores.steps["payment messages"]():
            pass
    await bootstrap.drain(running)


@dataclass(slots=True)
class _Post:
    """Mail of the demo: the story's own goes to a folder, and later mail to the screen."""

    story: Mailer
    today: Mailer
    playing: bool = True

    async def send(self, address: str, subject: str, text: str) -> None:
        """Send one mail."""
        await (self.story if self.playing else self.today).send(address, subject, text)


@asynccontextmanager
async def open_dues(kept: Path, origin: str) -> AsyncIterator[Dues]:
    """Start the simulated Stripe, unless there is another one, or none to start."""
    if os.environ.get(_OWN_STRIPE):
        yield Dues(None, {}, f"Dues go to the account of {_OWN_STRIPE}; nobody pays any yet.")
        return
    if not demo_stripe.is_here():
        yield Dues(None, {}, "Dues are off: the simulated Stripe comes with the source code only.")
        return
    async with demo_stripe.simulated_stripe(kept) as stripe:
        secret = await stripe.endpoint(origin)
        settings = {
            "stripe_key": stripe.key,
            "stripe_webhook_secrets": secret,
            "stripe_api_base": stripe.address,
        }
        yield Dues(stripe, settings)


async def play(running: Running, clock: DemoClock, dues: Dues, kept: Path) -> tuple[Played, str]:
    """Play what was not played yet; return what it left, and what to say about dues."""
    house, stripe = bootstrap.without_worker(running), dues.stripe
    was_kept = await asyncio.to_thread(kept.exists)
    work = partial(_work, running)
    fresh = stripe is not None and not await demo_dues.was_told(house)
    if stripe is None:
        words = dues.words
    elif fresh:
        await stripe.begin(clock, demo_dues.BEGAN)
        await make_catalogue(running.settings, None)
        await demo_dues.tell(house, stripe, clock, work)
        words = _dues_words(running.settings.origin, stripe)
    else:
        words = _dues_words(running.settings.origin, stripe) if was_kept else _FORGOTTEN
    played = await demo.play(running.house)
    await work()
    if stripe is not None and fresh:
        await demo_dues.goes_on_leave(house, work)
        await stripe.release(untold=True)
        await stripe.keep(kept)
    return played, words


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
    with suppress(ExportMadeDifferently):  # at another port than before; its files are there still
        made = await exports.export(house, PAYER, *played.month)
        exports.write_files(folder / f"run-{made.run_number:05}", made.files)


def _tell(origin: str, played: Played, folder: Path, dues: str) -> None:
    joy, ana = CAST[0], CAST[1]
    click.echo(
        f"""
An invented group held an hour; the worker turned it into credit, certificates and claims.

  Papers       {folder}/
  Open         {origin}
  As member    {ana.mail}   ({ana.name})
  As leader    {joy.mail}   ({joy.name}; tonight: {origin}/meetings/{played.tonight})
  As admin     {ADMIN.mail}   ({origin}/admin)

{dues}

Type an address on the sign-in page; the mail with link and code is printed right here.
"""
    )


def _dues_words(origin: str, stripe: SimulatedStripe) -> str:
    """Say who pays how, where to look, and which cards to type."""
    _, ana, bo, chidi = CAST
    dalia = demo_dues.DALIA
    return f"""\
Dues go to a simulated Stripe, a process of its own: no money moves, nothing leaves this machine.

  Paid         {ana.mail}   ({origin}/membership/money)
  In grace     {bo.mail}   (his card failed: {origin}/membership)
  On leave     {chidi.mail}
  Has a seat   {CAST[0].mail}   ({origin}/practices)
  Scholarship  {dalia.mail}   ({origin}/scholarship)
  Stripe       {stripe.address}
  Cards        {demo_stripe.VISA}   is paid
               {demo_stripe.REFUSED}   is declined at once
               {demo_stripe.FAILS_LATER}   is taken, and fails when it is charged
               {demo_stripe.ASKS}   asks for a second factor"""


async def _serve(running: Running, stripe: SimulatedStripe | None) -> None:
    """Serve; Stripe's messages that waited for somebody to listen come then."""
    waiting: list[asyncio.Task[None]] = []

    def ready(at: int) -> None:
        click.echo(f"Serving on http://localhost:{at} (Ctrl-C stops).")
        if stripe is not None:
            waiting.append(asyncio.create_task(stripe.release()))

    await serve(running, role="all", ready=ready)
    await asyncio.gather(*waiting, return_exceptions=True)


def _kept_in(data_dir: Path) -> Path:
    """Return where the simulated Stripe keeps its account; it has another working directory."""
    return data_dir.resolve() / _KEPT


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind((_LOOPBACK, 0))
        return int(found.getsockname()[1])
