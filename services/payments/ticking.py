"""Time's part: memberships, scholarships and offers that change because a day has come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID, uuid5

import structlog

from domain.errors import DomainError, NotFound
from domain.memberships.scholarships import ANSWER_DAYS, Scholarship
from domain.ports import Clock
from domain.practices.rules import OFFER_LASTS
from domain.practices.seat_pool import SeatPool
from domain.recording import EventStore
from projections.memberships import queries as memberships
from services.dispatch import Dispatcher, Order
from services.memberships.commands import TickMembership
from services.memberships.scholarships import TickScholarship
from services.payments.comparing import Views
from services.practices.commands import EndSeatOffers

log = structlog.get_logger()

_AT_ONCE: Final = 50
_STRAYS_AFTER: Final = timedelta(days=1)
_BATCH: Final = 1000
_OFFER_TOPICS: Final = (
    SeatPool.Offered.TOPIC,
    SeatPool.EntryAsked.TOPIC,
    SeatPool.OfferWithdrawn.TOPIC,
    SeatPool.OfferEnded.TOPIC,
    SeatPool.Accepted.TOPIC,
)
_TOPICS: Final = (
    Scholarship.Applied.TOPIC,
    Scholarship.Granted.TOPIC,
    Scholarship.Renewed.TOPIC,
    Scholarship.Ended.TOPIC,
)


class Strays(Protocol):
    """Where addresses of invitations lie."""

    async def forget_invitations(self, *, kept_before: datetime, but: Collection[UUID]) -> int:
        """Delete those that were kept before an instant, *but* those of these offers."""
        ...


async def tick_memberships(dispatch: Dispatcher, views: Views, clock: Clock) -> int:
    """Let time do its part in memberships that are due; return how many had not been before.

    The view says which are due, and may be behind; one that was ticked for the same day before is
    the same order, and is not counted.
    """
    now = clock.now()
    async with views() as conn:
        due = await memberships.due_ticks(conn, now, limit=_AT_ONCE)
    return sum([await _tick(dispatch, each, now) for each in due])


async def _tick(dispatch: Dispatcher, membership_id: UUID, now: datetime) -> int:
    command_id = uuid5(membership_id, f"tick:{now:%Y-%m-%dT%H}")
    try:
        outcome = await dispatch(
            TickMembership(membership_id=membership_id), Order(command_id=command_id)
        )
    except NotFound:  # a view that is rebuilt knows of it before or after the log does
        return 0
    return 0 if outcome.repeated else 1


async def tick_scholarships(dispatch: Dispatcher, store: EventStore, clock: Clock) -> int:
    """End scholarships that nobody answered for; return how many. Once a night is often enough.

    They are few, and their days stand in the log: no view is kept for one look a night.
    """
    now = clock.now()
    due = [
        member_id
        for member_id, until in (await running_scholarships(store)).items()
        if until is not None and until + timedelta(days=ANSWER_DAYS) <= now
    ]
    ended = 0
    for member_id in due:
        ended += await _tick_scholarship(dispatch, member_id, now)
    return ended


async def _tick_scholarship(dispatch: Dispatcher, member_id: UUID, now: datetime) -> int:
    """End one; a refusal waits for the next night, and keeps nobody else's waiting."""
    command_id = uuid5(member_id, f"tick-scholarship:{now:%Y-%m-%d}")
    try:
        await dispatch(TickScholarship(member_id=member_id), Order(command_id=command_id))
    except DomainError as refusal:
        log.warning("scholarships.not_ticked", code=refusal.code)
        return 0
    return 1


async def end_seat_offers(dispatch: Dispatcher, store: EventStore, clock: Clock) -> int:
    """End offers of seats that nobody took in time; return in how many practices.

    As with scholarships: they are few, and their days stand in the log.
    """
    now, ended = clock.now(), 0
    for pool_id, offered in (await open_seat_offers(store)).items():
        if any(at + OFFER_LASTS <= now for at in offered.values()):
            command_id = uuid5(pool_id, f"end-offers:{now:%Y-%m-%dT%H}")
            await dispatch(EndSeatOffers(pool_id=pool_id), Order(command_id=command_id))
            ended += 1
    return ended


async def forget_stray_invitations(vault: Strays, store: EventStore, clock: Clock) -> int:
    """Delete addresses of invitations that no offer stands for; return how many.

    The address is kept before its offer is made, so that the mail finds it. Where something broke
    in between there is no offer, and no end of one that would delete it.
    """
    before = clock.now() - _STRAYS_AFTER
    offered = [each for seats in (await open_seat_offers(store)).values() for each in seats]
    gone = await vault.forget_invitations(kept_before=before, but=offered)
    if gone:
        log.info("invitations.strays_forgotten", many=gone)
    return gone


async def open_seat_offers(store: EventStore) -> dict[UUID, dict[UUID, datetime]]:
    """Return which seats wait since when, by pool: since they were offered, or asked about."""
    offered: dict[UUID, dict[UUID, datetime]] = {}
    position = 0
    while found := await store.read(position, _BATCH, _OFFER_TOPICS):
        for recorded in found:
            position, event = recorded.position, recorded.event
            match event:
                case SeatPool.Offered():
                    offered.setdefault(event.originator_id, {})[event.seat_id] = event.timestamp
                case SeatPool.EntryAsked():
                    offered[event.originator_id][event.seat_id] = event.timestamp
                case SeatPool.OfferWithdrawn() | SeatPool.OfferEnded() | SeatPool.Accepted():
                    del offered[event.originator_id][event.seat_id]
    return offered


async def running_scholarships(store: EventStore) -> dict[UUID, datetime | None]:
    """Return until when everybody's scholarship runs; ``None`` once it ended."""
    until: dict[UUID, datetime | None] = {}
    whose: dict[UUID, UUID] = {}
    position = 0
    while found := await store.read(position, _BATCH, _TOPICS):
        for recorded in found:
            position, event = recorded.position, recorded.event
            match event:
                case Scholarship.Applied():
                    whose[event.originator_id] = event.member_id
                case Scholarship.Granted() | Scholarship.Renewed():
                    until[whose[event.originator_id]] = event.until
                case Scholarship.Ended():
                    until[whose[event.originator_id]] = None
    return until
