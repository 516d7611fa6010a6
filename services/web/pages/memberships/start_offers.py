"""What is offered to whoever would like to begin, a person or a practice, and in which currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.payments.prices import Price
from domain.payments.refusals import PaymentsAway
from projections.people import queries as people
from services.house import House
from services.money.customers import find_payer
from services.web.pages.memberships.view import desk_of, prices_for

_EURO: Final = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"  # 2026
_PAID_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "CH": "CHF",
        **dict.fromkeys(("UK", "GB"), "GBP"),  # as places are written today, and were before
        **dict.fromkeys(_EURO.split(), "EUR"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, and in which currency somebody looks at it.

    Attributes:
        prices: everything for this kind of payer, in the currencies that they can pay in.
        currency: one of those offered.
        bound: whether they pay in it already; the service takes one currency from each payer.
    """

    prices: Sequence[Price]
    currency: str
    bound: bool

    @property
    def currencies(self) -> list[str]:
        """Return every currency, in order."""
        return sorted({each.amount.currency for each in self.prices})

    @property
    def shown(self) -> list[Price]:
        """Return the plans in the currency."""
        return [each for each in self.prices if each.amount.currency == self.currency]

    @property
    def seen(self) -> str:
        """Return what a form sends back, so that nobody agrees to what they did not see."""
        return ";".join(f"{each.plan} {each.amount.cents}" for each in self.shown)


async def currency_at_home(house: House, person_id: UUID) -> str:
    """Return the currency where somebody is licensed: what one begins to pay in, one stays with."""
    async with house.views() as conn:
        licences = await people.licences(conn, person_id)
    countries = [each.jurisdiction[:2] for each in licences]
    return next((_PAID_IN[each] for each in countries if each in _PAID_IN), "")


async def offer_for(house: House, kind: PayerKind, payer_id: UUID, currency: str) -> Offer | None:
    """Return what is offered to somebody; nothing while the payment service is away.

    Args:
        house: the house.
        kind: a person, or a practice that pays for seats.
        payer_id: which one.
        currency: the one that was asked for; another is taken where it is not offered.
    """
    desk = desk_of(house)
    try:
        prices = await prices_for(desk, kind)
        payer = await find_payer(house, desk, billing_account_id(payer_id))
    except PaymentsAway:
        return None
    possible = [each for each in prices if each.amount.currency == payer.currency]
    offered = sorted({each.amount.currency for each in possible or prices})
    chosen = currency if currency in offered else next(iter(offered), "")
    return Offer(possible or prices, chosen, bound=bool(possible))
