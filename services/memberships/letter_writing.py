"""Writing letters about dues: ordered once, worded when they go, and only if they still fit.

What waits in the outbox are ids and which letter it is: the address is the vault's, looked up when
the letter goes, and the words are made then. So nothing personal waits anywhere, a letter goes to
where somebody reads today, and whoever was forgotten gets none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from domain.memberships.membership import Membership
from domain.memberships.rules import LIVE, UNPAID
from domain.memberships.scholarships import Scholarship, scholarship_id
from domain.memberships.standings import LapseReason, MembershipState, lapses_at, narrows_at
from domain.money.billing_accounts import BillingAccount, PayerKind
from domain.ports import Clock
from domain.practices.events import SeatState
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.recording import EventStore
from services.dispatch import Work
from services.effects import Mailer, Piece
from services.memberships.letters import SUBJECT, Facts, Letter, text_of

KIND: Final = "dues_letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLetter:
    """Have a letter sent.

    Attributes:
        letter: which.
        subject_id: the membership it is about; for a scholarship, whose it is; for a seat, the
            seats it was one of.
        to: whom it goes to, where that does not follow from the subject.
    """

    letter: Letter
    subject_id: UUID
    to: UUID | None = None


class Addresses(Protocol):
    """Knows where people read."""

    async def mail_of(self, subject_id: UUID) -> str | None:
        """Return a person's address of today, if there is one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What sending takes.

    Attributes:
        store: tells whether a letter still fits, and to whom.
        addresses: where they go.
        zone_of: in which place's days somebody counts; see :func:`services.days.zone_of`.
        mailer: sends mail.
        origin: public address of the house.
    """

    store: EventStore
    addresses: Addresses
    zone_of: Callable[[UUID], Awaitable[str]]
    mailer: Mailer
    origin: str


@dataclass(frozen=True, slots=True)
class _Addressed:
    """To whom a letter goes, what it may mention, and whether another one says it better."""

    people: tuple[UUID, ...]
    facts: Facts
    letter: Letter | None = None


async def write_letter(cmd: WriteLetter, *, work: Work, clock: Clock) -> None:  # noqa: ARG001  every handler is given one
    """Leave it to the worker; the same order twice is one letter."""
    whom = {} if cmd.to is None else {"to": str(cmd.to)}
    work.effect(KIND, letter=cmd.letter.value, subject_id=str(cmd.subject_id), **whom)


def performers(post: Post) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who performs which kind of effect."""

    async def send(piece: Piece) -> None:
        letter = Letter(piece.payload["letter"])
        work = Work(post.store, piece.key[0])
        subject_id = UUID(piece.payload["subject_id"])
        if letter in {Letter.SCHOLARSHIP, Letter.SCHOLARSHIP_CARRIED}:
            addressed = await _of_scholarship(work, subject_id, post.origin)
        elif letter is Letter.SEAT_FREED:
            member_id = UUID(piece.payload["to"])
            addressed = await _of_seat(work, subject_id, member_id, post.origin)
        else:
            addressed = await _of_membership(work, subject_id, letter, post.origin)
        if addressed is None:
            return
        for person_id in addressed.people:
            address = await post.addresses.mail_of(person_id)
            if address is not None:
                zone = await post.zone_of(person_id)
                text = text_of(addressed.letter or letter, addressed.facts, zone=zone)
                await post.mailer.send(address, SUBJECT, text)

    return {KIND: send}


async def _of_scholarship(work: Work, member_id: UUID, origin: str) -> _Addressed | None:
    found = await work.find(Scholarship, scholarship_id(member_id))
    if found is None or found.percent is None or found.until is None:
        return None
    return _Addressed((member_id,), Facts(link=f"{origin}/scholarship", until=found.until))


async def _of_seat(work: Work, pool_id: UUID, member_id: UUID, origin: str) -> _Addressed | None:
    """Return to whom it goes; ``None`` if they have a seat there again by now."""
    pool = await work.load(SeatPool, pool_id)
    if pool.seats[member_id].state is not SeatState.RELEASED:
        return None
    return _Addressed((member_id,), Facts(link=f"{origin}/practices", practice=pool.name))


async def _of_membership(
    work: Work, membership_id: UUID, letter: Letter, origin: str
) -> _Addressed | None:
    """Return to whom a letter goes; ``None`` if it does not fit what is so by now."""
    membership = await work.find(Membership, membership_id)
    if membership is None or not _fits(letter, membership):
        return None
    account = await work.load(BillingAccount, membership.account_id)
    people: tuple[UUID, ...] = (membership.holder_id,)
    link, practice = f"{origin}/membership", ""
    if account.payer_kind is PayerKind.PRACTICE:
        pool = await work.load(SeatPool, seat_pool_id(account.payer_id))
        people, practice = tuple(sorted(pool.managers)), pool.name
        link = f"{origin}/practices/{account.payer_id}"
    standing = membership.standing
    since = standing.unpaid_since
    facts = Facts(
        link=link,
        practice=practice,
        narrows=None if since is None else narrows_at(since),
        lapses=None if since is None else lapses_at(since),
        through=standing.through,
        ends=membership.ends_at,
    )
    trouble = membership.trouble
    confirms = letter is Letter.UNPAID and trouble is not None and trouble.needs_second_factor
    return _Addressed(people, facts, Letter.CONFIRM if confirms else None)


def _fits(letter: Letter, membership: Membership) -> bool:
    """Tell whether a letter still says what is so."""
    state, why = membership.state, membership.standing.why
    lives, ends = state in LIVE, membership.ends_at is not None
    fits = {
        Letter.LAPSED: state is MembershipState.LAPSED and why is not LapseReason.NOT_STARTED,
        Letter.TRIAL_ENDS: state is MembershipState.TRIAL and not ends,
        Letter.LEAVE_BEGUN: state is MembershipState.ON_LEAVE,
        Letter.LEAVE_ENDED: lives and state is not MembershipState.ON_LEAVE,
        Letter.END_ARRANGED: ends,
        Letter.END_LIFTED: lives and not ends,
    }
    return fits.get(letter, state in UNPAID)
