"""The administrator's desk for money, through HTTP, with the simulated Stripe on the other side."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest

from domain.members.member import Role
from domain.money.billing_accounts import billing_account_id
from domain.money.facts import MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.payments.drift import LeftOut
from domain.values import Money
from domain.zone_names import zone_name
from services.days import zone_of
from services.members.commands import GrantRole
from services.memberships.commands import ObserveSubscription
from tests.support.billing_house import BillingHouse
from tests.support.pages import hidden
from tests.support.simulated_stripe import VISA

DESK = "/admin/billing"
BACK_TOO_LATE = "4000000000005126"  # Stripe's test card whose refunds fail days later


def account_of(who: UUID) -> str:
    return f"{DESK}/{billing_account_id(who)}"


@pytest.fixture(scope="module")
async def desk(dues: BillingHouse) -> BillingHouse:
    """Ana, Bo, Chidi, Eve and Joy pay; Priyanka and Joy look after the house.

    Joy's bank asks her payment back, and Eve's as well: a payment that was disputed is another one
    ever after. Chidi's refunds come back days later. So no test stands in another one's way.
    """
    story = dues.story
    await story.do(GrantRole(member_id=story.joy, role=Role.ADMINISTRATOR, by=story.admin))
    cards = {story.chidi: BACK_TOO_LATE}
    for who in (story.ana, story.bo, story.chidi, story.eve, story.joy):
        await dues.subscribe(who)
        await dues.add_card(who, cards.get(who, VISA))
    await dues.pass_by(days=15)
    return dues


async def test_the_desk_tells_what_other_products_moved_and_when_by_its_readers_own_clock(
    desk: BillingHouse,
) -> None:
    story = desk.story
    month = date(2027, 1, 1)
    drift = desk.real.running.news.drift
    await drift.leave_out(
        month,
        [
            LeftOut(month=month, move="paid", many=2, amount=Money(5_000, "JPY")),
            LeftOut(month=month, move="paid_back", many=1, amount=Money(45, "EUR")),
        ],
    )
    shown = await desk.words(story.joy, DESK)
    assert "What moved for them in January 2027 is no part of this house’s sums" in shown
    assert "5,000 JPY paid, in 2 payments" in shown
    assert "0.45 EUR paid back, in 1 refund" in shown
    await drift.leave_out(month, [])
    assert "Other products" not in await desk.words(story.joy, DESK)
    told = await desk.words(story.joy, account_of(story.ana))
    assert "Stands taking part" in told or "since" in told
    async with desk.real.house.views() as conn:
        zone = await zone_of(conn, story.joy)
    at = desk.now.astimezone(ZoneInfo(zone))
    assert f"({zone_name(at, zone)})" in told
    assert zone != "UTC", "Joy meets somewhere"


async def ledger(house: BillingHouse, who: UUID) -> MoneyLedger:
    return await house.story.known(MoneyLedger, money_ledger_id(billing_account_id(who)))


async def paid(house: BillingHouse, who: UUID) -> str:
    """Return the id of an invoice of which something was paid."""
    lines = (await ledger(house, who)).lines.values()
    return next(
        fact.object_id
        for kind, fact in lines
        if kind is MoneyKind.INVOICE_PAID and fact.amount.cents
    )


async def can_go_back(house: BillingHouse, who: UUID, less: int = 0) -> str:
    """Return how the account says what can be paid back, when so many cents have gone."""
    left = (await ledger(house, who)).refundable(await paid(house, who), "EUR").cents - less
    return f"{left / 100:.2f} EUR can go back"


async def kinds(house: BillingHouse, who: UUID) -> list[str]:
    return [kind.value for kind, _ in (await ledger(house, who)).lines.values()]


async def shown(house: BillingHouse, who: UUID, page: str = "") -> str:
    return await house.words(house.story.admin, account_of(who) + page)


async def sent(
    house: BillingHouse, by: UUID, who: UUID, action: str, page: str = "", **answers: str
) -> httpx.Response:
    """Send one of the forms of an account."""
    return await house.ask(by, account_of(who) + page, account_of(who) + action, **answers)


async def refund(
    house: BillingHouse, by: UUID, who: UUID, amount: str, reason: str = "service_issue"
) -> httpx.Response:
    page = f"/refunds/{await paid(house, who)}"
    return await sent(house, by, who, page, page, amount=amount, reason=reason)


async def intent_of(house: BillingHouse, who: UUID) -> str:
    listed = await house.stripe.dashboard(
        "get", "/v1/invoice_payments", {"invoice": await paid(house, who)}
    )
    return str(listed["data"][0]["payment"]["payment_intent"])


async def subscription_of(house: BillingHouse, who: UUID) -> str:
    found = re.search(r"\bsub_\w+", await shown(house, who))
    assert found is not None
    return found.group()


# Finding


async def test_a_payer_is_found_by_address_by_name_and_by_every_id(desk: BillingHouse) -> None:
    story, ana = desk.story, desk.story.ana
    invoice = await paid(desk, ana)
    lines = (await ledger(desk, ana)).lines.values()
    event = next(fact.source_event_id for _, fact in lines if fact.source_event_id)
    page = await shown(desk, ana)
    customer = re.search(r"\bcus_\w+", page)
    assert customer is not None
    for who in (
        "ana@example.org",
        "thị",
        invoice,
        event,
        customer.group(),
        await subscription_of(desk, ana),
    ):
        answer = await desk.ask(story.admin, DESK, who=who)
        assert answer.headers.get("location") == account_of(ana), who


async def test_what_nobody_knows_is_not_found_and_a_common_name_leaves_a_choice(
    desk: BillingHouse,
) -> None:
    admin = desk.story.admin
    for who in ("nobody@example.org", "Nobody At All", "in_unknown", "sub_unknown", "evt_unknown"):
        answer = await desk.ask(admin, DESK, who=who)
        assert (answer.status_code, 'id="e-who"' in answer.text) == (404, True), who
    several = await desk.ask(admin, DESK, who="i")
    assert several.status_code == 200
    assert "Chidi Anozie" in several.text
    assert f'href="/admin/access/{desk.story.admin}"' in several.text, "never paid anything"


async def test_the_account_tells_what_is_so_and_nothing_clinical_and_no_card(
    desk: BillingHouse,
) -> None:
    page = await shown(desk, desk.story.ana)
    left = await can_go_back(desk, desk.story.ana)
    for part in ("paid for, since", "membership-monthly", left, "Nowhere."):
        assert part in page
    for secret in ("4242", "visa", "exp_month", "Contact hour", "Evidence", "example.org"):
        assert secret not in page
    assert (
        f'href="/admin/access/{desk.story.ana}"'
        in (await (await desk.browser(desk.story.admin)).get(account_of(desk.story.ana))).text
    )


# Looking, replaying


async def test_looking_now_heals_what_no_message_told_and_says_who_looked(
    desk: BillingHouse,
) -> None:
    story, bo = desk.story, desk.story.bo
    subscription = await subscription_of(desk, bo)
    await desk.stripe.hold()
    path = f"/v1/subscriptions/{subscription}"
    await desk.stripe.dashboard("post", path, {"cancel_at_period_end": "true"})
    assert "and is not renewed" not in await shown(desk, bo)
    answer = await sent(desk, story.admin, bo, "/look", subscription_id=subscription)
    assert answer.headers["location"].endswith("?done=looked")
    assert "and is not renewed" in await shown(desk, bo)
    assert f"Priyanka Rao Fetched anew {subscription}" in await shown(desk, bo, "/audit")
    await desk.stripe.release()
    await desk.settle()


async def test_while_stripe_is_away_the_page_says_so_and_stays(desk: BillingHouse) -> None:
    story, bo = desk.story, desk.story.bo
    subscription = await subscription_of(desk, bo)
    async with desk.away():
        answer = await sent(desk, story.admin, bo, "/look", subscription_id=subscription)
    assert answer.status_code == 503
    assert "does not answer" in answer.text


async def test_somebody_elses_subscription_is_not_looked_at(desk: BillingHouse) -> None:
    subscription = await subscription_of(desk, desk.story.bo)
    answer = await sent(
        desk, desk.story.admin, desk.story.ana, "/look", subscription_id=subscription
    )
    assert answer.status_code == 404


async def test_replaying_a_message_adds_nothing(desk: BillingHouse) -> None:
    story, ana = desk.story, desk.story.ana
    before = await kinds(desk, ana)
    messages = await desk.real.fetch(
        "SELECT external_id FROM inbox WHERE source = 'stripe' AND state = 'done'"
        " AND payload IS NOT NULL AND root_key = $1",
        await subscription_of(desk, ana),
    )
    assert len(messages) > 2
    for (message_id,) in messages:
        answer = await sent(desk, story.admin, ana, "/replay", message_id=message_id)
        assert answer.headers["location"].endswith("?done=replayed")
    await desk.settle()
    assert await kinds(desk, ana) == before
    rows = await desk.real.fetch(
        "SELECT DISTINCT state, came_by FROM inbox WHERE external_id = ANY ($1)",
        [each for (each,) in messages],
    )
    assert rows == [("done", "manual")]
    assert "Had an event handled once more" in await shown(desk, ana, "/audit")


async def test_a_message_that_never_came_is_fetched_from_stripe(desk: BillingHouse) -> None:
    story, ana = desk.story, desk.story.ana
    (gone,) = (
        await desk.real.fetch(
            "DELETE FROM inbox WHERE (source, external_id) IN (SELECT source, external_id"
            " FROM inbox WHERE source = 'stripe' AND root_key = $1 ORDER BY received_at LIMIT 1)"
            " RETURNING external_id",
            await subscription_of(desk, ana),
        )
    )[0]
    answer = await desk.ask(story.admin, DESK, f"{DESK}/replay", message_id=gone)
    assert answer.status_code == 303
    await desk.settle()
    rows = await desk.real.fetch("SELECT state, came_by FROM inbox WHERE external_id = $1", gone)
    assert rows == [("done", "manual")]


async def test_an_event_that_stripe_does_not_know_waits_among_the_stuck_things(
    desk: BillingHouse,
) -> None:
    admin = desk.story.admin
    answer = await desk.ask(admin, DESK, f"{DESK}/replay", message_id="evt_never")
    assert answer.status_code == 303
    bad = await desk.ask(admin, DESK, f"{DESK}/replay", message_id="in_1")
    assert (bad.status_code, 'id="e-message_id"' in bad.text) == (400, True)
    await desk.settle()
    stuck = [each for each in await desk.real.house.desk.stuck() if each.problem == NEVER]
    assert len(stuck) == 1
    await desk.real.house.desk.settle("outbox", stuck[0].key)


NEVER = "no_such_message"


# Refunds


async def test_a_refund_goes_out_as_a_credit_note_and_comes_back_as_a_fact(
    desk: BillingHouse,
) -> None:
    story, ana = desk.story, desk.story.ana
    less = await can_go_back(desk, ana, 500)
    async with desk.away("post /v1/credit_notes"):
        answer = await refund(desk, story.admin, ana, "5.00")
        assert answer.headers["location"].endswith("?done=refund_asked"), answer.text
        page = await shown(desk, ana)
    assert "Pay back 5.00 EUR waits: payments.away" in page
    assert re.search(r"Sent 1 time; Stripe's last answer is req_\w+", page)
    await desk.pass_by(seconds=60)
    page = await shown(desk, ana)
    assert less in page
    assert "Refund paid" in page
    invoice = await paid(desk, ana)
    notes = await desk.stripe.dashboard("get", "/v1/credit_notes", {"invoice": invoice})
    note = notes["data"][0]
    assert (note["amount"], note["refunds"] != []) == (500, True)
    assert {"refund_asked", "credit_note_issued", "refund_done"} <= {*await kinds(desk, ana)}
    assert "Priyanka Rao Ordered a refund 5.00 EUR" in await shown(desk, ana, "/audit")


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("12.01", "duplicate"), ("0", "duplicate"), ("1.234", "duplicate"), ("x", "duplicate"),
     ("1.00", "because Ana asked"), ("", "")],
    ids=["too much", "nothing", "too fine", "no number", "prose", "empty"],
)  # fmt: skip
async def test_a_refund_that_cannot_be_is_refused_beside_its_form(
    desk: BillingHouse, amount: str, reason: str
) -> None:
    before = await desk.real.house.store.head()
    answer = await refund(desk, desk.story.admin, desk.story.ana, amount, reason)
    assert answer.status_code in {400, 422}
    assert "aria-invalid" in answer.text or 'id="e-reason"' in answer.text
    assert await desk.real.house.store.head() == before


async def test_the_same_form_twice_is_one_refund(desk: BillingHouse) -> None:
    story, bo = desk.story, desk.story.bo
    page = f"{account_of(bo)}/refunds/{await paid(desk, bo)}"
    before = (await kinds(desk, bo)).count("refund_asked")
    async with await desk.browser(story.admin) as browser:
        form = hidden((await browser.get(page)).text) | {
            "amount": "1,00",
            "reason": "order_change",
        }
        for _ in range(2):
            assert (await browser.post(page, data=form)).status_code == 303
    assert (await kinds(desk, bo)).count("refund_asked") == before + 1
    await desk.pass_by(seconds=60)


async def test_a_refund_that_fails_days_later_is_seen_and_can_be_paid_again(
    desk: BillingHouse,
) -> None:
    story, chidi = desk.story, desk.story.chidi
    before, less = await can_go_back(desk, chidi), await can_go_back(desk, chidi, 400)
    await refund(desk, story.admin, chidi, "4.00", "requested_by_customer")
    await desk.pass_by(seconds=60)
    assert less in await shown(desk, chidi)
    await desk.pass_by(days=4)
    page = await shown(desk, chidi)
    assert "A refund of 4.00 EUR came back" in page
    assert "lost_or_stolen_card" in page
    assert before in page


async def test_a_refund_made_at_stripe_itself_is_external_and_ends_nothing(
    desk: BillingHouse,
) -> None:
    bo = desk.story.bo
    intent = await intent_of(desk, bo)
    await desk.stripe.dashboard("post", "/v1/refunds", {"payment_intent": intent, "amount": "100"})
    await desk.settle()
    page = await shown(desk, bo)
    assert "Refund made at Stripe, not ordered here" in page
    assert "paid for, since" in page
    assert (await kinds(desk, bo)).count("refund_external") == 1


async def test_a_dispute_is_listed_freezes_refunds_and_is_closed(desk: BillingHouse) -> None:
    story, joy = desk.story, desk.story.joy
    opened = await desk.stripe.order(
        "/disputes", payment_intent=await intent_of(desk, joy), reason="duplicate"
    )
    await desk.settle()
    page = await shown(desk, joy)
    for part in ("needs_response", "Stripe takes an answer until", "the bank is deciding"):
        assert part in page
    refunds = f"/refunds/{await paid(desk, joy)}"
    assert "The bank is deciding about this payment" in await shown(desk, joy, refunds)
    frozen = await refund(desk, story.admin, joy, "1.00")
    assert frozen.status_code == 422
    assert "paid for, since" in page, "access does not change"
    await desk.stripe.order("/disputes/close", dispute=opened["id"], won=True)
    await desk.settle()
    page = await shown(desk, joy)
    assert "closed: won" in page
    assert "the bank is deciding" not in page


async def test_nobody_is_shown_what_is_left_of_an_invoice_that_is_not_theirs(
    desk: BillingHouse,
) -> None:
    invoice = await paid(desk, desk.story.ana)
    async with await desk.browser(desk.story.admin) as browser:
        answer = await browser.get(f"{account_of(desk.story.bo)}/refunds/{invoice}")
    assert answer.status_code == 404


# Two people


@pytest.fixture
async def careful(desk: BillingHouse) -> BillingHouse:
    """The amounts of Ana's account are above what one person may pay back: it is her own."""
    story = desk.story
    await story.do(GrantRole(member_id=story.ana, role=Role.ADMINISTRATOR, by=story.admin))
    await desk.settle()
    return desk


