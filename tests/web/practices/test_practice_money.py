"""A practice's money: one invoice a month for its changes, its story, and papers for its books."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pypdf
import pytest

from domain.money.facts import MoneyKind
from services.money.story import story_of
from tests.support.billing_house import BillingHouse
from tests.support.pages import words_of
from tests.support.simulated_stripe import VISA

SEATS = 3
CHANGES = (4, 5, 6, 7, 8)


@dataclass
class YearlyPractice:
    """Joy's practice, which pays for its seats once a year."""

    house: BillingHouse
    id: UUID

    @property
    def page(self) -> str:
        return f"/practices/{self.id}"

    @property
    def joy(self) -> UUID:
        return self.house.story.joy

    async def words(self, page: str) -> str:
        return await self.house.words(self.joy, f"{self.page}{page}")

    async def invoices(self) -> list[dict[str, Any]]:
        """Return what the payment service has written, the newest first."""
        found = await self.house.stripe.dashboard("get", "/v1/invoices", {"limit": "100"})
        return list(found["data"])

    async def takes(self, count: int) -> str:
        """Choose a number of seats as its page shows it; return what it told before."""
        address = f"{self.page}/seats?count={count}"
        told = await self.house.words(self.joy, address)
        sent = await self.house.ask(self.joy, address, f"{self.page}/seats", count=str(count))
        assert sent.headers["location"].endswith("done=count_asked"), words_of(sent.text)
        await self.house.settle()
        return told

    async def paid_invoice(self) -> str:
        lines = await story_of(self.house.real.house, self.id, reader=self.joy)
        return next(each.object_id for each in lines if each.kind == MoneyKind.INVOICE_PAID)


@pytest.fixture(scope="module")
async def practice(dues: BillingHouse) -> YearlyPractice:
    joy = dues.story.joy
    sent = await dues.ask(joy, "/practices", name="Harbour practice")
    found = re.match(r"/practices/([0-9a-f-]{36})/start", sent.headers["location"])
    assert found is not None
    begun = YearlyPractice(dues, UUID(found[1]))
    start = f"{begun.page}/start?currency=EUR"
    sent = await dues.ask(joy, start, f"{begun.page}/start", count=str(SEATS), plan="seat-annual")
    back = await dues.pay(sent.headers["location"], VISA)
    async with await dues.browser(joy) as browser:
        assert (await browser.get(back)).headers["location"].endswith("?done=practice_begun")
    await dues.settle()
    return begun


async def test_the_page_says_what_is_charged_next_and_for_how_many_seats(
    practice: YearlyPractice,
) -> None:
    shown = await practice.words("")
    charge = re.search(
        r"Next charge on that day, ([\d.]+) EUR, with ([\d.]+) EUR of tax, for 3 seats", shown
    )
    assert charge is not None, shown
    newest = (await practice.invoices())[0]
    assert int(charge[1].replace(".", "")) == newest["total"], "as the year that runs"
    assert 0 < int(charge[2].replace(".", "")) < newest["total"]
    await practice.takes(2)  # fewer, from the renewal on
    fewer = await practice.words("")
    cost = int(charge[1].replace(".", "")) * 2 // SEATS
    assert f"Next charge on that day, {cost / 100:.2f} EUR" in fewer
    assert "for 2 seats" in fewer
    async with practice.house.away():
        away = await practice.words("")
    assert "Next charge" not in away
    assert "Renews" in away
    kept = await practice.house.ask(
        practice.joy, f"{practice.page}/seats", f"{practice.page}/seats", count=str(SEATS)
    )
    assert kept.headers["location"].endswith("?done=count_kept")
    await practice.house.settle()


async def test_five_changes_in_a_month_come_with_exactly_one_invoice(
    practice: YearlyPractice,
) -> None:
    assert len(await practice.invoices()) == 1
    days = set()
    for count in CHANGES:
        told = await practice.takes(count)
        assert "Charged today nothing" in told
        day = re.search(r"It is written on ([\w ]+), once for all changes until then", told)
        assert day is not None, told
        days.add(day[1])
        await practice.house.pass_by(days=5)
    assert len(await practice.invoices()) == 1, "changes gather"
    await practice.house.pass_by(days=7)
    await practice.house.pass_by(days=1)
    assert len(days) == 1, "every preview names the day on which it is written"
    newest, *others = await practice.invoices()
    assert len(others) == 1
    assert newest["status"] == "paid"
    parts = [
        line["parent"]["subscription_item_details"]["proration"] for line in newest["lines"]["data"]
    ]
    assert parts == [True] * 2 * len(CHANGES), "each change gives back and asks for the rest"
    await practice.house.pass_by(days=60)
    assert len(await practice.invoices()) == 2, "a month without changes has no invoice"
    assert "8, 0 taken" in await practice.words("")


