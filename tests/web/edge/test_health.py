"""Health and the description of the API."""

from __future__ import annotations

import asyncio

import pytest

from services.web.edge import health
from tests.support.web import make_app
from tests.web.probes import ProbeController


async def fine() -> None:
    return None


async def late() -> str:
    return "40 s behind"


async def broken() -> None:
    raise ConnectionError("secret host name")


async def silent() -> None:
    await asyncio.Event().wait()


async def test_a_process_is_alive_even_if_it_cannot_work() -> None:
    async with make_app(checks={"database": broken}).program() as program:
        answer = await program.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"


async def test_ready_means_that_every_check_is() -> None:
    async with make_app(checks={"database": fine}).program() as program:
        answer = await program.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok"}},
    )


async def test_what_is_not_ready_is_named_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PATIENCE", 0.01)
    checks = {"database": broken, "projector": late, "mail": silent, "disk": fine}
    async with make_app(checks=checks).program() as program:
        answer = await program.get("/health/ready")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["checks"] == {
        "database": "failed",
        "projector": "40 s behind",
        "mail": "no answer",
        "disk": "ok",
    }


async def test_the_api_describes_itself_and_leaves_pages_out() -> None:
    async with make_app(controllers=[ProbeController]).program() as program:
        answer = await program.get("/api/v1/openapi.json")
        missing = await program.get("/api/v1/nothing")
    document = answer.json()
    assert document["openapi"].startswith("3.")
    assert "/probe/json" in document["paths"]
    assert not [path for path in document["paths"] if path.startswith(("/sign", "/you", "/static"))]
    assert missing.headers["content-type"] == "application/problem+json"
