"""Evidence packs as their member gets them: from the record, to nobody else, both files alike."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pypdf
import pytest

from domain.certificates.papers import CreditKind
from domain.rules.book import RuleBook
from domain.rules.model import Pack
from services.credits.outside import Activity, EnterOutsideCredit
from services.evidence.packs import make_pack
from services.members.commands import CorrectName, EndLicence
from tests.domain.rules.made import a_pack as a_text
from tests.domain.rules.made import a_rule
from tests.support.builders import SIX_PM, span
from tests.support.fakes import FixedClock
from tests.support.pages import Pages, words_of
from tests.support.story import CALIFORNIA

BEGINS = date(2025, 4, 2)
LAST_DAY = date(2027, 4, 1)


@pytest.fixture(scope="module")
async def address(pages: Pages) -> str:
    """Ana's Californian cycle: an hour, one corrected, one that does not count, a course."""
    story = pages.story
    licence_id = story.licence("ana")
    await story.do(EndLicence(member_id=story.ana, licence_id=licence_id, last_day=LAST_DAY))
    week = timedelta(days=7)
    both = {story.ana: (0, 60), story.joy: (0, 60)}
    await story.held(both, name="whole")
    corrected = await story.held(both, name="corrected", start=SIX_PM + week)
    void = await story.held(both, name="void", start=SIX_PM + 2 * week)
    await pages.real.drain()
    late = int((2 * week - week) / timedelta(minutes=1))
    await story.correct(corrected, story.ana, span(late, late + 30))
    await story.void(void)
    await enter(pages, "4")
    await pages.real.drain()
    return f"/renewals/{licence_id}/{CALIFORNIA}/{BEGINS}"


async def enter(pages: Pages, amount: str, **changes: Any) -> UUID:
    """Enter a course that Ana attended elsewhere."""
    story = pages.story
    values: dict[str, Any] = {
        "licence_id": story.licence("ana"),
        "pack_id": CALIFORNIA,
        "amount": Decimal(amount),
        "day": date(2026, 1, 20),
        "title": "A course in ethics",
        "provider_name": "Harbour Academy",
        "category": None,
        "credit_kind": CreditKind.SPONSORED,
        "topics": ["ethics"],
        "live": True,
        "document": None,
    } | changes
    credit_id = uuid4()
    await story.do(
        EnterOutsideCredit(
            credit_id=credit_id,
            member_id=story.ana,
            activity=Activity(**values),
            by=story.ana,
        )
    )
    return credit_id


async def facts(client: httpx.AsyncClient, address: str) -> Any:
    answer = await client.get(f"{address}.json")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()


