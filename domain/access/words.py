"""Why somebody has, or lacks, access: told from what happened, in plain sentences.

To the member everything is said, and what to do. To an administrator less is said, and as kindly.
To peers nothing is said at all: see :meth:`domain.access.union.Access.seen_by_peers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.access.grants import by_seat, by_staff, first_meeting_ends_at
from domain.access.holdings import Holdings
from domain.access.table import AccessState, Action, may
from domain.access.union import TONIGHT, Access, seat_kept_until
from domain.memberships.membership import Membership
from domain.memberships.observations import DeclineKind, PaymentTrouble
from domain.memberships.rules import LIVE, Wish
from domain.memberships.scholarships import Scholarship, Tier
from domain.memberships.standings import LapseReason, MembershipState, lapses_at, narrows_at
from domain.practices.events import FreezeReason, SeatState
from domain.practices.seat_pool import SeatPool
from domain.values import zone_named

ALWAYS_YOURS: Final = (
    "Your hours, certificates and evidence, your export, your invoices and the way back in "
    "are open to you for ever."
)
_FIRST: Final = "Your first meeting is free: join a group, come once, and decide afterwards."
_FIRST_AFTER_ALL: Final = (
    "You have not been to a meeting yet, and the first one is free, whatever else is said here: "
    "you can join a group and come once."
)
# whoever can do all of it by themselves, or is away, is told nothing of a free meeting
_NEEDS_NO_GIFT: Final = (AccessState.FULL, AccessState.GRACE, AccessState.ON_LEAVE)
_GO_ON: Final = "To go on, begin a membership, or ask for a scholarship."
_TELL_DOORS: Final = timedelta(days=30)
_SHORT: Final[Mapping[AccessState, str]] = MappingProxyType(
    {
        AccessState.FULL: "Takes part.",
        AccessState.GRACE: "Takes part. A payment is being mended; nothing is asked of you.",
        AccessState.NARROWED: (
            "Takes part in their own groups. A payment is being mended; they know how."
        ),
        AccessState.ON_LEAVE: "Is away for a while; the seat is kept.",
        AccessState.LAPSED: "Takes no part at the moment; hours and papers are theirs, and open.",
    }
)
_ENDED: Final[Mapping[LapseReason, str]] = MappingProxyType(
    {
        LapseReason.NOT_STARTED: "The first payment was not completed, so nothing was charged.",
        LapseReason.TRIAL_ENDED: "Your trial ended, and nothing was charged.",
        LapseReason.CANCELLED: "Your membership ended as you asked.",
        LapseReason.UNPAID: "Your membership rests because the dues were not paid for 45 days.",
        LapseReason.DISPUTED: "Your bank asked a payment back, so your membership rests.",
        LapseReason.ENDED_BY_STRIPE: "Your membership was ended at our payment service.",
    }
)

_SEATED: Final[Mapping[AccessState, str]] = MappingProxyType(
    {
        AccessState.FULL: "lets you take part.",
        AccessState.GRACE: "lets you take part; the practice is asked to look at its dues.",
        AccessState.NARROWED: "lets you go on in your groups; new ones wait for the practice.",
        AccessState.ON_LEAVE: "rests while the practice pauses.",
        AccessState.LAPSED: (
            "rests until the practice goes on. You can wait, or begin a membership of your own."
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The answer to "why do I have, or lack, access?".

    Attributes:
        member: sentences for the person themselves.
        administrator: one sentence without amounts, cards or reasons.
    """

    member: tuple[str, ...]
    administrator: str


def why(holdings: Holdings, *, at: datetime, zone: str) -> Why:
    """Return why a person has, or lacks, access.

    Args:
        holdings: all that it can come from.
        at: when one asks.
        zone: IANA name of the person's place; days are theirs.

    Raises:
        UnknownZone: there is no such place.
    """
    days = _Days(at, zone)
    told = [
        *_of_the_house(holdings, days),
        *(line for each in holdings.memberships for line in _of_membership(each, days)),
        *(_of_seat(pool, paid, holdings.member_id, days) for pool, paid in holdings.seats),
        *_of_scholarship(
            holdings.scholarship,
            days,
            paying=any(each.state in LIVE for each in holdings.memberships),
        ),
        *_of_gifts(holdings, days),
    ]
    if _works_here(holdings, at):
        told.append("You work for the house, so everything is open to you.")
    if not any(told):
        told = ["You have no membership yet. You can begin one, or ask for a scholarship."]
    told += _of_what_is_kept(holdings.access(), days)
    told += _of_the_door(holdings, days)
    state = holdings.access().state_at(at)
    return Why(member=(*(each for each in told if each), ALWAYS_YOURS), administrator=_SHORT[state])