async def test_what_takes_two_is_proposed_refused_by_the_same_person_and_agreed_to_by_another(
    careful: BillingHouse,
) -> None:
    story, ana = careful.story, careful.story.ana
    answer = await refund(careful, ana, ana, "2.00")
    assert answer.headers["location"].endswith("?done=refund_proposed")
    before = await kinds(careful, ana)
    page = await careful.words(ana, account_of(ana))
    assert "2.00 EUR of in_" in page
    assert "Somebody else has to agree" in page
    assert "Agree and pay back" not in page
    (order_id,) = (await ledger(careful, ana)).proposals
    alone = await sent(careful, ana, ana, "/proposals/agree", order_id=order_id)
    assert alone.status_code == 403
    assert await kinds(careful, ana) == before, "nothing was ordered"
    assert "Refunds that wait for a second person 2.00 EUR" in await careful.words(story.joy, DESK)
    agreed = await sent(careful, story.joy, ana, "/proposals/agree", order_id=order_id)
    assert agreed.headers["location"].endswith("?done=refund_agreed")
    again = await sent(careful, story.admin, ana, "/proposals/agree", order_id=order_id)
    assert again.status_code == 409
    await careful.pass_by(seconds=60)
    assert (await kinds(careful, ana)).count("refund_done") == before.count("refund_done") + 1
    audit = await shown(careful, ana, "/audit")
    assert "Nguyễn Thị Ánh, agreed to by Joy Okafor Ordered a refund 2.00 EUR" in audit


