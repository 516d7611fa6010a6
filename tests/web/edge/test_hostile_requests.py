"""Nothing a client can send ends in a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.web.signing_in.session import SESSION_COOKIE
from tests.support.web import PAGE, Harness, make_app
from tests.web.probes import ProbeController

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def part(head: bytes, body: bytes = b"x") -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + body + b"\r\n--b--\r\n"


NAMED = b'Content-Disposition: form-data; name="a"'
UNKNOWN_CHARSET = b"\r\nContent-Type: text/plain; charset=zz"
EMAIL_AS_FILE = b'Content-Disposition: form-data; name="email"; filename="x"'

NASTY = [
    # addresses
    ("GET", "/%00", {}, b"", 400),
    ("GET", "/%ff%fe", {}, b"", 400),
    ("GET", "/sign-in?next=%00", {}, b"", 400),
    ("GET", "/sign-in?next=%ed%a0%80", {}, b"", 400),
    ("GET", "/sign-in?" + "a&" * 5000, {}, b"", 200),
    ("GET", "/probe/things/not-a-uuid", {}, b"", 404),
    ("GET", "/probe/things/" + "9" * 5000, {}, b"", 404),
    ("GET", "/probe/numbers/" + "9" * 5000, {}, b"", 404),
    ("GET", "/probe/query", {}, b"", 400),
    ("GET", "/probe/query?count=" + "9" * 5000, {}, b"", 400),
    ("GET", "/probe/query?count=1&count=2", {}, b"", 200),
    ("GET", "/static/..%2f..%2fapp.py", {}, b"", 404),
    ("GET", "/static/peerhour.css", {}, b"", 404),
    ("GET", "//elsewhere.test/%2e%2e", {}, b"", 404),
    # JSON
    ("POST", "/probe/json", JSON, b"", 400),
    ("POST", "/probe/json", JSON, b"{", 400),
    ("POST", "/probe/json", JSON, b"null", 400),
    ("POST", "/probe/json", JSON, b'"\xff"', 400),
    ("POST", "/probe/json", JSON, b'{"name":"a\\u0000b","minutes":1}', 400),
    ("POST", "/probe/json", JSON, b'{"name":"a\\\\u0000b","minutes":1}', 201),
    ("POST", "/probe/json", JSON, b'{"name":"\\ud800","minutes":1}', 400),
    ("POST", "/probe/json", JSON, b'{"name":"a","minutes":' + b"9" * 5000 + b"}", 400),
    ("POST", "/probe/json", JSON, b'{"name":"a","minutes":1e999}', 400),
    ("POST", "/probe/json", JSON, b"[" * 100_000, 400),
    ("POST", "/probe/json", JSON, b'{"name":"a","minutes":1,"inner":' + b"[" * 100_000, 400),
    ("POST", "/probe/json", {"Content-Type": "text/plain"}, b"hello", 400),
    ("POST", "/probe/json", {"Content-Type": "\x7f;;=;"}, b"{}", 400),
    ("POST", "/probe/json", FORM, b"name=a&minutes=1", 400),
    # forms
    ("POST", "/probe/form", FORM, b"a=%ff", 400),
    ("POST", "/probe/form", FORM, b"a=\xff", 400),
    ("POST", "/probe/form", FORM, b"a=%00", 400),
    ("POST", "/probe/form", FORM, b"%00=a", 400),
    ("POST", "/probe/form", FORM, b"a=1&" * 2000, 400),
    ("POST", "/probe/form", FORM, b"%zz=%", 201),
    ("POST", "/probe/form", {"Content-Type": "multipart/form-data"}, b"x", 400),
    ("POST", "/probe/form", MULTIPART, b"", 201),
    ("POST", "/probe/form", MULTIPART, b"--b\r\n", 400),
    ("POST", "/probe/form", MULTIPART, part(b"X: y"), 400),
    ("POST", "/probe/form", MULTIPART, part(NAMED, b"\xff"), 400),
    ("POST", "/probe/form", MULTIPART, part(NAMED, b"\0"), 400),
    ("POST", "/probe/form", MULTIPART, part(NAMED + UNKNOWN_CHARSET), 400),
    ("POST", "/probe/form", MULTIPART, part(NAMED + b'; filename="a.csv"'), 201),
    ("POST", "/probe/form", MULTIPART, (b"--b\r\n" + NAMED + b"\r\n\r\nx\r\n") * 300, 400),
    ("POST", "/sign-in", FORM, b"", 400),
    ("POST", "/sign-in", FORM, b"email=" + b"a" * 5000 + b"@example.org", 400),
    ("POST", "/sign-in", FORM, b"email=ana%0d%0aBcc:bo@example.org", 400),
    ("POST", "/sign-in", MULTIPART, part(EMAIL_AS_FILE), 400),
    ("POST", "/sign-in/code", FORM, "code=\u0661\u0662\u0663".encode(), 400),
    ("POST", "/sign-in/code", FORM, b"code=%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6%D9%A7%D9%A8", 400),
    # headers
    ("GET", "/probe/mine", {"Cookie": f"{SESSION_COOKIE}=%00"}, b"", 401),
    ("GET", "/probe/mine", {"Cookie": f"{SESSION_COOKIE}={'a' * 43}"}, b"", 401),
    ("GET", "/probe/mine", {"Cookie": ";;==\x7f,,"}, b"", 401),
    ("GET", "/sign-in", {"Accept": ";q=x,,,/"}, b"", 200),
    ("GET", "/sign-in", {"Host": "bad host"}, b"", 400),
    ("POST", "/probe/form", {**FORM, "Content-Length": "many"}, b"", 400),
    ("BREW", "/sign-in", {}, b"", 405),
]  # fmt: skip


@pytest.fixture(scope="module")
def probed() -> Harness:
    return make_app(controllers=[ProbeController])


@pytest.mark.parametrize("accept", ["application/json", PAGE], ids=["program", "browser"])
@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"), NASTY, ids=lambda value: str(value)[:40]
)
async def test_a_nasty_request_gets_a_calm_answer(
    probed: Harness,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    accept: str,
) -> None:
    async with probed.program() as program:
        answer = await program.request(
            method, path, content=body, headers={"Accept": accept, **headers}
        )
    if status == 401 and accept == PAGE:
        status = 303
    assert answer.status_code == status, answer.text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
    ),
    path=st.sampled_from(["/probe/json", "/probe/form", "/sign-in", "/sign-in/code"]),
)
async def test_no_body_is_a_fault(probed: Harness, body: bytes, kind: str, path: str) -> None:
    async with probed.program() as program:
        answer = await program.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code < 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
async def test_no_json_value_is_a_fault(probed: Harness, value: Any) -> None:
    async with probed.program() as program:
        answer = await program.post("/probe/json", content=json.dumps(value).encode(), headers=JSON)
    assert answer.status_code < 500


async def test_a_client_that_leaves_is_no_fault(probed: Harness) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http", "method": "POST", "path": "/probe/form", "raw_path": b"/probe/form",
        "query_string": b"", "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
        "client": ("203.0.113.7", 1), "server": ("peerhour.test", 443), "scheme": "https",
        "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    await probed.app(scope, receive, send)
    assert sent == []
