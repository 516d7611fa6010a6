"""How the house's money is doing: differences, ages, dead letters; told to Prometheus as well."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from domain.payments.drift import EVENTS
from infra.payments.watch import Watermarks
from services.gauges import Gauges
from services.money.desk_records import REPLAY
from services.payments.figures import MoneyFigures, money_figures
from tests.support.billing_chaos import StormyHouse

HOUR = timedelta(hours=1)


async def figures_of(house: StormyHouse) -> MoneyFigures:
    found = await money_figures(house.real.house)
    assert found is not None
    return found


@pytest.fixture
async def quiet(house: StormyHouse) -> StormyHouse:
    """Nothing waits, and nothing was read."""
    await house.real.running.pool.execute("TRUNCATE outbox, inbox, watermarks, drifts")
    return house


async def keep(
    house: StormyHouse,
    state: str,
    *,
    ago: timedelta,
    error: str | None = None,
    kind: str = "payment_order",
) -> None:
    await house.real.running.pool.execute(
        "INSERT INTO outbox (effect_id, kind, payload, command_id, created_at, next_at, state,"
        " last_error) VALUES ($1, $5, '{}', $1, $2, $2, $3, $4)",
        uuid4(),
        house.real.clock.at - ago,
        state,
        error,
        kind,
    )


async def test_whatever_is_stuck_about_money_is_counted_as_the_list_of_stuck_things_does(
    quiet: StormyHouse,
) -> None:
    await keep(quiet, "dead", ago=HOUR, kind=REPLAY, error="no_such_message")
    await keep(quiet, "waiting", ago=HOUR, error="payments.key_refused")
    await keep(quiet, "dead", ago=HOUR, kind="sign_in_mail")
    house = quiet.real.house
    assert len(await house.desk.stuck()) == 3
    assert (await figures_of(quiet)).plain()["dead_letters"] == 2
    registry = CollectorRegistry()
    await Gauges(registry).refresh(house)
    assert registry.get_sample_value("peerhour_stuck") == 3
    assert registry.get_sample_value("peerhour_billing_dead_letters") == 2
    await quiet.real.running.pool.execute("TRUNCATE outbox")


async def test_where_nothing_waits_everything_is_nought(quiet: StormyHouse) -> None:
    assert (await figures_of(quiet)).plain() == {
        "drift": 0,
        "dead_letters": 0,
        "oldest_order_seconds": 0,
        "oldest_message_seconds": 0,
        "events_read_seconds_ago": None,
    }


async def test_ages_are_those_of_the_oldest_and_later_days_are_not_waited_for(
    quiet: StormyHouse,
) -> None:
    await keep(quiet, "waiting", ago=HOUR)
    await keep(quiet, "waiting", ago=2 * HOUR, error="payments.away")
    await keep(quiet, "waiting", ago=400 * HOUR, error="not_due")
    await keep(quiet, "dead", ago=300 * HOUR, error="charge_disputed")
    await Watermarks(quiet.real.running.pool).reach(EVENTS, quiet.real.clock.at - 3 * HOUR)
    await quiet.real.running.pool.execute(
        "INSERT INTO inbox (source, external_id, received_at, next_at, state)"
        " VALUES ('stripe', 'evt_1', $1, $1, 'waiting'), ('zoom', 'z_1', $2, $2, 'waiting'),"
        " ('stripe', 'evt_2', $2, $2, 'dead'), ('zoom', 'z_2', $2, $2, 'dead')",
        quiet.real.clock.at - 4 * HOUR,
        quiet.real.clock.at - 90 * HOUR,
    )
    figures = await figures_of(quiet)
    plain = figures.plain()
    assert figures.exchange.orders_waiting == 2
    assert plain["dead_letters"] == 2
    for name, hours in (
        ("oldest_order_seconds", 2),
        ("oldest_message_seconds", 4),
        ("events_read_seconds_ago", 3),
    ):
        assert plain[name] == pytest.approx(hours * 3600, abs=60), name
    registry = CollectorRegistry()
    await Gauges(registry).refresh(quiet.real.house)
    for gauge, value in (
        ("peerhour_billing_oldest_order_seconds", 2 * 3600),
        ("peerhour_billing_oldest_message_seconds", 4 * 3600),
        ("peerhour_billing_dead_letters", 2),
        ("peerhour_billing_drift", 0),
    ):
        assert registry.get_sample_value(gauge) == pytest.approx(value, abs=60), gauge
    await quiet.real.running.pool.execute("TRUNCATE outbox, inbox, watermarks")