def _works_here(holdings: Holdings, at: datetime) -> bool:
    """Tell whether somebody works for the house at a moment."""
    return by_staff(holdings.staff).state_at(at) is AccessState.FULL


@dataclass(frozen=True, slots=True)
class _Days:
    """Says days as a person of a place reads them."""

    at: datetime
    zone: str

    def day(self, moment: datetime | None) -> str:
        if moment is None:
            return "a day not known yet"
        local = moment.astimezone(zone_named(self.zone))
        return f"{local.day} {local:%B %Y}"

    def until(self, moment: datetime) -> str:
        """Return a moment that matters to the hour, with the place whose clock is read."""
        local = moment.astimezone(zone_named(self.zone))
        return f"until {self.day(moment)}, {local:%H:%M} ({self.zone} time)"


def _of_the_house(holdings: Holdings, days: _Days) -> list[str]:
    """Tell what everybody is given, where it makes a difference to this person."""
    if not holdings.takes_dues:
        return ["This house takes no dues; everything is open to everybody."]
    noted_at = holdings.first_meeting_at
    by_others = holdings.without_gifts_of_the_house().state_at(days.at)
    if not holdings.first_meeting_is_free or by_others in _NEEDS_NO_GIFT:
        return []
    if noted_at is None:
        began = any(each.has_begun for each in holdings.memberships)
        return [_FIRST_AFTER_ALL if began else _FIRST]
    ends_at = first_meeting_ends_at(noted_at)
    if days.at < ends_at:
        return [
            f"You came to your free first meeting; everything stays open {days.until(ends_at)}."
        ]
    if holdings.memberships or holdings.seats or holdings.gifts or holdings.scholarship:
        return []
    again = "To come again, begin a membership, or ask for a scholarship."
    return [f"Your free first meeting was on {days.day(noted_at)}. {again}"]


def _of_what_is_kept(access: Access, days: _Days) -> list[str]:
    """Tell what stays open for a while to whoever has just lost the rest."""
    began = access.since(days.at)
    state = access.state_at(days.at)
    if began is None or may(Action.ATTEND_OWN_GROUPS, state).allows:
        return []
    told = []
    if access.may(Action.ATTEND_OWN_GROUPS, days.at).allows:
        told.append(f"You can come to your groups {days.until(began + TONIGHT)} all the same.")
    if state is AccessState.LAPSED and access.keeps_seat(days.at):
        told.append(f"Your place in your groups is kept {days.until(seat_kept_until(began))}.")
    return told


def _of_the_door(holdings: Holdings, days: _Days) -> list[str]:
    """Tell where somebody was turned away, while it can still be set right."""
    recent = [at for at in holdings.turned_away if days.at - _TELL_DOORS <= at <= days.at]
    return [
        f"On {days.day(at)} you could not check in. If you were in the room, ask the facilitator "
        "to set your presence right: what really was is recorded, and counts."
        for at in recent
    ]


