"""Carrying a scholarship: at once when a fund holds enough, else as soon as one does.

Nobody decides here. The price list says what a year of dues costs, the tier how much of it a fund
carries, and the fund whether it holds that much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from domain.errors import DomainError
from domain.memberships.funds import FundTooLow
from domain.memberships.rules import LIVE
from domain.memberships.scholarships import MONTHS_OF_A_YEAR, Scholarship, scholarship_id
from domain.money.billing_accounts import PayerKind, billing_account_id
from domain.payments.prices import Every, Price
from domain.payments.refusals import PaymentsAway
from domain.values import Money
from projections.memberships import queries as memberships
from projections.patrons import queries as patrons
from projections.patrons.queries import FundRow
from services.dispatch import Order, Work
from services.house import House
from services.memberships.checkouts import find_membership
from services.memberships.scholarships import GrantScholarship

_AT_ONCE: Final = 200  # wishes looked at in one go


@dataclass(frozen=True, slots=True)
class Dues:
    """What somebody pays, or would pay: by which plan, and in which currency if that is fixed."""

    plan: str | None
    currency: str | None


def year_of_dues(prices: Sequence[Price], dues: Dues, currency: str) -> Money | None:
    """Return what a year costs in a currency: by the plan somebody has, else month by month."""
    own = [
        each
        for each in prices
        if each.payer_kind is PayerKind.PERSON and each.amount.currency == currency
    ]
    chosen = [each for each in own if each.plan == dues.plan]
    monthly = [each for each in own if each.every is Every.MONTH]
    for price in (*chosen, *monthly, *own):
        times = MONTHS_OF_A_YEAR if price.every is Every.MONTH else 1
        return Money(price.amount.cents * times, currency)
    return None


def part_of(year: Money, percent: int) -> Money:
    """Return what a fund sets aside for a tier; a part of a cent is the fund's to carry."""
    return Money(-(-year.cents * percent // 100), year.currency)


async def dues_of(house: House, member_id: UUID) -> Dues:
    """Return what somebody pays now; whoever paid in a currency goes on in it."""
    membership = await find_membership(house, member_id)
    if membership is None or membership.state not in LIVE:
        return Dues(None, None)
    async with house.views() as conn:
        lines = await memberships.money_lines(conn, billing_account_id(member_id))
    return Dues(membership.plan, lines[-1].currency if lines else None)


async def carry(house: House, member_id: UUID, order: Order, *, tell: bool = False) -> bool:
    """Let the first fund that holds enough carry what somebody asked for.

    Args:
        house: with its funds and prices.
        member_id: who asked.
        order: names this try.
        tell: write to them if one does, because they are not looking.

    Returns:
        Whether one does; if not, the wish stays.

    Raises:
        PaymentsAway: nobody knows what a year costs; the wish stays.
    """
    work = Work(house.store, order.command_id)
    scholarship = await work.find(Scholarship, scholarship_id(member_id))
    if scholarship is None or scholarship.asked is None or house.payments is None:
        return False
    prices, dues = await house.payments.prices(), await dues_of(house, member_id)
    async with house.views() as conn:
        funds = await patrons.funds(conn)
    for fund in funds:
        if dues.currency not in {None, fund.currency}:
            continue
        year = year_of_dues(prices, dues, fund.currency)
        if year is None:
            continue
        grant = GrantScholarship(
            member_id=member_id,
            percent=scholarship.asked,
            fund_id=fund.fund_id,
            amount=part_of(year, scholarship.asked),
            tell=tell,
        )
        if await _granted(house, grant, order, fund):
            return True
    return False


async def carry_waiting(house: House) -> int:
    """Try again for everybody who waits, whoever asked first before the others.

    Returns:
        How many scholarships run now.
    """
    async with house.views() as conn:
        waiting = await patrons.waiting_wishes(conn, limit=_AT_ONCE)
    carried = 0
    for member_id in waiting:
        order = Order(command_id=uuid5(member_id, f"carry:{house.clock.now():%Y-%m-%dT%H:%M:%S}"))
        try:
            carried += await carry(house, member_id, order, tell=True)
        except PaymentsAway:
            break
        except DomainError:  # one person's trouble holds up nobody else
            continue
    return carried


async def _granted(house: House, grant: GrantScholarship, order: Order, fund: FundRow) -> bool:
    step = Order(command_id=uuid5(order.command_id, f"grant:{fund.fund_id}"))
    try:
        await house.dispatch(grant, step)
    except FundTooLow:
        return False
    return True
