"""A group on its pages: who leaves, who is removed, who holds it together, when it meets."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest

from domain.groups.group import PeerGroup
from services.groups.commands import AdmitMember
from tests.support.builders import SIX_PM
from tests.support.pages import Pages, hidden, words_of

_GROUPS = iter(range(1, 500))
RHYTHM = {
    "weekday": "3", "time": "19:30", "minutes": "90", "every_weeks": "2", "starts_on": "2036-03-06",
}  # fmt: skip


@pytest.fixture
async def group(pages: Pages) -> UUID:
    """A group of the test's own: Joy holds it together; Ana, Bo and Chidi belong."""
    pages.real.clock.at = SIX_PM - timedelta(days=20)
    group_id = await pages.story.peer_group(name=f"group {next(_GROUPS)}")
    await pages.real.drain()
    return group_id


async def now(pages: Pages, group_id: UUID) -> PeerGroup:
    return await pages.story.known(PeerGroup, group_id)


async def test_a_member_leaves_by_a_second_tap_and_a_third_changes_nothing(
    pages: Pages, group: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/groups/{group}"
    assert "Leave the group" in (await ana.get(at)).text
    asked = (await ana.get(f"{at}/leave")).text
    assert "Your hours and certificates stay yours." in asked
    answers = [await ana.post(f"{at}/leave", data=hidden(asked)) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/groups?done=left_group"] * 2
    assert "You left the group." in (await ana.get(answers[0].headers["location"])).text
    assert (await ana.get(at)).status_code == 404
    assert "Nguyễn Thị Ánh" not in (await joy.get(at)).text
    assert await pages.count("group.member_left", group) == 1


async def test_whoever_never_belonged_cannot_leave_and_does_not_learn_of_the_group(
    pages: Pages, group: UUID
) -> None:
    async with await pages.browser(pages.story.eve) as eve:
        assert (await eve.post(f"/groups/{group}/leave")).status_code == 404
    assert await pages.count("group.member_left", group) == 0


async def test_the_facilitator_is_told_to_hand_over_before_leaving(
    pages: Pages, group: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/groups/{group}"
    assert "Hand it over first" in words_of((await joy.get(f"{at}/leave")).text)
    answer = await joy.post(f"{at}/leave")
    assert answer.status_code == 422
    assert "Name another facilitator first" in answer.text
    form = hidden((await joy.get(f"{at}/facilitator")).text)
    form["member_id"] = str(pages.story.bo)
    answers = [await joy.post(f"{at}/facilitator", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await pages.count("group.facilitator_named", group) == 1
    assert (await now(pages, group)).facilitator_id == pages.story.bo
    assert (await joy.post(f"{at}/leave")).status_code == 303


async def test_an_older_form_does_not_hand_a_group_over_again(
    pages: Pages, group: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/groups/{group}/facilitator"
    async with await pages.browser(pages.story.admin) as admin:
        older = hidden((await admin.get(at)).text)
        form = hidden((await joy.get(at)).text) | {"member_id": str(pages.story.bo)}
        assert (await joy.post(at, data=form)).status_code == 303
        answer = await admin.post(at, data=older | {"member_id": str(pages.story.ana)})
    assert answer.status_code == 409
    assert "Now it is Søren Ægir." in answer.text
    assert (await now(pages, group)).facilitator_id == pages.story.bo


@pytest.mark.parametrize(("whom", "status"), [("", 400), ("x", 400), ("eve", 422)])
async def test_a_group_is_handed_to_one_of_its_members(
    pages: Pages, group: UUID, joy: httpx.AsyncClient, whom: str, status: int
) -> None:
    member_id = str(pages.story.eve) if whom == "eve" else whom
    answer = await joy.post(f"/groups/{group}/facilitator", data={"member_id": member_id})
    assert answer.status_code == status
    assert (await now(pages, group)).facilitator_id == pages.story.joy


async def test_somebody_is_removed_with_a_reason_and_the_group_is_closed_to_them(
    pages: Pages, group: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/groups/{group}/members/{pages.story.ana}/remove"
    asked = (await joy.get(at)).text
    assert "Remove Nguyễn Thị Ánh" in words_of(asked)
    unsaid = await joy.post(at, data=hidden(asked))
    assert (unsaid.status_code, 'id="e-reason"' in unsaid.text) == (400, True)
    form = hidden(asked) | {"reason": "We talked.\r\nShe moves away."}
    answers = [await joy.post(at, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (await ana.get(f"/groups/{group}")).status_code == 404
    assert await pages.count("group.member_removed", group) == 1
    shown = (await joy.get(f"/groups/{group}?done=removed")).text
    assert "They do not belong to the group any more." in shown


async def test_the_facilitator_is_not_removed(
    pages: Pages, group: UUID, joy: httpx.AsyncClient
) -> None:
    at = f"/groups/{group}/members/{pages.story.joy}/remove"
    answer = await joy.post(at, data={"reason": "I go."})
    assert answer.status_code == 422
    assert "Name another facilitator first" in answer.text


async def test_a_group_meets_at_other_times_and_what_is_planned_stays(
    pages: Pages, group: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/groups/{group}/rhythm"
    asked = (await joy.get(at)).text
    assert 'name="time" value="18:00"' in asked
    form = hidden(asked) | RHYTHM
    answers = [await joy.post(at, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    rhythm = (await now(pages, group)).rhythm
    assert (rhythm.weekday, rhythm.local_time, rhythm.zone) == (3, time(19, 30), "Europe/Berlin")
    shown = words_of((await ana.get(f"/groups/{group}")).text)
    assert "Every second Thursday at 7:30 PM, 90 minutes" in shown
    assert await pages.count("group.rhythm_changed", group) == 1
    stale = await joy.post(at, data=form | {"minutes": "60"})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("weekday", "7"),
        ("time", "25:00"),
        ("minutes", "0"),
        ("every_weeks", "27"),
        ("starts_on", "2026-02-30"),
        ("starts_on", "2160-01-01"),
    ],
)
async def test_a_rhythm_names_what_it_cannot_use(
    pages: Pages, group: UUID, joy: httpx.AsyncClient, field: str, typed: str
) -> None:
    answer = await joy.post(f"/groups/{group}/rhythm", data=RHYTHM | {field: typed})
    assert answer.status_code == 400
    assert f'id="e-{field}"' in answer.text
    assert await pages.count("group.rhythm_changed", group) == 0


async def test_a_group_of_one_has_nobody_to_hand_over_to(pages: Pages, group: UUID) -> None:
    async with await pages.browser(pages.story.joy) as joy:
        for who in (pages.story.ana, pages.story.bo, pages.story.chidi):
            await joy.post(f"/groups/{group}/members/{who}/remove", data={"reason": "Moved."})
        shown = (await joy.get(f"/groups/{group}/facilitator")).text
        assert "Nobody else belongs yet." in shown
        assert "Hand the group over" not in (await joy.get(f"/groups/{group}")).text


async def test_a_new_member_finds_the_meetings_that_are_planned_already(
    pages: Pages, group: UUID
) -> None:
    start = SIX_PM - timedelta(days=10)
    async with await pages.browser(pages.story.joy) as joy:
        form = {
            "title": "A planned evening", "day": f"{start:%Y-%m-%d}", "time": "18:00",
            "minutes": "60", "modality": "in_room",
        }  # fmt: skip
        planned = await joy.post(f"/groups/{group}/meetings", data=form)
        meeting_id = UUID(planned.headers["location"].removeprefix("/meetings/").partition("?")[0])
        shown = (await joy.get(f"/groups/{group}")).text
        assert "The roster is everybody who belongs when the door opens." in shown
    async with await pages.browser(pages.story.eve) as eve:
        assert (await eve.get(f"/meetings/{meeting_id}")).status_code == 404
        await pages.story.do(
            AdmitMember(group_id=group, member_id=pages.story.eve, by=pages.story.joy)
        )
        await pages.real.drain()
        seen = await eve.get(f"/meetings/{meeting_id}")
        assert seen.status_code == 200
        assert "Eve Invented" in seen.text
        assert "A planned evening" in (await eve.get("/")).text
        await eve.post(f"/groups/{group}/leave")
        assert (await eve.get(f"/meetings/{meeting_id}")).status_code == 404


async def test_a_meeting_planned_for_next_year_keeps_nobody_from_next_week(
    pages: Pages, group: UUID, joy: httpx.AsyncClient
) -> None:
    async def proposed() -> str:
        page = (await joy.get(f"/groups/{group}")).text
        return page.partition('name="day" value="')[2][:10]

    week, name = timedelta(weeks=1), f"group {next(_GROUPS) - 1}"
    assert pages.story.id(name) == group
    next_week = await proposed()
    at = datetime.combine(date.fromisoformat(next_week), time(18), ZoneInfo("Europe/Berlin"))
    for start in (at + 40 * week, at + timedelta(days=1)):  # one far away; the next one, moved
        assert await proposed() == next_week
        await pages.story.plan(f"{group} {start}", start=start.astimezone(UTC), group=name)
        await pages.real.drain()
    assert await proposed() == f"{at + week:%Y-%m-%d}"


async def test_an_administrator_finds_every_group(pages: Pages, group: UUID) -> None:
    async with await pages.browser(pages.story.admin) as browser:
        page = (await browser.get("/admin/groups")).text
    assert f'href="/groups/{group}"' in page
    assert "held together by Joy" in words_of(page)
