"""The mail that invites somebody to a seat, and the forgetting of where it went.

The address lies in the vault from the offer until the seat is taken, the offer withdrawn or its
time over, and in no event, no queue and no log; what its owner was told when they were not let in
cannot be read from then on either. The link is made when the mail is written, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final, Protocol
from uuid import UUID

from domain.practices.rules import OFFER_LASTS
from domain.practices.seat_pool import SeatPool, seat_pool_id
from domain.recording import EventStore
from services.dispatch import Work
from services.effects import Keys, Mailer, Piece
from services.handed_links import HandedLinks

INVITE: Final = "seat_invitation"
FORGET: Final = "forget_seat_invitation"


class InvitationVault(Protocol):
    """Keeps where invitations go, and the addresses of those who were let in."""

    async def keep_invitation(self, seat_id: UUID, address: str, *, at: datetime) -> None:
        """Keep the address that a seat is offered to."""
        ...

    async def invitation(self, seat_id: UUID) -> str | None:
        """Return it, while it is kept."""
        ...

    async def mail_of(self, subject_id: UUID) -> str | None:
        """Return a person's own address."""
        ...

    async def keep_mail(self, subject_id: UUID, address: str) -> None:
        """Keep a person's own address; refuse one that belongs to somebody else."""
        ...

    async def forget(self, subject_id: UUID) -> None:
        """Delete it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """What inviting takes.

    Attributes:
        store: tells whether the offer is open still.
        vault: knows where the mail goes.
        links: makes the link.
        mailer: sends mail.
        keys: of what invitees were told when they were not let in.
    """

    store: EventStore
    vault: InvitationVault
    links: HandedLinks
    mailer: Mailer
    keys: Keys


def forget_later(work: Work, pool: SeatPool, seat_ids: Iterable[UUID]) -> None:
    """Have all deleted that is kept of invitations; call it while the offers stand.

    Args:
        work: the unit of work that ends the offers.
        pool: with the offers.
        seat_ids: whose; one that is no offer any more was deleted, and is once more.
    """
    for seat_id in seat_ids:
        entry = pool.entries.get(seat_id)
        work.effect(FORGET, seat_id=str(seat_id), told=entry is not None and entry.told)


def performers(invitations: Invitations) -> dict[str, Callable[[Piece], Awaitable[None]]]:
    """Return who performs which kind of effect."""

    async def invite(piece: Piece) -> None:
        practice_id, seat_id = (UUID(piece.payload[each]) for each in ("practice_id", "seat_id"))
        work = Work(invitations.store, piece.key[0])
        pool = await work.load(SeatPool, seat_pool_id(practice_id))
        address = await invitations.vault.invitation(seat_id)
        if seat_id not in pool.offers or address is None:
            return
        if await waits_already(pool, seat_id, address, invitations.vault):
            return
        text = invitation_text(pool.name, invitations.links.of_seat(practice_id, seat_id))
        await invitations.mailer.send(address, "A seat for you at Peerhour", text)

    async def forget(piece: Piece) -> None:
        seat_id = UUID(piece.payload["seat_id"])
        if piece.payload.get("told"):  # else nothing is encrypted for it
            invitations.keys.erase([seat_id])
        await invitations.vault.forget(seat_id)

    return {INVITE: invite, FORGET: forget}


async def waits_already(
    pool: SeatPool, seat_id: UUID, address: str, vault: InvitationVault
) -> bool:
    """Tell whether an earlier offer waits for the same person: two managers may press at once.

    Addresses are in no event, so the pool cannot tell; but its offers stand in one order, and the
    address is kept before the offer is made. So the later one always finds the earlier.

    Args:
        pool: with the offer.
        seat_id: the offer.
        address: where its invitation goes.
        vault: knows the others' addresses.
    """
    since = pool.offers[seat_id]
    for each in takewhile(lambda other: other != seat_id, pool.offers):
        if pool.is_open(each, since) and await vault.invitation(each) == address:
            return True
    return False


def invitation_text(practice: str, link: str) -> str:
    """Return the words of an invitation."""
    return (
        f"{practice} would like to pay for your place at Peerhour, where colleagues meet in small "
        "groups.\n\n"
        f"Take the seat here:\n{link}\n\n"
        f"The link waits for {OFFER_LASTS.days} days. Opening it takes nothing: its button does, "
        "for the first member who presses it; so keep it to yourself. If you are not a member "
        "here yet, it lets you ask to come in. The practice sees that you have a seat, and never "
        "where you go or what you do.\n\n"
        "If you do not want it, you need do nothing.\n"
    )