async def test_the_paper_is_handed_over_as_a_file_that_nobody_keeps(
    ana: httpx.AsyncClient, address: str
) -> None:
    answer = await ana.get(f"{address}.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    name = f'attachment; filename="evidence-{CALIFORNIA}-{BEGINS}.pdf"'
    assert answer.headers["content-disposition"] == name
    assert answer.content == (await ana.get(f"{address}.pdf")).content


async def test_the_record_stands_in_it_with_every_correction(
    ana: httpx.AsyncClient, address: str, pages: Pages
) -> None:
    pack = await facts(ana, address)
    assert (pack["format"], pack["holder_name"]) == (1, "Nguyễn Thị Ánh")
    assert pack["licence"] == {
        "kind": "Psychology",
        "jurisdiction": "US-CA",
        "number": "PSY ana",
    }
    assert (pack["from_day"], pack["until_day"]) == (str(BEGINS), str(LAST_DAY))
    whole, corrected, void = pack["attended"]
    assert (whole["starts_at"], whole["zone"]) == ("2026-03-02T18:00:00Z", "Europe/Berlin")
    assert (whole["present_minutes"], whole["people"], whole["strength"]) == (60, 2, "moderate")
    assert whole["reasons"] == ["One source shows it: the member's check-in."]
    (credit,) = whole["credits"]
    assert (credit["amount"], credit["unit"]) == ("1.00", "hour of peer consultation")
    assert credit["in_account"]["counted"] == "1.00"
    assert [step["clause"] for step in credit["steps"]] == ["", "16 CCR 1397.60.1"]

    (credit,) = corrected["credits"]
    assert (credit["amount"], credit["minutes"]) == ("0.50", 30)
    assert [(each["minutes"], each["amount"]) for each in credit["changes"]] == [
        (60, "1.00"),
        (-30, "-0.50"),
    ]
    (said,) = corrected["corrections"]
    assert (said["by"], said["reason"]) == ("facilitator", "Joy looked at her notes.")

    (credit,) = void["credits"]
    assert (credit["withdrawn"], credit["in_account"]) == (True, None)
    assert credit["changes"][-1]["reason"] == "The meeting does not count."
    assert "It was a lunch." not in str(pack)
    assert str(pages.story.joy) not in str(pack)
    assert "Joy Okafor" not in str(pack)


async def test_both_files_and_the_page_come_to_the_same(
    ana: httpx.AsyncClient, address: str
) -> None:
    pack = await facts(ana, address)
    account = pack["account"]
    rows = [
        credit["in_account"]
        for meeting in pack["attended"]
        for credit in meeting["credits"]
        if credit["in_account"]
    ]
    rows += [entry["in_account"] for entry in pack["entered"]]
    assert sum(Decimal(row["counted"]) for row in rows) == Decimal(account["counted"])
    assert (account["counted"], account["required"]) == ("5.50", "36")
    pdf = pypdf.PdfReader(io.BytesIO((await ana.get(f"{address}.pdf")).content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert "5.5 of 36 hours" in printed
    assert "entered by the member: A course in ethics 4 4 4" in printed
    assert "5.5 of 36 hours" in words_of((await ana.get("/renewals")).text)


async def test_what_was_entered_and_taken_back_is_not_told(
    ana: httpx.AsyncClient, address: str, pages: Pages
) -> None:
    pack = await facts(ana, address)
    (entry,) = pack["entered"]
    assert (entry["title"], entry["amount"]) == ("A course in ethics", "4")
    assert entry["document_sha256"] is None
    assert entry["entered_at"].endswith("Z")


@pytest.mark.parametrize("key", ["bo", "eve", "joy", "admin"])
async def test_nobody_else_gets_it(pages: Pages, address: str, key: str) -> None:
    async with await pages.browser(pages.story.id(key)) as other:
        for kind in ("pdf", "json"):
            answer = await other.get(f"{address}.{kind}")
            assert answer.status_code == 404
            assert "There is no such evidence pack of yours." in words_of(answer.text)


@pytest.mark.parametrize(
    "wrong",
    [
        "2025-04-02",
        "2025-04-02.txt",
        "2025-04-03.pdf",
        "2027-04-02.pdf",
        "9999-12-31.pdf",
        "0001-01-01.pdf",
        "2025-02-30.pdf",
        "٢٠٢٥-٠٤-٠٢.pdf",
    ],
)
async def test_an_address_that_names_no_cycle_is_not_found(
    ana: httpx.AsyncClient, address: str, wrong: str
) -> None:
    folder = address.rpartition("/")[0]
    assert (await ana.get(f"{folder}/{wrong}")).status_code == 404


@pytest.mark.parametrize("text", ["us-md-psychology", "contact-hour", "apa-sponsor", "nowhere"])
async def test_a_text_that_is_not_about_the_licence_is_not_found(
    ana: httpx.AsyncClient, address: str, text: str
) -> None:
    assert (await ana.get(f"{address.replace(CALIFORNIA, text)}.pdf")).status_code == 404


async def test_the_pages_lead_to_every_pack_there_is(
    ana: httpx.AsyncClient, address: str, pages: Pages
) -> None:
    await enter(pages, "1", day=date(2024, 5, 1), title="Long ago")
    await pages.real.drain()
    before = address.replace(str(BEGINS), "2023-04-02")
    renewals, credit = (await ana.get("/renewals")).text, (await ana.get("/credits")).text
    for kind in ("pdf", "json"):
        assert f'href="{address}.{kind}"' in renewals
        assert f'href="{address}.{kind}"' in credit
        assert f'href="{before}.{kind}"' in credit
    assert credit.index(f"{address}.pdf") < credit.index(f"{before}.pdf")
    earlier = await facts(ana, before)
    assert [each["title"] for each in earlier["entered"]] == ["Long ago"]
    assert earlier["attended"] == []


async def test_somebody_without_a_licence_is_offered_none(pages: Pages) -> None:
    async with await pages.browser(pages.story.eve) as eve:
        assert "Evidence packs" not in (await eve.get("/credits")).text


async def test_drawing_is_not_for_machines_that_never_stop(pages: Pages, address: str) -> None:
    async with await pages.browser(pages.story.chidi) as chidi:
        for _ in range(40):
            assert (await chidi.get(f"{address}.json")).status_code == 404
        answer = await chidi.get(f"{address}.json")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_a_cycle_that_is_over_is_told_by_the_text_of_its_last_day(
    pages: Pages, address: str
) -> None:
    def version(number: int, **force: date) -> Pack:
        return a_text(
            a_rule(id="lamp", needs={"licence": True}),
            id="lamp",
            version=number,
            kind="regulator",
            jurisdiction="US-CA",
            professions=["psychology"],
            cycle={"unit": "hour", "months": 12, "begins": "01-01"},
            **force,
        )

    old = version(1, effective_until=date(2026, 12, 31))
    book = RuleBook([old, version(2, effective_from=date(2027, 1, 1))])
    later = FixedClock(datetime(2027, 6, 1, tzinfo=UTC))
    house = replace(pages.real.house, rules=lambda: book, clock=later)
    story = pages.story
    made = {
        year: await make_pack(house, story.ana, story.licence("ana"), "lamp", date(year, 1, 1))
        for year in (2026, 2027)
    }
    assert {year: pack.text.version for year, pack in made.items()} == {2026: 1, 2027: 2}
    assert made[2026].until_day == date(2026, 12, 31)


async def test_supervision_among_peers_is_told_apart_and_ends_in_a_pack(
    pages: Pages, address: str
) -> None:
    story = pages.story
    licence_id = await story.psychologist("joy", profession="counseling", jurisdiction="UK")
    start = SIX_PM + timedelta(days=28)
    last_day = date(2026, 12, 31)
    await story.do(EndLicence(member_id=story.joy, licence_id=licence_id, last_day=last_day))
    await story.held({story.ana: (0, 60), story.joy: (0, 60)}, name="supervision", start=start)
    await pages.real.drain()
    async with await pages.browser(story.joy) as joy:
        credit = (await joy.get("/credits")).text
        assert "Supervision records" in credit
        (link,) = re.findall(r'href="(/renewals/[^"]*/uk-bacp/2026-03-01)\.json"', credit)
        pack = await facts(joy, link)
    assert pack["kinds"] == ["supervision record"]
    assert pack["attended"][0]["credits"][0]["amount"] == "0.50"  # half of it, as they were two


async def test_a_name_that_no_font_draws_is_refused_in_words_and_stands_in_the_data(
    pages: Pages, address: str
) -> None:
    story = pages.story
    name, reason = "\u0642\u0644\u0628", "As on the licence."
    await story.do(CorrectName(member_id=story.bo, name_on_papers=name, reason=reason, by=story.bo))
    licence_id = story.licence("bo")
    await story.do(EndLicence(member_id=story.bo, licence_id=licence_id, last_day=LAST_DAY))
    await pages.real.drain()
    mine = f"/renewals/{licence_id}/{CALIFORNIA}/{BEGINS}"
    async with await pages.browser(story.bo) as bo:
        refused = await bo.get(f"{mine}.pdf")
        assert refused.status_code == 422
        assert "We cannot print this script yet" in words_of(refused.text)
        assert (await facts(bo, mine))["holder_name"] == name
