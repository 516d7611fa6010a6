"""Letting in, or not, whoever is invited to a seat and asks; and the mail that tells them.

The words are made when the mail goes, and only while the invitation stands: an address that is gone
gets none, and nothing personal waits in a queue.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from domain.days import day
from domain.members.member import Member
from domain.personal import Personal, shown
from domain.ports import Clock
from domain.practices.entering import asks_again_from
from domain.practices.events import Entry
from domain.practices.seat_pool import SeatPool, seat_pool_id
from projections.patrons import queries as patrons
from services.dispatch import Work
from services.effects import Piece
from services.house import House
from services.members.commands import require_administrator
from services.practices.invitations import Invitations, InvitationVault

ANSWER: Final = "seat_entry_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """Let in whoever is invited to a seat and asks.

    Attributes:
        member_id: whom they become; see :func:`newcomer_id`. A member already, they stay as they
            are.
        name_on_papers: of whoever is no member yet.
    """

    practice_id: UUID
    seat_id: UUID
    member_id: UUID
    name_on_papers: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineEntry:
    """Do not let in whoever is invited to a seat and asks.

    Attributes:
        sentence: what the mail tells them besides, if anything; kept encrypted.
    """

    practice_id: UUID
    seat_id: UUID
    sentence: str | None
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEntry:
    """Somebody who is invited to a seat and asks to come in.

    Attributes:
        practice_id: who invited them, called *practice*.
        seat_id: by which invitation.
        address: where it went, while that is kept.
        asked_at: when they asked.
        is_member: whether somebody with this address is a member by now: a word is due to them,
            and no decision.
    """

    practice_id: UUID
    practice: str
    seat_id: UUID
    address: str
    asked_at: datetime
    is_member: bool


async def entries_asked(house: House) -> list[AskedEntry]:
    """Return who asks to come in and has no answer, whoever asked first before the others."""
    async with house.views() as conn:
        rows = await patrons.entries_asked(conn)
    found = []
    for row in rows:
        address = await house.vault.invitation(row.seat_id) or ""
        known = await house.vault.person_with_mail(address) if address else None
        found.append(
            AskedEntry(
                practice_id=row.practice_id,
                practice=row.name,
                seat_id=row.seat_id,
                address=address,
                asked_at=row.asked_at,
                is_member=known is not None,
            )
        )
    return found


def newcomer_id(seat_id: UUID) -> UUID:
    """Return whom an invitee becomes: two administrators at once let one person in."""
    return uuid5(seat_id, "member")


async def let_in(cmd: LetIn, *, work: Work, clock: Clock) -> None:
    """Register them, unless they are known by now, and have it told to them."""
    await require_administrator(work, cmd.by)
    now = clock.now()
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    pool.let_in(cmd.seat_id, member_id=cmd.member_id, by=cmd.by, at=now)
    if await work.find(Member, cmd.member_id) is None:
        name = Personal(cmd.member_id, cmd.name_on_papers)
        work.save(Member.register(cmd.member_id, name_on_papers=name, at=now))
    _tell(work, pool, cmd.seat_id)


async def decline_entry(cmd: DeclineEntry, *, work: Work, clock: Clock) -> None:
    """Keep the no, and have it told to them."""
    await require_administrator(work, cmd.by)
    pool = await work.load(SeatPool, seat_pool_id(cmd.practice_id))
    sentence = None if cmd.sentence is None else Personal(cmd.seat_id, cmd.sentence)
    pool.decline(cmd.seat_id, sentence=sentence, by=cmd.by, at=clock.now())
    _tell(work, pool, cmd.seat_id)


async def give_address(vault: InvitationVault, seat_id: UUID, member_id: UUID) -> None:
    """Let somebody who was let in sign in with the address of their invitation.

    Raises:
        AlreadyExists: it belongs to somebody else.
    """
    address = await vault.invitation(seat_id)
    if address is not None and await vault.mail_of(member_id) is None:
        await vault.keep_mail(member_id, address)


def performers(invitations: Invitations) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who performs which kind of effect."""

    async def answer(piece: Piece) -> None:
        practice_id, seat_id = (UUID(piece.payload[each]) for each in ("practice_id", "seat_id"))
        pool = await Work(invitations.store, piece.key[0]).load(SeatPool, seat_pool_id(practice_id))
        entry = pool.entries.get(seat_id)
        address = await invitations.vault.invitation(seat_id)
        # A later asking has an answer of its own; who holds the seat by now has read this one.
        if entry is None or address is None or len(entry.asked_at) != piece.payload["asking"]:
            return
        link, until = invitations.links.of_seat(practice_id, seat_id), pool.offer_ends_at(seat_id)
        if entry.let_in is not None:
            await give_address(invitations.vault, seat_id, entry.let_in)
            text = welcome_text(pool.name, link, until)
            await invitations.mailer.send(address, "You are welcome at Peerhour", text)
        else:
            text = declined_text(pool.name, entry, link, until)
            await invitations.mailer.send(address, "About coming in to Peerhour", text)

    return {ANSWER: answer}


def welcome_text(practice: str, link: str, until: datetime) -> str:
    """Return the words to somebody who was let in.

    Args:
        practice: who invited them.
        link: of their invitation.
        until: when the offer ends.
    """
    return (
        "You asked to come in to Peerhour, and you are welcome. You are a member now.\n\n"
        f"{practice} keeps a seat for you until {day(until.date())}. Open the link of your "
        "invitation, sign in with the address that this mail went to, and take the seat:\n"
        f"{link}\n\n"
        "You pay nothing for it, and no card is asked for. Once you are in, please look at how "
        "papers write your name.\n"
    )


def declined_text(practice: str, entry: Entry, link: str, until: datetime) -> str:
    """Return the words to somebody who was not let in.

    Args:
        practice: who invited them.
        entry: their asking, with what they are told besides.
        link: of their invitation.
        until: when the offer ends.
    """
    told = f"Whoever decided writes to you:\n\n{shown(entry.sentence)}\n\n"
    again = asks_again_from(entry)
    return (
        f"You asked to come in to Peerhour, for a seat that {practice} would like to pay for. "
        "Thank you for asking. Whoever looks after the house does not let you in now.\n\n"
        f"{told if entry.sentence is not None and not entry.sentence.erased else ''}"
        + (
            f"You can ask again from {day(again.date())} on, by the same link, while the seat "
            f"waits: until {day(until.date())}.\n{link}\n\n"
            if again is not None and again < until
            else "By this invitation you cannot ask again.\n\n"
        )
        + "You need do nothing. This address is deleted when the offer of the seat ends.\n"
    )


def _tell(work: Work, pool: SeatPool, seat_id: UUID) -> None:
    if pool.pending_events:
        work.effect(
            ANSWER,
            practice_id=str(pool.practice_id),
            seat_id=str(seat_id),
            asking=len(pool.entries[seat_id].asked_at),
        )
    work.save(pool)
