"""Puts a house together, and takes it apart in order."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from domain.ports import Clock
from domain.recording import Outcome
from infra import logs
from infra.attendance_files.report_reader import ReportReader
from infra.calendar_file import render as draw_calendar
from infra.checkpoints import Checkpoints
from infra.log_signal import LogSignal
from infra.mail import Mailer
from infra.papers.evidence_pack_pdf import render as draw_evidence
from infra.papers.fonts import unprintable
from infra.papers.payment_confirmation_pdf import render as draw_confirmation
from infra.payer_files.package import build, zip_package
from infra.payments.files import PaymentFiles
from infra.postgres.embedded import EmbeddedPostgres
from infra.projector import Projector
from infra.secrets.keystore import KeyStore
from infra.settings import Environment, Settings, load_settings
from infra.system import SystemClock
from services import worker
from services.bootstrap.adapters import Desk, Reports
from services.bootstrap.chores import chores_of
from services.bootstrap.database import (
    migrate_at,
    open_database,
    patiently,
    require_migrated,
)
from services.bootstrap.parts import Parts, open_parts
from services.bootstrap.payment_news import PaymentNews, open_payment_news
from services.bootstrap.payments import Desks, open_desks, orders_of
from services.house import House
from services.worker import Chores

_SHOWN_WITHIN: Final = 1.0  # seconds that a page waits for its own change


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
            await open_parts(
                stack,
                settings,
                address,
                application_name,
                clock=clock or SystemClock(),
                mailer=mailer,
                takes_dues=settings.stripe_key is not None if takes_dues is None else takes_dues,
            ),
            embedded,
        )
        if preparing:
            await patiently(running.projector.prepare)
        yield running


async def _assemble(
    stack: AsyncExitStack, parts: Parts, embedded: EmbeddedPostgres | None
) -> Running:
    desks = await open_desks(
        stack, parts.settings, parts.pool, clock=parts.clock, randomness=parts.randomness
    )
    orders = None if desks is None else orders_of(parts, desks.worker)
    news = await open_payment_news(stack, parts, None if desks is None else desks.worker)
    house = _house(parts, desks, news)
    return Running(
        house=house,
        chores=chores_of(parts, house, news, orders),
        projector=parts.projector,
        pool=parts.pool,
        settings=parts.settings,
        signal=parts.signal,
        keystore=parts.keystore,
        embedded=embedded,
        news=news,
    )


def _house(parts: Parts, desks: Desks | None, news: PaymentNews) -> House:
    settings, pool, vault = parts.settings, parts.pool, parts.vault
    reports = ReportReader(parts.keystore.secret("reports"), vault.person_with_mail)
    return House(
        store=parts.store,
        dispatch=parts.dispatch,
        package=build,
        zip_package=zip_package,
        draw_evidence=draw_evidence,
        draw_calendar=partial(draw_calendar, host=urlsplit(settings.origin).netloc),
        unprintable=unprintable,
        draw_confirmation=draw_confirmation,
        views=pool.acquire,
        shown=partial(_shown, parts.projector),
        door_codes=parts.codes,
        vault=vault,
        papers=parts.shelf,
        documents=parts.documents,
        corridor=parts.corridor,
        regrets=parts.regrets,
        feeds=parts.feeds,
        wishes=parts.wishes,
        reports=Reports(reports),
        desk=Desk(
            pool,
            parts.projector,
            parts.inbox,
            parts.outbox,
            Checkpoints(pool),
            parts.runner,
            parts.clock,
        ),
        evidence_of=partial(_evidence, pool),
        clock=parts.clock,
        randomness=parts.randomness,
        origin=settings.origin,
        links=parts.links,
        receive=parts.inbox.receive,
        open_questions=parts.tool_messages.open_questions,
        rules=parts.rules.book,
        payments=None if desks is None else desks.web,
        takes_dues=parts.takes_dues,
        payments_door=news.door,
        drift=news.drift,
        payment_files=PaymentFiles(pool, parts.inbox),
        refund_limits=settings.refund_limits,
        meeting_tool_secret=_bytes(settings.meeting_tool_secret),
    )


async def drain(running: Running) -> None:
    """Do all background work there is to do now."""
    await worker.drain(running.chores)


def without_worker(running: Running) -> House:
    """Return the house for a process without a worker: it keeps the views up to date itself."""

    async def shown(_outcome: Outcome, _views: Sequence[str]) -> bool:
        await drain(running)
        return True

    return replace(running.house, shown=shown)


def _bytes(secret: SecretStr | None) -> bytes | None:
    return None if secret is None else secret.get_secret_value().encode()


async def _shown(projector: Projector, outcome: Outcome, views: Sequence[str]) -> bool:
    return await projector.reached(views, outcome.position, _SHOWN_WITHIN)


async def _evidence(pool: asyncpg.Pool[Any], stream_id: UUID, until: datetime) -> str:
    """Return a digest over the leaf hashes of a stream up to an instant, in order."""
    rows = await pool.fetch(
        "SELECT leaf_hash FROM events WHERE stream_id = $1 AND recorded_at <= $2"
        " ORDER BY stream_version",
        stream_id,
        until,
    )
    return hashlib.sha256(b"".join(row["leaf_hash"] for row in rows)).hexdigest()