async def test_a_proposal_can_be_dropped_and_nothing_is_paid(careful: BillingHouse) -> None:
    story, ana = careful.story, careful.story.ana
    await refund(careful, ana, ana, "1.00")
    (order_id,) = (await ledger(careful, ana)).proposals
    dropped = await sent(careful, story.joy, ana, "/proposals/drop", order_id=order_id)
    assert dropped.headers["location"].endswith("?done=refund_dropped")
    late = await sent(careful, story.joy, ana, "/proposals/agree", order_id=order_id)
    assert late.status_code == 409
    assert (await ledger(careful, ana)).proposals == {}
    assert "Dropped a proposed refund" in await shown(careful, ana, "/audit")


# Stuck orders, questions


async def stuck_order(house: BillingHouse) -> UUID:
    """Return the one order that waits for a person."""
    rows = await house.real.fetch(
        "SELECT effect_id FROM outbox WHERE kind = 'payment_order' AND state = 'dead'"
    )
    ((effect_id,),) = rows
    return UUID(str(effect_id))


async def test_a_stuck_refund_is_tried_again_and_settled_and_holds_nothing_back(
    desk: BillingHouse,
) -> None:
    story, eve = desk.story, desk.story.eve
    left, less = await can_go_back(desk, eve), await can_go_back(desk, eve, 300)
    await desk.stripe.hold()  # Stripe refuses, because of what we have not heard of yet
    dispute = await desk.stripe.order("/disputes", payment_intent=await intent_of(desk, eve))
    await refund(desk, story.admin, eve, "3.00")
    await desk.pass_by(seconds=60)
    page = await shown(desk, eve)
    assert "Pay back 3.00 EUR stuck" in page
    assert less in page
    effect_id = await stuck_order(desk)
    async with await desk.browser(story.admin) as browser:
        assert f'href="{DESK}/orders/{effect_id}"' in (await browser.get("/admin")).text
        led = await browser.get(f"{DESK}/orders/{effect_id}")
    assert led.headers["location"] == account_of(eve)
    again = await sent(desk, story.admin, eve, f"/orders/{effect_id}/retry")
    assert again.headers["location"].endswith("?done=order_again"), again.text
    await desk.pass_by(seconds=60)
    settle = f"/orders/{effect_id}/settle"
    unsaid = await sent(desk, story.admin, eve, settle, settle, reason="")
    assert unsaid.status_code == 400
    elsewhere = await desk.ask(
        story.admin, account_of(desk.story.bo), account_of(desk.story.bo) + settle, reason="Why."
    )
    assert elsewhere.status_code == 404
    done = await sent(desk, story.admin, eve, settle, settle, reason="Sent by bank transfer.")
    assert done.headers["location"].endswith("?done=order_settled"), done.text
    await desk.settle()
    page = await shown(desk, eve)
    assert "stuck" not in page
    assert left in page
    audit = await shown(desk, eve, "/audit")
    for part in ("Had a stuck order tried again", "Dealt with a stuck order", "Gave an ordered"):
        assert part in audit
    gone = await desk.ask(
        story.admin, account_of(eve), account_of(eve) + settle, reason="Once more."
    )
    assert gone.status_code == 409
    # Refused once more, and settled where all that is stuck is listed, as from a terminal.
    await refund(desk, story.admin, eve, "3.00")
    await desk.pass_by(seconds=60)
    assert less in await shown(desk, eve)
    about = {"where": "outbox", "key": str(await stuck_order(desk)), "reason": "By bank transfer."}
    settled = await desk.ask(story.admin, "/admin", "/admin/settle", seen="", **about)
    assert settled.headers["location"] == "/admin?done=settled"
    await desk.settle()
    assert left in await shown(desk, eve)
    await desk.stripe.order("/disputes/close", dispute=dispute["id"], won=True)
    await desk.stripe.release()
    await desk.settle()


