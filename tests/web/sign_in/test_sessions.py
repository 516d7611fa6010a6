"""How long a sign-in lasts, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.web.signing_in.devices import device_words
from services.web.signing_in.session import SESSION_COOKIE, digest
from tests.support.web import ANA, ANA_ADDRESS, BO_ADDRESS, ORIGIN, Harness, make_app
from tests.web.probes import ProbeController

PIXEL = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


@pytest.fixture
def harness() -> Harness:
    return make_app(controllers=[ProbeController])


async def test_a_planted_id_never_becomes_a_sign_in(harness: Harness) -> None:
    planted = "p" * 43
    async with harness.browser() as browser:
        browser.cookies.set(SESSION_COOKIE, planted, domain="peerhour.test", path="/")
        await harness.sign_in(browser)
        assert browser.cookies[SESSION_COOKIE] != planted
    async with harness.browser() as attacker:
        attacker.cookies.set(SESSION_COOKIE, planted, domain="peerhour.test", path="/")
        assert (await attacker.get("/probe/mine")).status_code == 303


async def test_signing_in_again_gives_a_new_id_and_ends_the_old_one(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser)
        old = browser.cookies[SESSION_COOKIE]
        await harness.sign_in(browser)
        new = browser.cookies[SESSION_COOKIE]
    assert old != new
    assert list(harness.sessions.rows) == [digest(new)]


async def test_an_anonymous_visit_leaves_no_cookie_and_no_row(harness: Harness) -> None:
    async with harness.browser() as browser:
        answer = await browser.get("/sign-in")
    assert "set-cookie" not in answer.headers
    assert harness.sessions.rows == {}


async def test_a_member_stays_signed_in_for_thirty_days_of_silence(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser, ANA_ADDRESS)
        harness.clock.pass_by(timedelta(days=29))
        assert (await browser.get("/probe/mine")).status_code == 200
        harness.clock.pass_by(timedelta(days=29))
        assert (await browser.get("/probe/mine")).status_code == 200
        harness.clock.pass_by(timedelta(days=30))
        assert (await browser.get("/probe/mine")).status_code == 303


async def test_an_administrator_stays_for_twelve_hours_of_silence(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser, BO_ADDRESS)
        harness.clock.pass_by(timedelta(hours=11))
        assert (await browser.get("/probe/admin")).status_code == 200
        harness.clock.pass_by(timedelta(hours=12))
        assert (await browser.get("/probe/admin")).status_code == 303


async def test_no_sign_in_outlives_its_absolute_end(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser, ANA_ADDRESS)
        for _ in range(3):
            harness.clock.pass_by(timedelta(days=29))
            assert (await browser.get("/probe/mine")).status_code == 200
        harness.clock.pass_by(timedelta(days=3))
        assert (await browser.get("/probe/mine")).status_code == 303


async def test_a_members_page_is_not_for_strangers_and_an_administrators_not_for_members(
    harness: Harness,
) -> None:
    async with harness.program() as program, harness.browser() as browser:
        stranger = await program.get("/probe/mine")
        await harness.sign_in(browser, ANA_ADDRESS)
        member = await browser.get("/probe/admin", headers={"Accept": "application/json"})
    assert (stranger.status_code, stranger.json()["code"]) == (401, "sign_in.required")
    assert (member.status_code, member.json()["code"]) == (403, "access.administrators_only")


async def test_signing_out_ends_it_here_and_on_the_server(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser)
        secret = browser.cookies[SESSION_COOKIE]
        answer = await browser.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
        assert answer.headers["clear-site-data"] == '"cookies", "storage"'
        assert SESSION_COOKIE not in browser.cookies
        browser.cookies.set(SESSION_COOKIE, secret, domain="peerhour.test", path="/")
        assert (await browser.get("/probe/mine")).status_code == 303
    assert harness.sessions.rows == {}


async def test_whoever_is_in_is_not_asked_to_sign_in_nor_told_they_are_out(
    harness: Harness,
) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser)
        asked = await browser.get("/sign-in?next=/groups")
        told = await browser.get("/signed-out")
    assert (asked.status_code, asked.headers["location"]) == (303, "/groups")
    assert (told.status_code, told.headers["location"]) == (303, "/")


async def test_your_devices_can_be_signed_out_one_by_one(harness: Harness) -> None:
    phone_words = {"User-Agent": PIXEL}
    async with harness.browser() as laptop, harness.browser(**phone_words) as phone:
        await harness.sign_in(laptop)
        await harness.sign_in(phone)
        page = await laptop.get("/you/devices")
        assert "Chrome on Android" in page.text
        assert "(Mountain" in page.text, "times are told as at home"
        [lost] = [row for row in harness.sessions.rows.values() if "Android" in row.device]
        answer = await laptop.post(f"/you/devices/{lost.public_id}/sign-out")
        assert answer.status_code == 303
        assert (await phone.get("/probe/mine")).status_code == 303
        assert (await laptop.get("/probe/mine")).text == str(ANA)


async def test_somebody_elses_device_is_not_found(harness: Harness) -> None:
    async with harness.browser() as ana, harness.browser() as bo:
        await harness.sign_in(ana, ANA_ADDRESS)
        [mine] = harness.sessions.rows.values()
        await harness.sign_in(bo, BO_ADDRESS)
        answer = await bo.post(f"/you/devices/{mine.public_id}/sign-out")
        assert answer.status_code == 404
        assert (await ana.get("/probe/mine")).status_code == 200


async def test_being_seen_is_written_at_most_once_a_minute(harness: Harness) -> None:
    async with harness.browser() as browser:
        await harness.sign_in(browser)
        harness.clock.pass_by(timedelta(seconds=59))
        await browser.get("/probe/mine")
        [row] = harness.sessions.rows.values()
        assert row.seen_at == row.made_at
        harness.clock.pass_by(timedelta(seconds=1))
        await browser.get("/probe/mine")
        [row] = harness.sessions.rows.values()
        assert row.seen_at == harness.clock.now()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (PIXEL, "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0", "Firefox on Linux"),
        ("", "A browser"),
        ("<script>", "A browser"),
    ],
)
def test_a_device_is_named_in_words_its_owner_knows(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words


def test_the_harness_speaks_https_so_that_host_cookies_work() -> None:
    assert ORIGIN.startswith("https://")
