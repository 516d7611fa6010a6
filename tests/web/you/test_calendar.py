"""A member's hours in their own calendar: what a program reads there, and who cannot."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import icalendar
import pytest
from structlog.testing import capture_logs

from domain.groups.group import PeerGroup
from domain.members.member import ErasureBasis
from services.groups.commands import AdmitMember, LeaveGroup
from services.meetings.commands import CancelMeeting, PostponeMeeting
from services.meetings.regrets import SendRegrets, send_regrets
from services.members.commands import ComeBack, ForgetMember, TakeLeave
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

AT = "/you/calendar"
_ADDRESS = re.compile(r'id="address" readonly value="([^"]*)"')
_WEEKS = iter(range(1, 500, 10))


@pytest.fixture
async def ana(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.browser(pages.story.ana) as browser:
        await browser.post(f"{AT}/end")
        yield browser


@pytest.fixture
async def nobody(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    """A calendar program: no cookie, no page."""
    async with await pages.browser(Accept="text/calendar, */*") as browser:
        yield browser


@pytest.fixture
async def start(pages: Pages) -> datetime:
    """When an hour of the test's own begins; it is two days before."""
    begins = SIX_PM + timedelta(weeks=next(_WEEKS))
    pages.real.clock.at = begins - timedelta(days=2)
    return begins


@pytest.fixture
async def planned(pages: Pages, start: datetime) -> UUID:
    meeting_id = await pages.story.plan(f"calendar:{start}", start=start)
    await pages.real.drain()
    return meeting_id


async def address_of(browser: httpx.AsyncClient, shows: str = "group") -> str:
    form = hidden((await browser.get(AT)).text)
    told = await browser.post(AT, data={**form, "shows": shows}, follow_redirects=True)
    assert told.status_code == 200
    return str(_ADDRESS.findall(told.text)[0])


