"""What is sold, made at Stripe once: one product, its prices, the coupons of scholarships.

Names are neutral: a bank statement or an invoice tells nobody about groups of therapists. New
amounts are new prices; who takes part keeps the price they have until they are told.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec
import stripe

from domain.errors import NotFound
from domain.payments.prices import Every
from domain.payments.refusals import CatalogueFault
from domain.values import Money, check_currency
from infra.stripe import marks
from infra.stripe.amounts import to_stripe
from infra.stripe.checkouts import COUPON
from infra.stripe.connection import Connection
from infra.stripe.prices import PLANS

PRODUCT: Final = "peerhour-membership"
_TIERS: Final = (25, 50, 75, 100)
_COUPON_NAME: Final = "Reduced dues"  # stands on invoices


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price.

    Attributes:
        every: month or year.
        amounts: minor units (ISO 4217) by currency; the first one is the price's own.
        includes_tax: whether tax is part of the amounts.
    """

    every: Every
    amounts: dict[str, int]
    includes_tax: bool = True


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sold.

    Attributes:
        prices: by plan.
        name: of the product, on invoices.
        statement_descriptor: on bank statements, 5 to 22 letters.
        tax_code: Stripe's; a question for a tax adviser of the country.
    """

    prices: dict[str, Plan]
    name: str = "Peerhour membership"
    statement_descriptor: str = "PEERHOUR"
    tax_code: str | None = None


STANDARD: Final = Catalogue(
    prices={
        "membership-monthly": Plan(Every.MONTH, {"EUR": 1200, "USD": 1300, "GBP": 1100}),
        "membership-annual": Plan(Every.YEAR, {"EUR": 12000, "USD": 13000, "GBP": 11000}),
        "seat-monthly": Plan(Every.MONTH, {"EUR": 1000, "USD": 1100, "GBP": 900}),
        "seat-annual": Plan(Every.YEAR, {"EUR": 10000, "USD": 11000, "GBP": 9000}),
    }
)


def read(file: Path) -> Catalogue:
    """Read a file of prices.

    Raises:
        CatalogueFault: says what is wrong with it.
    """
    try:
        found = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Catalogue)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueFault(f"{file.name} cannot be read.") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogueFault(f"{file.name}: {error}") from error
    for plan, price in found.prices.items():
        if plan not in PLANS:
            raise CatalogueFault(f"{file.name}: {plan} is no plan; there are {', '.join(PLANS)}.")
        if not price.amounts or min(price.amounts.values()) <= 0:
            raise CatalogueFault(f"{file.name}: {plan} needs amounts above nothing.")
        for currency in price.amounts:
            check_currency(currency)
    return found


async def make(connection: Connection, wanted: Catalogue, *, environment: str) -> list[str]:
    """Make what is missing at Stripe; doing so again changes nothing.

    Args:
        connection: with a key that may write products, prices and coupons.
        wanted: what is sold.
        environment: goes with everything that is made.

    Returns:
        A line for each thing: what it is, and whether it was there.
    """
    maker = _Maker(connection, wanted, environment)
    lines = [await maker.product()]
    lines += [await maker.price(plan, price) for plan, price in wanted.prices.items()]
    return lines + [await maker.coupon(percent) for percent in _TIERS]


class _Maker:
    def __init__(self, connection: Connection, wanted: Catalogue, environment: str) -> None:
        self._connection = connection
        self._api = connection.client.v1
        self._wanted = wanted
        self._marks = {marks.ENVIRONMENT: environment}

    async def product(self) -> str:
        said: dict[str, Any] = {
            "name": self._wanted.name,
            "statement_descriptor": self._wanted.statement_descriptor,
            "metadata": self._marks,
        }
        if self._wanted.tax_code is not None:
            said["tax_code"] = self._wanted.tax_code
        try:
            known, _ = await self._connection.raw("get", f"/v1/products/{PRODUCT}", {})
        except NotFound:
            await self._connection.raw("post", "/v1/products", said | {"id": PRODUCT})
            return f"product {PRODUCT}: made"
        if all(known.get(name) == value for name, value in said.items()):
            return f"product {PRODUCT}: there"
        await self._connection.raw("post", f"/v1/products/{PRODUCT}", said)
        return f"product {PRODUCT}: changed"

    async def price(self, plan: str, price: Plan) -> str:
        known = await self._connection.ask(
            lambda: self._api.prices.list_async(
                {"active": True, "lookup_keys": [plan], "expand": ["data.currency_options"]}
            )
        )
        if any(_same(each, price) for each in known.data):
            return f"price {plan}: there"
        first, *others = price.amounts
        behavior = "inclusive" if price.includes_tax else "exclusive"
        said: dict[str, Any] = {
            "product": PRODUCT,
            "lookup_key": plan,
            "transfer_lookup_key": True,
            "recurring": {"interval": price.every.value},
            "tax_behavior": behavior,
            "currency": first.lower(),
            "unit_amount": _amount(price, first),
            "metadata": self._marks | {marks.PLAN: plan},
        }
        if others:
            said["currency_options"] = {
                each.lower(): {"unit_amount": _amount(price, each), "tax_behavior": behavior}
                for each in others
            }
        await self._connection.raw("post", "/v1/prices", said)
        return f"price {plan}: {'a new one' if known.data else 'made'}"

    async def coupon(self, percent: int) -> str:
        """Make a coupon that holds until it is taken away: a scholarship ends by its own rules."""
        key = COUPON.format(percent=percent)
        try:
            await self._connection.raw("get", f"/v1/coupons/{key}", {})
        except NotFound:
            said = {
                "id": key,
                "name": _COUPON_NAME,
                "percent_off": percent,
                "duration": "forever",
                "metadata": self._marks,
            }
            await self._connection.raw("post", "/v1/coupons", said)
            return f"coupon {key}: made"
        return f"coupon {key}: there"


def _amount(price: Plan, currency: str) -> int:
    return to_stripe(Money(price.amounts[currency], currency))


def _same(known: stripe.Price, price: Plan) -> bool:
    options = getattr(known, "currency_options", None)
    rows: dict[str, Any] = options.to_dict() if options is not None else {}
    own: dict[str, Any] = {"unit_amount": known.unit_amount, "tax_behavior": known.tax_behavior}
    behavior = "inclusive" if price.includes_tax else "exclusive"
    is_said = {
        currency: (each["unit_amount"], each["tax_behavior"])
        for currency, each in (rows | {known.currency: own}).items()
    }
    wanted = {each.lower(): (_amount(price, each), behavior) for each in price.amounts}
    every = known.recurring.interval if known.recurring is not None else None
    return is_said == wanted and every == price.every.value and known.product == PRODUCT
