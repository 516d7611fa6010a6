"""Another plan, a pause and the way back, an end and its taking back: asked for, then so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn, cast

import pytest
from prometheus_client import CollectorRegistry

from domain.payments.refusals import PaymentsAway
from services import bootstrap
from services.web.live import LiveHub
from tests.support.billing_house import BillingHouse
from tests.support.pages import Pages, hidden, words_of

LEAVE, PLAN, CANCEL = "/membership/leave", "/membership/plan", "/membership/cancel"
WAITS = "Asked for, waiting for our payment service"


@pytest.fixture(scope="module")
async def paying(dues: BillingHouse) -> BillingHouse:
    """Ana, Bo and Joy pay; Chidi is on trial."""
    story = dues.story
    for who in (story.ana, story.bo, story.joy):
        await dues.subscribe(who)
        await dues.add_card(who)
    await dues.pass_by(days=15)
    await dues.subscribe(story.chidi)
    return dues


async def test_a_paid_membership_says_until_when_and_what_is_charged_next(
    paying: BillingHouse,
) -> None:
    shown = await paying.words(paying.story.ana)
    for part in (
        "You take part.",
        "Plan Monthly",
        "Price 12.00 EUR each month, tax included",
        "Next charge on that day, 12.00 EUR, with 2.00 EUR of tax",
        "Your membership is paid through",
    ):
        assert part in shown


async def test_a_change_of_plan_shows_exactly_what_it_costs_and_is_then_done(
    paying: BillingHouse,
) -> None:
    bo = paying.story.bo
    listed = await paying.words(bo, PLAN)
    assert "Annual 120.00 EUR each year, tax included" in listed
    preview = f"{PLAN}?to=membership-annual"
    shown = await paying.words(bo, preview)
    assert "After that 120.00 EUR each year" in shown
    assert "How it comes about" in shown
    async with paying.away("post /v1/subscriptions/*"):
        sent = await paying.ask(bo, preview, PLAN)
        assert sent.headers["location"] == "/membership/plan/change?to=membership-annual"
        waits = await paying.words(bo)
    assert f"{WAITS} Another plan: Annual" in waits
    assert "Plan Monthly" in waits
    await paying.pass_by(days=0.1)
    done = await paying.words(bo)
    assert "Plan Annual" in done
    assert WAITS not in done


async def test_a_plan_that_is_not_offered_is_refused(paying: BillingHouse) -> None:
    ana = paying.story.ana
    async with await paying.browser(ana) as browser:
        for plan in ("seat-monthly", "membership-weekly", "", "'; DROP"):
            assert (await browser.get(PLAN, params={"to": plan})).status_code == 400
            assert (await browser.post(PLAN, data={"plan": plan})).status_code == 400


async def test_a_plan_whose_price_changed_is_shown_anew(paying: BillingHouse) -> None:
    async with await paying.browser(paying.story.ana) as browser:
        page = await browser.get(f"{PLAN}?to=membership-annual")
        answers = hidden(page.text) | {"plan": "membership-annual", "seen": "9000 EUR"}
        answer = await browser.post(PLAN, data=answers)
    assert answer.status_code == 409
    assert "What it costs changed since you looked. Nothing was changed" in words_of(answer.text)


async def test_a_pause_is_asked_for_begins_and_ends(paying: BillingHouse) -> None:
    joy = paying.story.joy
    assert "Your seat in your groups is kept." in await paying.words(joy, LEAVE)
    async with paying.away("post /v1/subscriptions/*"):
        sent = await paying.ask(joy, LEAVE)
        assert sent.headers["location"] == "/membership?done=leave_asked"
        waits = await paying.words(joy)
    assert f"{WAITS} A leave, asked for on" in waits
    assert "You take part." in waits, "a page never says that what is asked for is done"
    assert "No leave after all" in await paying.words(joy, LEAVE)
    await paying.pass_by(days=0.1)
    away = await paying.words(joy)
    assert "You are on leave." in away
    assert "Next charge none while you are away" in away
    back = await paying.ask(joy, LEAVE, f"{LEAVE}/end")
    assert back.headers["location"] == "/membership?done=return_asked"
    await paying.pass_by(seconds=60)
    assert "You take part." in await paying.words(joy)


async def test_a_leave_from_a_trial_holds_in_groups_and_pauses_the_dues_that_follow(
    paying: BillingHouse,
) -> None:
    chidi = paying.story.chidi
    assert "A trial charges nothing." in await paying.words(chidi, LEAVE)
    sent = await paying.ask(chidi, LEAVE)
    assert sent.headers["location"] == "/you?done=leave"
    assert "You are on leave" in await paying.words(chidi, LEAVE)
    assert "You are trying it out" in await paying.words(chidi)
    await paying.add_card(chidi)
    await paying.pass_by(days=15)
    await paying.pass_by(days=0.1)
    assert "Next charge none while you are away" in await paying.words(chidi)
    await paying.ask(chidi, LEAVE, f"{LEAVE}/end")
    await paying.pass_by(seconds=60)
    assert "You take part." in await paying.words(chidi)
    assert "Take leave?" in await paying.words(chidi, LEAVE), "back in groups as well"


async def test_nothing_that_costs_is_changed_while_nothing_is_charged(
    paying: BillingHouse,
) -> None:
    joy = paying.story.joy
    await paying.ask(joy, LEAVE)
    await paying.pass_by(seconds=60)
    shown = await paying.words(joy, f"{PLAN}?to=membership-annual")
    assert "Come back, then change the plan." in shown
    assert "Charged today" not in shown, "no sum is told that is not so"
    sent = await paying.ask(joy, PLAN, PLAN, plan="membership-annual")
    assert sent.status_code == 422
    await paying.ask(joy, LEAVE, f"{LEAVE}/end")
    await paying.pass_by(seconds=60)


async def test_an_end_is_asked_for_on_one_page_and_taken_back_on_the_same(
    paying: BillingHouse,
) -> None:
    ana = paying.story.ana
    asked = await paying.words(ana, CANCEL)
    assert "Your place in your groups is kept for 30 days after it." in asked
    assert "Your credits, certificates and evidence stay yours" in asked
    sent = await paying.ask(ana, CANCEL, reason="A long journey.")
    assert sent.headers["location"] == "/membership?done=cancel_asked"
    await paying.pass_by(seconds=60)
    ending = await paying.words(ana)
    assert "You take part, until" in ending
    assert "Next charge none: it ends on that day" in ending
    kept = await paying.ask(ana, CANCEL, f"{CANCEL}/undo")
    assert kept.headers["location"] == "/membership?done=keep_asked"
    await paying.pass_by(seconds=60)
    assert "Next charge on that day, 12.00 EUR" in await paying.words(ana)


async def test_a_reason_that_cannot_be_kept_is_said_beside_its_field(
    paying: BillingHouse,
) -> None:
    sent = await paying.ask(paying.story.chidi, CANCEL, reason="x" * 501)
    assert (sent.status_code, 'id="e-reason"' in sent.text) == (400, True)


async def test_while_the_service_is_away_everything_reads_on_and_orders_wait(
    paying: BillingHouse,
) -> None:
    chidi = paying.story.chidi
    paying.real.clock.at += timedelta(hours=1)  # the list of prices is older than it may be
    async with paying.away():
        sent = await paying.ask(chidi, CANCEL)
        assert sent.headers["location"] == "/membership?done=cancel_asked"
        await paying.real.drain()
        shown = await paying.words(chidi)
        assert f"{WAITS} To stop at the end" in shown
        assert "You take part." in shown
        for page in ("/membership/money", "/membership/invoices", CANCEL, LEAVE):
            await paying.words(chidi, page)
        card = await paying.ask(chidi, "/membership", "/membership/card")
        assert card.status_code == 503
        async with await paying.browser(chidi) as browser:
            plan = await browser.get(f"{PLAN}?to=membership-annual")
        assert plan.status_code in {200, 503}
    await paying.pass_by(days=0.1)
    assert WAITS not in await paying.words(chidi), "what waited is done, once"


async def test_whoever_never_asked_has_nothing_to_change(paying: BillingHouse) -> None:
    async with await paying.browser(paying.story.eve) as browser:
        for page in (PLAN, CANCEL):
            assert (await browser.get(page)).headers["location"] == "/membership"
        for page in (CANCEL, f"{CANCEL}/undo"):
            assert (await browser.post(page)).status_code == 404
        assert (await browser.post(PLAN)).headers["location"] == "/membership"
        assert (await browser.post("/membership/card")).headers["location"] == (
            "/membership?done=no_card_yet"
        )


async def test_the_same_form_twice_asks_once(paying: BillingHouse) -> None:
    ana = paying.story.ana
    async with await paying.browser(ana) as browser:
        form = hidden((await browser.get(LEAVE)).text)
        answers = [await browser.post(LEAVE, data=form) for _ in range(2)]
    assert {each.headers["location"] for each in answers} == {"/membership?done=leave_asked"}
    found = await paying.real.fetch(
        "SELECT count(*) FROM events WHERE topic = 'peerhour.membership.leave_asked'"
        " AND body LIKE $1",
        f"%{ana}%",
    )
    assert found == [(1,)]


class _Silent:
    """A payment service that never answered since the house was opened."""

    async def prices(self) -> NoReturn:
        raise PaymentsAway("The payment service does not answer.")

    async def next_charge(self, subscription_id: str, *, count: int | None = None) -> NoReturn:
        raise PaymentsAway("The payment service does not answer.", of=(subscription_id, count))


async def test_a_house_that_never_saw_a_price_still_tells_where_somebody_stands(
    paying: BillingHouse,
) -> None:
    house = replace(paying.real.house, payments=cast("Any", _Silent()))
    app = bootstrap.web_app(
        replace(paying.real.running, house=house), LiveHub(), CollectorRegistry()
    )
    silent = Pages(paying.real, paying.story, app)
    async with await silent.browser(paying.story.bo) as browser:
        overview = await browser.get("/membership")
        plan = await browser.get(PLAN)
    async with await silent.browser(paying.story.eve) as browser:
        start = await browser.get("/membership/start")
    shown = words_of(overview.text)
    assert "What you ask for is kept, and done once it answers." in shown
    assert "Price shown when our payment service answers" in shown
    assert "we cannot show what another plan would cost" in words_of(plan.text)
    assert start.status_code == 503
    assert "we cannot show what it costs. Nothing was charged." in words_of(start.text)
