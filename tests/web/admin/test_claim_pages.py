"""Administrators prepare claims, keep answers, take lines back, set aside, and revoke papers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from domain.certificates import verification_code as codes
from domain.claims.claim import Claim
from domain.claims.lines import Outcome
from domain.claims.rules import ClaimState
from infra.payer_files.verify import verify
from services.claims import exports
from services.claims.commands import claim_id_of
from services.members.commands import CorrectName
from tests.support.builders import SIX_PM, span
from tests.support.pages import Pages, hidden, words_of
from tests.support.story import Story

MARCH = date(2026, 3, 1), date(2026, 3, 31)
PERIOD = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
async def story(pages: Pages, request: pytest.FixtureRequest) -> Story:
    """Ana at two hours of March, covered by a payer of the test's own."""
    story = pages.real.story(request.node.name)
    await story.begin()
    await story.covered("ana", "bo")
    for number in range(2):
        await story.held(
            {story.ana: (0, 60)},
            name=f"hour {number}",
            start=SIX_PM + timedelta(days=7 * number),
            evaluated=[story.ana],
        )
    await pages.real.drain()
    return story


@pytest.fixture
async def browser(pages: Pages, story: Story) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator's browser."""
    async with await pages.browser(story.admin) as client:
        yield client


async def prepared(pages: Pages, story: Story) -> Claim:
    await exports.prepare(pages.real.house, story.payer, *MARCH)
    return await the_claim(story)


async def sent(pages: Pages, story: Story) -> Claim:
    await prepared(pages, story)
    await exports.export(pages.real.house, story.payer, *MARCH)
    return await the_claim(story)


async def the_claim(story: Story, number: int = 1) -> Claim:
    return await story.claim(claim_id_of(story.payer, story.ana, number))


async def send(
    browser: httpx.AsyncClient, address: str, typed: dict[str, str], *, onto: str = ""
) -> httpx.Response:
    """Open a form's page and send the form, as a browser does."""
    page = await browser.get(address)
    assert page.status_code == 200, page.text[:2000]
    return await browser.post(onto or address, data={**hidden(page.text), **typed})


def address_of(claim: Claim, rest: str = "") -> str:
    return f"/admin/claims/{claim.id}{rest}"