async def entries(reader: httpx.AsyncClient, address: str) -> dict[str, Any]:
    answer = await reader.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert not calendar.errors
    found = {str(entry["UID"]).partition("@")[0]: entry for entry in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


async def test_a_calendar_reads_the_hours_without_signing_in_and_says_when_it_did(
    pages: Pages,
    ana: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    planned: UUID,
    start: datetime,
) -> None:
    assert _ADDRESS.findall((await ana.get(AT)).text) == []
    address = await address_of(ana)
    assert "No calendar has asked yet." in words_of((await ana.get(AT)).text)
    hour = (await entries(nobody, address))[str(planned)]
    assert (hour.start, hour.end) == (start, start + timedelta(minutes=60))
    assert hour["UID"] == f"{planned}@{httpx.URL(pages.real.house.origin).netloc.decode()}"
    group = (await pages.story.known(PeerGroup, pages.story.group)).name
    assert (hour["SUMMARY"], hour["STATUS"], hour["TRANSP"]) == (group, "CONFIRMED", "OPAQUE")
    assert hour["URL"] == f"{pages.real.house.origin}/meetings/{planned}"
    assert "in person" in hour["DESCRIPTION"]
    assert "(Central European" in hour["DESCRIPTION"]
    assert "A calendar last asked" in words_of((await ana.get(AT)).text)


async def test_what_is_moved_or_called_off_stays_the_same_entry_and_is_newer(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient, planned: UUID, start: datetime
) -> None:
    address = await address_of(ana)
    first = (await entries(nobody, address))[str(planned)]
    later = start + timedelta(days=1)
    pages.real.clock.move(seconds=300)
    await pages.story.do(
        PostponeMeeting(
            meeting_id=planned,
            by=pages.story.joy,
            starts_at=later,
            ends_at=later + timedelta(minutes=45),
        )
    )
    await pages.real.drain()
    moved = (await entries(nobody, address))[str(planned)]
    assert (moved.start, moved.end) == (later, later + timedelta(minutes=45))
    pages.real.clock.move(seconds=300)
    await pages.story.do(
        CancelMeeting(meeting_id=planned, by=pages.story.joy, reason="Flu, with regret.")
    )
    await pages.real.drain()
    answer = await nobody.get(address)
    gone = (await entries(nobody, address))[str(planned)]
    assert (gone["STATUS"], gone["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert gone["SUMMARY"].startswith("Called off: ")
    assert "Flu" not in answer.text, "a reason is for peers"
    assert [each["SEQUENCE"] for each in (first, moved, gone)] == [0, 1, 2]
    assert first["DTSTAMP"].dt < moved["DTSTAMP"].dt < gone["DTSTAMP"].dt


async def test_who_cannot_come_is_free_then_and_their_peers_calendars_do_not_say_so(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient, planned: UUID, start: datetime
) -> None:
    house, story = pages.real.house, pages.story
    async with await pages.browser(story.bo) as bo:
        addresses = [await address_of(ana), await address_of(bo)]
    said = SendRegrets(regret_id=uuid4(), meeting_id=planned, member_id=story.ana)
    await send_regrets(house, said)
    own, peers = [(await entries(nobody, each))[str(planned)] for each in addresses]
    assert (own["TRANSP"], own["STATUS"]) == ("TRANSPARENT", "CONFIRMED")
    assert "You said that you cannot come." in own["DESCRIPTION"]
    assert peers["TRANSP"] == "OPAQUE"
    assert "cannot come" not in peers["DESCRIPTION"]
    later = start + timedelta(days=1)
    await story.do(
        PostponeMeeting(
            meeting_id=planned,
            by=story.joy,
            starts_at=later,
            ends_at=later + timedelta(hours=1),
        )
    )
    await pages.real.drain()
    own = (await entries(nobody, addresses[0]))[str(planned)]
    assert own["TRANSP"] == "OPAQUE", "of another time nothing was said"
    assert "cannot come" not in own["DESCRIPTION"]


async def test_whoever_leaves_a_group_finds_its_hours_gone_also_those_called_off(
    pages: Pages, nobody: httpx.AsyncClient, planned: UUID, start: datetime
) -> None:
    story = pages.story
    off = await story.plan(f"off:{start}", start=start + timedelta(days=2))
    await story.do(CancelMeeting(meeting_id=off, by=story.joy, reason="Flu."))
    await pages.real.drain()
    async with await pages.browser(story.chidi) as chidi:
        address = await address_of(chidi)
    assert {str(planned), str(off)} <= set(await entries(nobody, address))
    await story.do(LeaveGroup(group_id=story.group, member_id=story.chidi))
    await pages.real.drain()
    now = pages.real.clock.now()
    assert all(entry.start <= now for entry in (await entries(nobody, address)).values())
    await story.do(AdmitMember(group_id=story.group, member_id=story.chidi, by=story.joy))
    await pages.real.drain()
    assert {str(planned), str(off)} <= set(await entries(nobody, address))


async def test_after_the_last_planned_hour_the_usual_time_is_kept_free(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient, planned: UUID, start: datetime
) -> None:
    found = await entries(nobody, await address_of(ana))
    usual = [entry for entry in found.values() if entry["STATUS"] == "TENTATIVE"]
    assert usual
    assert all(start < entry.start for entry in usual), "never beside what is planned"
    last = pages.real.clock.now() + timedelta(weeks=12, days=1)
    assert max(entry.start for entry in usual) <= last
    assert all("nobody has planned it yet" in entry["DESCRIPTION"] for entry in usual)
    assert {entry["TRANSP"] for entry in usual} == {"OPAQUE"}, "the slot is not given away"
    assert str(planned) in found


async def test_an_hour_that_was_moved_earlier_leaves_no_usual_hour_where_it_was(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient, planned: UUID
) -> None:
    address, story = await address_of(ana), pages.story
    first, second, *_ = await usual_starts(nobody, address)
    at_its_time = await story.plan(f"moved:{first}", start=first)
    await pages.real.drain()
    assert (await usual_starts(nobody, address))[0] == second
    earlier = first - timedelta(days=2)
    await story.do(
        PostponeMeeting(
            meeting_id=at_its_time,
            by=story.joy,
            starts_at=earlier,
            ends_at=earlier + timedelta(hours=1),
        )
    )
    await pages.real.drain()
    assert (await usual_starts(nobody, address))[0] == second
    pages.real.clock.at = earlier + timedelta(hours=3)
    assert (await usual_starts(nobody, address))[0] == second, "nor once it is over"


async def usual_starts(reader: httpx.AsyncClient, address: str) -> list[datetime]:
    found = (await entries(reader, address)).values()
    return sorted(entry.start for entry in found if entry["STATUS"] == "TENTATIVE")


@pytest.mark.parametrize(
    ("shows", "title", "told"),
    [("group", "", True), ("peer_group", "Peer group", True), ("busy", "Busy", False)],
)
async def test_it_says_no_more_than_its_owner_allows_and_names_nobody(
    pages: Pages,
    ana: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    planned: UUID,
    shows: str,
    title: str,
    *,
    told: bool,
) -> None:
    address = await address_of(ana, shows)
    answer = (await nobody.get(address)).text
    group = (await pages.story.known(PeerGroup, pages.story.group)).name
    found = await entries(nobody, address)
    hour = found[str(planned)]
    assert hour["SUMMARY"] == (title or group)
    usual = [entry for entry in found.values() if entry["STATUS"] == "TENTATIVE"]
    assert {(entry["SUMMARY"], "DESCRIPTION" in entry) for entry in usual} == {
        (title or group, told)
    }
    assert (group in answer) is (shows == "group")
    assert ("DESCRIPTION" in hour, "URL" in hour) == (told, told)
    for name in ("Joy", "Bo", "Chidi", "Ana"):
        assert name not in answer


async def test_the_same_hours_are_the_same_bytes_and_need_no_second_reading(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient, planned: UUID
) -> None:
    address = await address_of(ana)
    first = await nobody.get(address)
    pages.real.clock.move(seconds=600)
    again = await nobody.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await nobody.get(address)).content == first.content
    assert str(planned) in first.text


async def test_another_address_shuts_the_old_one_and_an_end_shuts_both(
    ana: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    first = await address_of(ana)
    assert await address_of(ana, "busy") == first, "what it says is no new address"
    told = await ana.post(f"{AT}/another", follow_redirects=True)
    second = _ADDRESS.findall(told.text)[0]
    assert second != first
    assert [(await nobody.get(each)).status_code for each in (first, second)] == [404, 200]
    told = await ana.post(f"{AT}/end", follow_redirects=True)
    assert "The address is gone." in words_of(told.text)
    assert (await nobody.get(second)).status_code == 404
    assert (await ana.post(f"{AT}/another")).status_code == 303, "of nothing, nothing becomes"
    assert _ADDRESS.findall((await ana.get(AT)).text) == []


async def test_no_line_of_the_log_and_no_answer_repeats_an_address(
    ana: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    address = await address_of(ana)
    *_, feed_id, word, _name = address.split("/")
    with capture_logs() as logged:
        first = await nobody.get(address)
        answers = [
            await nobody.get(address, headers={"If-None-Match": first.headers["etag"]}),
            await nobody.get(address.replace(word, word[::-1])),
            await nobody.post(address),
        ]
    assert [each.status_code for each in answers] == [304, 404, 405]
    assert [line["event"] for line in logged].count("web.request") == 4
    for secret in (feed_id, word, word[::-1]):
        assert secret not in str(logged)
        assert not [each for each in answers if secret in each.text + str(each.headers)]


async def test_nobody_guesses_an_address(ana: httpx.AsyncClient, nobody: httpx.AsyncClient) -> None:
    address = await address_of(ana)
    parts = address.split("/")
    for wrong in (
        "/".join([*parts[:-2], "0" * 32, parts[-1]]),
        "/".join([*parts[:-3], str(uuid4()), *parts[-2:]]),
        "/".join([*parts[:-2], "é", parts[-1]]),
        "/".join([*parts[:-3], "nothing", *parts[-2:]]),
    ):
        assert (await nobody.get(wrong)).status_code == 404, wrong


async def test_what_is_no_choice_is_said_beside_the_form(ana: httpx.AsyncClient) -> None:
    form = hidden((await ana.get(AT)).text)
    for typed, said in (({}, "Choose what it says."), ({"shows": "everything"}, "Choose")):
        answer = await ana.post(AT, data={**form, **typed})
        assert answer.status_code == 400
        assert said in words_of(answer.text)
    assert _ADDRESS.findall((await ana.get(AT)).text) == []


async def test_a_calendar_that_asks_all_the_time_waits(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    address = await address_of(ana)
    answers = [(await nobody.get(address)).status_code for _ in range(61)]
    assert (set(answers[:60]), answers[60]) == ({200}, 429)
    pages.real.clock.move(seconds=3600)
    assert (await nobody.get(address)).status_code == 200


async def test_on_leave_nothing_is_to_come_and_once_back_it_is(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient, planned: UUID
) -> None:
    address = await address_of(ana)
    await pages.story.do(TakeLeave(member_id=pages.story.ana))
    await pages.real.drain()
    now = pages.real.clock.now()
    assert all(entry.start <= now for entry in (await entries(nobody, address)).values())
    await pages.story.do(ComeBack(member_id=pages.story.ana))
    await pages.real.drain()
    assert str(planned) in await entries(nobody, address)


async def test_what_a_member_takes_along_says_what_their_calendar_may_read_and_which_mails_come(
    pages: Pages, ana: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    async def taken() -> dict[str, Any]:
        answer = await ana.get("/you/data/peerhour.zip")
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        names = {"calendar.json", "mails.json"} & set(archive.namelist())
        return {name: json.loads(archive.read(name)) for name in names}

    mails = {"member_id": str(pages.story.ana), "reminders": True, "changes": True}
    assert await taken() == {"mails.json": mails}
    address = await address_of(ana, "busy")
    await nobody.get(address)
    feed = (await taken())["calendar.json"]
    assert (feed["shows"], feed["feed_id"] in address) == ("busy", True)
    assert datetime.fromisoformat(feed["read_at"]) <= pages.real.clock.now()


async def test_whoever_is_forgotten_has_no_calendar(
    pages: Pages, nobody: httpx.AsyncClient
) -> None:
    eve = pages.story.eve
    async with await pages.browser(eve) as browser:
        address = await address_of(browser)
    assert (await nobody.get(address)).status_code == 200
    await pages.story.do(
        ForgetMember(member_id=eve, basis=ErasureBasis.OWN_REQUEST, by=pages.story.admin)
    )
    await pages.real.drain()
    assert (await nobody.get(address)).status_code == 404
    kept = await pages.real.fetch("SELECT 1 FROM calendar_feeds WHERE member_id = $1", eve)
    assert kept == []
