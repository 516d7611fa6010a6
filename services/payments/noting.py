"""Money facts into ledgers: whose they are, and each once, whoever brings them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

import msgspec

from domain.errors import NotFound
from domain.money.facts import MoneyFact, MoneyKind
from domain.payments.news import News, PaymentBooks, UnknownPayer
from services.dispatch import Dispatcher, Order
from services.money.billing import NoteMoney

_ANOTHER_PRODUCT: Final = "another_product"
_NOTES: Final = UUID("5d2c7b0e-6c57-5d6a-8f0b-6a3c1f7f2a41")


@dataclass(frozen=True, slots=True)
class Notary:
    """Who notes facts.

    Attributes:
        dispatch: takes commands.
        books: know whose customer somebody is, where we do not.
        account_of_customer: our own knowledge of that.
    """

    dispatch: Dispatcher
    books: PaymentBooks
    account_of_customer: Callable[[str], Awaitable[UUID | None]]


async def note(notary: Notary, news: News) -> str | None:
    """Note every fact of some news; one that is in the ledger already stays as it is.

    Returns:
        A word for why they are none of ours, if they are not.

    Raises:
        UnknownPayer: it is not known whose facts they are, or not yet.
        FactDiffers: the ledger says another amount.
        PaymentsAway: whose customer it is could not be asked.
    """
    if not news.facts:
        return news.foreign
    account_id, foreign = await payer_of(notary, news)
    if foreign is not None:
        return foreign
    if account_id is None:
        raise UnknownPayer("Nobody here is known to pay this; ask for the customer at the service.")
    for kind, fact in news.facts:
        command = NoteMoney(account_id=account_id, kind=kind, fact=fact)
        try:
            await notary.dispatch(command, Order(command_id=_command_id(account_id, kind, fact)))
        except NotFound:  # the message may be here before our own record of the account is
            raise UnknownPayer("There is no such account here, or not yet.") from None
    return None


async def payer_of(notary: Notary, news: News) -> tuple[UUID | None, str | None]:
    """Return whose account some news are about, or a word for why they are none of ours."""
    if news.foreign is not None or news.account_id is not None:
        return news.account_id, news.foreign
    if news.customer_id is None:  # ours always names a customer, or bears our marks
        return None, _ANOTHER_PRODUCT
    known = await notary.account_of_customer(news.customer_id)
    if known is not None:
        return known, None
    said = await notary.books.payer(news.customer_id)
    return said.account_id, said.foreign


def _command_id(account_id: UUID, kind: MoneyKind, fact: MoneyFact) -> UUID:
    """Return an id that the same fact from the same message has, and no other.

    All of the fact is in it: told anew by a message that says more, it is another command, which
    the ledger knows to be the same fact.
    """
    return uuid5(_NOTES, msgspec.json.encode([account_id, kind, fact], order="sorted").decode())
