"""What the membership pages show, gathered once for each of them.

Where a membership stands is read from its own events and not from a view, because whoever comes
back from paying asks within the second. What our payment service alone knows (prices) may be away;
everything else is there without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain.access.words import Why
from domain.memberships.membership import Membership
from domain.memberships.observations import PaymentTrouble, PlanWaiting
from domain.memberships.rules import LIVE, UNPAID, Wish
from domain.memberships.standings import MembershipState, narrows_at
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.money.facts import MoneyKind
from domain.payments.desk import PaymentDesk
from domain.payments.prices import Price
from domain.payments.refusals import PaymentsAway, PaymentsOff
from projections.memberships import queries as memberships
from projections.memberships.queries import MoneyLineRow
from services.access.reading import told_why
from services.days import zone_of
from services.house import House
from services.memberships.checkouts import find_customer, find_membership, percent_carried
from services.web.context import web_of
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking
from services.web.pages.memberships.beside import beside, goes_on

VIEW: Final = "memberships"
PATIENCE: Final = 4.0  # seconds; a page that can do without a price does not wait longer for it
_FOR_DUES: Final = "subscription"  # how the service's words for such invoices begin
_ALL: Final = 100  # percent
# Each turn is a question to the payment service, which counts them too.
_TURNS: Final = Throttle("payment_service", limit=60, window=timedelta(minutes=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person's membership, as its page tells it.

    Attributes:
        membership: theirs, if they ever asked to take part.
        customer_id: under which id the payment service knows them.
        refused: what they asked for and did not get, with the service's word for why.
        trouble: a payment that failed and is still wanted.
        why: why they have, or lack, access.
        prices: what is offered to people; ``None`` while our payment service is away.
        price: what their plan costs in the currency they pay in, where both are known.
        percent: how much of the dues a scholarship carries.
        zone: IANA name of the place whose days are told.
        takes_dues: whether this house takes any.
        given: whether they take part whatever becomes of their own dues.
        at: when it is told.
    """

    membership: Membership | None
    customer_id: str | None
    refused: Mapping[str, str]
    trouble: PaymentTrouble | None
    why: Why
    prices: Sequence[Price] | None
    price: Price | None
    percent: int
    zone: str
    takes_dues: bool
    given: bool
    at: datetime

    @property
    def state(self) -> MembershipState | None:
        """Where it stands, if there is one."""
        return None if self.membership is None else self.membership.state

    @property
    def lives(self) -> bool:
        """Whether there is something to change, pause or end."""
        return self.state in LIVE

    @property
    def pays_beside(self) -> bool:
        """Whether dues go on for what they would have without them."""
        held = self.membership
        return self.given and self.percent < _ALL and held is not None and goes_on(held)

    @property
    def given_up(self) -> bool:
        """Whether a payment is missing that is not tried any more: the subscription is over."""
        return self.unpaid and self.membership is not None and self.membership.can_begin

    @property
    def runs_out(self) -> bool:
        """Whether it is paid for, and nothing renews it any more."""
        return self.membership is not None and self.membership.runs_out

    @property
    def paid_by_it(self) -> datetime | None:
        """Until when paying what was given up on would last, if that is still to come."""
        counts = None if self.membership is None else self.membership.observed
        through = None if counts is None else counts.period_end_at
        return through if through is not None and through > self.at else None

    @property
    def wishes(self) -> Mapping[Wish, datetime]:
        """What was asked for and is not so yet, with when it was asked."""
        return {} if self.membership is None else self.membership.wishes

    @property
    def plan_waits(self) -> PlanWaiting | None:
        """What another plan waits for, while it can still be paid."""
        counts = None if self.membership is None else self.membership.observed
        waits = None if counts is None else counts.plan_waits
        return waits if waits is not None and waits.until > self.at else None

    @property
    def unpaid(self) -> bool:
        """Whether a payment is missing."""
        return self.state in UNPAID

    @property
    def safe_until(self) -> datetime | None:
        """Until when nothing changes though a payment is missing, while that is to come."""
        held = self.membership
        since = None if held is None else held.standing.unpaid_since
        if held is None or since is None or held.state is not MembershipState.GRACE:
            return None
        return narrows_at(since)

    @property
    def through(self) -> datetime | None:
        """Until when it is paid for, or on trial."""
        return None if self.membership is None else self.membership.standing.through


def desk_of(house: House) -> PaymentDesk:
    """Return the payment service.

    Raises:
        PaymentsOff: the house takes no dues.
    """
    if house.payments is None:
        raise PaymentsOff("This house takes no dues, so there is nothing to pay or to change here.")
    return house.payments


async def ask_service(request: Asking, person_id: UUID) -> None:
    """Take a turn at asking the payment service.

    Raises:
        TooMany: this person asked it very often.
    """
    web = web_of(request)
    await take_turn(_TURNS, str(person_id), web.ports, web.settings)


async def prices_for(desk: PaymentDesk, kind: PayerKind) -> list[Price]:
    """Return what is offered to people for themselves, or to practices for a seat; in order.

    Raises:
        PaymentsAway: the payment service does not answer.
    """
    offered = [each for each in await desk.prices() if each.payer_kind is kind]
    return sorted(offered, key=lambda each: (each.amount.currency, each.every.value, each.plan))


async def stand(house: House, person_id: UUID) -> Standing:
    """Return a person's membership with everything its page tells."""
    membership = await find_membership(house, person_id)
    async with house.views() as conn:
        row = await memberships.membership_of_holder(conn, person_id)
        lines = await memberships.money_lines(conn, billing_account_id(person_id))
        zone = await zone_of(conn, person_id)
    reasons = await told_why(
        house.store, person_id, takes_dues=house.takes_dues, at=house.clock.now(), zone=zone
    )
    prices = await _prices_or_none(house)
    paid_in = _currency_of_dues(lines)
    return Standing(
        membership=membership,
        customer_id=await find_customer(house, person_id),
        refused={} if row is None else row.refused,
        trouble=None if membership is None else membership.trouble,
        why=reasons,
        prices=prices,
        price=None if membership is None else _price(prices or (), membership, paid_in),
        percent=await percent_carried(house, person_id),
        zone=zone,
        takes_dues=house.payments is not None,
        given=(await beside(house, person_id)).given,
        at=house.clock.now(),
    )


async def _prices_or_none(house: House) -> list[Price] | None:
    if house.payments is None:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            return await prices_for(house.payments, PayerKind.PERSON)
    except (PaymentsAway, TimeoutError):
        return None


def _currency_of_dues(lines: Sequence[MoneyLineRow]) -> str | None:
    """Return what dues were last asked for in; months for somebody else may be paid in another."""
    for line in reversed(lines):
        if line.kind == MoneyKind.INVOICE_ISSUED and (line.reason or "").startswith(_FOR_DUES):
            return line.currency
    return None


def _price(prices: Sequence[Price], membership: Membership, currency: str | None) -> Price | None:
    """Return what a membership costs, where there is no doubt in which currency.

    Whoever began before a price was made may have the older one, which nobody offers any more:
    then none is told rather than a wrong one.
    """
    counts = membership.observed
    began_at = None if counts is None else counts.began_at
    found = [
        each
        for each in prices
        if each.plan == membership.plan and currency in {None, each.amount.currency}
    ]
    price = found[0] if len(found) == 1 else None
    if price is None or (began_at and price.since and began_at < price.since):
        return None
    return price
