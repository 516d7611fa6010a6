"""The hour on its pages: door, code, roster, turns, evaluation, close, and what comes after."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from domain.meetings.rules import MeetingState
from tests.support.builders import SIX_PM, minutes
from tests.support.pages import Pages, hidden, words_of

ANSWERS = {"content_met_objectives": "5", "facilitation": "4", "useful_for_practice": "3"}
_WEEKS = iter(range(1, 500))


@pytest.fixture
async def planned(pages: Pages) -> UUID:
    """A meeting of the test's own, a week after the one before; it is time to open it."""
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    pages.real.clock.at = start
    return meeting_id


@pytest.fixture
async def opened(pages: Pages, planned: UUID, joy: httpx.AsyncClient) -> UUID:
    answer = await joy.post(f"/meetings/{planned}/open")
    assert answer.status_code == 303
    return planned


def code(pages: Pages, meeting_id: UUID) -> str:
    return pages.real.house.door_codes.current(meeting_id, pages.real.clock.now())


def spaced(digits: str) -> str:
    return f"{digits[:3]} {digits[3:]}"


async def check_in(pages: Pages, browser: httpx.AsyncClient, meeting_id: UUID) -> None:
    answer = await browser.post(
        f"/meetings/{meeting_id}/check-in", data={"door_code": code(pages, meeting_id)}
    )
    assert answer.headers["location"].endswith("?done=in")


