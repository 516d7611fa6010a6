"""Scholarships, the fund that carries them, and gift months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import DomainError, InvalidFields
from domain.memberships.funds import Fund, FundFactDiffers, FundTooLow
from domain.memberships.gifts import Gift, GiftSpent, GiftTakenBack
from domain.memberships.scholarships import (
    NotYetDue,
    Scholarship,
    ScholarshipEnd,
    ScholarshipNotAsked,
    ScholarshipNotRunning,
    Tier,
    scholarship_id,
)
from domain.periods import months_later
from domain.values import DifferentCurrencies, Money, UnusableCurrency
from tests.support.billing import FUND, GIFT, day
from tests.support.builders import ANA, BO, facts, known

FULL_YEAR = months_later(day(0), 12)


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def a_scholarship(tier: Tier = Tier.FULL, *, granted: bool = True) -> Scholarship:
    scholarship = Scholarship.apply_for(ANA, tier=tier, at=day(0))
    if granted:
        scholarship.grant(tier, until=scholarship.next_until(day(0)), fund_id=FUND, at=day(0))
    known(scholarship)
    return scholarship


def a_fund(cents: int = 10_000) -> Fund:
    fund = Fund.open(FUND, name="Lamp fund", currency="EUR", at=day(0))
    fund.feed("pi_1", euros(cents), at=day(0))
    known(fund)
    return fund


def test_a_member_has_one_scholarship_and_says_which_tier_is_right() -> None:
    scholarship = a_scholarship(Tier.QUARTER, granted=False)
    for _ in range(2):
        scholarship.apply_again(tier=Tier.HALF, at=day(1))
    scholarship.grant(Tier.QUARTER, until=FULL_YEAR, fund_id=FUND, at=day(2))
    assert scholarship.id == scholarship_id(ANA)
    assert (scholarship.percent, scholarship.until) == (Tier.QUARTER, FULL_YEAR)
    assert len(facts(scholarship)) == 2


def test_one_click_a_year_and_it_runs_on() -> None:
    scholarship = a_scholarship()
    assert scholarship.until == FULL_YEAR
    with pytest.raises(NotYetDue):
        scholarship.renew(until=months_later(FULL_YEAR, 12), at=FULL_YEAR - timedelta(days=61))
    asked = FULL_YEAR - timedelta(days=60)
    until = scholarship.next_until(asked)
    for _ in range(2):
        scholarship.renew(until=until, at=asked)
    assert (scholarship.until, len(facts(scholarship))) == (months_later(FULL_YEAR, 12), 1)


def test_without_an_answer_it_waits_30_days_and_then_ends() -> None:
    scholarship = a_scholarship()
    last = FULL_YEAR + timedelta(days=30)
    scholarship.tick(at=last - timedelta(seconds=1))
    assert scholarship.percent is Tier.FULL
    for _ in range(2):
        scholarship.tick(at=last)
    (ended,) = facts(scholarship)
    assert isinstance(ended, Scholarship.Ended)
    assert ended.why is ScholarshipEnd.NOT_RENEWED
    with pytest.raises(ScholarshipNotRunning):
        scholarship.renew(until=months_later(last, 12), at=last)
    scholarship.apply_again(tier=Tier.HALF, at=last)
    assert scholarship.asked is Tier.HALF


def test_a_late_answer_adds_no_free_month() -> None:
    scholarship = a_scholarship()
    late = FULL_YEAR + timedelta(days=20)
    assert scholarship.next_until(late) == months_later(FULL_YEAR, 12)


def test_whoever_does_not_need_it_any_more_ends_it_with_a_click() -> None:
    scholarship = a_scholarship()
    for _ in range(2):
        scholarship.end(at=day(9))
    assert [each.why for each in facts(scholarship) if isinstance(each, Scholarship.Ended)] == [
        ScholarshipEnd.NOT_NEEDED
    ]


@pytest.mark.parametrize(
    ("percent", "until", "refusal"),
    [
        (Tier.FULL, FULL_YEAR, InvalidFields),
        (Tier.HALF, day(0), InvalidFields),
    ],
)
def test_a_grant_is_at_most_what_was_asked_for_and_lies_ahead(
    percent: Tier, until: datetime, refusal: type[DomainError]
) -> None:
    scholarship = a_scholarship(Tier.HALF, granted=False)
    with pytest.raises(refusal):
        scholarship.grant(percent, until=until, fund_id=FUND, at=day(0))


def test_what_nobody_asked_for_is_not_granted() -> None:
    with pytest.raises(ScholarshipNotAsked):
        a_scholarship().grant(Tier.HALF, until=FULL_YEAR, fund_id=FUND, at=day(1))


@given(
    st.lists(
        st.tuples(st.sampled_from([*Tier, None]), st.integers(1, 40 * 24 * 60)),
        min_size=1,
        max_size=12,
    )
)
def test_no_changing_of_minds_takes_more_than_one_full_month_for_each_month(
    steps: list[tuple[Tier | None, int]],
) -> None:
    """Months begin anew for each tier, so one more than the calendar's is kept at most."""
    scholarship = Scholarship.apply_for(ANA, tier=Tier.QUARTER, at=day(0))
    kept, promise, at = Fraction(0), Fraction(0), day(0)

    def part_with() -> Fraction:
        until = scholarship.until
        return Fraction(0) if until is None else promise * (1 - scholarship.part_left(until, at=at))

    for tier, minutes in [*steps, (None, 1)]:
        kept += part_with()
        if tier is None or (scholarship.percent is tier and scholarship.asked is None):
            scholarship.end(at=at)
        else:
            scholarship.apply_again(tier=tier, at=at)
            promise = tier * scholarship.part_to_carry(tier, at=at) / 100 * 12
            until = scholarship.next_until(at)
            scholarship.grant(tier, until=until, fund_id=FUND, at=at)
        at += timedelta(minutes=minutes)
    widest = max((each for each, _ in steps if each is not None), default=Tier.QUARTER)
    months = 1
    while months_later(day(0), months) < at:
        months += 1
    assert kept <= Fraction((months + 1) * widest, 100)


