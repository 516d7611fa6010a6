"""A scholarship fund: what was given, what is promised, what is left; its figures are public.

It never promises what it does not have. Names of givers are nowhere in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.fields import require_lines
from domain.foreign_ids import require_foreign_ids
from domain.values import Money, check_currency

K = TypeVar("K", bound=Hashable)


class FundTooLow(DomainError):
    """The fund does not hold so much at the moment."""

    code = "fund.too_low"


class FundFactDiffers(DomainError):
    """The same gift or promise was told before with another amount."""

    code = "fund.fact_differs"


@dataclass(frozen=True, slots=True)
class FundFigures:
    """What everybody may know about a fund.

    Attributes:
        given: all that came in, less what had to go back.
        promised: all that was set aside for scholarships, less what came back from them.
        left: what can still be promised; never negative.
        scholarships: how many are carried now.
    """

    given: Money
    promised: Money
    left: Money
    scholarships: int


class Fund(Root):
    """One fund in one currency."""

    TOPIC = "peerhour.fund"

    class Opened(Root.Event, AggregateCreated):
        """A fund begins, empty."""

        TOPIC = "peerhour.fund.opened"
        name: str
        currency: str

    class Fed(Root.Event):
        """Somebody gave; the key is that of the payment."""

        TOPIC = "peerhour.fund.fed"
        key: str
        amount: Money

        @override
        def apply(self, fund: Fund) -> None:
            fund.gifts[self.key] = self.amount

    class GivenBack(Root.Event):
        """A gift had to be paid back."""

        TOPIC = "peerhour.fund.given_back"
        key: str
        amount: Money

        @override
        def apply(self, fund: Fund) -> None:
            fund.returned[self.key] = self.amount

    class SetAside(Root.Event):
        """So much is promised to a scholarship, for a year of it."""

        TOPIC = "peerhour.fund.set_aside"
        scholarship_id: UUID
        until: datetime
        amount: Money

        @override
        def apply(self, fund: Fund) -> None:
            fund.promises[self.scholarship_id, self.until] = self.amount

    class Freed(Root.Event):
        """What a scholarship did not need is the fund's again."""

        TOPIC = "peerhour.fund.freed"
        scholarship_id: UUID
        until: datetime
        amount: Money

        @override
        def apply(self, fund: Fund) -> None:
            fund.freed[self.scholarship_id, self.until] = self.amount

    def __init__(self, *, name: str, currency: str) -> None:
        self.name = name
        self.currency = currency
        self.gifts: dict[str, Money] = {}
        self.returned: dict[str, Money] = {}
        self.promises: dict[tuple[UUID, datetime], Money] = {}
        self.freed: dict[tuple[UUID, datetime], Money] = {}

    @classmethod
    def open(cls, fund_id: UUID, *, name: str, currency: str, at: datetime) -> Fund:
        """Begin a fund.

        Raises:
            InvalidFields: the name cannot be used.
            UnusableCurrency: no currency.
        """
        require_lines(name=name)
        check_currency(currency)
        return cls.begin(cls.Opened, stream_id=fund_id, at=at, name=name, currency=currency)

    def figures(self, at: datetime) -> FundFigures:
        """Return what everybody may know at a moment."""
        given = _sum(self.gifts) - _sum(self.returned)
        promised = _sum(self.promises) - _sum(self.freed)
        carried = {
            each for each, until in self.promises if at < until and (each, until) not in self.freed
        }
        return FundFigures(
            self._money(given), self._money(promised), self.balance, scholarships=len(carried)
        )

    @property
    def balance(self) -> Money:
        """What can still be promised; never negative."""
        given = _sum(self.gifts) - _sum(self.returned)
        return self._money(given - _sum(self.promises) + _sum(self.freed))

    def promised_to(self, scholarship_id: UUID) -> dict[datetime, Money]:
        """Return what is promised to a scholarship, by the ends of its years, and was not freed."""
        return {
            until: amount
            for (each, until), amount in self.promises.items()
            if each == scholarship_id and (each, until) not in self.freed
        }

    def feed(self, key: str, amount: Money, *, at: datetime) -> None:
        """Take a gift in; the same payment twice is one gift.

        Args:
            key: of the payment, such as Stripe's id of it.
            amount: more than nothing, in the fund's currency.
            at: now.

        Raises:
            FundFactDiffers: the payment was told with another amount.
            InvalidFields, DifferentCurrencies: key or amount cannot be used.
        """
        require_foreign_ids(key=key)
        self._must_fit(amount)
        if not _told(self.gifts, key, amount):
            self.record(self.Fed, at=at, key=key, amount=amount)

    def give_back(self, key: str, amount: Money, *, at: datetime) -> None:
        """Take a gift out again because its payment was returned; twice is once.

        Args:
            key: of the return, such as Stripe's id of the refund.
            amount: as in :meth:`feed`.
            at: now.

        Raises:
            FundTooLow: it is promised already; the house has to fill the gap first.
            FundFactDiffers, InvalidFields, DifferentCurrencies: as in :meth:`feed`.
        """
        require_foreign_ids(key=key)
        self._must_fit(amount)
        if not _told(self.returned, key, amount):
            self._must_hold(amount)
            self.record(self.GivenBack, at=at, key=key, amount=amount)

    def set_aside(
        self, scholarship_id: UUID, amount: Money, *, until: datetime, at: datetime
    ) -> None:
        """Promise a year of a scholarship; the same year twice is one promise.

        Args:
            scholarship_id: whose.
            amount: what the fund carries of the dues until then.
            until: the end of that year; with the scholarship the key of the promise.
            at: now.

        Raises:
            FundTooLow: the fund does not hold so much.
            FundFactDiffers, InvalidFields, DifferentCurrencies: as in :meth:`feed`.
        """
        self._must_fit(amount)
        if not _told(self.promises, (scholarship_id, until), amount):
            self._must_hold(amount)
            self.record(
                self.SetAside, at=at, scholarship_id=scholarship_id, until=until, amount=amount
            )

    def free(self, scholarship_id: UUID, amount: Money, *, until: datetime, at: datetime) -> None:
        """Take back what a scholarship did not need; twice is once.

        Raises:
            InvalidFields: there was no such promise, or a smaller one.
            FundFactDiffers, DifferentCurrencies: as in :meth:`feed`.
        """
        self._must_fit(amount)
        key = (scholarship_id, until)
        if key not in self.promises or self.promises[key].cents < amount.cents:
            raise InvalidFields(amount="The fund did not promise so much to this scholarship.")
        if not _told(self.freed, key, amount):
            self.record(
                self.Freed, at=at, scholarship_id=scholarship_id, until=until, amount=amount
            )

    def _must_fit(self, amount: Money) -> None:
        if (self._money(0) + amount).cents < 1:  # refuses another currency, too
            raise InvalidFields(amount="Give an amount larger than nothing.")

    def _must_hold(self, amount: Money) -> None:
        if amount.cents > self.balance.cents:
            raise FundTooLow(
                "The fund does not hold so much at the moment. You are not turned away: "
                "your wish is kept, and we write when it does."
            )

    def _money(self, cents: int) -> Money:
        return Money(cents, self.currency)


def _sum(amounts: Mapping[K, Money]) -> int:
    return sum(each.cents for each in amounts.values())


def _told(known: Mapping[K, Money], key: K, amount: Money) -> bool:
    """Tell whether this was told before, and refuse the same key with another amount."""
    if key in known and known[key] != amount:
        raise FundFactDiffers("This was recorded with another amount before; look at both.")
    return key in known
