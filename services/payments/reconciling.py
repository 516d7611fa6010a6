"""Reconciliation: what the payment service says when it is asked, against what stands here.

Webhooks may be lost, and answered by a proxy that keeps nothing. So the messages are read again
from a list each hour, subscriptions and invoices are compared each night, and sums each month. A
difference is recorded, healed by the same look and the same noting as ever, and compared once
more; what is left waits for a person. Done twice, the second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, Protocol
from uuid import UUID

import structlog

from domain.errors import DomainError
from domain.money.facts import key_of
from domain.payments.drift import (
    EVENTS,
    INVOICE_KINDS,
    NEWEST_EVENT,
    SUBSCRIPTION_KINDS,
    Drift,
    DriftKind,
    DriftRow,
    LeftOut,
)
from domain.payments.news import News, PaymentBooks
from domain.payments.refusals import PaymentsAway
from domain.ports import Clock
from domain.recording import EventStore
from services.payments.arrivals import Looks
from services.payments.comparing import (
    Views,
    invoice_drifts,
    subscription_drifts,
)
from services.payments.door import RECONCILE, Letterbox, keep
from services.payments.noting import Notary, note, payer_of

log = structlog.get_logger()

_OVERLAP: Final = timedelta(minutes=10)
_KEPT_BY_STRIPE: Final = timedelta(days=30)
_FIRST_LOOK_BACK: Final = timedelta(days=29)
_ALARM_AFTER: Final = timedelta(days=25)
_HEALED_BY_LOOKING: Final = frozenset(
    {DriftKind.NO_MEMBER, DriftKind.UNSEEN, DriftKind.DIFFERS, DriftKind.SURPLUS}
)
_INVOICES: Final = timedelta(days=35)  # a month's, and the days on which they may still be open


class Marks(Protocol):
    """How far things were read."""

    async def reached(self, name: str) -> datetime | None:
        """Return a mark, if one was ever set."""
        ...

    async def reach(self, name: str, at: datetime) -> None:
        """Set a mark; it never goes back."""
        ...


class DriftBook(Protocol):
    """Where differences are kept and counted."""

    async def record(
        self, kinds: Collection[str], drifts: Sequence[Drift], *, at: datetime
    ) -> None:
        """Keep what a comparison of some kinds found; what it found no more is healed."""
        ...

    async def open(self) -> Sequence[DriftRow]:
        """Return what is not healed, oldest first."""
        ...

    async def leave_out(self, month: date, found: Sequence[LeftOut]) -> None:
        """Keep what was left out of a month's sums, in the place of what was found before."""
        ...

    async def left_out(self) -> Sequence[LeftOut]:
        """Return what was left out of the newest month's sums."""
        ...

    async def events_read(self) -> datetime | None:
        """Return until when the service's messages were read from its list."""
        ...

    async def found_since(self, since: datetime) -> int:
        """Count what was found from an instant on, healed or not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """What reconciliation works with.

    Attributes:
        books: the service's.
        letterbox: takes in messages that never came.
        notary: notes facts.
        look: lets a membership observe.
        store: what stands here.
        views: what we hold to live.
        drift: keeps differences.
        marks: how far messages were read.
        clock: tells the time.
    """

    books: PaymentBooks
    letterbox: Letterbox
    notary: Notary
    look: Looks
    store: EventStore
    views: Views
    drift: DriftBook
    marks: Marks
    clock: Clock


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of it.

    Attributes:
        added: messages that had never come.
        found: differences before anything was healed.
        left: differences that wait for a person.
        left_out: what moved for other products in the same account, in cents by move and currency:
            it was not compared.
    """

    added: int = 0
    found: int = 0
    left: int = 0
    left_out: Mapping[tuple[str, str], int] = field(default_factory=dict)


async def reconcile_messages(reconciler: Reconciler) -> Reconciled:
    """Take in every message from the mark on that never came, and move the mark.

    Raises:
        PaymentsAway: the list could not be read to its end; the mark stays.
    """
    began = reconciler.clock.now()
    mark = await reconciler.marks.reached(EVENTS)
    await _alarm(reconciler, mark, began)
    # what is read next is told by the service's clock: ours may be ahead, and would skip some
    newest = await reconciler.marks.reached(NEWEST_EVENT)
    since = began - _FIRST_LOOK_BACK if newest is None else newest - _OVERLAP
    added, made = 0, []
    async for message in reconciler.books.messages(since):
        added += await keep(reconciler.letterbox, message, came_by=RECONCILE)
        made += [message.created_at] if message.created_at is not None else []
    if made:
        await reconciler.marks.reach(NEWEST_EVENT, max(made))
    await reconciler.marks.reach(EVENTS, began)
    return Reconciled(added=added)