def test_the_figures_of_a_fund_are_what_everybody_may_know() -> None:
    fund = a_fund()
    for _ in range(2):
        fund.feed("pi_2", euros(500), at=day(1))
        fund.give_back("re_2", euros(500), at=day(1))
        fund.set_aside(ANA, euros(6_000), until=FULL_YEAR, at=day(1))
        fund.set_aside(BO, euros(2_000), until=day(100), at=day(1))
        fund.free(ANA, euros(1_000), until=FULL_YEAR, at=day(2))
    figures = fund.figures(day(3))
    assert (figures.given, figures.promised) == (euros(10_000), euros(7_000))
    assert (figures.left, figures.scholarships) == (euros(3_000), 1)
    assert fund.figures(day(101)).scholarships == 0
    assert len(facts(fund)) == 5


REFUSED: list[tuple[Callable[[Fund], None], type[DomainError]]] = [
    (lambda f: f.set_aside(ANA, euros(10_001), until=FULL_YEAR, at=day(1)), FundTooLow),
    (lambda f: f.give_back("re_1", euros(10_001), at=day(1)), FundTooLow),
    (lambda f: f.feed("pi_1", euros(9), at=day(1)), FundFactDiffers),
    (lambda f: f.feed("pi 2", euros(9), at=day(1)), InvalidFields),
    (lambda f: f.feed("pi_2", euros(0), at=day(1)), InvalidFields),
    (lambda f: f.feed("pi_2", Money(9, "JPY"), at=day(1)), DifferentCurrencies),
    (lambda f: f.free(ANA, euros(9), until=FULL_YEAR, at=day(1)), InvalidFields),
]


@pytest.mark.parametrize(("order", "refusal"), REFUSED)
def test_a_fund_refuses_what_it_cannot_do_and_stays_as_it_is(
    order: Callable[[Fund], None], refusal: type[DomainError]
) -> None:
    fund = a_fund()
    with pytest.raises(refusal):
        order(fund)
    assert (facts(fund), fund.balance) == ([], euros(10_000))


def test_a_fund_has_a_name_and_a_currency() -> None:
    values: dict[str, Any] = {"name": "Lamp fund", "currency": "EUR", "at": day(0)}
    with pytest.raises(InvalidFields):
        Fund.open(FUND, **(values | {"name": ""}))
    with pytest.raises(UnusableCurrency):
        Fund.open(FUND, **(values | {"currency": "euro"}))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["feed", "give_back", "set_aside", "free"]),
            st.integers(1, 4),
            st.integers(-5, 200),
        ),
        max_size=40,
    )
)
def test_a_fund_never_promises_what_it_does_not_have(
    orders: list[tuple[str, int, int]],
) -> None:
    fund = a_fund(100)
    for what, key, cents in orders:
        person = UUID(int=key)
        try:
            match what:
                case "feed" | "give_back":
                    getattr(fund, what)(f"key_{key}", euros(cents), at=day(1))
                case _:
                    getattr(fund, what)(person, euros(cents), until=day(9), at=day(1))
        except DomainError:
            pass
        figures = fund.figures(day(2))
        assert fund.balance.cents >= 0
        assert figures.given.cents - figures.promised.cents == figures.left.cents


def test_gift_months_run_from_the_day_somebody_takes_them() -> None:
    gift = Gift.give(GIFT, months=3, giver_id=BO, at=day(0))
    known(gift)
    for _ in range(2):
        gift.redeem(ANA, at=day(40))
    assert gift.redeemed == (ANA, day(40), months_later(day(40), 3))
    assert len(facts(gift)) == 1
    with pytest.raises(GiftSpent):
        gift.redeem(BO, at=day(41))
    with pytest.raises(GiftSpent):
        gift.take_back(at=day(41))


def test_a_gift_that_was_taken_back_gives_nothing() -> None:
    gift = Gift.give(GIFT, months=1, giver_id=None, at=day(0))
    known(gift)
    for _ in range(2):
        gift.take_back(at=day(1))
    with pytest.raises(GiftTakenBack):
        gift.redeem(ANA, at=day(2))
    assert len(facts(gift)) == 1


@pytest.mark.parametrize("months", [0, 25])
def test_a_gift_is_some_months(months: int) -> None:
    with pytest.raises(InvalidFields):
        Gift.give(GIFT, months=months, giver_id=None, at=day(0))


def test_a_month_without_the_day_ends_on_its_last() -> None:
    assert months_later(datetime(2026, 1, 31, 9, tzinfo=UTC), 1) == datetime(
        2026, 2, 28, 9, tzinfo=UTC
    )
