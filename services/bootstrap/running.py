"""Puts a house together, and takes it apart in order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
from litestar.di import Provide
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from domain.ports import Clock
from domain.recording import Outcome, OutcomeUnknown, StoreUnavailable
from infra import logs
from infra.certificate_pdf import render
from infra.checkpoints import Checkpoints
from infra.database import UNREACHABLE, connect, open_pool
from infra.document_shelf import DocumentShelf
from infra.door_codes import RotatingCodes
from infra.embedded_postgres import EmbeddedPostgres
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.evidence_pack_pdf import render as draw_evidence
from infra.keystore import KeyStore
from infra.log_signal import LogSignal, shown_changes
from infra.mail import ConsoleMailer, Mailer, SmtpMailer
from infra.paper_shelf import PaperShelf
from infra.payer_files.package import build
from infra.payment_confirmation_pdf import render as draw_confirmation
from infra.payment_files import PaymentFiles
from infra.projector import Projector, search_path
from infra.queues import Inbox, NotYet, Outbox, WillNeverWork
from infra.report_reader import ReportReader
from infra.rule_files import RuleShelf
from infra.sealing import Seal
from infra.settings import Environment, Settings, load_settings
from infra.system import SystemClock, SystemRandomness
from infra.tool_messages import ToolMessages
from infra.vault import PostgresVault
from infra.watch import RegularChores
from infra.web_store import PostgresRateLimits, PostgresSessions, PostgresSignInLinks
from projections.audit_trail import project as audit_trail
from projections.billing_desk import project as billing_desk
from projections.certificate_checks import project as certificate_checks
from projections.certificate_register import project as certificate_register
from projections.claims_board import project as claims_board
from projections.holdings import project as holdings
from projections.memberships import project as memberships
from projections.offers import project as offers
from projections.offers.queries import programs as programs_of
from projections.outside_credits import project as outside_credits_view
from projections.patrons import project as patrons
from projections.people import project as people
from projections.roster import project as roster
from projections.schedule import project as schedule
from projections.schedule.queries import meetings_of_programs
from projections.transcript import project as transcript
from services import outside_credits, parting, rejudging, seat_invitations, troubles, worker
from services.bootstrap.adapters import Desk, Letters, People, Reports, Sessions, SignInMail
from services.bootstrap.database import (
    migrate_at,
    open_database,
    patiently,
    require_migrated,
)
from services.bootstrap.payment_news import Parts, PaymentNews, open_payment_news
from services.bootstrap.payments import open_desks, orders_of
from services.dispatch import Dispatcher
from services.effects import LETTERS, Outside, performers
from services.forgetting import observed_as
from services.handed_links import HandedLinks
from services.handlers import handlers
from services.house import House
from services.meeting_tools import REPEATS, ZOOM, Tools, file_message, observe_messages
from services.payments.clockwork import Chore, Rhythm, turn
from services.payments.door import SOURCE as PAYMENTS
from services.payments.ordering import KIND
from services.process_runner import ProcessRunner
from services.processes import (
    forget_late_names,
    judge_meetings,
    judge_members,
    judge_series,
    keep_one_leave,
    leave_groups,
    note_access,
    settle_certificates,
)
from services.scholarship_wishes import carry_waiting
from services.seat_invitations import Invitations
from services.tending import tend_places
from services.web.app import WebApp, create_app
from services.web.hooks import HookController
from services.web.live import LiveHub
from services.web.payment_pages import STRIPE_PAGES
from services.web.ports import WebPorts
from services.web.routes import CONTROLLERS
from services.web.settings import WebSettings
from services.worker import Chores

PROJECTIONS: Final = (
    people,
    schedule,
    roster,
    transcript,
    outside_credits_view,
    certificate_register,
    certificate_checks,
    offers,
    claims_board,
    memberships,
    holdings,
    patrons,
    billing_desk,
    audit_trail,
)
PROCESSES: Final = (
    judge_meetings,
    judge_members,
    judge_series,
    settle_certificates,
    forget_late_names,
    leave_groups,
    keep_one_leave,
    note_access,
)
_SHOWN_WITHIN: Final = 1.0  # seconds that a page waits for its own change
_FAR_BEHIND: Final = 10_000  # events
_LIVE_VIEWS: Final = ("view.roster", "view.schedule")


@dataclass(frozen=True, slots=True)
class Running:
    """A house with its lights on.

    Attributes:
        house: what web and command line use.
        chores: what the worker does.
        projector: for rebuilding and lag.
        pool: connections under which the views' tables are found.
        settings: as read from the environment.
        signal: wakes readers of the log.
        keystore: the keys of the people.
        embedded: the database server started here, if any.
        news: what the payment service tells, and who compares.
    """

    house: House
    chores: Chores
    projector: Projector
    pool: asyncpg.Pool[Any]
    settings: Settings
    signal: LogSignal
    keystore: KeyStore
    embedded: EmbeddedPostgres | None
    news: PaymentNews


def start_process(**overrides: object) -> Settings:
    """Read the settings and set up logging, once for a process.

    Raises:
        SettingsUnusable: lists every problem.
    """
    settings = load_settings(**overrides)
    logs.configure(pretty=settings.environment is Environment.DEVELOPMENT)
    return settings


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    application_name: str,
    mailer: Mailer | None = None,
    migrating: bool = True,
    preparing: bool = True,
    clock: Clock | None = None,
    takes_dues: bool | None = None,
) -> AsyncIterator[Running]:
    """Put everything together; take it apart in order at the end.

    Args:
        settings: as read from the environment.
        application_name: told to PostgreSQL.
        mailer: instead of the one that the settings name.
        migrating: bring the database up to date first; otherwise one that is not is refused.
        preparing: make missing views, and rebuild those whose code has changed.
        clock: instead of this machine's, for stories and replays.
        takes_dues: whether the house does; by default one does that names a payment service.
    """
    async with AsyncExitStack() as stack:
        address, embedded = await open_database(stack, settings)
        if migrating:
            await patiently(partial(migrate_at, address))
        else:
            await require_migrated(address)
        running = await _assemble(
            stack,
            settings,
            address,
            application_name,
            mailer,
            embedded,
            clock or SystemClock(),
            takes_dues=settings.stripe_key is not None if takes_dues is None else takes_dues,
        )
        if preparing:
            await patiently(running.projector.prepare)
        yield running


async def _assemble(
    stack: AsyncExitStack,
    settings: Settings,
    address: dict[str, Any],
    application_name: str,
    mailer: Mailer | None,
    embedded: EmbeddedPostgres | None,
    clock: Clock,
    *,
    takes_dues: bool,
) -> Running:
    randomness = SystemRandomness()
    keystore = KeyStore(settings.keys)
    stack.callback(keystore.close)
    pool = await open_pool(
        _with_views(address), max_size=settings.pool_size, application_name=application_name
    )
    stack.push_async_callback(_close_pool, pool)
    store = PostgresEventStore(
        pool,
        partial(connect, address, application_name=f"{application_name} writer", for_store=True),
        EventMapper(keystore),
        clock,
    )
    store.writer.start()
    stack.push_async_callback(store.writer.stop)
    rules = RuleShelf(settings.rules_dir)
    codes = RotatingCodes(keystore.secret("door-codes"))
    dispatch = Dispatcher(
        store,
        handlers(
            rules.book,
            codes,
            randomness,
            takes_dues=takes_dues,
            refund_limits=settings.refund_limits,
        ),
        clock,
        keystore.secret("fingerprints"),
    )
    signal = LogSignal(partial(connect, address, application_name=f"{application_name} signal"))
    dispatch.listeners.append(lambda _outcome: signal.ring())
    projector = Projector(pool, store.recorded, PROJECTIONS)
    vault, shelf = PostgresVault(pool), PaperShelf(pool, keystore)
    documents = DocumentShelf(pool, keystore, clock)
    seal = Seal(keystore.secret("messages"))
    tool_messages = ToolMessages(pool, seal)
    inbox, outbox = Inbox(pool, clock, seal, REPEATS), Outbox(pool, clock)
    runner = ProcessRunner(store, dispatch, Checkpoints(pool), PROCESSES)
    letters = Letters(keystore.secret("letters"))
    links_of_house = HandedLinks(keystore.secret("handed-links"), settings.origin)
    sessions = PostgresSessions(pool)
    outside = Outside(
        store=store,
        dispatch=dispatch,
        render=render,
        shelf=shelf,
        keys=keystore,
        also_known_as=partial(observed_as, store),
        forgetful=(
            vault,
            shelf,
            documents,
            tool_messages,
            Sessions(sessions, PostgresSignInLinks(pool)),
        ),
        mailer=mailer or _mailer(settings),
        open_letter=letters.open,
        origin=settings.origin,
        give_up=WillNeverWork,
    )
    desks = await open_desks(stack, settings, pool, clock=clock, randomness=randomness)
    news = await open_payment_news(
        stack,
        settings,
        Parts(
            pool=pool,
            store=store,
            dispatch=dispatch,
            inbox=inbox,
            clock=clock,
            randomness=randomness,
        ),
        None if desks is None else desks.worker,
    )
    house = House(
        store=store,
        dispatch=dispatch,
        package=build,
        draw_evidence=draw_evidence,
        draw_confirmation=draw_confirmation,
        views=pool.acquire,
        shown=partial(_shown, projector),
        door_codes=codes,
        vault=vault,
        papers=shelf,
        documents=documents,
        reports=Reports(ReportReader(keystore.secret("reports"), vault.person_with_mail)),
        desk=Desk(pool, projector, inbox, outbox, Checkpoints(pool), runner, clock),
        evidence_of=partial(_evidence, pool),
        clock=clock,
        randomness=randomness,
        origin=settings.origin,
        links=links_of_house,
        receive=inbox.receive,
        open_questions=tool_messages.open_questions,
        rules=rules.book,
        payments=None if desks is None else desks.web,
        takes_dues=takes_dues,
        payments_door=news.door,
        drift=news.drift,
        payment_files=PaymentFiles(pool, inbox),
        refund_limits=settings.refund_limits,
        meeting_tool_secret=_bytes(settings.meeting_tool_secret),
    )
    tools = Tools(house, tool_messages, outbox.add, NotYet)
    effects = {
        **performers(outside),
        **rejudging.performers(
            rejudging.Bulk(
                dispatch=dispatch,
                meetings_of_provider=partial(_meetings_of_provider, pool),
                order_all=outbox.add_all,
                give_up=WillNeverWork,
            )
        ),
        **parting.performers(store, dispatch),
        **troubles.performers(house.desk),
        **outside_credits.performers(documents),
        **seat_invitations.performers(
            Invitations(
                store=store, vault=vault, links=links_of_house, mailer=mailer or _mailer(settings)
            )
        ),
        "observe_messages": observe_messages(tools),
        **news.effects,
    }
    orders = None
    if desks is not None:
        orders = orders_of(
            settings,
            desks.worker,
            pool,
            store=store,
            dispatch=dispatch,
            clock=clock,
            randomness=randomness,
        )
    limits, links = PostgresRateLimits(pool), PostgresSignInLinks(pool)

    async def sweep() -> None:
        for each in (sessions, limits, links, tool_messages, inbox, outbox, documents, news.drift):
            await each.sweep(at=clock.now())
        if news.inbox is not None:
            await news.inbox.sweep(at=clock.now())
        if orders is not None:
            await orders.book.sweep(at=clock.now())

    chores = Chores(
        steps={
            **{each.NAME: partial(projector.advance, each) for each in PROJECTIONS},
            "processes": runner.advance_all,
            "letters": partial(_work, outbox, effects, only=LETTERS),
            "outbox": partial(_work, outbox, effects, but=LETTERS | rejudging.BULK | {KIND}),
            "bulk": partial(_work, outbox, effects, only=rejudging.BULK),
            "inbox": partial(_work, inbox, {ZOOM: file_message(tools)}, but={PAYMENTS}),
            **news.steps,
            **({} if orders is None else {"payment orders": orders.work_one}),
            **(_dues_steps(house, pool) if takes_dues else {}),
        },
        sweep=sweep,
        signal=signal,
    )
    return Running(house, chores, projector, pool, settings, signal, keystore, embedded, news)


def web_app(running: Running, hub: LiveHub, registry: CollectorRegistry) -> WebApp:
    """Return the web application of a running house; its figures go to *registry*."""
    settings, pool, house = running.settings, running.pool, running.house
    token = settings.metrics_token
    outbox = Outbox(pool, house.clock)
    letters = Letters(running.keystore.secret("letters"))
    return create_app(
        settings=WebSettings(
            origin=settings.origin,
            secret=running.keystore.secret("web"),
            emergency_number=settings.emergency_number,
            metrics_token=None if token is None else token.get_secret_value(),
            payment_pages=_payment_pages(settings),
        ),
        ports=WebPorts(
            sessions=PostgresSessions(pool),
            links=PostgresSignInLinks(pool),
            limits=PostgresRateLimits(pool),
            people=People(house),
            mail=SignInMail(outbox, letters, running.signal),
            clock=house.clock,
            randomness=house.randomness,
        ),
        controllers=(*CONTROLLERS, HookController),
        dependencies={
            "house": Provide(lambda: house, sync_to_thread=False),
            "hub": Provide(lambda: hub, sync_to_thread=False),
        },
        checks={"database": partial(_check_database, pool), "views": partial(_check_lag, running)},
        registry=registry,
        unavailable=(*UNREACHABLE, OutcomeUnknown, StoreUnavailable),
    )


def live_feed(running: Running) -> AsyncIterator[tuple[UUID, int]]:
    """Return what the open pages hear about."""
    return shown_changes(running.pool, running.signal, _LIVE_VIEWS)


def _with_views(address: dict[str, Any]) -> dict[str, Any]:
    """Return how to connect so that the tables of every view are found."""
    session = dict(address.get("server_settings", {}))
    return address | {"server_settings": session | {"search_path": search_path(PROJECTIONS)}}


def _bytes(secret: SecretStr | None) -> bytes | None:
    return None if secret is None else secret.get_secret_value().encode()


def _payment_pages(settings: Settings) -> tuple[str, ...]:
    """Return where the payment service's own pages are; nowhere in a house that takes no dues."""
    if settings.stripe_key is None:
        return ()
    return STRIPE_PAGES if settings.stripe_api_base is None else (settings.stripe_api_base,)


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url is None:
        return ConsoleMailer()
    return SmtpMailer(settings.smtp_url.get_secret_value(), settings.mail_from)


