"""The demo's dues: told against the simulated Stripe's own process, kept, and found again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from domain.memberships.membership import Membership
from domain.memberships.rules import membership_id
from domain.memberships.standings import MembershipState
from domain.money.billing_accounts import billing_account_id
from domain.practices.seat_pool import SeatPool, seat_pool_id
from infra.database import ConnectKwargs
from projections.memberships import queries
from services import bootstrap
from services.bootstrap import Running
from services.demo import run as demo_run
from services.demo import stripe as demo_stripe
from services.demo.dues import DALIA, PRACTICE
from services.demo.story import CAST
from services.demo.stripe import DemoClock, SimulatedStripe
from services.dispatch import Work
from services.memberships.checkouts import find_membership, percent_carried
from tests.support.house import Outbox, settings_for

JOY, ANA, BO, CHIDI = CAST
ORIGIN = "http://localhost:9"


@dataclass
class Demo:
    """A demo that plays and does not serve, and its simulated Stripe."""

    running: Running
    stripe: SimulatedStripe
    words: str


@asynccontextmanager
async def played(database: ConnectKwargs, folder: Path) -> AsyncIterator[Demo]:
    """Play the whole demo, as the command does."""
    kept, clock = folder / "simulated-stripe.json", DemoClock()
    async with demo_run.open_dues(kept, ORIGIN) as dues:
        settings = settings_for(database, folder, origin=ORIGIN, pool_size=6, **dues.settings)
        async with bootstrap.open_house(
            settings, application_name="peerhour demo", mailer=Outbox(), clock=clock
        ) as running:
            _, words = await demo_run.play(running, clock, dues, kept)
            assert dues.stripe is not None
            assert clock.behind == timedelta()
            yield Demo(running, dues.stripe, words)


@pytest.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
async def demo(database: ConnectKwargs, folder: Path) -> AsyncIterator[Demo]:
    """The second demo in a row, in the folder of the first."""
    async with played(database, folder) as first:
        head = await first.running.house.store.head()
    async with played(database, folder) as second:
        fresh = await second.running.house.store.read(head, 100, (Membership.Requested.TOPIC,))
        assert list(fresh) == [], "nobody begins twice"
        yield second


async def state(demo: Demo, person_id: UUID) -> MembershipState:
    found = await find_membership(demo.running.house, person_id)
    assert found is not None
    return found.state


async def test_everybody_stands_where_the_story_left_them(demo: Demo) -> None:
    house = demo.running.house
    assert await state(demo, ANA.id) is MembershipState.ACTIVE
    assert await state(demo, BO.id) is MembershipState.GRACE
    assert await state(demo, CHIDI.id) is MembershipState.ON_LEAVE
    pool = await Work(house.store, PRACTICE).load(SeatPool, seat_pool_id(PRACTICE))
    assert JOY.id in pool.seats
    practice = await Work(house.store, PRACTICE).load(
        Membership, membership_id(billing_account_id(PRACTICE), PRACTICE)
    )
    assert practice.state is MembershipState.ACTIVE
    assert await percent_carried(house, DALIA.id) == 100


async def test_the_money_lines_are_of_the_last_weeks_and_in_order(demo: Demo) -> None:
    async with demo.running.house.views() as conn:
        lines = await queries.money_lines(conn, billing_account_id(ANA.id))
    assert [each.kind for each in lines] == ["invoice_issued", "invoice_paid"] * 3
    assert [each.cents for each in lines] == [0, 0, 1300, 1300, 1300, 1300]
    now = datetime.now(UTC)
    assert all(now - timedelta(days=48) < each.true_at < now for each in lines)


async def test_the_story_leaves_no_difference_and_nothing_stuck(demo: Demo) -> None:
    house = demo.running.house
    assert await house.desk.stuck() == []
    assert list(await demo.running.news.drift.open()) == []
    assert await demo.running.news.drift.found_since(datetime.now(UTC) - timedelta(days=60)) == 0


async def test_what_is_printed_names_people_pages_and_cards(demo: Demo) -> None:
    for each in (ANA.mail, BO.mail, CHIDI.mail, JOY.mail, DALIA.mail, demo.stripe.address):
        assert each in demo.words
    for card in (demo_stripe.VISA, demo_stripe.REFUSED, demo_stripe.FAILS_LATER, demo_stripe.ASKS):
        assert card in demo.words


async def test_every_page_of_the_simulation_says_what_it_is(demo: Demo) -> None:
    house = demo.running.house
    assert house.payments is not None
    customer = (await Work(house.store, ANA.id).load(Membership, membership_of(ANA.id))).observed
    assert customer is not None
    card = await house.payments.card_page(customer.customer_id, back_url=ORIGIN)
    (newest, *_) = await house.payments.invoices(customer.customer_id)
    async with httpx.AsyncClient() as web:
        for page in (demo.stripe.address, card, str(newest.page_url)):
            assert page.startswith(demo.stripe.address), "kept pages have today's address"
            assert "Simulated Stripe." in (await web.get(page)).text


def membership_of(person_id: UUID) -> UUID:
    return membership_id(billing_account_id(person_id), person_id)


async def test_the_process_ends_with_the_demo_and_what_it_knew_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    async with demo_stripe.simulated_stripe(kept) as stripe:
        secret = await stripe.endpoint(ORIGIN)
        assert secret.startswith("whsec_")
        await stripe.keep(kept)
        address = stripe.address
    assert json.loads(kept.read_text())["address"] == address
    assert kept.stat().st_mode & 0o077 == 0
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(stripe._send_now, "GET", "/", "", "text/plain")


async def test_without_the_source_code_dues_are_off_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_stripe, "is_here", lambda: False)
    async with demo_run.open_dues(tmp_path / "kept.json", ORIGIN) as dues:
        assert (dues.stripe, dues.settings) == (None, {})
        assert "Dues are off" in dues.words


async def test_a_key_of_ones_own_is_used_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERHOUR_STRIPE_KEY", "sk_test_own")
    async with demo_run.open_dues(tmp_path / "kept.json", ORIGIN) as dues:
        assert (dues.stripe, dues.settings) == (None, {})
        assert "PEERHOUR_STRIPE_KEY" in dues.words
        assert "sk_test_own" not in dues.words