async def test_preparing_takes_what_is_new_and_says_when_nothing_is(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    typed = {"payer_id": str(story.payer), **PERIOD}
    onto = "/admin/claims/preparations"
    told = await send(browser, "/admin/claims", typed, onto=onto)
    assert told.headers["location"] == "/admin/claims?done=prepared"
    again = await send(browser, "/admin/claims", typed, onto=onto)
    assert again.headers["location"] == "/admin/claims?done=nothing_new"
    assert "Nothing new" in (await browser.get(again.headers["location"])).text
    claim = await the_claim(story)
    assert (len(claim.lines), claim.state) == (2, ClaimState.READY)
    assert claim.claim_number in (await browser.get("/admin/claims")).text


@pytest.mark.parametrize(
    "changes",
    [
        {"payer_id": ""},
        {"payer_id": "x"},
        {"payer_id": str(UUID(int=7))},
        {"first": "2026-04-01"},
        {"last": "tomorrow"},
        {"last": ""},
    ],
)
async def test_a_period_that_cannot_be_is_said_beside_the_form(
    story: Story, browser: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    typed = {"payer_id": str(story.payer), **PERIOD} | changes
    told = await send(browser, "/admin/claims", typed, onto="/admin/claims/preparations")
    assert told.status_code == 400
    assert "needs another look" in told.text


async def test_the_payers_answer_is_kept_line_by_line_once(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    first, second = claim.lines
    page = await browser.get(address_of(claim, "/answer"))
    assert page.text.count('value="90.00"') == 2
    typed = hidden(page.text) | {
        "reference": "EFT-7",
        f"paid-{first.line_id}": "90.00",
        f"paid-{second.line_id}": "45",
        f"reason-{second.line_id}": "45 fee schedule",
    }
    for _ in range(2):
        told = await browser.post(address_of(claim, "/answer"), data=typed)
        assert told.headers["location"] == address_of(claim, "?done=answered")
    assert (await the_claim(story)).decision == (Outcome.REDUCED, 13500, "EFT-7")
    assert await pages.count("claim.decided", claim.id) == 1
    shown = words_of((await browser.get(address_of(claim))).text)
    assert "Paid 45.00 USD, because: 45 fee schedule." in shown
    assert "Paid in part: 135.00 USD (45 fee schedule), their number EFT-7." in shown
    assert "No answer is awaited" in (await browser.get(address_of(claim, "/answer"))).text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("paid-1", "90.01"),
        ("paid-1", "-1"),
        ("paid-1", "45"),  # without a reason
        ("paid-1", "a lot"),
        ("paid-1", "1e3"),
        ("paid-1", "٤٥"),
        ("paid-1", ""),
        ("reference", ""),
        ("reference", "=SUM(A1)"),
        ("reference", "Überweisung"),
    ],
)
async def test_an_answer_that_cannot_be_kept_is_said_beside_its_field(
    pages: Pages, story: Story, browser: httpx.AsyncClient, field: str, text: str
) -> None:
    claim = await sent(pages, story)
    first, second = claim.lines
    typed = {
        "reference": "EFT-7",
        f"paid-{first.line_id}": "90.00",
        f"paid-{second.line_id}": "90.00",
    } | {field.replace("paid-1", f"paid-{first.line_id}"): text}
    told = await send(browser, address_of(claim, "/answer"), typed)
    assert told.status_code == 400
    assert 'aria-invalid="true"' in told.text
    assert ("Write it without a minus" in told.text) == (text == "-1")
    assert await pages.count("claim.decided", claim.id) == 0


async def test_a_line_taken_back_goes_to_the_payer_with_the_next_run(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    line = claim.lines[0]
    paid = {f"paid-{each.line_id}": "90.00" for each in claim.lines}
    await send(browser, address_of(claim, "/answer"), {"reference": "EFT-7", **paid})
    address = address_of(claim, f"/lines/{line.line_id}/take-back")
    told = await send(browser, address, {"reason": "Not there.", "then": "no"})
    assert told.headers["location"] == address_of(claim, "?done=taken_back")
    shown = words_of((await browser.get(address_of(claim))).text)
    assert "The correction goes out with the next run" in shown
    assert f"takes back {line.line_id}" in shown
    assert "It asks for nothing any more" in (await browser.get(address)).text
    run = await exports.export(pages.real.house, story.payer, *MARCH)
    assert verify(run.files) == []
    assert run.total_cents == -9000
    corrected = await the_claim(story)
    shown = words_of((await browser.get(address_of(claim))).text)
    assert f"A correction, as {corrected.number_as_sent(2)}" in shown
    answer = {"reference": "EFT-8", f"paid-{line.line_id}-R": "-90.00"}
    told = await send(browser, address_of(claim, "/answer"), answer)
    assert told.status_code == 303, told.text
    assert (await the_claim(story)).state is ClaimState.PAID
    assert "Paid 90.00 USD" in words_of((await browser.get(address_of(claim))).text)


async def test_a_correction_that_waits_says_for_what(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    address = address_of(claim, f"/lines/{claim.lines[0].line_id}/take-back")
    await send(browser, address, {"reason": "Not there.", "then": "again"})
    assert "waits for the payer" in (await browser.get(address_of(claim))).text
    assert (await the_claim(story)).given_up == {}


async def test_a_line_whose_certificate_was_replaced_may_be_replaced_by_it(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    await story.correct(story.id("hour 0"), story.ana, span(0, 45))
    await pages.real.drain()
    address = address_of(claim, f"/lines/{claim.lines[0].line_id}/take-back")
    assert "takes its place on this claim: 45 minutes" in (await browser.get(address)).text
    told = await send(browser, address, {"reason": "Left early.", "then": "instead"})
    assert told.status_code == 303
    lines = (await the_claim(story)).lines
    assert [line.minutes for line in lines] == [60, 60, -60, 45]
    other = address_of(claim, f"/lines/{claim.lines[1].line_id}/take-back")
    refused = await send(browser, other, {"reason": "Left early.", "then": "instead"})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "typed", [{"reason": "", "then": "no"}, {"reason": "x", "then": "maybe"}, {"reason": "x"}]
)
async def test_a_line_is_not_taken_back_without_a_reason_and_a_choice(
    pages: Pages, story: Story, browser: httpx.AsyncClient, typed: dict[str, str]
) -> None:
    claim = await prepared(pages, story)
    address = address_of(claim, f"/lines/{claim.lines[0].line_id}/take-back")
    assert (await send(browser, address, typed)).status_code == 400
    assert await pages.count("claim.corrected", claim.id) == 0


async def test_a_claim_is_set_aside_before_it_is_sent_and_not_after(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await prepared(pages, story)
    typed = {"reason": "prepared_in_error", "then": "again"}
    assert (await send(browser, address_of(claim, "/set-aside"), {})).status_code == 400
    told = await send(browser, address_of(claim, "/set-aside"), typed)
    assert told.headers["location"] == address_of(claim, "?done=set_aside")
    shown = words_of((await browser.get(address_of(claim))).text)
    assert "Set aside, never sent: it was prepared in error" in shown
    await sent(pages, story)
    second = await the_claim(story, 2)
    assert second.state is ClaimState.SUBMITTED
    refused = await browser.post(address_of(second, "/set-aside"), data=typed)
    assert refused.status_code == 422
    assert "take its lines back instead" in refused.text


# Revoking


async def test_a_certificate_is_revoked_in_public_and_its_holder_reads_why(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    claim = await sent(pages, story)
    (certificate,) = await story.certificates(story.id("hour 0"), "ana")
    found = await browser.get(f"/admin/certificates?code={certificate.verification_code}")
    address = found.headers["location"]
    assert address == f"/admin/certificates/{certificate.id}/revoke"
    assert claim.claim_number in (await browser.get(address)).text
    assert (await send(browser, address, {"reason": "spite"})).status_code == 400
    told = await send(browser, address, {"reason": "issued_in_error"})
    assert told.headers["location"] == f"{address}?done=revoked"
    assert "Revoke it" not in (await browser.get(address)).text
    await pages.real.drain()
    async with await pages.browser() as anybody:
        public = words_of(
            (await anybody.get(f"/v/{codes.printed(certificate.verification_code)}")).text
        )
    assert "Revoked: do not rely on this paper" in public
    assert "because it was issued in error" in public
    async with await pages.browser(story.ana) as ana:
        own = words_of((await ana.get("/certificates")).text)
    assert "revoked: it was issued in error Since" in own
    shown = words_of((await browser.get(address_of(claim))).text)
    assert "revoked: it was issued in error" in shown


async def test_a_replaced_certificate_is_not_revoked(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    await story.correct(story.id("hour 0"), story.ana, span(0, 45))
    await pages.real.drain()
    old, _ = await story.certificates(story.id("hour 0"), "ana")
    address = f"/admin/certificates/{old.id}/revoke"
    assert "The one in its place" in (await browser.get(address)).text
    refused = await browser.post(address, data={"reason": "fraud"})
    assert refused.status_code == 422


@pytest.mark.parametrize(("code", "status"), [("nonsense", 422), ("", 400)])
async def test_a_code_that_finds_nothing_is_said(
    browser: httpx.AsyncClient, code: str, status: int
) -> None:
    assert (await browser.get("/admin/certificates", params={"code": code})).status_code == status


async def test_a_code_of_no_certificate_is_said(browser: httpx.AsyncClient) -> None:
    told = await browser.get("/admin/certificates", params={"code": codes.make(b"\7" * 8)})
    assert told.status_code == 404
    assert "No certificate has this code" in told.text


async def test_certificates_are_found_by_a_part_of_the_holders_name_newest_first(
    pages: Pages, story: Story, browser: httpx.AsyncClient
) -> None:
    name = "Ánh Unmistakable"
    correct = CorrectName(member_id=story.ana, name_on_papers=name, reason="So.", by=story.ana)
    await story.do(correct)
    await pages.real.drain()
    told = await send(browser, "/admin/certificates", {"holder": "unmistak"})
    assert told.status_code == 200
    (first,) = await story.certificates(story.id("hour 0"), "ana")
    (second,) = await story.certificates(story.id("hour 1"), "ana")
    places = [told.text.index(f"/admin/certificates/{each.id}/revoke") for each in (second, first)]
    assert places == sorted(places)
    assert "mistak" not in str(told.url), "a name stands in no address"
    assert f"{name}, " in words_of(told.text)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("", 400, "Write a name, or a part of one."),
        ("Nobody Known", 404, "Nobody here is called so."),
        ("Priyanka", 404, "Whoever is called so has no certificate."),
    ],
)
async def test_a_name_without_certificates_is_said(
    browser: httpx.AsyncClient, typed: str, status: int, said: str
) -> None:
    told = await send(browser, "/admin/certificates", {"holder": typed})
    assert told.status_code == status
    assert said in words_of(told.text)