async def test_what_nobody_understands_is_a_question_until_somebody_looked(
    desk: BillingHouse,
) -> None:
    story, chidi = desk.story, desk.story.chidi
    subscription = await subscription_of(desk, chidi)
    payments = desk.real.house.payments
    assert payments is not None
    seen = await payments.look(subscription)
    assert seen.membership_id is not None
    desk.real.clock.move(seconds=1)
    odd = replace(seen.observation, status="dreaming", observed_at=desk.real.clock.now())
    await story.do(ObserveSubscription(membership_id=seen.membership_id, observation=odd))
    await desk.settle()
    page = await shown(desk, chidi)
    assert "Stripe uses a status that is not known here: “dreaming”" in page
    assert "dreaming" in await desk.words(story.admin, DESK)
    answer = await sent(
        desk,
        story.admin,
        chidi,
        "/questions/settle",
        subscription_id=subscription,
        membership_id=str(seen.membership_id),
    )
    assert answer.headers["location"].endswith("?done=question_settled"), answer.text
    assert "dreaming" not in await shown(desk, chidi)
    desk.real.clock.move(seconds=1)
    again = replace(odd, observed_at=desk.real.clock.now())
    await story.do(ObserveSubscription(membership_id=seen.membership_id, observation=again))
    await desk.settle()
    assert "dreaming" not in await shown(desk, chidi), "the same words are no new question"
    assert "Looked into what was not understood" in await shown(desk, chidi, "/audit")


