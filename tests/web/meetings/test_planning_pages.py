"""An hour whose plan changes: moved, called off, led by somebody else; and what the others see."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest

from domain.meetings.rules import MeetingState
from services.members.commands import ComeBack, TakeLeave
from tests.support.builders import SIX_PM, minutes
from tests.support.pages import Pages, hidden, words_of

_WEEKS = iter(range(1, 500))
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def planned(pages: Pages) -> UUID:
    """A meeting of the test's own, in two days; the ones before it are over."""
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    pages.real.clock.at = start - timedelta(days=2)
    return meeting_id


async def test_a_moved_meeting_says_so_to_everybody(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    before = (await pages.story.meeting(planned)).scheduled
    asked = (await joy.get(f"{at}/move")).text
    local = before.from_at.astimezone(BERLIN)
    assert f'value="{local:%Y-%m-%d}"' in asked
    assert f'value="{local:%H:%M}"' in asked
    later = local + timedelta(days=1)
    form = hidden(asked) | {"day": f"{later:%Y-%m-%d}", "time": "20:15", "minutes": "45"}
    answers = [await joy.post(f"{at}/move", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    after = (await pages.story.meeting(planned)).scheduled
    assert f"{after.from_at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == f"{later:%Y-%m-%d} 20:15"
    assert after.length == minutes(45)
    assert "It moved: it was planned for" in words_of((await ana.get(at)).text)
    assert "moved from" in words_of((await ana.get(f"/groups/{pages.story.group}")).text)
    assert await pages.count("meeting.postponed", planned) == 1
    async with await pages.program(pages.story.ana) as program:
        moved_from = (await program.get(f"/api/v1{at}")).json()["moved_from"]
    assert moved_from == f"{before.from_at:%Y-%m-%dT%H:%M:%SZ}"


async def test_an_older_form_does_not_move_a_meeting_again(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}/move"
    first, second = [hidden((await joy.get(at)).text) for _ in range(2)]
    day = f"{(await pages.story.meeting(planned)).scheduled.from_at:%Y-%m-%d}"
    plan = {"day": day, "minutes": "60"}
    assert (await joy.post(at, data=first | plan | {"time": "20:00"})).status_code == 303
    answer = await joy.post(at, data=second | plan | {"time": "21:00"})
    assert answer.status_code == 409
    assert 'value="21:00"' in answer.text, "what was typed stays"
    assert await pages.count("meeting.postponed", planned) == 1


@pytest.mark.parametrize(
    ("field", "typed"), [("day", "2020-03-02"), ("day", ""), ("time", "24:00"), ("minutes", "721")]
)
async def test_a_meeting_moves_to_a_time_that_comes(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient, field: str, typed: str
) -> None:
    form = {"day": "2036-03-03", "time": "18:00", "minutes": "60"} | {field: typed}
    answer = await joy.post(f"/meetings/{planned}/move", data=form)
    assert answer.status_code == 400
    assert f'id="e-{field}"' in answer.text
    assert await pages.count("meeting.postponed", planned) == 0


async def test_a_meeting_that_is_called_off_says_so_and_why_wherever_it_was_looked_for(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    title = (await pages.story.meeting(planned)).title
    asked = (await joy.get(f"{at}/call-off")).text
    unsaid = await joy.post(f"{at}/call-off", data=hidden(asked))
    assert (unsaid.status_code, 'id="e-reason"' in unsaid.text) == (400, True)
    form = hidden(asked) | {"reason": "The room is flooded."}
    answers = [await joy.post(f"{at}/call-off", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (await pages.story.meeting(planned)).state is MeetingState.CANCELLED
    assert await pages.count("meeting.cancelled", planned) == 1
    assert "The room is flooded." in (await ana.get(at)).text
    assert f"Called off: {title}" in (await ana.get("/")).text
    group = words_of((await ana.get(f"/groups/{pages.story.group}")).text)
    coming = group.partition("Who belongs")[0]
    assert title in coming
    assert "called off" in coming
    pages.real.clock.at += timedelta(days=3)
    assert "Called off" not in (await ana.get("/")).text
    asked = words_of((await joy.get(f"{at}/call-off")).text)
    assert "It is not moved or called off any more." in asked


async def test_what_has_begun_is_neither_moved_nor_called_off(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    pages.real.clock.at += timedelta(days=2)
    at = f"/meetings/{planned}"
    await joy.post(f"{at}/open")
    move = {"day": "2036-03-03", "time": "18:00", "minutes": "60"}
    answers = [
        await joy.post(f"{at}/move", data=move),
        await joy.post(f"{at}/call-off", data={"reason": "Snow."}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("This meeting has begun" in answer.text for answer in answers)
    assert "Call it off" not in (await joy.get(at)).text


async def test_somebody_else_leads_this_one_meeting(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/meetings/{planned}"
    assert (await ana.get(f"{at}/facilitator")).status_code == 403
    form = hidden((await joy.get(f"{at}/facilitator")).text) | {"member_id": str(pages.story.ana)}
    answers = [await joy.post(f"{at}/facilitator", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], "sent twice is no trespass"
    assert await pages.count("meeting.facilitator_changed", planned) == 1
    assert "led by Nguyễn Thị Ánh" in words_of((await joy.get(at)).text)
    pages.real.clock.at += timedelta(days=2)
    assert (await joy.post(f"{at}/open")).status_code == 403
    assert (await ana.post(f"{at}/open")).status_code == 303
    stranger = await ana.post(f"{at}/facilitator", data={"member_id": str(pages.story.eve)})
    assert stranger.status_code == 403


async def test_programs_move_call_off_and_hand_over_too(pages: Pages, planned: UUID) -> None:
    at = f"/api/v1/meetings/{planned}"
    start = (await pages.story.meeting(planned)).scheduled.from_at + timedelta(hours=2)
    window = {"starts_at": start.isoformat(), "ends_at": (start + minutes(60)).isoformat()}
    async with (
        await pages.program(pages.story.joy) as joy,
        await pages.program(pages.story.ana) as ana,
        await pages.program(pages.story.eve) as eve,
    ):
        refused = await ana.post(f"{at}/postponements", json=window)
        assert (refused.status_code, refused.json()["code"]) == (403, "meeting.facilitator_only")
        unseen = await eve.post(f"{at}/postponements", json=window)
        assert (unseen.status_code, unseen.json()["code"]) == (404, "not_found")
        backwards = await joy.post(
            f"{at}/postponements", json=window | {"ends_at": window["starts_at"]}
        )
        assert (backwards.status_code, backwards.json()["code"]) == (422, "interval.backwards")
        assert (await joy.post(f"{at}/postponements", json=window)).status_code == 200
        lead = {"member_id": str(pages.story.ana)}
        assert (await joy.post(f"{at}/facilitators", json=lead)).status_code == 200
        control = await ana.post(f"{at}/cancellations", json={"reason": "Snow\x7f."})
        assert (control.status_code, list(control.json()["facts"]["fields"])) == (400, ["reason"])
        assert (await ana.post(f"{at}/cancellations", json={"reason": "Snow."})).status_code == 200
        shown = (await joy.get(at)).json()
    assert (shown["state"], shown["called_off_because"]) == ("cancelled", "Snow.")
    assert shown["facilitator_id"] == str(pages.story.ana)


async def test_a_time_that_the_clocks_jump_over_is_said_at_its_field(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    plan = {"day": "2037-03-29", "time": "02:30", "minutes": "60"}  # Berlin springs forward
    group = f"/groups/{pages.story.group}/meetings"
    for address, form in (
        (f"/meetings/{planned}/move", plan),
        (group, plan | {"title": "At night", "modality": "live_video"}),
    ):
        answer = await joy.post(address, data=form)
        assert (answer.status_code, 'id="e-time"' in answer.text) == (400, True), answer.text
    assert await pages.count("meeting.postponed", planned) == 0


async def test_whoever_is_away_is_named_so_where_somebody_chooses_who_leads(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient
) -> None:
    story = pages.story
    await story.do(TakeLeave(member_id=story.chidi))
    await pages.real.drain()
    for address in (f"/meetings/{planned}/facilitator", f"/groups/{story.group}/facilitator"):
        assert (await joy.get(address)).text.count("(away)") == 1
    await story.do(ComeBack(member_id=story.chidi))
    await pages.real.drain()
