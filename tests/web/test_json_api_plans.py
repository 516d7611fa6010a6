"""Plans by programs: regrets, titles, programs, series, who led, and the corridor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.meetings.commands import OpenMeeting
from tests.support.builders import SIX_PM
from tests.support.pages import Pages

_WEEKS = iter(range(1, 500))
API = "/api/v1"


@pytest.fixture
async def planned(pages: Pages) -> UUID:
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.plan(f"meeting:{start}", start=start)
    await pages.real.drain()
    pages.real.clock.at = start - timedelta(days=2)
    return meeting_id


@pytest.fixture
async def ana(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.program(pages.story.ana) as program:
        yield program


@pytest.fixture
async def joy(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.program(pages.story.joy) as program:
        yield program


async def opened(pages: Pages, meeting_id: UUID) -> None:
    pages.real.clock.at = (await pages.story.meeting(meeting_id)).scheduled.from_at
    await pages.story.do(OpenMeeting(meeting_id=meeting_id, by=pages.story.joy))
    await pages.real.drain()


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def test_regrets_by_programs_are_said_once_and_taken_back_for_good(
    planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at, once = f"{API}/meetings/{planned}", key()
    starts_at = (await ana.get(at)).json()["starts_at"]
    said = [
        await ana.post(f"{at}/regrets", json={"starts_at": starts_at}, headers=once)
        for _ in range(2)
    ]
    assert [each.status_code for each in said] == [200, 200]
    (regret_id,) = {each.json()["id"] for each in said}
    seen = (await joy.get(at)).json()
    assert [each["name"] for each in seen["roster"] if each["cannot_come"]] == ["Nguyễn Thị Ánh"]
    assert seen["regret_id"] is None
    assert (await ana.get(at)).json()["regret_id"] == regret_id
    withdrawals = f"{at}/regrets/{regret_id}/withdrawals"
    assert (await joy.post(withdrawals)).status_code == 404, "it is somebody else's"
    assert (await ana.post(withdrawals)).json() == {"id": regret_id}
    await ana.post(f"{at}/regrets", json={}, headers=once)
    assert (await ana.get(at)).json()["regret_id"] is None


async def test_a_regret_about_another_time_is_refused(
    planned: UUID, ana: httpx.AsyncClient
) -> None:
    at = f"{API}/meetings/{planned}/regrets"
    stale = await ana.post(at, json={"starts_at": "2026-03-02T18:00:00Z"})
    assert stale.status_code == 409
    naive = await ana.post(at, json={"starts_at": "2026-03-02T18:00:00"})
    assert naive.status_code == 400
    assert "starts_at" in naive.json()["facts"]["fields"]


async def test_title_and_program_by_programs(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at, once = f"{API}/meetings/{planned}", key()
    first = (await ana.get(at)).json()["title"]
    assert (await ana.post(f"{at}/titles", json={"title": "Mine"})).status_code == 403
    answers = [
        await joy.post(f"{at}/titles", json={"title": " Endings "}, headers=once) for _ in range(2)
    ]
    assert [each.json()["repeated"] for each in answers] == [False, True]
    again = await joy.post(f"{at}/titles", json={"title": "Other"}, headers=once)
    assert (again.status_code, again.json()["code"]) == (422, "command.id_reused")
    assert (await joy.post(f"{at}/programs", json={"program_id": None})).status_code == 200
    shown = (await ana.get(at)).json()
    told = (shown["title"], shown["first_title"], shown["program_id"])
    assert told == ("Endings", first, None)
    unknown = await joy.post(f"{at}/programs", json={"program_id": str(uuid4())})
    assert unknown.status_code == 404
    group = f"{API}/groups/{pages.story.group}/programs"
    assert (await ana.post(group, json={"program_id": None})).status_code == 403
    for program_id in (None, str(pages.story.program)):
        assert (await joy.post(group, json={"program_id": program_id})).status_code == 200
        (mine,) = (await ana.get(f"{API}/groups")).json()
        assert mine["program_id"] == program_id


async def test_series_by_programs(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    group, at = f"{API}/groups/{pages.story.group}/series", f"{API}/meetings/{planned}/parts"
    body = {"title": "Endings", "parts": 3}
    assert (await ana.post(group, json=body)).status_code == 403
    once = key()
    for repeated in (False, True):
        answer = await joy.post(group, json=body, headers=once)
        assert (answer.status_code, answer.json()["repeated"]) == (200, repeated)
    listed = (await ana.get(group)).json()
    (series,) = [each for each in listed if each["title"] == "Endings"]
    assert [each["part"] for each in series["parts"]] == [1, 2, 3]
    place = {"series_id": series["series_id"], "part": 2}
    assert (await ana.post(at, json=place)).status_code == 403
    assert (await joy.post(at, json=place)).status_code == 200
    syllabi = f"{group}/{series['series_id']}/syllabi"
    day = f"{pages.real.clock.now():%Y-%m-%d}"
    assert (await joy.post(syllabi, json={"day": day})).status_code == 200
    (now,) = [
        each for each in (await ana.get(group)).json() if each["series_id"] == series["series_id"]
    ]
    assert (now["parts"][1]["meeting_id"], now["syllabus_on"]) == (str(planned), day)
    assert (await joy.post(at, json={"series_id": None})).status_code == 200
    placed = [
        part["meeting_id"] for each in (await ana.get(group)).json() for part in each["parts"]
    ]
    assert str(planned) not in placed


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("parts", {"series_id": str(UUID(int=1)), "part": 1}),
        ("parts", {"series_id": str(UUID(int=1))}),
        ("parts", {"series_id": str(UUID(int=1)), "part": 10**30}),
        ("parts", {"series_id": str(UUID(int=1)), "part": -1}),
        ("leads", {"led_by": "somebody"}),
        ("leads", {"led_by": "member"}),
        ("leads", {"led_by": "member", "member_id": str(UUID(int=1))}),
        ("leads", {"led_by": "outsider", "name": "Lea", "profession": "\x00"}),
        ("leads", {"led_by": "outsider", "name": "", "profession": "psychology"}),
        ("titles", {"title": "\u202e"}),
        ("titles", {"title": ""}),
        ("titles", {"title": "x" * 201}),
        ("programs", {}),
        ("regrets", {"starts_at": "soon"}),
        ("regrets", {"why": "I am ill."}),
    ],
)
async def test_what_cannot_be_used_is_refused_and_writes_nothing(
    pages: Pages, planned: UUID, joy: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    head = await pages.real.house.store.head()
    answer = await joy.post(f"{API}/meetings/{planned}/{path}", json=body)
    assert answer.status_code in {400, 403, 404, 422}, answer.text
    assert await pages.real.house.store.head() == head


@pytest.mark.parametrize("body", [{"title": "S", "parts": 10**30}, {"title": "S", "parts": 1}])
async def test_a_series_that_is_none_is_refused(
    pages: Pages, joy: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await joy.post(f"{API}/groups/{pages.story.group}/series", json=body)
    assert answer.status_code in {400, 422}


async def test_who_led_by_programs(
    pages: Pages, planned: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"{API}/meetings/{planned}/leads"
    await opened(pages, planned)
    assert (await ana.post(at, json={"led_by": "peers"})).status_code == 403
    outsider = {
        "led_by": "outsider",
        "name": "Lea Brandt",
        "profession": "psychology",
        "qualification": "PsyD",
        "supervisor": True,
    }
    member = {"led_by": "member", "member_id": str(pages.story.ana)}
    for body in ({"led_by": "peers"}, member, outsider):
        assert (await joy.post(at, json=body)).status_code == 200
        led = (await ana.get(f"{API}/meetings/{planned}")).json()["led"]
        assert led["led_by"] == body["led_by"]
    assert (led["name"], led["qualification"]) == ("Lea Brandt", "PsyD")
    assert "supervisor" not in led


async def test_the_corridor_by_programs(
    pages: Pages, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at, once = f"{API}/groups/{pages.story.group}/corridor", key()
    left = [
        await ana.post(at, json={"text": "A heavy week.", "just_listen": True}, headers=once)
        for _ in range(2)
    ]
    (word_id,) = {each.json()["id"] for each in left}
    other_text = await ana.post(at, json={"text": "Another."}, headers=once)
    assert (other_text.status_code, other_text.json()["code"]) == (422, "command.id_reused")
    alone = {"text": "For you.", "to": str(pages.story.joy)}
    pages.real.clock.move(seconds=1)  # of one second's words nobody can say which came first
    assert (await ana.post(at, json=alone)).status_code == 200
    corridor = (await joy.get(at)).json()
    assert corridor["to_group"]
    texts = [(each["author"], each["text"], each["just_listen"]) for each in corridor["words"]]
    assert texts == [
        ("Nguyễn Thị Ánh", "A heavy week.", True),
        ("Nguyễn Thị Ánh", "For you.", False),
    ]
    async with await pages.program(pages.story.bo) as bo:
        assert [each["text"] for each in (await bo.get(at)).json()["words"]] == ["A heavy week."]
        assert (await bo.post(f"{at}/{word_id}/withdrawals")).status_code == 403
        assert (await bo.post(f"{at}/{word_id}/removals")).status_code == 403
    assert (await joy.post(f"{at}/{word_id}/removals")).status_code == 200
    (removed, other) = (await ana.get(at)).json()["words"]
    assert (removed["text"], removed["removed"], other["removed"]) == ("", True, False)
    assert (await ana.post(f"{at}/{other['word_id']}/withdrawals")).status_code == 200
    assert len((await ana.get(at)).json()["words"]) == 1
    for body in ({"text": ""}, {"text": "x" * 2001}, {"text": "a\x00b"}, {"word": "Hm."}):
        assert (await ana.post(at, json=body)).status_code == 400


async def test_the_document_tells_of_plans_and_their_refusals(pages: Pages) -> None:
    async with await pages.program() as anybody:
        document = (await anybody.get("/api/v1/openapi.json")).json()
    told = {
        each["operationId"]: set(each["responses"])
        for path in document["paths"].values()
        for each in path.values()
    }
    for operation in (
        "RetitleMeeting", "ChooseMeetingProgram", "SendRegrets", "TakeRegretsBack", "PlacePart",
        "RecordLead", "ChooseGroupProgram", "PlanSeries", "HandOutSyllabus", "LeaveWord",
        "TakeWordBack", "RemoveWord",
    ):  # fmt: skip
        assert {"400", "401", "403", "404", "409", "422", "503"} <= told[operation], operation
    assert "429" in told["SendRegrets"] & told["LeaveWord"]
    assert {"401", "404"} <= told["ListSeries"] & told["ReadCorridor"]