# Figures


async def test_the_desk_shows_drift_ages_and_dead_letters(desk: BillingHouse) -> None:
    admin = desk.story.admin
    pool = desk.real.running.pool
    subscription = await subscription_of(desk, desk.story.ana)
    await pool.execute(
        "INSERT INTO drifts (kind, subject, ours, theirs, found_at, seen_at)"
        " VALUES ('differs', $1, 'status active', 'status paused', $2, $2)",
        subscription,
        desk.now,
    )
    try:
        page = await desk.words(admin, "/admin")
        assert "Differences from Stripe's record 1" in page
        assert "Oldest order that waits nothing waits" in page
        for address in (DESK, account_of(desk.story.ana)):
            assert "Ours: status active. Stripe's: status paused." in await desk.words(
                admin, address
            )
        async with await desk.browser(admin) as browser:
            index = (await browser.get(DESK)).text
        assert f'<a href="{account_of(desk.story.ana)}">{subscription}</a>' in index
    finally:
        await pool.execute("DELETE FROM drifts")


async def test_a_message_says_nothing_of_a_person(desk: BillingHouse) -> None:
    page = await shown(desk, desk.story.ana)
    assert "invoice.paid handled" in page
    assert "evt_" in page
    for contact in ("ana@example.org", "10115", "hosted_invoice_url"):
        assert contact not in page


async def test_a_form_that_pays_everything_back_leads_to_the_same_place_twice(
    desk: BillingHouse,
) -> None:
    """The last test of Bo's payment: nothing of it is left."""
    story, bo = desk.story, desk.story.bo
    invoice_id = await paid(desk, bo)
    page = f"{account_of(bo)}/refunds/{invoice_id}"
    books = await ledger(desk, bo)
    left = books.refundable(invoice_id, books.paid(invoice_id)[0].currency).cents
    assert left > 0
    async with await desk.browser(story.admin) as browser:
        form = hidden((await browser.get(page)).text) | {
            "amount": f"{left / 100:.2f}",
            "reason": "order_change",
        }
        answers = [await browser.post(page, data=form) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    await desk.pass_by(seconds=60)
