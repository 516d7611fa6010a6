"""The seeded story's dues: seven weeks of them, told against the simulated Stripe.

Everybody goes the way that people go: our page, Stripe's page, and time. So what the demo shows is
what the house itself recorded, line by line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from domain.members.member import Role
from domain.memberships.rules import membership_id
from domain.memberships.scholarships import Tier
from domain.money.billing_accounts import billing_account_id
from domain.payments.desk import PaymentDesk
from domain.payments.refusals import PaymentsOff
from domain.values import Money
from services.demo import story as demo
from services.demo.story import ADMIN, CAST, STORY, Person
from services.demo.stripe import FAILS_LATER, VISA, DemoClock, SimulatedStripe
from services.dispatch import Order
from services.house import House
from services.members import commands as members
from services.memberships import commands as memberships
from services.memberships import scholarships
from services.memberships.checkouts import Wanted, find_customer, find_membership, open_page
from services.memberships.scholarship_wishes import carry
from services.money import billing
from services.practices import commands as seats
from services.practices.checkouts import WantedSeats, open_seats_page

JOY, ANA, BO, CHIDI = CAST
DALIA: Final = Person("dalia", "Dalia Haddad", "dalia@example.org", "", "", "")
PRACTICE: Final = uuid5(STORY, "practice")
FUND: Final = uuid5(STORY, "fund")
CURRENCY: Final = "USD"
_AT_HOME: Final = {"country": "US", "postal_code": "80202"}
_EXPIRY: Final = "12 / 40"
_SEATS: Final = 3
_FED: Final = Money(60_000, CURRENCY)
BEGAN: Final = timedelta(days=47)  # a trial, a paid month, and some days of the next
_PAID: Final = timedelta(days=32)  # the trial is over, the first dues are paid
_BETWEEN: Final = timedelta(days=16)  # nobody's messages wait longer than Stripe keeps them
_RENEWED: Final = timedelta(days=1)  # however long the month, the second ones fell due by then
_A_WHILE: Final = timedelta(minutes=65)  # the worker reads Stripe's messages each hour


async def was_told(house: House) -> bool:
    """Tell whether this house knows the story's dues already."""
    return await find_membership(house, ANA.id) is not None


async def tell(
    house: House,
    stripe: SimulatedStripe,
    clock: DemoClock,
    work: Callable[[], Awaitable[None]],
) -> None:
    """Tell the dues up to now.

    Args:
        house: keeps its views up to date by itself; its clock is *clock*.
        stripe: empty but for prices, and as far back in time as *clock*.
        clock: of the house; it ends at this machine's time.
        work: does all background work there is.
    """
    story = _Dues(house, stripe, clock, work)
    await story.people()
    for person in (ANA, BO, CHIDI):
        await story.begins(person)
    await story.practice()
    await story.fund()
    await story.until(BEGAN - _A_WHILE)
    await story.seat(JOY)
    await story.scholarship(DALIA)
    for person in (ANA, BO, CHIDI):
        await story.card(person, VISA)
    await story.until(_PAID)
    await story.card(BO, FAILS_LATER)
    await story.until(_BETWEEN)
    await story.until(_RENEWED)
    await story.until(timedelta())


async def goes_on_leave(house: House, work: Callable[[], Awaitable[None]]) -> None:
    """Let Chidi pause, after the hour behind us."""
    leave = memberships.AskForLeave(membership_id=_membership(CHIDI), by=CHIDI.id)
    await house.dispatch(leave, _once("leave:chidi"))
    await work()


class _Dues:
    def __init__(
        self,
        house: House,
        stripe: SimulatedStripe,
        clock: DemoClock,
        work: Callable[[], Awaitable[None]],
    ) -> None:
        if house.payments is None:
            raise PaymentsOff("This house takes no dues.")
        self._house = house
        self._desk: PaymentDesk = house.payments
        self._stripe = stripe
        self._clock = clock
        self._work = work

    async def until(self, behind: timedelta) -> None:
        """Let time go on, for Stripe and for the house, and everything happen that is due."""
        await self._stripe.go(self._clock, behind)
        await self._work()

    async def people(self) -> None:
        for person in (*CAST, ADMIN, DALIA):
            await demo.introduce(self._house, person, self._house.dispatch)
        role = members.GrantRole(member_id=ADMIN.id, role=Role.ADMINISTRATOR, by=members.HOUSE)
        await self._house.dispatch(role, _once("administrator"))

    async def begins(self, person: Person) -> None:
        """Begin a trial, without a card."""
        wanted = Wanted(
            person_id=person.id,
            plan="membership-monthly",
            currency=CURRENCY,
            fresh=uuid5(STORY, f"fresh:{person.key}"),
        )
        page = await open_page(self._house, self._desk, _once(f"begin:{person.key}"), wanted)
        await self._stripe.submit(page.url, email=person.mail, name=person.name, **_AT_HOME)

    async def card(self, person: Person, number: str) -> None:
        """Give somebody a card, on Stripe's page for it."""
        customer = await find_customer(self._house, person.id)
        url = await self._desk.card_page(str(customer), back_url=self._house.origin)
        await self._stripe.submit(url, action="card", number=number, expiry=_EXPIRY)

    async def practice(self) -> None:
        """Open Joy's practice, and pay for seats."""
        await self._do(
            "practice",
            billing.OpenPractice(
                practice_id=PRACTICE, name="Harbour Practice (invented)", by=JOY.id
            ),
        )
        wanted = WantedSeats(
            practice_id=PRACTICE,
            by=JOY.id,
            plan="seat-monthly",
            currency=CURRENCY,
            count=_SEATS,
            fresh=uuid5(STORY, "fresh:practice"),
        )
        page = await open_seats_page(self._house, self._desk, _once("seats"), wanted)
        await self._stripe.submit(
            page.url, email=JOY.mail, name=JOY.name, number=VISA, expiry=_EXPIRY, **_AT_HOME
        )

    async def seat(self, person: Person) -> None:
        """Let somebody take a seat of the practice."""
        seat_id = uuid5(STORY, f"seat:{person.key}")
        offer = seats.OfferSeat(practice_id=PRACTICE, seat_id=seat_id, by=JOY.id)
        await self._do(f"offer:{person.key}", offer)
        taken = seats.AcceptSeat(
            practice_id=PRACTICE, seat_id=seat_id, member_id=person.id, by=person.id
        )
        await self._do(f"sit:{person.key}", taken)

    async def fund(self) -> None:
        """Open a fund, and feed it."""
        opened = scholarships.OpenFund(
            fund_id=FUND, name="Lamp oil (invented)", currency=CURRENCY, by=ADMIN.id
        )
        await self._do("fund", opened)
        await self._do(
            "fed", scholarships.FeedFund(fund_id=FUND, key="the-storys-gift", amount=_FED)
        )

    async def scholarship(self, person: Person) -> None:
        """Let the fund carry all of somebody's dues."""
        wish = scholarships.ApplyForScholarship(member_id=person.id, tier=Tier.FULL, by=person.id)
        await self._do(f"wish:{person.key}", wish)
        await self._work()
        await carry(self._house, person.id, _once(f"carry:{person.key}"))

    async def _do(self, step: str, command: object) -> None:
        await self._house.dispatch(command, _once(step))


def _membership(person: Person) -> UUID:
    return membership_id(billing_account_id(person.id), person.id)


def _once(step: str) -> Order:
    return Order(command_id=uuid5(STORY, f"do:{step}"))
