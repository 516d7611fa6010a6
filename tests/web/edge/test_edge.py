"""What holds for every request, whatever it asks for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.web.edge.headers import CONTENT_SECURITY_POLICY
from services.web.signing_in.session import SESSION_COOKIE
from tests.support.web import ANA, ORIGIN, make_app
from tests.web.probes import SECRET_WORDS, ProbeController

EVERY_STATUS = [
    ("GET", "/sign-in", 200),
    ("GET", "/probe/mine", 303),
    ("GET", "/probe/query?count=x", 400),
    ("GET", "/probe/refuse/not_on_roster", 403),
    ("GET", "/nothing-here", 404),
    ("PUT", "/sign-in", 405),
    ("GET", "/probe/refuse/stale", 409),
    ("GET", "/probe/refuse/closed", 422),
    ("GET", "/probe/crash", 500),
    ("GET", "/probe/lost", 503),
    ("GET", "/%00", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERY_STATUS)
async def test_security_headers_stand_on_every_status(method: str, path: str, status: int) -> None:
    harness = make_app(controllers=[ProbeController], unavailable=(ConnectionError,))
    async with harness.browser() as browser:
        answer = await browser.request(method, path)
    assert answer.status_code == status
    assert answer.headers.get_list("content-security-policy") == [CONTENT_SECURITY_POLICY]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "max-age" in answer.headers["strict-transport-security"]
    assert "publickey-credentials-get=(self)" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] in {"private, no-cache", "no-store"}
    assert len(answer.headers["x-request-id"]) == 32


ORIGIN_TABLE = [
    ({"Sec-Fetch-Site": "same-origin"}, True, True),
    ({"Sec-Fetch-Site": "none"}, True, True),
    ({"Sec-Fetch-Site": "same-site"}, False, False),
    ({"Sec-Fetch-Site": "cross-site"}, False, False),
    ({"Sec-Fetch-Site": "nonsense"}, False, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, False, False),
    ({"Origin": ORIGIN}, True, True),
    ({"Origin": "https://elsewhere.test"}, False, False),
    ({"Origin": "http://peerhour.test"}, False, False),
    ({"Origin": ORIGIN + ".elsewhere.test"}, False, False),
    ({"Origin": "null"}, False, False),
    ({}, False, True),
]


@pytest.mark.parametrize(("headers", "with_session", "without_session"), ORIGIN_TABLE, ids=str)
async def test_unsafe_requests_pass_only_from_our_own_pages(
    headers: dict[str, str], *, with_session: bool, without_session: bool
) -> None:
    harness = make_app(controllers=[ProbeController])
    async with harness.browser() as browser, harness.program() as program:
        await harness.sign_in(browser)
        cookie = browser.cookies[SESSION_COOKIE]
        signed = await program.post(
            "/probe/mine", headers={**headers, "Cookie": f"a=b; {SESSION_COOKIE}={cookie}"}
        )
        bare = await program.post("/probe/form", headers=headers)
    assert (signed.status_code == 201) is with_session
    assert (bare.status_code == 201) is without_session
    if not with_session:
        assert (signed.status_code, signed.json()["code"]) == (403, "request.cross_site")


async def test_reading_from_another_site_is_no_harm() -> None:
    async with make_app().program() as program:
        answer = await program.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/health/live", "/probe/refuse/stale"])
async def test_head_answers_as_get_without_a_body(path: str) -> None:
    harness = make_app(controllers=[ProbeController])
    async with harness.browser() as browser:
        full, head = await browser.get(path), await browser.head(path)
    assert full.content
    assert head.content == b""
    assert head.status_code == full.status_code
    assert head.headers["content-type"] == full.headers["content-type"]


async def test_head_does_not_let_an_unsafe_method_in() -> None:
    async with make_app().program() as program:
        answer = await program.head("/sign-out")
    assert answer.status_code == 405


async def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length() -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    async with make_app(controllers=[ProbeController]).program() as program:
        told = await program.post(
            "/probe/form",
            content=b"x" * (1024 * 1024 + 1),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        untold = await program.post(
            "/probe/form",
            content=in_pieces(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    for answer in (told, untold):
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


async def test_uploads_have_room_for_an_attendance_file() -> None:
    async with make_app(controllers=[ProbeController]).program() as program:
        fits = await program.post("/probe/upload", content=b"x" * (32 * 1024 * 1024))
        too_large = await program.post("/probe/upload", content=b"x" * (33 * 1024 * 1024 + 1))
    assert (fits.status_code, fits.text) == (201, str(32 * 1024 * 1024))
    assert too_large.status_code == 413


async def test_the_log_names_route_status_and_pseudonym_and_nothing_that_was_sent() -> None:
    harness = make_app(controllers=[ProbeController])
    with capture_logs() as lines:
        async with harness.browser() as browser:
            await harness.sign_in(browser)
            await browser.get("/probe/mine?note=chidi@example.org")
            await browser.get("/probe/crash")
            await browser.get("/chidi@example.org")
    written = json.dumps(lines, default=str)
    token = harness.mail.sent[0].link.rsplit("/", 1)[-1]
    for private in ("example.org", token, harness.mail.sent[0].code, str(ANA), SECRET_WORDS):
        assert private not in written
    routes = [line["route"] for line in lines if line["event"] == "web.request"]
    assert routes == [
        "/sign-in",
        "/sign-in/link/{token}",
        "/probe/mine",
        "/probe/crash",
        "unmatched",
    ]
    mine = next(line for line in lines if line.get("route") == "/probe/mine")
    assert (mine["status"], len(mine["person"])) == (200, 16)


async def test_a_fault_is_logged_once_under_the_id_its_page_shows() -> None:
    with capture_logs() as lines:
        async with make_app(controllers=[ProbeController]).browser() as browser:
            answer = await browser.get("/probe/crash")
    faults = [line for line in lines if line["event"] == "web.fault"]
    assert [line["request_id"] for line in faults] == [answer.headers["x-request-id"]]
    assert faults[0]["error"] == "builtins.RuntimeError"
    assert answer.headers["x-request-id"][:8] in answer.text


async def test_figures_are_kept_by_route_template() -> None:
    harness = make_app(controllers=[ProbeController], metrics_token="watchword")
    async with harness.program(Authorization="Bearer watchword") as program:
        await program.get("/probe/numbers/17")
        await program.get("/probe/numbers/18")
        await program.request("BREW", "/probe/numbers/18")
        figures = (await program.get("/metrics")).text
    assert (
        'peerhour_http_requests_total{method="GET",route="/probe/numbers/{number}",status="200"} 2'
        in figures
    )
    assert 'method="OTHER"' in figures
    assert "numbers/17" not in figures
    assert "BREW" not in figures


@pytest.mark.parametrize(
    ("client", "token", "headers", "status"),
    [
        ("127.0.0.1", None, {}, 200),
        ("::1", None, {}, 200),
        ("203.0.113.7", None, {}, 403),
        ("127.0.0.1", None, {"X-Forwarded-For": "203.0.113.7"}, 403),
        ("127.0.0.1", "watchword", {}, 403),
        ("203.0.113.7", "watchword", {"Authorization": "Bearer watchword"}, 200),
        ("203.0.113.7", "watchword", {"Authorization": "Bearer wrong"}, 403),
        ("203.0.113.7", "watchword", {"Authorization": "Bearer schl\u00fcssel"}, 403),
    ],
)
async def test_figures_are_for_the_machine_that_watches(
    client: str, token: str | None, headers: dict[str, str], status: int
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    async with make_app(metrics_token=token).program(client=client) as program:
        answer = await program.get("/metrics", headers=raw)
    assert answer.status_code == status


async def test_a_websocket_is_closed_and_not_a_fault() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope: Any = {"type": "websocket", "path": "/", "headers": []}
    await make_app().app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_two_applications_in_one_process_share_nothing() -> None:
    first, second = make_app(), make_app(origin="https://second.test")
    async with first.browser() as browser:
        await first.sign_in(browser)
        await browser.post("/sign-in", data={"email": "ana@example.org"})
    assert len(first.sessions.rows) == 1
    assert second.sessions.rows == {}
    assert first.mail.sent[-1].link.startswith(ORIGIN)
