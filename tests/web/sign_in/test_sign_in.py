"""Signing in by link and by code."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from services.web.signing_in.links import LINK_COOKIE
from services.web.signing_in.safe_paths import safe_path
from services.web.signing_in.session import SESSION_COOKIE, digest
from tests.support.web import ANA, ANA_ADDRESS, BO_ADDRESS, Harness, make_app
from tests.web.probes import ProbeController


@pytest.fixture
def harness() -> Harness:
    return make_app(controllers=[ProbeController])


async def ask(
    browser: httpx.AsyncClient, address: str = ANA_ADDRESS, **more: str
) -> httpx.Response:
    return await browser.post("/sign-in", data={"email": address, **more})


async def test_somebody_asks_opens_the_mail_presses_the_button_and_is_in(harness: Harness) -> None:
    async with harness.browser() as browser:
        asked = await ask(browser, " Ana@Example.org ")
        assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in/code")
        shown = await browser.get(harness.mail.sent[0].link)
        assert (shown.status_code, harness.sessions.rows) == (200, {})
        entered = await browser.post(harness.mail.sent[0].link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert (await browser.get("/probe/mine")).text == str(ANA)


async def test_the_cookie_is_for_this_host_only_and_no_script(harness: Harness) -> None:
    async with harness.browser() as browser:
        await ask(browser)
        answer = await browser.post(harness.mail.sent[0].link)
    made = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    words = {word.strip().lower() for word in made.split(";")}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= words
    assert not any(word.startswith("domain") for word in words)


async def test_only_hashes_are_kept(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser)
        secret = browser.cookies[SESSION_COOKIE]
    token = harness.mail.sent[0].link.rsplit("/", 1)[-1]
    assert list(harness.sessions.rows) == [digest(secret)]
    assert list(harness.links.rows) == [digest(token)]
    kept = repr(harness.sessions.rows) + repr(harness.links.rows)
    for open_secret in (secret, token, harness.mail.sent[0].code, ANA_ADDRESS):
        assert open_secret not in kept


async def test_the_answer_does_not_tell_whether_anybody_has_the_address(harness: Harness) -> None:
    async with harness.browser() as one, harness.browser() as other:
        known, unknown = await ask(one), await ask(other, "nobody@example.org")
        pages = [(await browser.get("/sign-in/code")).text for browser in (one, other)]
    assert known.status_code == unknown.status_code
    drop = {"x-request-id", "set-cookie"}
    assert {k: v for k, v in known.headers.items() if k not in drop} == {
        k: v for k, v in unknown.headers.items() if k not in drop
    }
    assert pages[0] == pages[1]
    assert len(harness.links.rows) == 2
    assert [mail.address for mail in harness.mail.sent] == [ANA_ADDRESS]


async def test_a_mail_that_cannot_be_sent_gives_the_same_answer(harness: Harness) -> None:
    harness.mail.broken = True
    async with harness.browser() as browser:
        assert (await ask(browser)).status_code == 303


async def test_a_link_works_once(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser)
        again = await browser.post(harness.mail.sent[0].link)
        shown = await browser.get(harness.mail.sent[0].link)
    assert again.status_code == shown.status_code == 410
    assert len(harness.sessions.rows) == 1


async def test_a_link_is_over_after_fifteen_minutes(harness: Harness) -> None:
    async with harness.browser() as browser:
        await ask(browser)
        harness.clock.pass_by(timedelta(minutes=15))
        answer = await browser.post(harness.mail.sent[0].link)
    assert (answer.status_code, harness.sessions.rows) == (410, {})
    assert "/sign-in" in answer.text


async def test_another_browser_neither_gets_in_nor_spends_the_link(harness: Harness) -> None:
    async with harness.browser() as asking, harness.browser() as other:
        await ask(asking)
        link = harness.mail.sent[0].link
        assert (await other.get(link)).status_code == 403
        assert (await other.post(link)).status_code == 403
        assert (await asking.post(link)).status_code == 303


async def test_mail_scanners_may_open_the_link_as_often_as_they_like(harness: Harness) -> None:
    async with harness.browser() as asking, harness.program() as scanner:
        await ask(asking)
        for _ in range(3):
            await scanner.get(harness.mail.sent[0].link)
            await scanner.head(harness.mail.sent[0].link)
        assert (await asking.post(harness.mail.sent[0].link)).status_code == 303


async def test_the_code_lets_in_the_tab_that_asked_and_the_link_is_spent(harness: Harness) -> None:
    async with harness.browser() as browser:
        await ask(browser, next="/groups")
        code = harness.mail.sent[0].code
        answer = await browser.post("/sign-in/code", data={"code": f"{code[:4]} {code[4:]}"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/groups")
        assert (await browser.get("/probe/mine")).text == str(ANA)
    [link] = harness.links.rows.values()
    assert link.used


async def test_the_code_is_worth_nothing_in_another_browser(harness: Harness) -> None:
    async with harness.browser() as asking, harness.browser() as other:
        await ask(asking)
        await ask(other, BO_ADDRESS)
        answer = await other.post("/sign-in/code", data={"code": harness.mail.sent[0].code})
    assert (answer.status_code, harness.sessions.rows) == (400, {})


async def test_five_wrong_guesses_end_the_code_and_not_the_link(harness: Harness) -> None:
    async with harness.browser() as browser:
        await ask(browser)
        right = harness.mail.sent[0].code
        wrong = "00000000" if right != "00000000" else "11111111"
        for _ in range(5):
            answer = await browser.post("/sign-in/code", data={"code": wrong})
            assert answer.status_code == 400
            assert wrong in answer.text  # words are kept as typed
        late = await browser.post("/sign-in/code", data={"code": right})
        by_link = await browser.post(harness.mail.sent[0].link)
    assert late.status_code == 400
    assert by_link.status_code == 303


async def test_asking_twice_leaves_both_mails_good(harness: Harness) -> None:
    async with harness.browser() as browser:
        await ask(browser)
        await ask(browser)
        answer = await browser.post(harness.mail.sent[0].link)
    assert answer.status_code == 303


async def test_an_address_gets_five_mails_then_one_every_three_minutes(harness: Harness) -> None:
    async with harness.browser() as browser:
        answers = [await ask(browser) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [303] * 5 + [429]
        assert answers[-1].headers["retry-after"] == "180"
        harness.clock.pass_by(timedelta(minutes=3))
        assert (await ask(browser)).status_code == 303
    async with harness.browser(client="198.51.100.1") as elsewhere:
        assert (await ask(elsewhere, BO_ADDRESS)).status_code == 303
    assert ANA_ADDRESS not in repr(harness.limits.full_at)


async def test_a_network_asks_for_twenty_addresses_in_ten_minutes(harness: Harness) -> None:
    statuses = []
    for number in range(21):
        async with harness.browser(client=f"203.0.113.{number}") as browser:
            statuses.append((await ask(browser, f"joy{number}@example.org")).status_code)
    assert statuses == [303] * 20 + [429]


async def test_words_are_kept_and_the_field_is_named(harness: Harness) -> None:
    async with harness.browser() as browser:
        answer = await ask(browser, '"><script>ana')
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert 'role="alert"' in answer.text
    assert 'href="#f-email"' in answer.text
    assert "&#34;&gt;&lt;script&gt;ana" in answer.text
    assert "<script>ana" not in answer.text
    assert harness.links.rows == {}


async def test_whoever_was_going_somewhere_arrives_there(harness: Harness) -> None:
    async with harness.browser() as browser:
        sent_away = await browser.get("/probe/mine")
        assert sent_away.headers["location"] == "/sign-in?next=/probe/mine"
        page = await browser.get(sent_away.headers["location"])
        assert 'value="/probe/mine"' in page.text
        await ask(browser, next="/probe/mine")
        answer = await browser.post(harness.mail.sent[0].link)
    assert answer.headers["location"] == "/probe/mine"


@pytest.mark.parametrize(
    "wanted",
    [
        "//elsewhere.test", "/\\elsewhere.test", "https://elsewhere.test", "javascript:alert(1)",
        "/groups?x=1", "/a//b", "", "groups", "/sign-in", "/sign-out", "/\t/elsewhere.test",
        "/" + "a" * 400, "/groups\n",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(wanted: str) -> None:
    assert safe_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/", "/groups", "/groups/0b-1/roster.csv", "/you/"])
def test_pages_of_ours_are_fine_to_go_to(wanted: str) -> None:
    assert safe_path(wanted) == wanted


async def test_the_link_cookie_goes_when_its_work_is_done(harness: Harness) -> None:
    async with harness.browser() as browser:
        await ask(browser)
        assert LINK_COOKIE in browser.cookies
        await browser.post(harness.mail.sent[0].link)
        assert LINK_COOKIE not in browser.cookies
