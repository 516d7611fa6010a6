"""What happened with my money: told, exported, invoiced, confirmed, and a failed card mended."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pypdf
import pytest

from domain.money.facts import Actor, MoneyKind
from projections.memberships import queries as memberships
from services.money.story import StoryLine, story_of
from tests.support.billing_house import BillingHouse
from tests.support.dues import Dues

MONEY, INVOICES = "/membership/money", "/membership/invoices"
DECLINES = "4000000000000341"  # one of Stripe's test cards: it is kept, and refuses to pay


@pytest.fixture(scope="module")
async def paying(dues: BillingHouse) -> BillingHouse:
    """Ana and Bo have paid once."""
    for who in (dues.story.ana, dues.story.bo):
        await dues.subscribe(who)
        await dues.add_card(who)
    await dues.pass_by(days=15)
    return dues


async def paid_invoice(house: BillingHouse, key: str) -> str:
    lines = await story_of(house.real.house, house.story.id(key), reader=house.story.id(key))
    return next(
        each.object_id
        for each in reversed(lines)
        if each.kind == MoneyKind.INVOICE_PAID and each.amount != "0.00"
    )


async def test_every_line_is_told_with_its_amount_and_what_it_means(paying: BillingHouse) -> None:
    shown = await paying.words(paying.story.ana, MONEY)
    assert "An invoice was paid: 12.00 EUR" in shown
    assert "12.00 EUR was charged to you, for your membership dues." in shown
    lines = await story_of(paying.real.house, paying.story.ana, reader=paying.story.ana)
    assert shown.count("Known to us") == len(lines) > 1


async def test_the_table_reads_back_as_the_story(paying: BillingHouse) -> None:
    ana = paying.story.ana
    async with await paying.browser(ana) as browser:
        answer = await browser.get(f"{MONEY}/money.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="money.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    story = await story_of(paying.real.house, ana, reader=ana)
    assert [row["object_id"] for row in rows] == [each.object_id for each in story]
    assert [row["meaning"] for row in rows] == [each.meaning for each in story]
    assert [row["amount"] for row in rows] == [each.amount for each in story]
    assert set(rows[0]) == set(StoryLine.__slots__)


async def test_programs_get_the_same_lines(paying: BillingHouse) -> None:
    ana = paying.story.ana
    async with await paying.browser(ana) as browser:
        document = (await browser.get(f"{MONEY}/money.json")).json()
        missing = await browser.get(f"{MONEY}/money.xlsx")
    story = await story_of(paying.real.house, ana, reader=ana)
    assert document["format"] == "peerhour.money/1"
    assert [row["object_id"] for row in document["lines"]] == [each.object_id for each in story]
    assert json.dumps(document).count("happened_at") == len(story)
    assert missing.status_code == 404


async def test_every_kind_of_line_stands_in_the_story(paying: BillingHouse) -> None:
    chidi = Dues(paying.story, paying.story.chidi)
    await chidi.request()
    for kind in MoneyKind:
        if kind is not MoneyKind.REFUND_ASKED:  # that is an order, and no fact of theirs
            attempt = 1 if kind is MoneyKind.PAYMENT_FAILED else 0
            await chidi.money(kind, f"x_{kind.value}", 500, attempt=attempt, actor=Actor.STRIPE)
    await paying.real.drain()
    kinds = {
        each.kind
        for each in await story_of(paying.real.house, chidi.person_id, reader=chidi.person_id)
    }
    # a refund that answers no order of ours is an external one
    assert kinds == set(MoneyKind) - {MoneyKind.REFUND_ASKED, MoneyKind.REFUND_DONE}
    await paying.words(chidi.person_id, MONEY)


async def test_an_id_that_looks_like_a_formula_is_none_in_a_spreadsheet(
    paying: BillingHouse,
) -> None:
    joy = Dues(paying.story, paying.story.joy, "cus_joy")
    await joy.request()
    await joy.money(MoneyKind.INVOICE_PAID, "=HYPERLINK(1)", 500)
    await paying.real.drain()
    async with await paying.browser(joy.person_id) as browser:
        table = (await browser.get(f"{MONEY}/money.csv")).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert row["object_id"] == "'=HYPERLINK(1)"


async def test_invoices_open_on_the_services_own_pages(paying: BillingHouse) -> None:
    shown = await paying.words(paying.story.ana, INVOICES)
    assert "12.00 EUR" in shown
    assert "Payment confirmation" in shown
    invoice_id = await paid_invoice(paying, "ana")
    async with await paying.browser(paying.story.ana) as browser:
        for what in ("page", "file"):
            answer = await browser.get(f"{INVOICES}/{invoice_id}/{what}")
            assert answer.status_code == 303
            assert answer.headers["location"].startswith(paying.stripe.address)
            assert answer.headers["cache-control"] == "no-store"


async def test_somebody_elses_invoice_is_not_there(paying: BillingHouse) -> None:
    invoice_id = await paid_invoice(paying, "ana")
    for who in (paying.story.bo, paying.story.eve):
        async with await paying.browser(who) as browser:
            for what in ("page", "file", "confirmation", "else"):
                answer = await browser.get(f"{INVOICES}/{invoice_id}/{what}")
                assert answer.status_code == 404
            sent = await browser.post(
                f"{INVOICES}/{invoice_id}/confirmation", data={"payer_name": "Bo"}
            )
            assert sent.status_code == 404


@pytest.mark.parametrize("invoice_id", ["in_unknown", "in_é", "..", "in_%2e", "x" * 300])
async def test_an_invoice_that_is_nobodys_is_not_there(
    paying: BillingHouse, invoice_id: str
) -> None:
    async with await paying.browser(paying.story.ana) as browser:
        answer = await browser.get(f"{INVOICES}/{invoice_id}/page")
    assert answer.status_code == 404


async def test_a_paper_for_an_employer_names_the_payer_as_they_type_it(
    paying: BillingHouse,
) -> None:
    address = f"{INVOICES}/{await paid_invoice(paying, 'ana')}/confirmation"
    async with await paying.browser(paying.story.ana) as browser:
        page = await browser.get(address)
        assert 'value="Nguyễn Thị Ánh"' in page.text, "the name on papers is suggested"
        answer = await browser.post(address, data={"payer_name": "Ana Lind-Nguyễn"})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        faulty = await browser.post(address, data={"payer_name": ""})
        assert (faulty.status_code, 'id="e-payer_name"' in faulty.text) == (400, True)
        unprintable = await browser.post(address, data={"payer_name": "\U0001f600"})
        assert unprintable.status_code == 422
    pdf = pypdf.PdfReader(io.BytesIO(answer.content))
    shown = " ".join(pdf.pages[0].extract_text().split())
    for part in (
        "Payment confirmation Ana Lind-Nguyễn",
        "12.00 EUR paid on",
        "Membership dues",
        "This is a confirmation and not an invoice.",
    ):
        assert part in shown
    number = re.search(r"Invoice number (\S+)", shown)
    assert number is not None
    assert number[1] in await paying.words(paying.story.ana, INVOICES)


async def test_an_invoice_about_nothing_is_not_confirmed(paying: BillingHouse) -> None:
    lines = await story_of(paying.real.house, paying.story.bo, reader=paying.story.bo)
    free = next(each.object_id for each in lines if each.amount == "0.00")
    async with await paying.browser(paying.story.bo) as browser:
        answer = await browser.post(f"{INVOICES}/{free}/confirmation", data={"payer_name": "Bo"})
    assert answer.status_code == 422


async def test_while_the_service_is_away_the_record_is_read_and_its_papers_wait(
    paying: BillingHouse,
) -> None:
    ana = paying.story.ana
    invoice_id = await paid_invoice(paying, "ana")
    paying.real.clock.at += timedelta(hours=1)
    async with paying.away():
        shown = await paying.words(ana, INVOICES)
        assert "Our payment service does not answer at the moment" in shown
        assert "An invoice was paid: 12.00 EUR" in shown
        assert "An invoice was paid: 12.00 EUR" in await paying.words(ana, MONEY)
        assert "You take part." in await paying.words(ana)
        async with await paying.browser(ana) as browser:
            assert (await browser.get(f"{INVOICES}/{invoice_id}/file")).status_code == 503


async def test_a_card_that_fails_is_told_mended_and_stands_in_the_story(
    paying: BillingHouse,
) -> None:
    bo = paying.story.bo
    await paying.add_card(bo, DECLINES)
    await paying.pass_by(days=31)
    trouble = await paying.words(bo)
    assert "You take part; a payment is missing." in trouble
    assert "A payment did not go through" in trouble
    assert "Everything stays open until" in trouble
    async with await paying.browser(bo) as browser:
        page = (await browser.get("/membership")).text
    assert page.count('action="/membership/card"') == 1, "one way to mend it, and no second one"
    leave = await paying.words(bo, "/membership/leave")
    assert "Once it is mended, your dues pause as well." in leave
    await paying.add_card(bo)
    await paying.pass_by(days=5)
    assert "A payment did not go through" not in await paying.words(bo)
    story = await paying.words(bo, MONEY)
    assert "A payment did not go through: 12.00 EUR" in story


async def test_a_bank_that_wants_a_confirmation_is_named_as_such(paying: BillingHouse) -> None:
    ana = paying.story.ana
    async with paying.real.house.views() as conn:
        row = await memberships.membership_of_holder(conn, ana)
    assert row is not None
    assert row.customer_id is not None
    assert row.subscription_id is not None
    async with paying.stripe.client() as client:
        card = await client.v1.payment_methods.attach_async(
            "pm_card_authenticationRequired", {"customer": row.customer_id}
        )
        await client.v1.subscriptions.update_async(
            row.subscription_id, {"default_payment_method": card.id}
        )
    await paying.pass_by(days=31)
    shown = await paying.words(ana)
    assert "Your bank wants you to confirm it. Nothing is wrong with your card." in shown
    async with await paying.browser(ana) as browser:
        page = (await browser.get("/membership")).text
        found = re.search(r'href="(/membership/invoices/[^"]+/page)">Confirm the payment', page)
        assert found is not None
        answer = await browser.get(found[1])
    assert answer.headers["location"].startswith(paying.stripe.address)
