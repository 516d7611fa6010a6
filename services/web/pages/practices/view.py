"""What a practice's pages show, gathered once for each of them; never who attends what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response

from domain.memberships.membership import Membership
from domain.memberships.rules import UNPAID
from domain.money.billing_accounts import BillingAccount
from domain.practices.events import FreezeReason, Seat, SeatState
from domain.practices.rules import OFFER_LASTS
from domain.practices.seat_pool import SeatPool
from services.days import zone_of
from services.house import House
from services.practices.checkouts import find_account, find_dues, find_pool
from services.web.forms.orders import Asking, Refused
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import LONGEST_ADDRESS, email, one_of
from services.web.pages.memberships.next_charge import find_next_charge
from services.web.pages.memberships.view import desk_of
from services.web.subjects import names_of, subject_page
from services.web.words import memberships as membership_words

OFFER_FORM: Final = Form(
    Field(
        name="email",
        label="Email address of a colleague",
        hint="We send one invitation there. Nobody sees the address but those who look after the "
        "seats and whoever lets people in, and it is deleted once the seat is taken, or after "
        f"{OFFER_LASTS.days} days, which begin anew when they ask to come in.",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    )
)
CONTACT_FORM: Final = Form(
    Field(
        name="contact",
        label="Email address for invoices",
        hint="Our payment service sends them there and keeps the address; we do not.",
        parse=email,
        kind="email",
        inputmode="email",
        autocomplete="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    )
)


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One person's seat, as a manager sees it.

    Attributes:
        member_id: who sits.
        name: as people see it.
        seat: what they have.
        since: when it became so.
    """

    member_id: UUID
    name: str
    seat: Seat
    since: datetime

    @property
    def words(self) -> str:
        """Return the seat's state in words."""
        if self.seat.state is SeatState.HELD:
            return "sits"
        if self.seat.frozen_for is FreezeReason.ASKED:
            return "kept while they are away"
        return "rests until more seats are paid for"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """A seat that is offered to somebody.

    Attributes:
        seat_id: which offer.
        address: where the invitation went, where that is known still.
        until: how long it waits.
        asked: whether whoever is invited is not a member yet, and asked to come in.
    """

    seat_id: UUID
    address: str
    until: datetime
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A practice, as its page tells it.

    Attributes:
        practice_id: which.
        pool: its seats.
        dues: the membership by which it pays, if it ever began.
        account: who pays.
        lines: who sits.
        offers: open offers.
        managers: who looks after the seats, by name.
        free: how many seats can be offered.
        zone: IANA name of the place whose days are told.
    """

    practice_id: UUID
    pool: SeatPool
    dues: Membership | None
    account: BillingAccount
    lines: Sequence[SeatLine]
    offers: Sequence[OfferLine]
    managers: Sequence[tuple[UUID, str]]
    free: int
    zone: str

    @property
    def lives(self) -> bool:
        """Whether the practice pays, or owes what can still be paid."""
        return self.dues is not None and not self.dues.can_begin

    @property
    def unpaid(self) -> bool:
        """Whether a payment is missing."""
        return self.lives and self.dues is not None and self.dues.state in UNPAID

    @property
    def count_at_renewal(self) -> int | None:
        """How many seats are paid for from the renewal on, where that is fewer than now."""
        asked = self.pool.scheduled
        return asked[0] if asked is not None and asked[0] < self.pool.bought else None

    @property
    def subscription_id(self) -> str | None:
        """Return the payment service's id of what is paid for, while it lives."""
        seen = None if self.dues is None else self.dues.observed
        return seen.subscription_id if seen is not None and seen.is_live else None


def manager_form(practice: Practice) -> Form:
    """Return the question who looks after the seats, too: one of those who sit.

    They came by a mail that they took themselves. Were an address asked for, anybody could open a
    practice and learn from the answer whose address belongs to a member.
    """
    managers = practice.pool.managers
    sitting = [(str(line.member_id), line.name) for line in practice.lines]
    field = Field(
        name="manager",
        label="Who looks after the seats, too",
        parse=one_of([value for value, _ in sitting]),  # twice is once, so also who does already
        kind="select",
        choices=(
            ("", "Choose"),
            *((value, name) for value, name in sitting if UUID(value) not in managers),
        ),
        missing="Choose somebody.",
    )
    return Form(field)


async def gather(house: House, practice_id: UUID, person_id: UUID) -> Practice:
    """Return a practice to one of those who look after it.

    Raises:
        NotFound: it is not there, or not theirs to see.
        PaymentsOff: the house takes no dues.
    """
    desk_of(house)
    now = house.clock.now()
    pool = await find_pool(house, practice_id, person_id)
    async with house.views() as conn:
        names = await names_of(conn, [*pool.seats, *pool.managers])
        zone = await zone_of(conn, person_id)
    return Practice(
        practice_id=practice_id,
        pool=pool,
        dues=await find_dues(house, practice_id),
        account=await find_account(house, practice_id),
        lines=_lines(pool, names),
        offers=[
            OfferLine(
                seat_id=each,
                address=await house.vault.invitation(each) or "",
                until=pool.offer_ends_at(each),
                asked=each in pool.entries_asked,
            )
            for each in pool.open_offers(now)
        ],
        managers=sorted(((each, names[each]) for each in pool.managers), key=lambda row: row[1]),
        free=pool.free(now),
        zone=zone,
    )


def _lines(pool: SeatPool, names: Mapping[UUID, str]) -> list[SeatLine]:
    return [
        SeatLine(member_id, names[member_id], seat, seat.history[-1][0])
        for member_id, seat in pool.seats.items()
        if seat.state is not SeatState.RELEASED
    ]


async def practice_page(
    request: Asking,
    house: House,
    practice_id: UUID,
    person_id: UUID,
    *,
    refused: Refused | None = None,
    offer_form: Filled | None = None,
    named: Filled | None = None,
    contact_form: Filled | None = None,
) -> Response[Any]:
    """Answer with a practice's own page; its forms come back as they were typed."""
    practice = await gather(house, practice_id, person_id)
    typed = (offer_form, named, contact_form)
    faulty = [each for each in typed if each is not None and not each.ok]
    return await subject_page(
        request,
        "practices/practice.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        practice=practice,
        next_charge=await find_next_charge(
            request, house, person_id, practice.dues, count=practice.count_at_renewal
        ),
        dues=membership_words,
        me=person_id,
        offer_form=offer_form or OFFER_FORM.blank(),
        manager_form=named or manager_form(practice).blank(),
        contact_form=contact_form or CONTACT_FORM.blank(),
        problem=refused.sentence if refused else "",
    )
