"""The parts of a house that hold something: its store, its views, its queues, its keys."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg

from domain.ports import Clock, Randomness
from infra.calendar_feeds import PostgresFeeds
from infra.checkpoints import Checkpoints
from infra.database import connect, open_pool
from infra.door_codes import RotatingCodes
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.log_signal import LogSignal
from infra.mail import ConsoleMailer, Mailer, SmtpMailer
from infra.notice_wishes import PostgresWishes
from infra.payments.files import PaymentFiles
from infra.projector import Projector
from infra.queues.queues import Inbox, Outbox
from infra.regret_shelf import PostgresRegrets
from infra.rule_files import RuleShelf
from infra.secrets.corridor_shelf import CorridorShelf
from infra.secrets.document_shelf import DocumentShelf
from infra.secrets.keystore import KeyStore
from infra.secrets.paper_shelf import PaperShelf
from infra.secrets.sealing import Seal
from infra.secrets.vault import PostgresVault
from infra.settings import Settings
from infra.system import SystemRandomness
from infra.tool_messages import ToolMessages
from services.bootstrap.adapters import Letters
from services.bootstrap.readers import PROCESSES, PROJECTIONS, with_views
from services.dispatch import Dispatcher
from services.handed_links import HandedLinks
from services.handlers import handlers
from services.meetings.tools import REPEATS
from services.process_runner import ProcessRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a house is put together from, open and ready.

    Attributes:
        settings: as read from the environment.
        takes_dues: whether the house does.
        clock: of the house.
        randomness: of this machine.
        keystore: the keys of the people, and secrets made from the root.
        pool: connections under which the views' tables are found.
        store: the log.
        dispatch: takes commands.
        signal: wakes readers of the log.
        projector: keeps views.
        runner: runs process managers.
        vault: contact data.
        shelf: sealed papers.
        documents: what people sent in.
        corridor: words between meetings.
        regrets: who cannot come to the next hours.
        feeds: at which addresses members' calendars read.
        wishes: which mails about hours members wish.
        tool_messages: what meeting tools told.
        inbox: messages that came.
        outbox: effects that wait.
        codes: what rooms show.
        letters: seals mail that waits.
        links: makes links that are handed on.
        mailer: sends mail.
        rules: the packs in use.
    """

    settings: Settings
    takes_dues: bool
    clock: Clock
    randomness: Randomness
    keystore: KeyStore
    pool: asyncpg.Pool[Any]
    store: PostgresEventStore
    dispatch: Dispatcher
    signal: LogSignal
    projector: Projector
    runner: ProcessRunner
    vault: PostgresVault
    shelf: PaperShelf
    documents: DocumentShelf
    corridor: CorridorShelf
    regrets: PostgresRegrets
    feeds: PostgresFeeds
    wishes: PostgresWishes
    tool_messages: ToolMessages
    inbox: Inbox
    outbox: Outbox
    codes: RotatingCodes
    letters: Letters
    links: HandedLinks
    mailer: Mailer
    rules: RuleShelf


async def open_parts(
    stack: AsyncExitStack,
    settings: Settings,
    address: dict[str, Any],
    application_name: str,
    *,
    clock: Clock,
    mailer: Mailer | None,
    takes_dues: bool,
) -> Parts:
    """Open everything; what is opened is closed with the house, in order."""
    randomness = SystemRandomness()
    keystore = KeyStore(settings.keys)
    stack.callback(keystore.close)
    pool = await open_pool(
        with_views(address), max_size=settings.pool_size, application_name=application_name
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
    seal = Seal(keystore.secret("messages"))
    inbox = Inbox(pool, clock, seal, REPEATS)
    decides = handlers(
        rules.book,
        codes,
        randomness,
        takes_dues=takes_dues,
        refund_limits=settings.refund_limits,
        orders=PaymentFiles(pool, inbox).order,
    )
    dispatch = Dispatcher(store, decides, clock, keystore.secret("fingerprints"))
    signal = LogSignal(partial(connect, address, application_name=f"{application_name} signal"))
    dispatch.listeners.append(lambda _outcome: signal.ring())
    return Parts(
        settings=settings,
        takes_dues=takes_dues,
        clock=clock,
        randomness=randomness,
        keystore=keystore,
        pool=pool,
        store=store,
        dispatch=dispatch,
        signal=signal,
        projector=Projector(pool, store.recorded, PROJECTIONS),
        runner=ProcessRunner(store, dispatch, Checkpoints(pool), PROCESSES),
        vault=PostgresVault(pool),
        shelf=PaperShelf(pool, keystore),
        documents=DocumentShelf(pool, keystore, clock),
        corridor=CorridorShelf(pool, keystore),
        regrets=PostgresRegrets(pool),
        feeds=PostgresFeeds(pool),
        wishes=PostgresWishes(pool),
        tool_messages=ToolMessages(pool, seal),
        inbox=inbox,
        outbox=Outbox(pool, clock),
        codes=codes,
        letters=Letters(keystore.secret("letters")),
        links=HandedLinks(keystore.secret("handed-links"), settings.origin),
        mailer=mailer or _mailer(settings),
        rules=rules,
    )


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
