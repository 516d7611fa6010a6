"""Request figures for Prometheus, and the guarded page that shows them."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING, Any

from litestar import Controller, Request, Response, get
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from domain.errors import NotAllowed
from services.web.context import web_of

if TYPE_CHECKING:
    from services.web.settings import WebSettings


class Metrics:
    """Counts and times requests by route template.

    Args:
        registry: where the composition root gathers all figures of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._count = Counter(
            "peerhour_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "peerhour_http_request_seconds",
            "Time until the last byte, in seconds.",
            ("method", "route"),
            registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._count.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


class MetricsController(Controller):
    """``/metrics``, for the machine that watches."""

    path = "/metrics"
    include_in_schema = False

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Return all figures in Prometheus' text format."""
        web = web_of(request)
        if not _may_watch(request, web.settings):
            raise NotAllowed("These figures are for the people who run Peerhour.")
        return Response(
            generate_latest(web.metrics.registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )


def _may_watch(request: Request[Any, Any, Any], settings: WebSettings) -> bool:
    """Tell whether the token fits or, where none is set, whether this machine itself asks.

    A request that a proxy passed on is not this machine's, even if the proxy runs here.
    """
    if settings.metrics_token is not None:
        given = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())
    passed_on = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "via"))
    if passed_on or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