async def reconcile_lists(reconciler: Reconciler) -> Reconciled:
    """Compare subscriptions and invoices, heal what differs, and compare again.

    Raises:
        PaymentsAway: a list could not be read to its end, or something not be healed.
    """
    subscriptions = await _subscriptions(reconciler)
    invoices = await _invoices(reconciler)
    return Reconciled(
        found=subscriptions.found + invoices.found, left=subscriptions.left + invoices.left
    )


async def _subscriptions(reconciler: Reconciler) -> Reconciled:
    found = await _compare_subscriptions(reconciler)
    if not found:
        return Reconciled()
    for drift in found:
        if drift.kind in _HEALED_BY_LOOKING:
            await _heal(drift.subject, partial(reconciler.look, source_event_id=None))
    return Reconciled(found=len(found), left=len(await _compare_subscriptions(reconciler)))


async def _compare_subscriptions(reconciler: Reconciler) -> list[Drift]:
    listed = [
        each
        async for each in reconciler.books.subscriptions()
        if each.membership_id is not None or await is_ours(reconciler, each.customer_id)
    ]
    drifts = await subscription_drifts(reconciler.store, reconciler.views, listed)
    return await _recorded(reconciler, SUBSCRIPTION_KINDS, drifts)


async def is_ours(reconciler: Reconciler, customer_id: str) -> bool:
    """Tell whether a customer is not of another house or product in the same account."""
    about = News(message_id=None, customer_id=customer_id)
    return (await payer_of(reconciler.notary, about))[1] is None


async def _invoices(reconciler: Reconciler) -> Reconciled:
    since = reconciler.clock.now() - _INVOICES
    told: list[tuple[UUID | None, News]] = []
    async for news in reconciler.books.invoices(since):
        account_id, foreign = await payer_of(reconciler.notary, news)
        if foreign is None and news.facts:
            told.append((account_id, news))
    found = await _compare_invoices(reconciler, told, since)
    missing = {each.subject for each in found if each.kind is DriftKind.FACT_MISSING}
    if not found:
        return Reconciled()
    for _, news in told:
        if missing & {key_of(kind, fact) for kind, fact in news.facts}:
            await _heal(news.facts[0][1].object_id, partial(_note, reconciler, news))
    left = await _compare_invoices(reconciler, told, since)
    return Reconciled(found=len(found), left=len(left))


async def _note(reconciler: Reconciler, news: News, _: str) -> None:
    await note(reconciler.notary, news)


async def _compare_invoices(
    reconciler: Reconciler, told: Sequence[tuple[UUID | None, News]], since: datetime
) -> list[Drift]:
    drifts = await invoice_drifts(reconciler.store, told, since=since)
    return await _recorded(reconciler, INVOICE_KINDS, drifts)


async def _recorded(
    reconciler: Reconciler, kinds: frozenset[DriftKind], drifts: list[Drift]
) -> list[Drift]:
    for drift in drifts:
        log.warning("billing.drift", kind=drift.kind.value, subject=drift.subject)
    await reconciler.drift.record(kinds, drifts, at=reconciler.clock.now())
    return drifts


async def _heal(subject: str, act: Callable[[str], Awaitable[object]]) -> None:
    """Do what heals a difference; a refusal leaves it as it is, for a person.

    Raises:
        PaymentsAway: to be tried again, with all that follows.
    """
    try:
        await act(subject)
    except PaymentsAway:
        raise
    except DomainError as refusal:
        log.warning("billing.drift_not_healed", subject=subject, code=refusal.code)


async def _alarm(reconciler: Reconciler, mark: datetime | None, now: datetime) -> None:
    """Say so when messages were not read for so long that the service may forget some."""
    late = mark is not None and now - mark > _ALARM_AFTER
    drifts = []
    if late and mark is not None:
        log.error("billing.watermark_old", reached=mark.isoformat())
        drifts = [
            Drift(
                kind=DriftKind.WATERMARK,
                subject=EVENTS,
                ours=f"{mark:%Y-%m-%dT%H:%M:%SZ}",
                theirs=f"{now - _KEPT_BY_STRIPE:%Y-%m-%dT%H:%M:%SZ}",
            )
        ]
    await reconciler.drift.record({DriftKind.WATERMARK}, drifts, at=now)
