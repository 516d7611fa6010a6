"""What is offered: Stripe's prices under our lookup keys, kept for some minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import stripe

from domain.money.billing_accounts import PayerKind
from domain.payments.prices import Every, Price
from domain.payments.refusals import PaymentsAway, PriceChanged, PriceGone
from domain.ports import Clock
from domain.values import Money
from infra.stripe.amounts import from_stripe
from infra.stripe.connection import Connection
from infra.stripe.readings import instant

PLANS: Final[Mapping[str, PayerKind]] = MappingProxyType(
    {
        "membership-monthly": PayerKind.PERSON,
        "membership-annual": PayerKind.PERSON,
        "seat-monthly": PayerKind.PRACTICE,
        "seat-annual": PayerKind.PRACTICE,
    }
)
_KEPT_FOR: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Offer:
    price_ids: Mapping[str, str]
    prices: Sequence[Price]
    until: datetime


class PriceList:
    """The prices in use.

    Args:
        connection: to Stripe.
        clock: tells when it is time to ask again.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._offer: _Offer | None = None

    async def prices(self) -> Sequence[Price]:
        """Return what is offered; the last known answer while Stripe is away.

        Raises:
            PaymentsAway: Stripe was away from the beginning.
        """
        return (await self._known()).prices

    async def id_of(self, plan: str, currency: str | None = None) -> str:
        """Return the id of the price of a plan.

        Raises:
            PriceGone: the plan is not offered, or not in this currency.
        """
        offer = await self._known()
        offered = any(
            each.plan == plan and currency in {None, each.amount.currency} for each in offer.prices
        )
        if not offered:
            raise PriceGone("This plan is not offered any more. Choose one of those shown now.")
        return offer.price_ids[plan]

    async def require_agreed(self, plan: str, currency: str, agreed: Sequence[Money]) -> None:
        """Refuse a plan that costs something else than was agreed; nothing agreed refuses nothing.

        Raises:
            PriceChanged: see the class.
        """
        costs = [
            each.amount
            for each in (await self._known()).prices
            if each.plan == plan and each.amount.currency == currency
        ]
        if agreed and not set(costs) & set(agreed):
            raise PriceChanged("What this plan costs changed since you agreed to it.")

    async def is_yearly_seat(self, plan: str) -> bool:
        """Return whether practices pay a plan, once a year."""
        return any(
            each.plan == plan and each.payer_kind is PayerKind.PRACTICE and each.every is Every.YEAR
            for each in await self.prices()
        )

    async def require_still_offered(self, plan: str, currency: str | None = None) -> None:
        """Ask anew, because Stripe refused.

        Raises:
            PriceGone: the plan is gone.
        """
        self._offer = None
        await self.id_of(plan, currency)

    async def _known(self) -> _Offer:
        now, known = self._clock.now(), self._offer
        if known is not None and now < known.until:
            return known
        try:
            self._offer = await self._fetch(now)
        except PaymentsAway:
            if known is None:
                raise
            return known
        return self._offer

    async def _fetch(self, now: datetime) -> _Offer:
        found = await self._connection.ask(
            lambda: self._connection.client.v1.prices.list_async(
                {
                    "active": True,
                    "lookup_keys": [*PLANS],
                    "limit": 100,
                    "expand": ["data.currency_options"],
                }
            )
        )
        rows = {each.lookup_key: each for each in found.data if each.lookup_key in PLANS}
        prices = [price for plan in PLANS if plan in rows for price in _read(plan, rows[plan])]
        ids = {plan: each.id for plan, each in rows.items() if plan is not None}
        return _Offer(ids, tuple(prices), now + _KEPT_FOR)


def _read(plan: str, row: stripe.Price) -> list[Price]:
    """Return a price in each of its currencies; none if it is not paid each month or year."""
    if row.recurring is None or row.recurring.interval not in set(Every):
        return []
    options = getattr(row, "currency_options", None)
    currencies = options.to_dict() if options is not None else {}
    own = {row.currency: {"unit_amount": row.unit_amount, "tax_behavior": row.tax_behavior}}
    return [
        Price(
            plan=plan,
            payer_kind=PLANS[plan],
            amount=from_stripe(each["unit_amount"], currency),
            every=Every(row.recurring.interval),
            includes_tax=each.get("tax_behavior") == "inclusive",
            since=instant(row.created),
        )
        for currency, each in sorted((own | currencies).items())
        if each.get("unit_amount") is not None
    ]