def _of_membership(membership: Membership, days: _Days) -> list[str]:
    standing = membership.standing
    since = standing.unpaid_since
    match standing.state:
        case MembershipState.REQUESTED:
            told = [
                (
                    "You asked for a membership; the first payment is not completed, and nothing "
                    "was charged yet."
                )
            ]
        case MembershipState.TRIAL:
            told = [f"You take part on a trial until {days.day(standing.through)}."]
        case MembershipState.ACTIVE:
            told = [f"Your membership is paid through {days.day(standing.through)}."]
            if membership.runs_out:
                told.append("It does not renew by itself; you can begin again whenever you like.")
        case MembershipState.GRACE if since is not None:
            told = [
                f"A payment due on {days.day(since)} did not go through.",
                f"Everything stays open until {days.day(narrows_at(since))}.",
            ]
        case MembershipState.NARROWED if since is not None:
            told = [
                f"A payment due on {days.day(since)} is still missing.",
                "Your own groups and the meetings you have booked go on; new groups wait.",
                f"On {days.day(lapses_at(since))} the membership comes to rest.",
            ]
        case MembershipState.ON_LEAVE:
            told = ["You are on leave. Nothing is charged, and your seat and credits are kept."]
        case _:
            ended = _ENDED[standing.why or LapseReason.ENDED_BY_STRIPE]
            return [f"{ended} You can begin again whenever you like."]
    return [*told, *_of_trouble(membership.trouble, days), *_of_wishes(membership, days)]


def _of_trouble(trouble: PaymentTrouble | None, days: _Days) -> list[str]:
    if trouble is None:
        return []
    if trouble.needs_second_factor:
        return ["Your bank wants you to confirm the payment; on the card page it asks you."]
    if trouble.next_try_at is not None and trouble.kind is DeclineKind.SOFT:
        return [f"We try again on {days.day(trouble.next_try_at)}; you can change the card before."]
    if trouble.kind is DeclineKind.SOFT:
        return ["It is not tried again by itself; your membership page says how to mend it."]
    return ["Please choose another card on the card page; this one will not work again."]


def _of_wishes(membership: Membership, days: _Days) -> list[str]:
    told = []
    if membership.ends_at is not None:
        told.append(f"It ends on {days.day(membership.ends_at)}; until then you can take it back.")
    asked: Mapping[Wish, str] = {
        Wish.LEAVE: "You asked for a leave; it begins as soon as the payments are paused.",
        Wish.RETURN: "You asked to come back; it is being arranged.",
        Wish.PLAN: "You asked for another plan; it is being arranged.",
        Wish.CANCEL: "You asked to cancel; it is being arranged.",
        Wish.KEEP: "You asked to stay after all; it is being arranged.",
    }
    return [*told, *(asked[each] for each in Wish if each in membership.wishes)]


def _of_seat(pool: SeatPool, practice: Membership, member_id: UUID, days: _Days) -> str:
    seat = pool.seats.get(member_id)
    if seat is None:
        return ""
    match seat.state, seat.frozen_for:
        case SeatState.RELEASED, _:
            told = f"ended on {days.day(seat.history[-1][0])}. You can go on with a membership"
            told += " of your own."
        case _, FreezeReason.ASKED:
            told = "is kept for you while you are away."
        case _, FreezeReason.FEWER_BOUGHT:
            told = "rests until the practice has a free one."
        case _:
            told = _SEATED[by_seat(pool, practice, member_id).state_at(days.at)]
    return f"Your seat with {pool.name} {told}"


def _of_scholarship(scholarship: Scholarship | None, days: _Days, *, paying: bool) -> list[str]:
    if scholarship is None or scholarship.percent is None:
        asked = scholarship is not None and scholarship.asked is not None
        return ["You asked for a scholarship; we write when the fund can carry it."] * asked
    until = days.day(scholarship.until)
    if scholarship.percent is Tier.FULL:
        return [f"A scholarship carries your dues until {until}."]
    part = f"A scholarship carries {int(scholarship.percent)} percent of your dues until {until}"
    if paying:
        return [f"{part}."]
    return [f"{part}, once you have a membership that it can carry a part of."]


def _of_gifts(holdings: Holdings, days: _Days) -> list[str]:
    told = []
    for gift in holdings.gifts:
        if gift.redeemed is not None and gift.redeemed[0] == holdings.member_id:
            _, _, until = gift.redeemed
            word = "runs" if days.at < until else "ran"
            told.append(f"A gift of {_months(gift.months)} {word} until {days.day(until)}.")
    if told and not (holdings.memberships or holdings.seats) and _nothing_runs(holdings, days):
        told.append(_GO_ON)
    return told


def _nothing_runs(holdings: Holdings, days: _Days) -> bool:
    return holdings.access().state_at(days.at) is AccessState.LAPSED


def _months(many: int) -> str:
    return f"{many} month" if many == 1 else f"{many} months"
