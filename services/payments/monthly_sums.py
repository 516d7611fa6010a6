"""A month's sums: what ledgers say moved, against what really moved for this house.

The account at the payment service may be shared: what is no customer of ours is another product's,
is left out, and is said to have been.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import structlog

from domain.payments.drift import Drift, DriftKind
from services.payments.comparing import money_drifts
from services.payments.reconciling import Reconciled, Reconciler, is_ours

log = structlog.get_logger()


async def reconcile_money(reconciler: Reconciler) -> Reconciled:
    """Compare last month's sums, and those of every month that differed before.

    Nothing heals them but a person who finds out why.

    Raises:
        PaymentsAway: the list could not be read to its end.
    """
    now = reconciler.clock.now()
    months = {_month_before(now)} | {
        datetime.fromisoformat(row.subject.partition("/")[0]).replace(tzinfo=UTC)
        for row in await reconciler.drift.open()
        if row.kind == DriftKind.MONEY
    }
    drifts: list[Drift] = []
    left_out: Counter[tuple[str, str]] = Counter()
    known: dict[str, bool] = {}  # of every customer, asked once in all months
    for since in sorted(months):
        until = (since + timedelta(days=32)).replace(day=1)
        booked, others = await _booked(reconciler, since, until, known)
        left_out.update(others)
        drifts += await money_drifts(reconciler.store, booked, since=since, until=until)
    await reconciler.drift.record({DriftKind.MONEY}, drifts, at=now)
    for (move, currency), cents in sorted(left_out.items()):
        log.info("billing.sums_left_out", move=move, currency=currency, cents=cents)
    return Reconciled(found=len(drifts), left=len(drifts), left_out=left_out)


async def _booked(
    reconciler: Reconciler, since: datetime, until: datetime, known: dict[str, bool]
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Return what moved for this house, and what moved for other products in the same account.

    Args:
        reconciler: with the books, and with what tells whose a customer is.
        since: the first moment.
        until: the first one after the last.
        known: whether a customer is ours; what is found out is added.
    """
    ours: Counter[tuple[str, str]] = Counter()
    others: Counter[tuple[str, str]] = Counter()
    async for line in reconciler.books.booked(since, until):
        who = line.customer_id
        if who is not None and who not in known:
            known[who] = await is_ours(reconciler, who)
        sums = ours if who is not None and known[who] else others
        sums[line.move, line.amount.currency] += line.amount.cents
    return ours, others


def _month_before(now: datetime) -> datetime:
    """Return the first moment of the month before."""
    this = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (this - timedelta(days=1)).replace(day=1)
