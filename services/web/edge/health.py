"""``/health/live`` says the process answers; ``/health/ready`` says it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from litestar import Controller, Response, get

from services.web.edge.faults import describe

Check = Callable[[], Awaitable[str | None]]
"""Returns ``None`` if all is well, else a few words without personal data."""

_PATIENCE: Final = 2.0  # seconds a check may take
_log = structlog.get_logger("peerhour.web.health")


async def run_checks(checks: Mapping[str, Check]) -> dict[str, str]:
    """Run all checks at once; returns ``ok`` or what is wrong, by name."""
    words = await asyncio.gather(*(_run(name, check) for name, check in checks.items()))
    return dict(zip(checks, words, strict=True))


async def _run(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check() or "ok"
    except TimeoutError:
        return "no answer"
    except Exception as error:  # noqa: BLE001 - a check that breaks is a check that says no
        _log.warning("health.check_failed", check=name, **describe(error))
        return "failed"


def health_controller(checks: Mapping[str, Check]) -> type[Controller]:
    """Return the controller of the two health addresses.

    Args:
        checks: what must hold before this process should get requests.
    """

    class HealthController(Controller):
        path = "/health"
        include_in_schema = False

        @get("/live")
        async def live(self) -> Response[dict[str, Any]]:
            """Say that the process answers."""
            return Response({"status": "ok"}, headers={"Cache-Control": "no-store"})

        @get("/ready")
        async def ready(self) -> Response[dict[str, Any]]:
            """Say whether everything this process needs is there."""
            found = await run_checks(checks)
            ready = all(words == "ok" for words in found.values())
            headers = {"Cache-Control": "no-store"}
            if not ready:
                headers["Retry-After"] = "5"
            return Response(
                {"status": "ok" if ready else "unavailable", "checks": found},
                status_code=200 if ready else 503,
                headers=headers,
            )

    return HealthController
