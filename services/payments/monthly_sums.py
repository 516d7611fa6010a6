"""A month's sums: what ledgers say moved, against what really moved for this house.

The account at the payment service may be shared: what is no customer of ours is another product's,
is left out, and is said to have been.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import structlog

from domain.payments.drift import Drift, DriftKind, LeftOut
from domain.values import Money
from services.payments.comparing import money_drifts
from services.payments.reconciling import Reconciled, Reconciler, is_ours

log = structlog.get_logger()

_Sums = Counter[tuple[str, str]]  # by move and currency


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
        booked, others, many = await _booked(reconciler, since, until, known)
        left_out.update(others)
        month = since.date()
        await reconciler.drift.leave_out(
            month,
            [
                LeftOut(month=month, move=move, many=many[move, name], amount=Money(cents, name))
                for (move, name), cents in sorted(others.items())
            ],
        )
        drifts += await money_drifts(reconciler.store, booked, since=since, until=until)
    await reconciler.drift.record({DriftKind.MONEY}, drifts, at=now)
    for (move, currency), cents in sorted(left_out.items()):
        log.info("billing.sums_left_out", move=move, currency=currency, cents=cents)
    return Reconciled(found=len(drifts), left=len(drifts), left_out=left_out)


async def _booked(
    reconciler: Reconciler, since: datetime, until: datetime, known: dict[str, bool]
) -> tuple[_Sums, _Sums, _Sums]:
    """Return what moved for this house, and what for other products in the same account.

    Args:
        reconciler: with the books, and with what tells whose a customer is.
        since: the first moment.
        until: the first one after the last.
        known: whether a customer is ours; what is found out is added.

    Returns:
        Our sums, theirs, and how many lines theirs are of.
    """
    ours, others, many = _Sums(), _Sums(), _Sums()
    async for line in reconciler.books.booked(since, until):
        who = line.customer_id
        if who is not None and who not in known:
            known[who] = await is_ours(reconciler, who)
        key = line.move, line.amount.currency
        if who is not None and known[who]:
            ours[key] += line.amount.cents
        else:
            others[key] += line.amount.cents
            many[key] += 1
    return ours, others, many


def _month_before(now: datetime) -> datetime:
    """Return the first moment of the month before."""
    this = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (this - timedelta(days=1)).replace(day=1)
