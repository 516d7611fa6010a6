"""Administrators make runs to payers, have their files again, and correct what payers answered."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID

import httpx
import pytest

from domain.claims.claim import Claim
from domain.claims.rules import ClaimState
from domain.members.member import ErasureBasis
from infra.payer_files.verify import verify
from services.claims import exports
from services.members.commands import ForgetMember
from tests.support.pages import Pages, hidden, words_of
from tests.support.story import Story
from tests.web.admin.test_claim_pages import (
    MARCH,
    PERIOD,
    address_of,
    browser,
    send,
    sent,
    story,
    the_claim,
)

__all__ = ("browser", "story")  # fixtures of the claims' pages
RUNS = "/admin/claims/runs"


async def made(story: Story, browser: httpx.AsyncClient) -> str:
    """Make the next run from the page; return its address."""
    told = await send(browser, RUNS, {"payer_id": str(story.payer), **PERIOD})
    assert told.status_code == 303, words_of(told.text)
    return told.headers["location"].partition("?")[0]


async def answer(browser: httpx.AsyncClient, claim: Claim, paid: str = "90.00") -> None:
    typed = {f"paid-{line.line_id}": paid for line in claim.lines} | {"reference": "EFT-7"}
    if paid != "90.00":
        typed |= {f"reason-{line.line_id}": "45 fee schedule" for line in claim.lines}
    told = await send(browser, address_of(claim, "/answer"), typed)
    assert told.status_code == 303, words_of(told.text)


def corrected(claim: Claim, paid: str, **changes: str) -> dict[str, str]:
    """Return the form of another answer: the first line paid as asked, the second so much."""
    first, second = claim.lines
    return {
        "why": "kept_wrongly",
        "reason": "Two letters were mixed up.",
        "reference": "EFT-8",
        f"paid-{first.line_id}": "90.00",
        f"paid-{second.line_id}": paid,
        f"reason-{second.line_id}": "45 fee schedule" if paid != "90.00" else "",
    } | changes


# Runs


async def test_a_run_is_made_from_the_page_and_told_with_its_sums_and_answers(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    assert "Nothing went to this payer yet." in words_of((await browser.get(RUNS)).text)
    page = await browser.get(RUNS)
    form = hidden(page.text) | {"payer_id": str(story.payer), **PERIOD}
    first = await browser.post(RUNS, data=form)
    run = f"{RUNS}/{story.payer}/1"
    assert first.headers["location"] == f"{run}?done=run_made"
    assert "The run is made." in words_of((await browser.get(first.headers["location"])).text)
    again = await browser.post(RUNS, data=form)
    assert again.headers["location"] == f"{run}?done=run_again", "nothing is sent twice"
    shown = words_of((await browser.get(run)).text)
    assert "1 claim or correction, 2 lines" in shown
    assert "Asks for180.00 USD Answered0 of 1" in shown
    assert ", by Priyanka Rao" in shown
    claim = await the_claim(story)
    await answer(browser, claim, "45.00")
    assert "Answered1 of 1: 90.00 USD" in words_of((await browser.get(run)).text)
    table = words_of((await browser.get(RUNS)).text)
    assert "180.00 USD1 of 190.00 USD" in table


async def test_the_files_of_a_run_are_those_of_the_terminal_byte_for_byte(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    run = await made(story, browser)
    told = await exports.tell_again(pages.real.house, story.payer, *MARCH, 1)
    for name, content in told.files.items():
        answer_ = await browser.get(f"{run}/{name}")
        assert (answer_.status_code, answer_.content) == (200, content)
        assert answer_.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer_.headers["cache-control"] == "no-store"
    packed = await browser.get(f"{run}/run-00001.zip")
    assert packed.content == pages.real.house.zip_package(told.files)
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    assert verify(files) == []
    for wrong in ("run-00002.zip", "secrets.json", "..%2Fclaims.csv"):
        assert (await browser.get(f"{run}/{wrong}")).status_code == 404


@pytest.mark.parametrize("number", ["2", "0", "-1", "99999999999999999999"])
async def test_a_run_that_never_was_is_not_found(
    story: Story, browser: httpx.AsyncClient, number: str
) -> None:
    await made(story, browser)
    address = f"{RUNS}/{story.payer}/{number}"
    for each in (address, f"{address}/claims.csv"):
        assert (await browser.get(each)).status_code == 404


async def test_where_nothing_is_ready_the_form_says_so(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    empty = {"payer_id": str(story.payer), "first": "2025-03-01", "last": "2025-03-31"}
    told = await send(browser, RUNS, empty)
    assert (told.status_code, "Nothing is ready for this payer" in told.text) == (422, True)
    for changes in ({"payer_id": str(UUID(int=7))}, {"first": "2026-04-01"}, {"last": ""}):
        told = await send(browser, RUNS, {"payer_id": str(story.payer), **PERIOD} | changes)
        assert (told.status_code, "needs another look" in told.text) == (400, True)
    assert await pages.count("payer.export_made", story.payer) == 0


async def test_a_run_whose_member_was_forgotten_since_says_why_it_cannot_be_had(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    run = await made(story, browser)
    await story.do(ForgetMember(member_id=story.ana, basis=ErasureBasis.OWN_REQUEST, by=story.ana))
    await pages.real.drain()
    told = await browser.get(f"{run}/claims.csv")
    assert told.status_code in {409, 422}
    assert (await browser.get(run)).status_code == 200


# Answers that do not hold


async def test_an_answer_kept_wrongly_is_corrected_and_both_are_told(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    await answer(browser, claim)
    address = address_of(claim, "/answers/1/correct")
    page = await browser.get(address)
    assert page.text.count('value="90.00"') == 2, "what is kept stands in the form"
    typed = hidden(page.text) | corrected(claim, "45.00")
    for _ in range(2):
        told = await browser.post(address, data=typed)
        assert told.headers["location"] == address_of(claim, "?done=answer_corrected")
    assert await pages.count("claim.answer_corrected", claim.id) == 1
    now = await the_claim(story)
    assert (now.state, now.paid.cents) == (ClaimState.REDUCED, 13500)
    shown = words_of((await browser.get(address_of(claim))).text)
    assert "Paid135.00 USD" in shown
    assert "Paid 45.00 USD, because: 45 fee schedule." in shown
    assert "does not hold" in shown
    assert "paid, 180.00 USD, their number EFT-7. Reversed by Priyanka Rao" in shown
    assert "Two letters were mixed up." in shown
    assert "paid 135.00 USD" in words_of((await browser.get("/admin/claims")).text)


async def test_an_answer_that_never_came_is_waited_for_again(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    await answer(browser, claim)
    typed = {"why": "kept_wrongly", "reason": "It was another claim's.", "none": "on"}
    told = await send(browser, address_of(claim, "/answers/1/correct"), typed)
    assert told.status_code == 303, words_of(told.text)
    assert (await the_claim(story)).awaits_answer
    shown = words_of((await browser.get(address_of(claim))).text)
    assert "No answer yet." in shown
    assert "StateSent" in shown
    assert "does not hold" in shown
    await answer(browser, claim)
    assert (await the_claim(story)).state is ClaimState.PAID


async def test_a_page_that_shows_another_answer_by_now_corrects_nothing(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    await answer(browser, claim)
    address = address_of(claim, "/answers/1/correct")
    old = hidden((await browser.get(address)).text)
    pages.real.clock.move(seconds=60)
    assert (await send(browser, address, corrected(claim, "45.00"))).status_code == 303
    stale = await browser.post(address, data=old | corrected(claim, "0", reference="EFT-9"))
    assert stale.status_code == 409
    assert await pages.count("claim.answer_corrected", claim.id) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"why": ""},
        {"why": "spite"},
        {"reason": ""},
        {"reference": ""},
        {"reference": "=SUM(A1)"},
        {"reason-2": ""},
        {"paid-2": "90.01"},
    ],
)
async def test_a_correction_that_cannot_be_is_said_beside_its_field(
    pages: Pages, story: Story, browser: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    claim = await sent(pages, story)
    await answer(browser, claim)
    second = claim.lines[1].line_id
    named = {name.replace("-2", f"-{second}"): text for name, text in changes.items()}
    typed = corrected(claim, "45.00") | named
    told = await send(browser, address_of(claim, "/answers/1/correct"), typed)
    assert told.status_code == 400
    assert "another look" in told.text
    assert await pages.count("claim.answer_corrected", claim.id) == 0


async def test_nothing_is_corrected_where_nothing_was_answered(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    address = address_of(claim, "/answers/1/correct")
    assert "No answer is kept to this" in words_of((await browser.get(address)).text)
    told = await browser.post(address, data=corrected(claim, "45.00"))
    assert told.status_code == 422
    assert (await browser.get(address_of(claim, "/answers/2/correct"))).status_code == 404
