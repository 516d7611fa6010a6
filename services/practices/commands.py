"""Commands about a practice's seats: how many, who is offered one, who sits."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.access.union import GrantKind
from domain.errors import NotAllowed
from domain.members.member import Member
from domain.memberships.membership import Membership
from domain.memberships.rules import MembershipNotLive, own_membership_id
from domain.ports import Clock
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.access.records import note_source
from services.dispatch import Work
from services.members.commands import require_administrator
from services.payments import ordering
from services.practices.invitations import INVITE, forget_later


class OwnSeatOnly(NotAllowed):
    """A seat is taken by the person who will sit on it."""

    code = "seat_pool.own_seat_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForSeats:
    """Ask for another number of seats: more at once, fewer with the renewal."""

    practice_id: UUID
    count: int
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSeat:
    """Offer a seat; whom the invitation goes to is the vault's to know."""

    practice_id: UUID
    seat_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSeatOffer:
    """Take the offer of a seat back."""

    practice_id: UUID
    seat_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToComeIn:
    """Ask to become a member, to take an offered seat; whoever holds its link asks."""

    practice_id: UUID
    seat_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSeatOffers:
    """End the offers of a practice that nobody took in time."""

    pool_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptSeat:
    """Take an offered seat."""

    practice_id: UUID
    seat_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSeat:
    """Free somebody's seat; what they earned stays theirs."""

    practice_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeSeat:
    """Keep somebody's seat while they are away."""

    practice_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ThawSeat:
    """Let somebody sit again."""

    practice_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSeatManager:
    """Let somebody else look after the seats, too."""

    practice_id: UUID
    member_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RelieveSeatManager:
    """Let somebody not look after the seats any more."""

    practice_id: UUID
    member_id: UUID
    by: UUID


async def ask_for_seats(cmd: AskForSeats, *, work: Work, clock: Clock) -> None:
    """Ask for another number; fewer wait for the renewal that Stripe was seen to say."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    practice = await work.load(Membership, own_membership_id(cmd.practice_id))
    counts, now = practice.observed, clock.now()
    if counts is None or not counts.is_live or counts.period_end_at is None:
        raise MembershipNotLive("Begin the practice's membership first; it says how many seats.")
    pool.ask_for_count(cmd.count, renews_at=counts.period_end_at, by=cmd.by, at=now)
    ordering.order(work, ordering.of_seats(pool, practice))
    work.save(pool)


async def offer_seat(cmd: OfferSeat, *, work: Work, clock: Clock) -> None:
    """Offer a seat."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.offer(cmd.seat_id, by=cmd.by, at=clock.now())
    if pool.pending_events:
        work.effect(INVITE, practice_id=str(cmd.practice_id), seat_id=str(cmd.seat_id))
    work.save(pool)


async def withdraw_seat_offer(cmd: WithdrawSeatOffer, *, work: Work, clock: Clock) -> None:
    """Take an offer back."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    forget_later(work, pool, [cmd.seat_id])
    pool.withdraw_offer(cmd.seat_id, by=cmd.by, at=clock.now())
    work.save(pool)


async def ask_to_come_in(cmd: AskToComeIn, *, work: Work, clock: Clock) -> None:
    """Keep that somebody asks; whoever looks after the house reads it and decides."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.ask_to_come_in(cmd.seat_id, at=clock.now())
    work.save(pool)


async def end_seat_offers(cmd: EndSeatOffers, *, work: Work, clock: Clock) -> None:
    """End them, and have the addresses deleted to which they went."""
    pool = await work.load(SeatPool, cmd.pool_id)
    now = clock.now()
    forget_later(work, pool, pool.offers_over(now))
    pool.end_offers(at=now)
    work.save(pool)


async def accept_seat(cmd: AcceptSeat, *, work: Work, clock: Clock) -> None:
    """Take a seat for oneself."""
    if cmd.by != cmd.member_id:
        raise OwnSeatOnly("A seat is taken by the person who will sit on it.")
    await work.load(Member, cmd.member_id)
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    forget_later(work, pool, [cmd.seat_id])
    pool.accept(cmd.seat_id, member_id=cmd.member_id, at=clock.now())
    work.save(pool)
    await note_source(work, cmd.member_id, GrantKind.SEAT, pool.id, clock)


async def release_seat(cmd: ReleaseSeat, *, work: Work, clock: Clock) -> None:
    """Free a seat."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.release(cmd.member_id, by=cmd.by, at=clock.now())
    work.save(pool)


async def freeze_seat(cmd: FreezeSeat, *, work: Work, clock: Clock) -> None:
    """Keep a seat while its holder is away."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.freeze(cmd.member_id, by=cmd.by, at=clock.now())
    work.save(pool)


async def thaw_seat(cmd: ThawSeat, *, work: Work, clock: Clock) -> None:
    """Let a seat's holder sit again."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.thaw(cmd.member_id, by=cmd.by, at=clock.now())
    work.save(pool)


async def name_seat_manager(cmd: NameSeatManager, *, work: Work, clock: Clock) -> None:
    """Let somebody else look after the seats, too."""
    await work.load(Member, cmd.member_id)
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    abandoned = not pool.managers  # the last one was forgotten
    if abandoned:
        await require_administrator(work, cmd.by)
    pool.name_manager(cmd.member_id, by=cmd.by, at=clock.now(), administrator=abandoned)
    work.save(pool)


async def relieve_seat_manager(cmd: RelieveSeatManager, *, work: Work, clock: Clock) -> None:
    """Let somebody not look after the seats any more."""
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.relieve_manager(cmd.member_id, by=cmd.by, at=clock.now())
    work.save(pool)
