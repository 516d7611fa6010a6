"""What the payment service lists, beside what stands here: the differences, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.memberships.observations import LIVE, Observation
from domain.memberships.standings import MembershipState
from domain.money.events import Noted
from domain.money.facts import MoneyKind, key_of
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.drift import Drift, DriftKind
from domain.payments.news import ListedSubscription, News
from domain.recording import EventStore
from projections import Connection
from projections.memberships import queries as memberships
from services.dispatch import Work

Views = Callable[[], AbstractAsyncContextManager[Connection]]

_PAID_FOR: Final = frozenset(
    {MembershipState.TRIAL, MembershipState.ACTIVE, MembershipState.ON_LEAVE}
)
_NOTHING: Final = "nothing"
_AT_THE_EDGE: Final = timedelta(minutes=10)
# The list goes by when an invoice was begun, a ledger by when it was final; a draft lasts an hour,
# or up to 72 where it waits for something, and a day is ours.
_DRAFTED_BEFORE: Final = timedelta(days=4)
_BATCH: Final = 1000


async def subscription_drifts(
    store: EventStore, views: Views, listed: Sequence[ListedSubscription]
) -> list[Drift]:
    """Compare every subscription that the service lists with what was seen last.

    Args:
        store: what stands here.
        views: what we hold to live.
        listed: every subscription of this house, those that ended too.
    """
    drifts = []
    work = Work(store, uuid4())  # only reads
    for each in listed:
        membership = await _membership(work, each)
        drifts += [] if membership is None and not _lives(each) else _of_one(each, membership)
        if membership is not None and _lives(each):
            drifts += await _of_who_takes_part(work, each, membership)
    drifts += await _of_what_we_hold_live(work, views, listed)
    return [*_once(drifts)]


async def invoice_drifts(
    store: EventStore, told: Sequence[tuple[UUID | None, News]], *, since: datetime
) -> list[Drift]:
    """Compare what every listed invoice says with the ledgers, and ledgers with the list.

    Args:
        store: what stands here.
        told: what each invoice from *since* on says, and whose account it is.
        since: the list's first moment; what a ledger dates earlier is not looked for.
    """
    drifts = []
    work = Work(store, uuid4())
    listed = {fact.object_id for _, news in told for _, fact in news.facts}
    ledgers: dict[UUID, MoneyLedger | None] = {}
    for account_id, news in told:
        if account_id is None:
            drifts += [
                Drift(
                    kind=DriftKind.NO_ACCOUNT,
                    subject=fact.object_id,
                    ours=_NOTHING,
                    theirs=kind.value,
                )
                for kind, fact in news.facts[:1]
            ]
            continue
        if account_id not in ledgers:
            ledgers[account_id] = await work.find(MoneyLedger, money_ledger_id(account_id))
        drifts += _of_facts(ledgers[account_id], news)
    for ledger in ledgers.values():
        if ledger is not None:
            drifts += _surplus(ledger, listed, since + _DRAFTED_BEFORE)
    return [*_once(drifts)]


async def money_drifts(
    store: EventStore,
    booked: Mapping[tuple[str, str], int],
    *,
    since: datetime,
    until: datetime,
) -> list[Drift]:
    """Compare what ledgers say was paid and paid back with what really moved.

    What happened within ten minutes of either end may count there on one side and not on the
    other, since the two are not dated by the same clock; so much may differ.

    Args:
        store: the ledgers.
        booked: cents of this house by move and currency, see
            :class:`domain.payments.news.BookedLine`.
        since: the first moment of the period.
        until: the first one after it.
    """
    ours, edge = await _moved(store, since, until)
    drifts = []
    for key in sorted(ours.keys() | booked.keys()):
        here, there = ours.get(key, 0), booked.get(key, 0)
        if abs(here - there) > edge.get(key, 0):
            move, currency = key
            drifts.append(
                Drift(
                    kind=DriftKind.MONEY,
                    subject=f"{since:%Y-%m-%d}/{move}/{currency}",
                    ours=str(here),
                    theirs=str(there),
                )
            )
    return drifts


async def _membership(work: Work, listed: ListedSubscription) -> Membership | None:
    if listed.membership_id is None:
        return None
    return await work.find(Membership, listed.membership_id)


def _of_one(listed: ListedSubscription, membership: Membership | None) -> list[Drift]:
    """Compare one subscription with the newest look at it."""
    key = listed.subscription_id
    if membership is None:
        return [Drift(kind=DriftKind.NO_MEMBER, subject=key, ours=_NOTHING, theirs=listed.status)]
    seen = membership.seen.get(key)
    if seen is None:
        return [Drift(kind=DriftKind.UNSEEN, subject=key, ours=_NOTHING, theirs=listed.status)]
    ours, theirs = _said(seen), _said(listed)
    differing = [name for name in ours if ours[name] != theirs[name]]
    if not differing:
        return []
    return [
        Drift(
            kind=DriftKind.DIFFERS,
            subject=key,
            ours=", ".join(f"{name} {ours[name]}" for name in differing),
            theirs=", ".join(f"{name} {theirs[name]}" for name in differing),
        )
    ]


def _said(what: Observation | ListedSubscription) -> dict[str, str]:
    end = what.period_end_at
    return {
        "status": what.status,
        "period_end": _NOTHING if end is None else f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "quantity": str(what.quantity),
        "price": what.price,
        "ends": "yes" if what.ends_at_period_end else "no",
    }


async def _of_who_takes_part(
    work: Work, listed: ListedSubscription, membership: Membership
) -> list[Drift]:
    """Look for a second one that lives, and for somebody who was forgotten and still pays."""
    drifts = []
    key = listed.subscription_id
    if key in membership.second_subscriptions:
        counts = membership.observed
        drifts.append(
            Drift(
                kind=DriftKind.SECOND,
                subject=key,
                ours=_NOTHING if counts is None else counts.subscription_id,
                theirs=listed.status,
            )
        )
    holder = await work.find(Member, membership.holder_id)
    if holder is not None and holder.forgotten:
        drifts.append(
            Drift(kind=DriftKind.MEMBER_GONE, subject=key, ours="forgotten", theirs=listed.status)
        )
    return drifts


async def _of_what_we_hold_live(
    work: Work, views: Views, listed: Sequence[ListedSubscription]
) -> list[Drift]:
    """Look for what lives here alone, and for who takes part without anything that is paid for."""
    known = {each.subscription_id for each in listed}
    living = {each.subscription_id for each in listed if _lives(each)}
    async with views() as conn:
        rows = await memberships.live_subscriptions(conn)
    drifts = [
        Drift(kind=DriftKind.SURPLUS, subject=row.subscription_id, ours=row.status, theirs=_NOTHING)
        for row in rows
        if row.subscription_id not in known
    ]
    for membership_id in sorted({row.membership_id for row in rows}, key=str):
        membership = await work.load(Membership, membership_id)
        if membership.state in _PAID_FOR and not living & membership.seen.keys():
            drifts.append(
                Drift(
                    kind=DriftKind.NO_REASON,
                    subject=str(membership_id),
                    ours=membership.state.value,
                    theirs=_NOTHING,
                )
            )
    return drifts


def _of_facts(ledger: MoneyLedger | None, news: News) -> list[Drift]:
    lines = {} if ledger is None else ledger.lines
    drifts = []
    for kind, fact in news.facts:
        key = key_of(kind, fact)
        theirs = f"{fact.amount.cents} {fact.amount.currency}"
        known = lines.get(key)
        if known is None:
            drifts.append(
                Drift(kind=DriftKind.FACT_MISSING, subject=key, ours=_NOTHING, theirs=theirs)
            )
        elif known[1].amount != fact.amount:
            ours = f"{known[1].amount.cents} {known[1].amount.currency}"
            drifts.append(Drift(kind=DriftKind.FACT_DIFFERS, subject=key, ours=ours, theirs=theirs))
    return drifts


def _surplus(ledger: MoneyLedger, listed: set[str], since: datetime) -> list[Drift]:
    return [
        Drift(kind=DriftKind.FACT_SURPLUS, subject=key, ours=kind.value, theirs=_NOTHING)
        for key, (kind, fact) in ledger.lines.items()
        if kind is MoneyKind.INVOICE_ISSUED
        and fact.true_at >= since
        and fact.object_id not in listed
    ]


async def _moved(
    store: EventStore, since: datetime, until: datetime
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Return what ledgers say moved in a period, and how much of it near the ends."""
    sums: dict[tuple[str, str], int] = {}
    edge: dict[tuple[str, str], int] = {}
    position = 0
    while found := await store.read(position, _BATCH, [*_TOPICS]):
        for recorded in found:
            position = recorded.position
            event = recorded.event
            assert isinstance(event, Noted), "read by topic"
            fact, (move, sign) = event.fact, _MOVES[event.KIND]
            key = move, fact.amount.currency
            if since <= fact.true_at < until:
                sums[key] = sums.get(key, 0) + sign * fact.amount.cents
            if any(abs(fact.true_at - end) <= _AT_THE_EDGE for end in (since, until)):
                edge[key] = edge.get(key, 0) + fact.amount.cents
    return sums, edge


_MOVES: Final = {
    MoneyKind.INVOICE_PAID: ("paid", 1),
    MoneyKind.REFUND_DONE: ("paid_back", 1),
    MoneyKind.REFUND_EXTERNAL: ("paid_back", 1),
    MoneyKind.REFUND_FAILED: ("paid_back", -1),
}
_TOPICS: Final = (
    MoneyLedger.InvoicePaid.TOPIC,
    MoneyLedger.RefundDone.TOPIC,
    MoneyLedger.RefundExternal.TOPIC,
    MoneyLedger.RefundFailed.TOPIC,
)


def _lives(listed: ListedSubscription) -> bool:
    return listed.status in LIVE


def _once(drifts: Iterable[Drift]) -> Iterable[Drift]:
    """Return each difference once."""
    return {(each.kind, each.subject): each for each in drifts}.values()
