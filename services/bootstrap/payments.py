"""The payment desks of a house: one key for pages, one for the worker, one for the price list."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import structlog

from domain.payments.desk import PaymentDesk
from domain.payments.refusals import PaymentsOff
from domain.ports import Clock, Randomness
from infra.advisory_turns import AdvisoryTurns
from infra.payments.keys import is_live, is_restricted
from infra.payments.order_book import PaymentOrderBook
from infra.queues.queues import NotYet, Outbox, WillNeverWork
from infra.settings import Settings
from infra.system import SystemRandomness
from services.bootstrap.parts import Parts
from services.payments.carrying import Carrier
from services.payments.ordering import KIND
from services.web.payment_pages import STRIPE_PAGES

log = structlog.get_logger()

_SHARE: Final = 4  # of the connections, those that looks may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The desks of one process.

    Attributes:
        web: for pages.
        worker: for looks, orders and reconciliation; the same one where one key does all.
    """

    web: PaymentDesk
    worker: PaymentDesk


async def open_desks(
    stack: AsyncExitStack,
    settings: Settings,
    pool: asyncpg.Pool[Any],
    *,
    clock: Clock,
    randomness: Randomness,
) -> Desks | None:
    """Open the desks, closed with the house; ``None`` in a house that takes no dues."""
    if settings.stripe_key is None:
        return None
    from infra.stripe.desk import open_desk  # the SDK takes a third of a second to load

    turns = AdvisoryTurns(pool, most=max(1, settings.pool_size // _SHARE))
    opened: dict[str, PaymentDesk] = {}

    async def desk(key: str) -> PaymentDesk:
        if key not in opened:
            if is_live(key) and not is_restricted(key):
                log.warning("payments.key_may_do_everything", see="docs/runbook.md")
            opened[key] = await stack.enter_async_context(
                open_desk(
                    key,
                    clock=clock,
                    turns=turns,
                    randomness=randomness,
                    environment=settings.environment.value,
                    api_base=settings.stripe_api_base,
                    taxes=settings.stripe_tax,
                )
            )
        return opened[key]

    worker_key = settings.stripe_worker_key or settings.stripe_key
    return Desks(
        web=await desk(settings.stripe_key.get_secret_value()),
        worker=await desk(worker_key.get_secret_value()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The worker's loop that carries orders out.

    Attributes:
        carrier: does one.
        book: what became of them.
        outbox: where they wait.
    """

    carrier: Carrier
    book: PaymentOrderBook
    outbox: Outbox

    async def work_one(self) -> int:
        """Carry out the order that is due longest, unless our key was refused a moment ago."""
        if self.carrier.is_closed:
            return 0
        return int(await self.outbox.work_one({KIND: self.carrier.carry_out}, only={KIND}))


def orders_of(parts: Parts, desk: PaymentDesk) -> Orders:
    """Return who carries orders out, with the worker's *desk*."""
    book = PaymentOrderBook(parts.pool)
    carrier = Carrier(
        payments=desk,
        dispatch=parts.dispatch,
        store=parts.store,
        book=book,
        clock=parts.clock,
        randomness=parts.randomness,
        environment=parts.settings.environment.value,
        give_up=WillNeverWork,
        not_yet=NotYet,
    )
    return Orders(carrier=carrier, book=book, outbox=parts.outbox)


def payment_pages(settings: Settings) -> tuple[str, ...]:
    """Return where the payment service's own pages are; nowhere in a house that takes no dues."""
    if settings.stripe_key is None:
        return ()
    known = STRIPE_PAGES if settings.stripe_api_base is None else (settings.stripe_api_base,)
    return (*known, *(f"https://{host}" for host in settings.hosts_of_payments))


async def make_catalogue(settings: Settings, file: Path | None) -> list[str]:
    """Make product, prices and coupons at Stripe; see ``docs/membership.md``.

    Raises:
        PaymentsOff: there is no key.
        CatalogueFault: the file cannot be used.
    """
    from infra.stripe.catalogue import STANDARD, make, read
    from infra.stripe.connection import connect

    key = settings.stripe_catalogue_key or settings.stripe_worker_key or settings.stripe_key
    if key is None:
        raise PaymentsOff("This house takes no dues: name a key of Stripe's first.")
    wanted = STANDARD if file is None else read(file)
    async with connect(
        key.get_secret_value(), api_base=settings.stripe_api_base, randomness=SystemRandomness()
    ) as connection:
        return await make(connection, wanted, environment=settings.environment.value)
