"""What the worker of a house does: a loop for each view and each queue, and what the clock brings.

Whoever adds a loop, or an effect that a loop carries out, adds it here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from infra.papers.certificate_pdf import render
from infra.payments.watch import RegularChores
from infra.queues.queues import Inbox, NotYet, Outbox, WillNeverWork
from infra.web_store import PostgresRateLimits, PostgresSessions, PostgresSignInLinks
from projections.offers.queries import programs as programs_of
from projections.schedule.queries import meetings_of_programs
from services import troubles
from services.access.reading import access_to
from services.bootstrap.adapters import Sessions
from services.bootstrap.parts import Parts
from services.bootstrap.payment_news import PaymentNews
from services.bootstrap.payments import Orders
from services.bootstrap.readers import PROJECTIONS
from services.corridor import parting as corridor_parting
from services.credits import outside as outside_credits
from services.credits import rejudging
from services.days import zone_of
from services.effects import LETTERS, Outside, performers
from services.groups import parting
from services.groups.tending import tend_places
from services.house import House
from services.meetings import regrets
from services.meetings.tools import ZOOM, Tools, file_message, observe_messages
from services.members.forgetting import observed_as
from services.memberships import letter_writing
from services.memberships import parting as dues_parting
from services.memberships.reminding import remind_of_dues, remind_of_scholarships
from services.memberships.scholarship_wishes import carry_waiting
from services.notices import ordering as notices
from services.notices import writing
from services.payments.clockwork import Chore, Rhythm, turn
from services.payments.door import SOURCE as PAYMENTS
from services.payments.ordering import KIND
from services.practices import entries as seat_entries
from services.practices import invitations as seat_invitations
from services.practices.invitations import Invitations
from services.worker import Chores

Step = Callable[[], Awaitable[int]]
Performer = Callable[[Any], Awaitable[str | None]]


class _Swept(Protocol):
    async def sweep(self, *, at: datetime) -> Any: ...


def chores_of(parts: Parts, house: House, news: PaymentNews, orders: Orders | None) -> Chores:
    """Return everything the worker of a house does."""
    outbox, inbox = parts.outbox, parts.inbox
    tools = Tools(house, parts.tool_messages, outbox.add, NotYet)
    effects = _effects(parts, house, news, tools)
    loops: dict[str, Step] = {
        **{each.NAME: partial(parts.projector.advance, each) for each in PROJECTIONS},
        "processes": parts.runner.advance_all,
        "letters": partial(_work, outbox, effects, only=LETTERS),
        "outbox": partial(
            _work, outbox, effects, but=LETTERS | notices.NOTICES | rejudging.BULK | {KIND}
        ),
        "hour notices": partial(_work, outbox, effects, only=notices.NOTICES),
        "bulk": partial(_work, outbox, effects, only=rejudging.BULK),
        "inbox": partial(_work, inbox, {ZOOM: file_message(tools)}, but={PAYMENTS}),
        "clock": _by_the_clock(parts, house),
        **news.steps,
    }
    if orders is not None:
        loops["payment orders"] = orders.work_one
    return Chores(steps=loops, sweep=_sweep(parts, news, orders), signal=parts.signal)


def _effects(
    parts: Parts, house: House, news: PaymentNews, tools: Tools
) -> Mapping[str, Performer]:
    """Return who carries out which effect; orders to the payment service have a loop of theirs."""
    store, dispatch = parts.store, parts.dispatch
    bulk = rejudging.Bulk(
        dispatch=dispatch,
        meetings_of_provider=partial(_meetings_of_provider, parts.pool),
        order_all=parts.outbox.add_all,
        give_up=WillNeverWork,
    )
    invitations = Invitations(
        store=store,
        vault=parts.vault,
        links=parts.links,
        mailer=parts.mailer,
        keys=parts.keystore,
    )
    post = letter_writing.Post(
        store=store,
        addresses=parts.vault,
        zone_of=partial(_zone_of, parts.pool),
        mailer=parts.mailer,
        origin=parts.settings.origin,
    )
    notice_post = writing.NoticePost(
        store=store,
        addresses=parts.vault,
        wishes=parts.wishes,
        regrets=parts.regrets,
        access=access_to(takes_dues=parts.takes_dues),
        zone_of=partial(_zone_of, parts.pool),
        mailer=parts.mailer,
        clock=parts.clock,
        origin=parts.settings.origin,
    )
    return {
        **performers(_outside(parts)),
        **rejudging.performers(bulk),
        **parting.performers(store, dispatch),
        **corridor_parting.performers(store, parts.corridor),
        **regrets.performers(parts.regrets),
        **dues_parting.performers(store, dispatch),
        **troubles.performers(house.desk),
        **outside_credits.performers(parts.documents),
        **seat_invitations.performers(invitations),
        **seat_entries.performers(invitations),
        **letter_writing.performers(post),
        **writing.performers(notice_post),
        "observe_messages": observe_messages(tools),
        **news.effects,
    }


def _outside(parts: Parts) -> Outside:
    sessions = Sessions(PostgresSessions(parts.pool), PostgresSignInLinks(parts.pool))
    return Outside(
        store=parts.store,
        dispatch=parts.dispatch,
        render=render,
        shelf=parts.shelf,
        keys=parts.keystore,
        also_known_as=partial(observed_as, parts.store),
        forgetful=(
            parts.vault,
            parts.shelf,
            parts.documents,
            parts.corridor,
            parts.regrets,
            parts.feeds,
            parts.wishes,
            parts.tool_messages,
            sessions,
        ),
        mailer=parts.mailer,
        open_letter=parts.letters.open,
        origin=parts.settings.origin,
        give_up=WillNeverWork,
    )


def _by_the_clock(parts: Parts, house: House) -> Step:
    """Return what comes again each hour or night; where there are dues, access can end as well."""
    due = {
        "hour notices": Chore(Rhythm.HOURLY, notices.reminding(house, parts.outbox.add_timed)),
    }
    if parts.takes_dues:
        due |= _of_dues(house)
    return partial(turn, RegularChores(parts.pool), due, parts.clock)


def _of_dues(house: House) -> dict[str, Chore]:
    return {
        "places": Chore(Rhythm.HOURLY, partial(tend_places, house)),
        "scholarship wishes": Chore(Rhythm.HOURLY, partial(carry_waiting, house)),
        "dues letters": Chore(Rhythm.HOURLY, partial(remind_of_dues, house)),
        "scholarship letters": Chore(Rhythm.NIGHTLY, partial(remind_of_scholarships, house)),
    }


def _sweep(parts: Parts, news: PaymentNews, orders: Orders | None) -> Callable[[], Awaitable[None]]:
    """Return who drops what is over."""
    pool = parts.pool
    swept: list[_Swept] = [
        PostgresSessions(pool),
        PostgresRateLimits(pool),
        PostgresSignInLinks(pool),
        parts.tool_messages,
        parts.inbox,
        parts.outbox,
        parts.documents,
        parts.corridor,
        parts.regrets,
        news.drift,
        *([] if news.inbox is None else [news.inbox]),
        *([] if orders is None else [orders.book]),
    ]

    async def sweep() -> None:
        for each in swept:
            await each.sweep(at=parts.clock.now())

    return sweep


async def _work(
    queue: Inbox | Outbox,
    effects: Mapping[str, Performer],
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> int:
    return int(await queue.work_one(effects, only=only, but=but))


async def _zone_of(pool: asyncpg.Pool[Any], member_id: UUID) -> str:
    async with pool.acquire() as conn:
        return await zone_of(conn, member_id)


async def _meetings_of_provider(
    pool: asyncpg.Pool[Any], provider_id: UUID, from_day: date
) -> list[UUID]:
    since = datetime.combine(from_day, datetime.min.time(), UTC) - timedelta(days=1)  # any zone
    async with pool.acquire() as conn:
        programs = [row.program_id for row in await programs_of(conn, provider_id)]
        return await meetings_of_programs(conn, programs, since)