async def test_the_invoice_for_changes_says_from_when_to_when_it_is_for(
    practice: YearlyPractice,
) -> None:
    shown = await practice.words("/invoices")
    assert len(re.findall(r"For [\w ]+ to [\w ]+\.", shown)) == 2
    assert shown.count("Payment confirmation") == 2


async def test_the_story_of_its_money_is_told_to_its_managers_only(
    practice: YearlyPractice,
) -> None:
    shown = await practice.words("/money")
    assert "What happened with the money of Harbour practice" in shown
    assert "300.00 EUR was charged to the practice, for the practice's seats." in shown
    assert "charged to you" not in shown
    assert "An invoice was paid: 300.00 EUR" in shown
    assert "It is for what had changed within the period." in shown
    lines = await story_of(practice.house.real.house, practice.id, reader=practice.joy)
    assert shown.count("Known to us") == len(lines)
    mine = await practice.house.words(practice.joy, "/membership/money")
    assert "An invoice was paid" not in mine, "a manager's own money is another account"
    invoice_id = await practice.paid_invoice()
    papers = ("/money", "/money/money.csv", "/money/money.json", "/invoices")
    of_one = tuple(f"/invoices/{invoice_id}/{each}" for each in ("page", "file", "confirmation"))
    async with await practice.house.browser(practice.house.story.bo) as browser:
        for each in (*papers, *of_one):
            assert (await browser.get(f"{practice.page}{each}")).status_code == 404, each


async def test_its_lines_are_there_as_a_table_and_for_programs(practice: YearlyPractice) -> None:
    async with await practice.house.browser(practice.joy) as browser:
        table = await browser.get(f"{practice.page}/money/money.csv")
        document = (await browser.get(f"{practice.page}/money/money.json")).json()
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    told = await story_of(practice.house.real.house, practice.id, reader=practice.joy)
    ids = [each.object_id for each in told]
    assert [row["object_id"] for row in rows] == ids
    assert [row["object_id"] for row in document["lines"]] == ids
    assert table.headers["cache-control"] == "no-store"


async def test_a_payment_is_confirmed_under_the_practices_name(practice: YearlyPractice) -> None:
    address = f"{practice.page}/invoices/{await practice.paid_invoice()}/confirmation"
    async with await practice.house.browser(practice.joy) as browser:
        page = await browser.get(address)
        assert 'value="Harbour practice"' in page.text
        assert "For the books of Harbour practice" in page.text
        faulty = await browser.post(address, data={"payer_name": ""})
        assert faulty.status_code == 400
        drawn = await browser.post(address, data={"payer_name": "Harbour Practice LLP"})
    assert drawn.headers["content-type"] == "application/pdf"
    assert drawn.headers["cache-control"] == "no-store"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(drawn.content)).pages)
    assert "Harbour Practice LLP" in text
    assert "300.00" in text


async def test_an_invoice_of_a_managers_own_is_none_of_the_practice(
    practice: YearlyPractice,
) -> None:
    house, joy = practice.house, practice.joy
    await house.becomes_paying(joy)
    lines = await story_of(house.real.house, joy, reader=joy)
    mine = next(each.object_id for each in lines if each.kind == MoneyKind.INVOICE_PAID)
    async with await house.browser(joy) as browser:
        for what in ("page", "file", "confirmation"):
            answer = await browser.get(f"{practice.page}/invoices/{mine}/{what}")
            assert answer.status_code == 404
            assert "no such invoice of this practice" in answer.text
        theirs = f"/membership/invoices/{await practice.paid_invoice()}/page"
        assert (await browser.get(theirs)).status_code == 404


async def test_while_the_service_is_away_the_record_tells_its_invoices(
    practice: YearlyPractice,
) -> None:
    async with practice.house.away():
        shown = await practice.words("/invoices")
        assert "Our payment service does not answer at the moment" in shown
        assert "An invoice was paid: 300.00 EUR" in shown
        assert "An invoice was paid" in await practice.words("/money")
