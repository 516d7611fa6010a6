"""What the payment service tells, put together: its door, who handles it, and who reconciles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.payments.desk import PaymentDesk
from infra.payments.keys import is_live
from infra.payments.watch import DriftBook, RegularChores, Watermarks
from infra.queues.gathered_inbox import GatheredInbox
from infra.queues.queues import NotYet, WillNeverWork
from infra.queues.rooted_inbox import RootedInbox
from projections.billing_desk import queries as billing_desk
from projections.memberships import queries as memberships
from services.bootstrap.parts import Parts
from services.dispatch import Dispatcher
from services.effects import Piece
from services.payments import replaying
from services.payments.arrivals import Arrivals, handle_root
from services.payments.clockwork import Chore, Rhythm, turn
from services.payments.door import SOURCE, PaymentsDoor
from services.payments.looking import look_at
from services.payments.monthly_sums import reconcile_money
from services.payments.noting import Notary
from services.payments.purchases import Purchases
from services.payments.reconciling import (
    Reconciler,
    reconcile_lists,
    reconcile_messages,
)
from services.payments.ticking import (
    end_seat_offers,
    forget_stray_invitations,
    tick_memberships,
    tick_scholarships,
)

_KEPT: Final = timedelta(days=400)  # a dispute may come 120 days after a year that was paid at once

Step = Callable[[], Awaitable[int]]
Performer = Callable[[Piece], Awaitable[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNews:
    """The parts that hear and ask.

    Attributes:
        door: opens what comes; ``None`` in a house that takes no dues.
        reconciler: compares; ``None`` likewise.
        drift: differences that were found.
        marks: how far messages were read.
        steps: the worker's loops.
        inbox: messages by root; ``None`` likewise.
        effects: who carries out what administrators want of messages.
    """

    door: PaymentsDoor | None
    reconciler: Reconciler | None
    drift: DriftBook
    marks: Watermarks
    inbox: RootedInbox | None
    steps: Mapping[str, Step] = field(default_factory=dict)
    effects: Mapping[str, Performer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Eyes:
    """What the worker looks with."""

    payments: PaymentDesk
    dispatch: Dispatcher


async def open_payment_news(
    stack: AsyncExitStack, parts: Parts, desk: PaymentDesk | None
) -> PaymentNews:
    """Put the parts together; what is opened is closed with the house.

    Args:
        stack: closes the connection.
        parts: of the house.
        desk: the worker's; ``None`` in a house that takes no dues: time goes on there as well.
    """
    drift, marks = DriftBook(parts.pool), Watermarks(parts.pool)
    chores = {
        "scholarships": Chore(
            Rhythm.NIGHTLY, partial(tick_scholarships, parts.dispatch, parts.store, parts.clock)
        ),
        "seat offers": Chore(
            Rhythm.NIGHTLY, partial(end_seat_offers, parts.dispatch, parts.store, parts.clock)
        ),
        "stray invitations": Chore(
            Rhythm.NIGHTLY,
            partial(forget_stray_invitations, parts.vault, parts.store, parts.clock),
        ),
    }
    steps: dict[str, Step] = {
        "membership ticks": partial(
            tick_memberships, parts.dispatch, parts.pool.acquire, parts.clock
        )
    }
    door, reconciler, rooted = None, None, None
    effects: Mapping[str, Performer] = {}
    if desk is not None:
        door = _door(parts)
        reconciler = await _reconciler(stack, parts, desk, drift, marks)
        rooted = RootedInbox(parts.pool, parts.clock, parts.inbox, source=SOURCE, kept=_KEPT)
        steps["payment messages"] = partial(rooted.work_one, _handler(reconciler, parts))
        effects = replaying.performers(
            replaying.Replays(
                messages=rooted,
                revive=parts.inbox.revive,
                letterbox=parts.inbox,
                books=reconciler.books,
                give_up=WillNeverWork,
                not_yet=NotYet,
            )
        )
        chores |= {
            "payment messages": Chore(Rhythm.HOURLY, partial(reconcile_messages, reconciler)),
            "payment lists": Chore(Rhythm.NIGHTLY, partial(reconcile_lists, reconciler)),
            "payment sums": Chore(Rhythm.MONTHLY, partial(reconcile_money, reconciler)),
        }
    steps["regular chores"] = partial(turn, RegularChores(parts.pool), chores, parts.clock)
    return PaymentNews(
        door=door,
        reconciler=reconciler,
        drift=drift,
        marks=marks,
        inbox=rooted,
        steps=steps,
        effects=effects,
    )


def _door(parts: Parts) -> PaymentsDoor:
    from infra.stripe.webhooks import StripeDoor  # the SDK takes a third of a second to load

    settings = parts.settings
    assert settings.stripe_key is not None, "there is a desk"
    livemode = is_live(settings.stripe_key.get_secret_value())
    opens = StripeDoor(settings.webhook_secrets, livemode=livemode)
    letterbox = GatheredInbox(parts.pool, parts.clock, parts.inbox)
    return PaymentsDoor(opens=opens, letterbox=letterbox, clock=parts.clock)


async def _reconciler(
    stack: AsyncExitStack,
    parts: Parts,
    desk: PaymentDesk,
    drift: DriftBook,
    marks: Watermarks,
) -> Reconciler:
    from infra.stripe.books import StripeBooks
    from infra.stripe.connection import connect

    settings = parts.settings
    secret = settings.stripe_worker_key or settings.stripe_key
    assert secret is not None, "there is a desk"
    key = secret.get_secret_value()
    connection = await stack.enter_async_context(
        connect(key, api_base=settings.stripe_api_base, randomness=parts.randomness)
    )
    books = StripeBooks(connection, environment=settings.environment.value, livemode=is_live(key))
    return Reconciler(
        books=books,
        letterbox=parts.inbox,
        notary=Notary(parts.dispatch, books, partial(_account_of_customer, parts.pool)),
        look=partial(look_at, _Eyes(desk, parts.dispatch)),
        store=parts.store,
        views=parts.pool.acquire,
        drift=drift,
        marks=marks,
        clock=parts.clock,
    )


def _handler(reconciler: Reconciler, parts: Parts) -> Any:
    return handle_root(
        Arrivals(
            reconciler.notary,
            Purchases(parts.dispatch, parts.store),
            reconciler.look,
            give_up=WillNeverWork,
            not_yet=NotYet,
        )
    )


async def _account_of_customer(pool: asyncpg.Pool[Any], customer_id: str) -> UUID | None:
    async with pool.acquire() as conn:
        known = await memberships.account_of_customer(conn, customer_id)
        if known is not None:
            return known
        former = await billing_desk.accounts_of(conn, [customer_id])  # deleted at Stripe since
    return former[0] if former else None
