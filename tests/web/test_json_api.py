"""The JSON API: the same hour for programs, with keys that make a command happen once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.builders import SIX_PM, minutes
from tests.support.pages import Pages

_WEEKS = iter(range(1, 500))


@pytest.fixture
async def opened(pages: Pages) -> UUID:
    start = SIX_PM + timedelta(weeks=next(_WEEKS))
    meeting_id = await pages.story.opened(f"meeting:{start}", start=start)
    await pages.real.drain()
    return meeting_id


@pytest.fixture
async def ana(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.program(pages.story.ana) as program:
        yield program


@pytest.fixture
async def joy(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with await pages.program(pages.story.joy) as program:
        yield program


def door(pages: Pages, meeting_id: UUID) -> dict[str, str]:
    code = pages.real.house.door_codes.current(meeting_id, pages.real.clock.now())
    return {"method": "door_code", "door_code": code}


async def test_an_hour_by_programs(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    at = f"/api/v1/meetings/{opened}"
    came = await ana.post(f"{at}/check-ins", json=door(pages, opened))
    assert (came.status_code, came.json()["repeated"]) == (200, False)
    shown = (await joy.get(at)).json()
    (mine,) = [each for each in shown["roster"] if each["arrived_at"] is not None]
    assert (shown["state"], mine["name"], mine["method"]) == ("open", "Nguyễn Thị Ánh", "door_code")
    assert (await joy.post(f"{at}/check-ins", json=door(pages, opened))).status_code == 200
    pages.real.clock.at += minutes(60)
    for each in (ana, joy):
        left = await each.post(f"{at}/check-outs", json={"method": "door_code"})
        assert left.status_code == 200
    answers = {"answers": {"facilitation": 5}}
    assert (await ana.post(f"{at}/evaluations", json=answers)).status_code == 200
    assert (await joy.post(f"{at}/closings")).status_code == 200
    earned = (await ana.get("/api/v1/credits")).json()
    assert {total["kind"] for total in earned["totals"]} == {"sponsored", "claimed peer activity"}
    newest = [each for each in earned["awards"] if each["meeting_id"] == str(opened)]
    assert {(each["amount"], each["minutes"]) for each in newest} == {("1", 60)}
    certificates = (await ana.get("/api/v1/certificates")).json()
    assert certificates[0]["state"] == "standing"
    assert certificates[0]["unit"] == "contact hour"
    meetings = (await ana.get("/api/v1/meetings")).json()
    assert str(opened) in {each["meeting_id"] for each in meetings}


async def test_the_same_key_is_the_same_command(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    at, key = f"/api/v1/meetings/{opened}/check-ins", {"Idempotency-Key": str(uuid4())}
    body = door(pages, opened)
    first, second = [await ana.post(at, json=body, headers=key) for _ in range(2)]
    assert first.json()["position"] == second.json()["position"]
    assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
    assert await pages.count("meeting.checked_in", opened) == 1
    other = await ana.post(f"/api/v1/meetings/{opened}/openings", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "command.id_reused")


async def test_a_recorded_refusal_is_told_again_in_the_same_words(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    at, key = f"/api/v1/meetings/{opened}/check-ins", {"Idempotency-Key": str(uuid4())}
    body = {"method": "door_code", "door_code": "12"}
    answers = [(await ana.post(at, json=body, headers=key)) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {422}
    assert {answer.json()["code"] for answer in answers} == {"meeting.wrong_door_code"}
    assert await pages.count("meeting.check_in_refused", opened) == 1


async def test_a_key_that_is_none_names_its_header(opened: UUID, ana: httpx.AsyncClient) -> None:
    answer = await ana.post(
        f"/api/v1/meetings/{opened}/check-ins",
        json={"method": "roster"},
        headers={"Idempotency-Key": "again"},
    )
    assert answer.status_code == 400
    assert list(answer.json()["facts"]["fields"]) == ["Idempotency-Key"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"method": "door_code", "colour": "red"}, "colour"),
        ({"method": "teleport"}, "method"),
        ({}, "method"),
        ({"method": "offline", "arrived_at": "yesterday"}, "arrived_at"),
        ({"method": "offline", "arrived_at": "2026-03-02T18:00:00"}, "arrived_at"),
        ({"method": "offline", "arrived_at": "9999-12-31T23:59:59-12:00"}, "arrived_at"),
        ({"method": "roster", "member_id": "ana"}, "member_id"),
        ([], "object"),
        ("door_code", "object"),
        (None, "data"),
    ],
)
async def test_a_body_is_refused_with_its_fields_named(
    opened: UUID, ana: httpx.AsyncClient, body: Any, named: str
) -> None:
    answer = await ana.post(f"/api/v1/meetings/{opened}/check-ins", json=body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_fields"
    assert named in str(answer.json()["facts"]["fields"])


async def test_somebody_elses_presence_is_not_for_a_member(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient, joy: httpx.AsyncClient
) -> None:
    body = {"method": "roster", "member_id": str(pages.story.bo)}
    at = f"/api/v1/meetings/{opened}/check-ins"
    refused = await ana.post(at, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "meeting.facilitator_only")
    assert (await joy.post(at, json=body)).status_code == 200


async def test_a_time_noted_without_signal_counts_from_then(
    pages: Pages, opened: UUID, ana: httpx.AsyncClient
) -> None:
    noted = pages.real.clock.now().astimezone()
    pages.real.clock.at += minutes(20)
    body = {"method": "offline", "arrived_at": noted.isoformat()}
    assert (await ana.post(f"/api/v1/meetings/{opened}/check-ins", json=body)).status_code == 200
    shown = (await ana.get(f"/api/v1/meetings/{opened}")).json()
    (mine,) = [each for each in shown["roster"] if each["arrived_at"]]
    assert mine["arrived_at"] == f"{noted.astimezone(SIX_PM.tzinfo):%Y-%m-%dT%H:%M:%SZ}"


WHAT_MAY_BE_ORDERED: dict[str, Any] = {
    "check-ins": {"method": "door_code", "door_code": "000000"},
    "check-outs": {"method": "door_code"},
    "openings": None,
    "closings": None,
    "evaluations": {"answers": {"facilitation": 5}},
    "postponements": {
        "starts_at": "2036-03-02T18:00:00Z", "ends_at": "2036-03-02T19:00:00Z",
    },
    "cancellations": {"reason": "Snow."},
    "facilitators": {"member_id": str(uuid4())},
}  # fmt: skip


@pytest.mark.parametrize("verb", WHAT_MAY_BE_ORDERED)
async def test_a_stranger_does_not_learn_whether_a_meeting_exists(
    pages: Pages, opened: UUID, verb: str
) -> None:
    async with await pages.program(pages.story.eve) as eve:
        answers = [
            (await eve.post(f"/api/v1/meetings/{each}/{verb}", json=WHAT_MAY_BE_ORDERED[verb]))
            for each in (opened, uuid4())
        ]
    told = [answer.json() | {"request_id": ""} for answer in answers]
    assert told[0] == told[1]
    assert (told[0]["status"], told[0]["code"], told[0]["facts"]) == (404, "not_found", {})
    assert await pages.count("meeting.check_in_refused", opened) == 0


async def test_unknown_things_are_not_found(pages: Pages, ana: httpx.AsyncClient) -> None:
    for path in (f"/api/v1/meetings/{uuid4()}", f"/api/v1/meetings/{uuid4()}/openings"):
        answer = await (ana.post(path) if path.endswith("openings") else ana.get(path))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_who_i_am_and_where_i_belong(pages: Pages, ana: httpx.AsyncClient) -> None:
    me = (await ana.get("/api/v1/me")).json()
    assert (me["name"], me["administrator"]) == ("Nguyễn Thị Ánh", False)
    assert [licence["number"] for licence in me["licences"]] == ["PSY ana"]
    (group,) = (await ana.get("/api/v1/groups")).json()
    assert (group["name"], group["local_time"]) == ("Monday lamp", "18:00")


async def test_the_document_tells_every_operation_and_its_refusals(pages: Pages) -> None:
    async with await pages.program() as program:
        document = (await program.get("/api/v1/openapi.json")).json()
    operations = {
        operation["operationId"]: operation
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if path.startswith("/api/v1")
    }
    assert {
        "GetMe", "ListGroups", "ListMeetings", "GetMeeting", "CheckIn", "CheckOut", "OpenMeeting",
        "CloseMeeting", "PostponeMeeting", "CancelMeeting", "ChangeFacilitator", "GiveEvaluation",
        "GetCredits", "ListCertificates", "VerifyCertificate",
    } <= operations.keys()  # fmt: skip
    told = {"200", "400", "401", "403", "404", "409", "422", "429", "503"}
    assert told <= operations["CheckIn"]["responses"].keys()
