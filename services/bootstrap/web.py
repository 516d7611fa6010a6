"""The web application of a house, and how one sees whether it is well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
from litestar.di import Provide
from prometheus_client import CollectorRegistry

from domain.recording import OutcomeUnknown, StoreUnavailable
from infra.database import UNREACHABLE
from infra.log_signal import shown_changes
from infra.queues.queues import Outbox
from infra.web_store import PostgresRateLimits, PostgresSessions, PostgresSignInLinks
from services.bootstrap.adapters import Letters, People, SignInMail
from services.bootstrap.payments import payment_pages
from services.web.app import WebApp, create_app
from services.web.hooks import HookController
from services.web.live import LiveHub
from services.web.ports import WebPorts
from services.web.routes import CONTROLLERS
from services.web.settings import WebSettings

if TYPE_CHECKING:
    from services.bootstrap.running import Running

_FAR_BEHIND: Final = 10_000  # events
_LIVE_VIEWS: Final = ("view.roster", "view.schedule")


def web_app(running: Running, hub: LiveHub, registry: CollectorRegistry) -> WebApp:
    """Return the web application of a running house; its figures go to *registry*."""
    settings, pool, house = running.settings, running.pool, running.house
    token = settings.metrics_token
    letters = Letters(running.keystore.secret("letters"))
    return create_app(
        settings=WebSettings(
            origin=settings.origin,
            secret=running.keystore.secret("web"),
            emergency_number=settings.emergency_number,
            metrics_token=None if token is None else token.get_secret_value(),
            payment_pages=payment_pages(settings),
        ),
        ports=WebPorts(
            sessions=PostgresSessions(pool),
            links=PostgresSignInLinks(pool),
            limits=PostgresRateLimits(pool),
            people=People(house),
            mail=SignInMail(Outbox(pool, house.clock), letters, running.signal),
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


def outside_feed(running: Running) -> AsyncIterator[tuple[UUID, int]]:
    """Return of which groups and meetings something outside the record changed."""
    return running.signal.outside()


async def _check_database(pool: asyncpg.Pool[Any]) -> None:
    async with asyncio.timeout(2):
        await pool.fetchval("SELECT position FROM log_head WHERE id = 1")


async def _check_lag(running: Running) -> None:
    """Fail while the views are so far behind that pages would mislead."""
    async with asyncio.timeout(2):
        behind = max((each.behind for each in await running.projector.lags()), default=0)
    if behind > _FAR_BEHIND:
        raise RuntimeError(f"a reader is {behind} events behind")
