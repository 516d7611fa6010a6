"""One line per request, and the figures made of it; without path, query, body or address."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final

import structlog

from services.web.context import SESSION

if TYPE_CHECKING:
    from uuid import UUID

    from litestar.types import HTTPScope

    from services.web.context import Web

UNMATCHED: Final = "unmatched"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET: Final = frozenset({"/health/live", "/health/ready", "/metrics", "/static/{name}"})
_log = structlog.get_logger("peerhour.web.access")


def record(
    web: Web, *, scope: HTTPScope, method: str, status: int, seconds: float, request_id: str
) -> None:
    """Write down one request: the route's template stands for its path."""
    route = str(scope.get("path_template") or UNMATCHED)
    method = method if method in _METHODS else "OTHER"
    web.metrics.observe(method=method, route=route, status=status, seconds=seconds)
    known: dict[str, Any] = {}
    session = scope.get("state", {}).get(SESSION)
    if session is not None:
        known["person"] = pseudonym(web.settings.secret, session.person_id)
    say = _log.debug if route in _QUIET and status < 400 else _log.info  # noqa: PLR2004 - 4xx begins
    say(
        "web.request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        request_id=request_id,
        **known,
    )


def pseudonym(secret: bytes, person_id: UUID) -> str:
    """Return a name for the person that is the same in every line and says nothing elsewhere."""
    return hmac.digest(secret, b"log|" + person_id.bytes, "sha256").hex()[:16]