async def _close_pool(pool: asyncpg.Pool[Any]) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _dues_steps(house: House, pool: asyncpg.Pool[Any]) -> dict[str, Callable[[], Awaitable[int]]]:
    """Return what a house does besides in which access can end."""
    places = Chore(Rhythm.HOURLY, partial(tend_places, house))
    wishes = Chore(Rhythm.HOURLY, partial(carry_waiting, house))
    due = {"places": places, "scholarship wishes": wishes}
    return {"places": partial(turn, RegularChores(pool), due, house.clock)}


async def _shown(projector: Projector, outcome: Outcome, views: Sequence[str]) -> bool:
    return await projector.reached(views, outcome.position, _SHOWN_WITHIN)


async def _work(
    queue: Inbox | Outbox,
    effects: Mapping[str, Callable[[Any], Awaitable[str | None]]],
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> int:
    return int(await queue.work_one(effects, only=only, but=but))


async def _meetings_of_provider(
    pool: asyncpg.Pool[Any], provider_id: UUID, from_day: date
) -> list[UUID]:
    since = datetime.combine(from_day, datetime.min.time(), UTC) - timedelta(days=1)  # any zone
    async with pool.acquire() as conn:
        programs = [row.program_id for row in await programs_of(conn, provider_id)]
        return await meetings_of_programs(conn, programs, since)


async def _evidence(pool: asyncpg.Pool[Any], stream_id: UUID, until: datetime) -> str:
    """Return a digest over the leaf hashes of a stream up to an instant, in order."""
    rows = await pool.fetch(
        "SELECT leaf_hash FROM events WHERE stream_id = $1 AND recorded_at <= $2"
        " ORDER BY stream_version",
        stream_id,
        until,
    )
    return hashlib.sha256(b"".join(row["leaf_hash"] for row in rows)).hexdigest()


async def _check_database(pool: asyncpg.Pool[Any]) -> None:
    async with asyncio.timeout(2):
        await pool.fetchval("SELECT position FROM log_head WHERE id = 1")


async def _check_lag(running: Running) -> None:
    """Fail while the views are so far behind that pages would mislead."""
    async with asyncio.timeout(2):
        behind = max((each.behind for each in await running.projector.lags()), default=0)
    if behind > _FAR_BEHIND:
        raise RuntimeError(f"a reader is {behind} events behind")


async def drain(running: Running) -> None:
    """Do all background work there is to do now."""
    await worker.drain(running.chores)


def without_worker(running: Running) -> House:
    """Return the house for a process without a worker: it keeps the views up to date itself."""

    async def shown(_outcome: Outcome, _views: Sequence[str]) -> bool:
        await drain(running)
        return True

    return replace(running.house, shown=shown)
