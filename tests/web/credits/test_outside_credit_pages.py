"""Entering what was earned elsewhere: the pages, ugly files, and where it shows up."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.evidence.documents import LARGEST_DOCUMENT
from projections.outside_credits import queries as outside
from projections.outside_credits.queries import OutsideCreditRow
from services.members.commands import EndLicence
from services.web.pages.credits.sent_documents import DOCUMENTS
from tests.support.outside import JPEG, PDF, PNG
from tests.support.pages import Pages, hidden, words_of
from tests.support.story import CALIFORNIA

LIST = "/credits/outside"
NEW = f"{LIST}/new"
File = tuple[str, bytes, str]


@pytest.fixture(autouse=True)
async def running_licences(pages: Pages) -> None:
    """Ana's and Bo's licences run to the end of 2026."""
    story = pages.story
    for key in ("ana", "bo"):
        await story.do(
            EndLicence(
                member_id=story.id(key),
                licence_id=story.licence(key),
                last_day=date(2026, 12, 31),
            )
        )
    await pages.real.drain()


def typed(pages: Pages, key: str = "ana", **changes: str) -> dict[str, Any]:
    """Return the answers of somebody who took a course."""
    return {
        "target": f"{pages.story.licence(key)} {CALIFORNIA}",
        "title": "A course in ethics",
        "provider_name": "Harbour Academy",
        "day": "2026-01-20",
        "amount": "1.5",
        "category": "",
        "credit_kind": "sponsored",
        "live": "yes",
        "topics": "ethics",
    } | changes


async def send(
    client: httpx.AsyncClient,
    address: str,
    page: str,
    answers: dict[str, Any],
    file: File | None = None,
) -> httpx.Response:
    """Fill in the form of a page, as a browser does: without a file it sends an empty one."""
    form = hidden((await client.get(page)).text)
    chosen = file or ("", b"", "application/octet-stream")
    return await client.post(
        address, data=form | answers, files={"document": chosen}, follow_redirects=True
    )


async def rows(pages: Pages, key: str = "ana") -> list[OutsideCreditRow]:
    async with pages.real.house.views() as conn:
        return await outside.of_member(conn, pages.story.id(key))


async def titled(pages: Pages, title: str) -> OutsideCreditRow:
    (found,) = [row for row in await rows(pages) if row.now.title == title]
    return found


async def entered(
    pages: Pages, client: httpx.AsyncClient, title: str, file: File | None = None
) -> UUID:
    """Enter a credit and return its id."""
    answer = await send(client, LIST, NEW, typed(pages, title=title), file)
    assert "Your credit is kept, marked as entered by you." in words_of(answer.text)
    return (await titled(pages, title)).credit_id


async def test_a_member_enters_a_credit_with_its_document_and_gets_it_back(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    credit_id = await entered(pages, ana, "With paper", ('../../etc/p"asswd.exe', PDF, "text/html"))
    listed = words_of((await ana.get(LIST)).text)
    assert "1.5 hours: With paper" in listed
    assert "Sponsored. Everybody was there at the same time." in listed
    assert "entered by you" in listed
    paper = await ana.get(f"{LIST}/{credit_id}/document")
    assert paper.content == PDF
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["x-content-type-options"] == "nosniff"
    assert paper.headers["cache-control"] == "no-store"
    name = f"credit-2026-01-20-{str(credit_id)[:8]}.pdf"
    assert paper.headers["content-disposition"] == f'attachment; filename="{name}"'


async def test_an_entry_counts_in_the_renewals_and_stands_among_the_credits(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    await entered(pages, ana, "Counts everywhere")
    renewals = words_of((await ana.get("/renewals")).text)
    assert "Part of the above. Peerhour vouches for none of it" in renewals
    assert "1.5 hours: Counts everywhere, Tuesday 20 January 2026. entered by you" in renewals
    listed = words_of((await ana.get("/credits")).text)
    assert "Counts everywhere, Harbour Academy" in listed


async def test_a_form_sent_twice_is_one_entry(pages: Pages, ana: httpx.AsyncClient) -> None:
    form = hidden((await ana.get(NEW)).text) | typed(pages, title="Twice")
    for _ in range(2):
        answer = await ana.post(LIST, data=form, files={"document": ("a.png", PNG, "image/png")})
        assert answer.status_code == 303
    credit_id = (await titled(pages, "Twice")).credit_id
    assert await pages.count("outside_credit.entered", credit_id) == 1
    assert (await ana.get(f"{LIST}/{credit_id}/document")).content == PNG


@pytest.mark.parametrize(
    ("file", "status", "said"),
    [
        (("empty.pdf", b"", "application/pdf"), 422, "The file is empty."),
        (("big.pdf", b"%PDF-" + b"0" * LARGEST_DOCUMENT, "application/pdf"), 413, "than 10 MB"),
        (("paper.pdf", b"#!/bin/sh\nexit 0\n", "application/pdf"), 422, "no complete PDF"),
        (("page.pdf", b"<script>1</script>", "application/pdf"), 422, "no complete PDF"),
        (("cut.pdf", PDF[:-6], "application/pdf"), 422, "no complete PDF"),
        (("zip.png", b"PK\x03\x04" * 100, "image/png"), 422, "no complete PDF"),
    ],
)
async def test_an_ugly_file_is_refused_beside_its_field_and_nothing_is_kept(
    pages: Pages, ana: httpx.AsyncClient, file: File, status: int, said: str
) -> None:
    head = await pages.real.house.store.head()
    kept = await pages.real.fetch("SELECT count(*) FROM sealed_documents")
    answer = await send(ana, LIST, NEW, typed(pages, title="Kept words"), file)
    assert answer.status_code == status
    assert said in words_of(answer.text)
    assert 'aria-describedby="h-document e-document"' in answer.text
    assert 'value="Kept words"' in answer.text
    assert await pages.real.house.store.head() == head
    assert await pages.real.fetch("SELECT count(*) FROM sealed_documents") == kept


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0"}, "How much: Write an amount above 0"),
        ({"amount": "201"}, "How much: Write an amount above 0"),
        ({"amount": "1.005"}, "How much: Write a number"),
        ({"amount": "1e3"}, "How much: Write a number"),
        ({"day": "2199-01-01"}, "Day: This day is still to come."),
        ({"topics": "my secret"}, "It was about: Choose one of these."),
        ({"target": f"{UUID(int=5)} {CALIFORNIA}"}, "What it counts for: Choose one of these."),
        ({"title": ""}, "Title: Write its title."),
        ({"credit_kind": "gift"}, "Who vouches for it: Choose one of these."),
        ({"live": "maybe"}, "Choose one of these."),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field(
    pages: Pages, ana: httpx.AsyncClient, changes: dict[str, str], said: str
) -> None:
    head = await pages.real.house.store.head()
    answer = await send(ana, LIST, NEW, typed(pages) | changes)
    assert answer.status_code in {400, 422}
    assert said in words_of(answer.text)
    assert await pages.real.house.store.head() == head


async def test_a_comma_is_a_decimal_point_too(pages: Pages, ana: httpx.AsyncClient) -> None:
    await send(ana, LIST, NEW, typed(pages, title="Comma", amount="1,25"))
    assert str((await titled(pages, "Comma")).now.amount) == "1.25"


async def test_a_correction_stands_beside_what_was_written(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    credit_id = await entered(pages, ana, "Slip", ("a.pdf", PDF, "application/pdf"))
    address = f"{LIST}/{credit_id}/correct"
    shown = (await ana.get(address)).text
    assert 'value="Slip"' in shown
    assert f'value="{pages.story.licence("ana")} {CALIFORNIA}" selected' in shown
    assert 'name="topics" value="ethics" checked' in shown
    unsaid = await send(ana, address, address, typed(pages, title="Right", amount="2"))
    assert unsaid.status_code == 400
    assert "Why: Write why." in words_of(unsaid.text)
    answers = typed(pages, title="Right", amount="2", reason="I misread it.", live="")
    answer = await send(ana, address, address, answers)
    words = words_of(answer.text)
    assert "Your correction is kept." in words
    assert "2 hours: Right" in words
    assert "1.5 hours, Tuesday 20 January 2026, Slip, Harbour Academy, ethics." in words
    assert "Corrected because: I misread it." in words
    assert (await ana.get(f"{LIST}/{credit_id}/document")).content == PDF


async def test_a_correction_brings_another_document_or_takes_it_away(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    credit_id = await entered(pages, ana, "Papers", ("a.pdf", PDF, "application/pdf"))
    address, paper = f"{LIST}/{credit_id}/correct", f"{LIST}/{credit_id}/document"
    answers = typed(pages, title="Papers", reason="Clearer.")
    await send(ana, address, address, answers, ("b.jpg", JPEG, "image/jpeg"))
    found = await ana.get(paper)
    assert (found.content, found.headers["content-type"]) == (JPEG, "image/jpeg")
    await send(ana, address, address, answers | {"reason": "Wrong one.", "drop_document": "on"})
    assert (await ana.get(paper)).status_code == 404
    await pages.real.drain()
    assert "No document." in words_of((await ana.get(LIST)).text)


async def test_an_entry_is_taken_back_with_a_reason_and_sending_it_twice_is_no_fault(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    credit_id = await entered(pages, ana, "Mistake", ("a.pdf", PDF, "application/pdf"))
    address = f"{LIST}/{credit_id}/remove"
    asked = await ana.get(address)
    assert "Its document is deleted." in words_of(asked.text)
    form = hidden(asked.text)
    assert (await ana.post(address, data=form | {"reason": " "})).status_code == 400
    for _ in range(2):
        answer = await ana.post(address, data=form | {"reason": "Not mine."})
        assert answer.status_code == 303
    assert await pages.count("outside_credit.removed", credit_id) == 1
    await pages.real.drain()
    words = words_of((await ana.get(LIST)).text)
    assert "Not mine." in words
    assert f"{LIST}/{credit_id}/correct" not in (await ana.get(LIST)).text
    for gone in ("document", "correct", "remove"):
        assert (await ana.get(f"{LIST}/{credit_id}/{gone}")).status_code == 404
    assert "Mistake" not in words_of((await ana.get("/renewals")).text)


async def test_nobody_else_reaches_an_entry_not_even_an_administrator(
    pages: Pages, ana: httpx.AsyncClient
) -> None:
    credit_id = await entered(pages, ana, "Hers", ("a.pdf", PDF, "application/pdf"))
    for who in (pages.story.bo, pages.story.admin):
        async with await pages.browser(who) as other:
            assert (await other.get(f"{LIST}/{credit_id}/document")).status_code == 404
            answers = typed(pages, "bo", reason="Mine.")
            stolen = await other.post(f"{LIST}/{credit_id}/correct", data=answers)
            assert stolen.status_code == 404
            assert "Hers" not in words_of((await other.get(LIST)).text)


async def test_words_of_a_member_are_never_markup(pages: Pages, ana: httpx.AsyncClient) -> None:
    await entered(pages, ana, "<b>bold</b>")
    for page in (LIST, "/credits", "/renewals"):
        text = (await ana.get(page)).text
        assert "<b>bold</b>" not in text
        assert "&lt;b&gt;bold&lt;/b&gt;" in text


async def test_without_a_licence_the_page_says_what_comes_first(pages: Pages) -> None:
    async with await pages.browser(pages.story.eve) as eve:
        assert "Add your licences first" in words_of((await eve.get(NEW)).text)
        answer = await eve.post(LIST, data=typed(pages))
        assert answer.status_code == 400


async def test_programs_read_what_the_member_entered(pages: Pages, ana: httpx.AsyncClient) -> None:
    credit_id = await entered(pages, ana, "For programs", ("a.pdf", PDF, "application/pdf"))
    async with await pages.program(pages.story.ana) as program:
        answer = await program.get("/api/v1/credits/outside")
    (mine,) = [each for each in answer.json() if each["credit_id"] == str(credit_id)]
    assert (mine["amount"], mine["unit"], mine["entered_by"]) == ("1.5", "hour", "member")
    assert (mine["kind"], mine["topics"], mine["corrected_at"]) == ("sponsored", ["ethics"], None)
    assert mine["document"]["size"] == len(PDF)
    assert mine["document"]["url"].endswith(f"/credits/outside/{credit_id}/document")


async def test_documents_have_a_limit_a_day_and_the_same_form_again_costs_none(
    pages: Pages,
) -> None:
    file = ("a.pdf", PDF, "application/pdf")
    async with await pages.browser(pages.story.bo) as bo:
        form = hidden((await bo.get(NEW)).text)
        for number in (*range(DOCUMENTS.limit), 0):
            answers = typed(pages, "bo", title=f"Course {number}")
            answer = await bo.post(LIST, data=form | answers, files={"document": file})
            assert answer.status_code == 303
        answers = typed(pages, "bo", title="One more")
        refused = await bo.post(LIST, data=form | answers, files={"document": file})
        assert refused.status_code == 429
        assert "Retry-After" in refused.headers
        plain = await bo.post(LIST, data=form | answers)
        assert plain.status_code == 303, "without a document it is still possible"
    assert len(await rows(pages, "bo")) == DOCUMENTS.limit + 1
