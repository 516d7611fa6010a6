"""Instants, zones, intervals and money: what is let in, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.values import (
    BackwardsInterval,
    DifferentCurrencies,
    Interval,
    Money,
    UnknownZone,
    UnusableCurrency,
    UnusableInstant,
    local_text,
    zone_named,
)
from tests.support.builders import SEVEN_PM, SIX_PM, span


@pytest.mark.parametrize(
    "name",
    ["", "Europe", "../../etc/passwd", "localtime", "posix/Europe/Berlin", "CET+9", "a\0b", "Ü/Ö"],
)
def test_what_is_no_place_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)


def test_a_time_is_shown_in_its_zone_by_name() -> None:
    assert local_text(SIX_PM, "America/New_York") == "13:00 on 2026-03-02 (America/New_York)"


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 3, 2, 18, 0),  # noqa: DTZ001 - the point of the test
        datetime(2026, 3, 2, 18, 0, tzinfo=timezone(timedelta(hours=1))),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_an_instant_is_in_utc_and_in_our_time(instant: datetime) -> None:
    with pytest.raises(UnusableInstant):
        Interval(instant, instant)


@pytest.mark.parametrize("end", [SIX_PM, SIX_PM - timedelta(seconds=1)])
def test_an_interval_goes_forward(end: datetime) -> None:
    with pytest.raises(BackwardsInterval):
        Interval(SIX_PM, end)


def test_an_interval_is_clipped_to_a_window_or_vanishes() -> None:
    assert span(-10, 30).clipped_to(Interval(SIX_PM, SEVEN_PM)) == span(0, 30)
    assert span(-10, 0).clipped_to(Interval(SIX_PM, SEVEN_PM)) is None


def test_money_adds_up_within_one_currency() -> None:
    assert Money(150, "USD") + Money(-50, "USD") == Money(100, "USD")
    with pytest.raises(DifferentCurrencies):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "U5D", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(UnusableCurrency):
        Money(1, currency)