async def test_the_hour_from_door_to_close(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    assert "Open the door" in (await joy.get(at)).text
    assert "The door opens on" in (await ana.get(at)).text
    await joy.post(f"{at}/open", data=hidden((await joy.get(at)).text))
    shown = (await joy.get(f"{at}/door")).text
    digits = code(pages, planned)
    assert spaced(digits) in shown
    assert spaced(digits) not in (await ana.get(at)).text, "the member reads it in the room"
    await ana.post(f"{at}/check-in", data={"door_code": f" {digits[:3]}-{digits[3:]} "})
    page = (await ana.get(f"{at}?done=in")).text
    assert "You have been here since" in page
    assert "You are checked in." in page
    assert "1 of 4" in (await joy.get(at)).text
    await joy.post(f"{at}/roster", data={"member_id": str(pages.story.joy), "to": "here"})
    pages.real.clock.at += minutes(60)
    await ana.post(f"{at}/check-out", data=hidden(page))
    assert "You left at" in (await ana.get(at)).text
    assert "How was it?" in (await ana.get("/")).text or "How was it?" in (await ana.get(at)).text
    await ana.post(f"{at}/evaluations", data=ANSWERS)
    await joy.post(f"{at}/close", data=hidden((await joy.get(f"{at}/close")).text))
    meeting = await pages.story.meeting(planned)
    assert meeting.state is MeetingState.CLOSED
    assert meeting.minutes_of(pages.story.ana).minutes == 60
    earned = (await ana.get("/credits")).text
    assert "1 contact hour" in earned
    assert "60 minutes of presence count." in earned
    assert "1 hour of peer consultation" in earned


async def test_a_wrong_code_is_told_beside_the_field_and_kept_on_record(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    wrong = f"{(int(code(pages, opened)) + 1) % 10**6:06}"
    answer = await ana.post(f"/meetings/{opened}/check-in", data={"door_code": wrong})
    assert answer.status_code == 422
    assert "not the code on the wall" in answer.text
    assert f'value="{wrong}"' in answer.text, "what was typed stays"
    assert await pages.count("meeting.check_in_refused", opened) == 1
    await pages.real.drain()
    assert "tried a code" in (await joy.get(f"/meetings/{opened}")).text


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12a456", "١٢٣", "²²²²²²", "9" * 50])
async def test_what_is_no_code_is_said_so_before_anything_is_asked(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, typed: str
) -> None:
    answer = await ana.post(f"/meetings/{opened}/check-in", data={"door_code": typed})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert await pages.count("meeting.check_in_refused", opened) == 0


async def test_a_form_sent_twice_is_one_event(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    form = hidden((await ana.get(f"/meetings/{opened}")).text)
    form["door_code"] = code(pages, opened)
    answers = [await ana.post(f"/meetings/{opened}/check-in", data=form) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert await pages.count("meeting.checked_in", opened) == 1


async def test_a_plan_sent_twice_is_one_meeting(pages: Pages, joy: httpx.AsyncClient) -> None:
    page = (await joy.get(f"/groups/{pages.story.group}")).text
    form = hidden(page) | {
        "title": "One more evening",
        "day": "2036-03-03",
        "time": "19:00",
        "minutes": "60",
        "modality": "in_room",
    }
    answers = [await joy.post(f"/groups/{pages.story.group}/meetings", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    shown = (await joy.get(answers[0].headers["location"])).text
    assert "Monday 3 March 2036, 7:00 PM" in shown


async def test_the_group_page_proposes_the_next_hour_of_its_rhythm(
    pages: Pages, joy: httpx.AsyncClient, planned: UUID
) -> None:
    view = (await joy.get(f"/groups/{pages.story.group}")).text
    assert "Plan the next meeting" in view
    assert 'name="time" value="18:00"' in view
    assert "Every Monday at 6:00 PM, 60 minutes (Europe/Berlin time)" in view


async def test_a_plan_for_an_hour_that_is_over_is_refused_at_its_field(
    pages: Pages, joy: httpx.AsyncClient
) -> None:
    form = {
        "title": "Late", "day": "2020-03-03", "time": "25:00", "minutes": "0", "modality": "moon",
    }  # fmt: skip
    answer = await joy.post(f"/groups/{pages.story.group}/meetings", data=form)
    assert answer.status_code == 400
    assert answer.text.count('class="error"') == 3
    form |= {"time": "18:00", "minutes": "60", "modality": "in_room"}
    answer = await joy.post(f"/groups/{pages.story.group}/meetings", data=form)
    assert (answer.status_code, "This time is over" in answer.text) == (400, True)


async def test_a_stale_form_is_answered_with_what_stands_now(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{opened}"
    old = hidden((await joy.get(f"{at}/close")).text)
    await joy.post(f"{at}/void", data={"reason": "It was a lunch."})
    answer = await joy.post(f"{at}/close", data=old)
    assert answer.status_code == 409
    assert "This changed since you looked." in answer.text
    assert "does not count" in answer.text
    assert await pages.count("meeting.closed", opened) == 0


async def test_closing_twice_with_one_form_is_no_stale_form(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{opened}"
    form = hidden((await joy.get(f"{at}/close")).text)
    answers = [await joy.post(f"{at}/close", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await pages.count("meeting.closed", opened) == 1


async def test_the_facilitator_marks_presence_and_turns(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient
) -> None:
    at, who = f"/meetings/{opened}", {"member_id": str(pages.story.chidi)}
    await joy.post(f"{at}/roster", data=who | {"to": "here"})
    await joy.post(f"{at}/turns", data=who)
    assert "Chidi Anozie presents" in (await joy.get(at)).text
    pages.real.clock.at += minutes(10)
    await joy.post(f"{at}/turns/end")
    await joy.post(f"{at}/roster", data=who | {"to": "left"})
    meeting = await pages.story.meeting(opened)
    assert [turn.presenter_id for turn in meeting.attendance.turns] == [pages.story.chidi]
    assert meeting.minutes_of(pages.story.chidi).minutes == 10


async def test_a_member_cannot_mark_others(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    who = {"member_id": str(pages.story.bo), "to": "here"}
    answer = await ana.post(f"/meetings/{opened}/roster", data=who)
    assert answer.status_code == 403


async def test_whoever_opens_in_the_facilitators_stead_shows_the_code(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    assert (await ana.post(f"{at}/open")).status_code == 403
    pages.real.clock.at += minutes(5)
    assert "Open the door" in (await ana.get(at)).text
    assert (await ana.post(f"{at}/open")).status_code == 303
    assert spaced(code(pages, planned)) in (await ana.get(f"{at}/door")).text
    async with await pages.browser(pages.story.bo) as bo:
        assert (await bo.get(f"{at}/door")).status_code == 403


async def test_a_peer_attests_and_the_roster_counts_it(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    await check_in(pages, ana, opened)
    answer = await ana.post(
        f"/meetings/{opened}/attestations", data={"member_id": str(pages.story.bo)}
    )
    assert answer.headers["location"].endswith("?done=attested")
    assert "1 witness" in (await ana.get(f"/meetings/{opened}")).text
    myself = await ana.post(
        f"/meetings/{opened}/attestations", data={"member_id": str(pages.story.ana)}
    )
    assert myself.status_code == 403


async def test_an_evaluation_names_each_question_that_is_open(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    await check_in(pages, ana, opened)
    answer = await ana.post(f"/meetings/{opened}/evaluations", data=ANSWERS | {"facilitation": "6"})
    assert answer.status_code == 400
    assert "Use a whole number from 1 to 5." in answer.text
    assert 'value="5" checked' in answer.text, "the other answers stay"


async def closed(pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient) -> str:
    await check_in(pages, ana, opened)
    pages.real.clock.at += minutes(50)
    await joy.post(f"/meetings/{opened}/close")
    return f"/meetings/{opened}"


async def test_a_correction_stands_beside_what_was_recorded(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = await closed(pages, opened, ana, joy)
    page = f"{at}/presence/{pages.story.ana}"
    form = hidden((await joy.get(page)).text)
    times = {"came": "19:10", "left": "19:40", "reason": "Her phone was off."}
    answers = [await joy.post(page, data=form | times) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    meeting = await pages.story.meeting(opened)
    if meeting.scheduled.from_at.month in {4, 5, 6, 7, 8, 9}:  # summer: the wall says 20:00
        assert meeting.minutes_of(pages.story.ana).minutes == 0
    assert await pages.count("meeting.presence_corrected", opened) == 1
    stale = await joy.post(page, data=form | times | {"left": "19:50", "command_id": str(uuid4())})
    assert stale.status_code == 409
    assert "It was set right before: " in stale.text


async def test_a_second_correction_notices_that_a_first_one_came_between(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = await closed(pages, opened, ana, joy)
    page = f"{at}/presence/{pages.story.ana}"
    why = {"reason": "Her phone was off."}

    async def correct(form: dict[str, str], came: str, left: str) -> int:
        answer = await joy.post(page, data=form | why | {"came": came, "left": left})
        return answer.status_code

    first = hidden((await joy.get(page)).text)
    assert await correct(first, "19:05", "19:20") == 303
    older = hidden((await joy.get(page)).text)
    assert await correct(hidden((await joy.get(page)).text), "19:10", "19:40") == 303
    assert await correct(older, "19:15", "19:35") == 409, "it was set right since this was loaded"
    assert await pages.count("meeting.presence_corrected", opened) == 2


async def test_the_form_of_a_correction_begins_with_what_counts_now(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    wall = ZoneInfo("Europe/Berlin")
    begins = pages.real.clock.now().astimezone(wall)
    await check_in(pages, ana, opened)
    pages.real.clock.at += minutes(20)
    await ana.post(f"/meetings/{opened}/check-out")
    pages.real.clock.at += minutes(10)
    await check_in(pages, ana, opened)
    pages.real.clock.at += minutes(20)
    await joy.post(f"/meetings/{opened}/close")
    page = f"/meetings/{opened}/presence/{pages.story.ana}"
    times = [f"{begins + minutes(each):%H:%M}" for each in (0, 20, 30, 50)]
    assert filled((await joy.get(page)).text) == times, "a break is no presence"
    why = {"reason": "Her phone was off."}
    await joy.post(page, data=why | {"came": times[0], "left": times[2]})
    assert filled((await joy.get(page)).text) == [times[0], times[2], "", ""]
    await joy.post(page, data=why | {"absent": "on"})
    shown = (await joy.get(page)).text
    assert (filled(shown), "they were not there." in shown) == (["", "", "", ""], True)
    assert re.search(r'name="absent"[^>]* checked', shown)


def filled(page: str) -> list[str]:
    """Return the times that the form of a correction shows."""
    return re.findall(r'<input type="time"[^>]* value="([^"]*)"', page)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"came": "19:10", "left": "19:40"}, "reason"),
        ({"came": "19:10", "reason": "x"}, "left"),
        ({"reason": "x"}, "came"),
        ({"came": "19:10", "left": "19:10", "reason": "x"}, "left"),
        ({"came": "7pm", "left": "19:40", "reason": "x"}, "came"),
        ({"came": "19:10", "left": "19:40", "came_again": "19:50", "reason": "x"}, "left_again"),
    ],
)
async def test_a_correction_names_what_it_needs(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    answer = await joy.post(f"/meetings/{opened}/presence/{pages.story.ana}", data=typed)
    assert answer.status_code == 400
    assert f'id="e-{field}"' in answer.text
    assert await pages.count("meeting.presence_corrected", opened) == 0


async def test_somebody_who_was_not_there_is_set_right_by_a_tick(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = await closed(pages, opened, ana, joy)
    form = {"absent": "on", "reason": "It was a mistake."}
    answer = await joy.post(f"{at}/presence/{pages.story.ana}", data=form)
    assert answer.status_code == 303
    assert (await pages.story.meeting(opened)).minutes_of(pages.story.ana).minutes == 0


async def test_a_report_is_read_matched_and_taken_once(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = await closed(pages, opened, ana, joy)
    begins = (await pages.story.meeting(opened)).scheduled.from_at
    rows = ["Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"]
    for name, mail in (("Ana", "ana@example.org"), ("Chidi's phone", "")):
        rows.append(
            f"{name},{mail},{begins:%m/%d/%Y} 07:01:00 PM,{begins:%m/%d/%Y} 07:50:00 PM,49,No"
        )
    file = ("participants.csv", "\n".join(rows).encode() + b"\n", "text/csv")
    for _ in range(2):
        answer = await joy.post(f"{at}/reports", files={"report": file})
        assert answer.status_code == 200, answer.text
        assert "The report is read" in answer.text
    assert await pages.count("meeting.presence_observed", opened) == 1
    page = (await joy.get(at)).text
    assert "Chidi&#39;s phone" in page
    assert "Chidi&#39;s phone" not in (await ana.get(at)).text, (
        "names of a report are for who leads"
    )
    rows_now = await pages.real.fetch(
        "SELECT person_key FROM observed WHERE meeting_id = $1 AND member_id IS NULL", opened
    )
    match = {"person_key": rows_now[0][0], "member_id": str(pages.story.chidi)}
    assert (await joy.post(f"{at}/matches", data=match)).status_code == 303
    assert "Take back" in (await joy.get(at)).text
    unchosen = await joy.post(f"{at}/matches", data=match | {"member_id": ""})
    assert unchosen.status_code == 400
    assert "Choose who it is. Nothing was changed." in unchosen.text
    assert "Who the meeting tool saw" in unchosen.text, "the choice is still there to be made"
    assert "Zoom saw you for 49 minutes" in words_of((await ana.get(at)).text)
    theirs = words_of((await joy.get(f"{at}/presence/{pages.story.chidi}")).text)
    assert "nothing at the door. Zoom saw them for 49 minutes." in theirs
    match = {"person_key": match["person_key"], "take_back": "yes"}
    assert (await joy.post(f"{at}/matches", data=match)).status_code == 303
    assert await pages.count("meeting.observed_person_unmatched", opened) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"PK\x03\x04zip", b"a,b\n1,2\n", b"\0" * 100, b"hello"]
)
async def test_a_file_that_is_no_report_changes_nothing(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient, content: bytes
) -> None:
    answer = await joy.post(
        f"/meetings/{opened}/reports", files={"report": ("x.csv", content, "text/csv")}
    )
    assert 400 <= answer.status_code < 500
    assert "Nothing was changed." in answer.text
    assert await pages.count("meeting.presence_observed", opened) == 0


async def test_a_report_that_reaches_ahead_is_kept_until_now_and_the_page_says_so(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient
) -> None:
    begins = (await pages.story.meeting(opened)).scheduled.from_at
    heading = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
    day = f"{begins:%m/%d/%Y}"
    for times, status in (
        (f"{day} 06:01:00 PM,{day} 09:50:00 PM,229", 200),
        (f"{day} 09:01:00 PM,{day} 09:50:00 PM,49", 422),
    ):
        file = ("participants.csv", f"{heading}Ana,ana@example.org,{times},No\n", "text/csv")
        answer = await joy.post(f"/meetings/{opened}/reports", files={"report": file})
        assert answer.status_code == status, answer.text
        assert ("have not come yet: the tool" in words_of(answer.text)) == (status == 200)
        assert "The same report again changes nothing." not in answer.text
    assert "Nothing that this report tells has come yet" in answer.text
    assert await pages.count("meeting.presence_observed", opened) == 1


async def test_a_report_of_another_day_changes_nothing_and_says_so(
    pages: Pages, opened: UUID, joy: httpx.AsyncClient
) -> None:
    begins = (await pages.story.meeting(opened)).scheduled.from_at - timedelta(days=7)
    content = (
        "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
        f"Ana,ana@example.org,{begins:%m/%d/%Y} 07:01:00 PM,{begins:%m/%d/%Y} 07:50:00 PM,49,No\n"
    )
    file = ("participants.csv", content.encode(), "text/csv")
    answer = await joy.post(f"/meetings/{opened}/reports", files={"report": file})
    assert answer.status_code == 422
    assert "this report is of another day than the meeting" in answer.text
    assert await pages.count("meeting.presence_observed", opened) == 0


async def test_closing_before_the_hour_begins_says_that_it_counts_for_nobody(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    said = "Closed now, it counts for nobody."
    pages.real.clock.at -= minutes(10)
    await joy.post(f"/meetings/{planned}/open")
    assert said in (await joy.get(f"/meetings/{planned}/close")).text
    pages.real.clock.at += minutes(20)
    assert said not in (await joy.get(f"/meetings/{planned}/close")).text


async def test_a_planned_meeting_is_called_off_and_not_voided(
    planned: UUID, joy: httpx.AsyncClient
) -> None:
    page = (await joy.get(f"/meetings/{planned}/void")).text
    assert f'href="/meetings/{planned}/call-off"' in page
    assert 'name="reason"' not in page


async def test_voiding_asks_why_and_withdraws(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = await closed(pages, opened, ana, joy)
    assert (await joy.post(f"{at}/void", data={"reason": " "})).status_code == 400
    answer = await joy.post(f"{at}/void", data={"reason": "It was a lunch."})
    assert answer.status_code == 303
    assert "does not count" in (await ana.get(at)).text
