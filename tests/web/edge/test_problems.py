"""Refusals as people and programs see them."""

from __future__ import annotations

import pytest

from domain.errors import DomainError, NotFound
from services.web.edge.problems import Problem, plain, to_problem, wants_page
from services.web.edge.refusals import TooMany, Unavailable
from tests.support.web import PAGE, make_app
from tests.web.probes import SECRET_WORDS, ProbeController


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("not_found", 404, "not_found"),
        ("not_on_roster", 403, "meeting.not_on_roster"),
        ("stale", 409, "stale"),
        ("exists", 409, "already_exists"),
        ("fields", 400, "invalid_fields"),
        ("closed", 422, "meeting.door_closed"),
    ],
)
async def test_a_refusal_has_the_status_of_its_nearest_ancestor_and_its_own_code(
    name: str, status: int, code: str
) -> None:
    async with make_app(controllers=[ProbeController]).program() as program:
        answer = await program.get(f"/probe/refuse/{name}")
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:peerhour:problem:{code}"
    assert set(body) == {"type", "title", "status", "detail", "code", "facts", "request_id"}
    assert body["request_id"] == answer.headers["x-request-id"]


async def test_facts_of_any_kind_become_json() -> None:
    async with make_app(controllers=[ProbeController]).program() as program:
        body = (await program.get("/probe/refuse/closed")).json()
        ids = (await program.get("/probe/refuse/not_on_roster")).json()
    assert body["facts"] == {"since": "1.50", "kinds": ["a"], "b": "ff"}
    assert ids["facts"] == {"meeting_id": "00000000-0000-0000-0000-000000000007"}


async def test_a_browser_gets_a_page_with_the_sentence_and_one_thing_to_do() -> None:
    async with make_app(controllers=[ProbeController]).browser() as browser:
        answer = await browser.get("/probe/refuse/not_on_roster")
    assert answer.status_code == 403
    assert answer.headers.get_list("content-type") == ["text/html; charset=utf-8"]
    assert "You are not on the roster." in answer.text
    assert answer.text.count("button-main") == 1
    assert "988" in answer.text


async def test_invalid_fields_are_each_named() -> None:
    async with make_app(controllers=[ProbeController]).program() as program:
        answer = await program.post("/probe/json", json={"name": "Ana", "minutes": "many"})
        missing = await program.post("/probe/json", json={})
        query = await program.get("/probe/query?count=x")
    assert answer.status_code == missing.status_code == query.status_code == 400
    assert answer.json()["code"] == "invalid_fields"
    assert "minutes" in answer.json()["facts"]["fields"]
    assert "count" in query.json()["facts"]["fields"]


async def test_a_fault_is_calm_and_says_nothing_of_its_cause() -> None:
    async with make_app(controllers=[ProbeController]).program() as program:
        answer = await program.get("/probe/crash")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert SECRET_WORDS not in answer.text


async def test_a_lost_database_is_a_moment_to_wait() -> None:
    harness = make_app(controllers=[ProbeController], unavailable=(ConnectionError,))
    async with harness.program() as program:
        answer = await program.get("/probe/lost")
    assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert SECRET_WORDS not in answer.text


async def test_a_wrong_method_says_which_are_right() -> None:
    async with make_app().program() as program:
        answer = await program.put("/sign-in")
    assert answer.json()["code"] == "request.method_not_allowed"
    assert {"GET", "POST"} <= {one.strip() for one in answer.headers["allow"].split(",")}


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (PAGE, True),
        ("text/html", True),
        ("text/html;q=0.9, application/json", False),
        ("application/json", False),
        ("application/problem+json, text/html;q=0.1", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=0", False),
        ("text/html;q=nonsense", False),
        (";;;,,,q=", False),
    ],
)
def test_a_page_is_for_those_who_name_it(accept: str, *, page: bool) -> None:
    assert wants_page(accept) is page


def test_refusals_that_pass_say_when() -> None:
    assert to_problem(TooMany(retry_after=17)).headers == {"Retry-After": "17"}
    assert to_problem(Unavailable()).status == 503


def test_unknown_status_classes_still_have_a_title() -> None:
    assert Problem(status=418, code="x", detail="y").title
    assert (
        Problem(status=507, code="x", detail="y").title
        == Problem(status=500, code="x", detail="y").title
    )


def test_text_that_is_no_text_does_not_break_the_answer() -> None:
    refusal = NotFound("There is no \udcff here.", name="\udcff")
    assert b"There is no" in to_problem(refusal).json("id")


def test_plain_leaves_nothing_json_cannot_hold() -> None:
    assert plain({1: (DomainError("no"), None)}) == {"1": ["no", None]}
