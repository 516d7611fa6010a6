"""The payment desks of a house: one key for pages, one for the worker, one for the price list."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from domain.payments import PaymentDesk, PaymentsOff
from domain.ports import Clock, Randomness
from infra.payment_keys import is_live, is_restricted
from infra.settings import Settings
from infra.system import SystemRandomness

log = structlog.get_logger()


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
    stack: AsyncExitStack, settings: Settings, *, clock: Clock, randomness: Randomness
) -> Desks | None:
    """Open the desks, closed with the house; ``None`` in a house that takes no dues."""
    if settings.stripe_key is None:
        return None
    from infra.stripe.desk import open_desk  # the SDK takes a third of a second to load

    opened: dict[str, PaymentDesk] = {}

    async def desk(key: str) -> PaymentDesk:
        if key not in opened:
            if is_live(key) and not is_restricted(key):
                log.warning("payments.key_may_do_everything", see="docs/runbook.md")
            opened[key] = await stack.enter_async_context(
                open_desk(
                    key,
                    clock=clock,
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
