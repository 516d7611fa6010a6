"""The outermost layer: what is decided before Litestar sees a request.

Here stand the request id, the security headers, the origin check, HEAD, and the promise that even
a fault of the framework ends in a calm answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote_to_bytes

import structlog

from services.web.context import REQUEST_ID
from services.web.edge.access_log import record
from services.web.edge.answers import send_problem
from services.web.edge.faults import describe
from services.web.edge.headers import with_security_headers
from services.web.edge.problems import to_problem
from services.web.edge.refusals import CrossSite, Malformed
from services.web.edge.requests import ClientLeft
from services.web.payment_pages import payment_pages
from services.web.signing_in.session import SESSION_COOKIE

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send

    from domain.errors import DomainError
    from services.web.context import Web

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LEFT: Final = 499  # how proxies write down a client that went away
_COOKIE: Final = f"{SESSION_COOKIE}=".encode()
_log = structlog.get_logger("peerhour.web")


class Edge:
    """An ASGI application round another one.

    Args:
        inner: the application, Litestar.
        web: the shared parts of this application.
    """

    def __init__(self, inner: ASGIApp, web: Web) -> None:
        self._inner = inner
        self._web = web

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one connection; *scope* is what the server says about it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":  # there are none; say so without a traceback
            await send(cast("Any", {"type": "websocket.close", "code": 1000, "reason": ""}))
        else:
            await self._inner(scope, receive, send)

    async def _http(self, outer: HTTPScope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        request_id = self._web.ports.randomness.token_bytes(16).hex()
        scope = cast(
            "HTTPScope",
            {**outer, "state": {**outer.get("state", {}), REQUEST_ID: request_id}},
        )
        lead_to = payment_pages(self._web.settings, scope["path"])
        headed = with_security_headers(send, request_id, lead_to=lead_to)
        seen = _Seen(headed, headless=scope["method"] == "HEAD")
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
        try:
            await self._serve(scope, receive, seen, request_id, outer["method"])
        finally:
            record(
                self._web,
                scope=scope,
                method=outer["method"],
                status=seen.status,
                seconds=time.perf_counter() - began,
                request_id=request_id,
            )

    async def _serve(
        self, scope: HTTPScope, receive: Receive, seen: _Seen, request_id: str, method: str
    ) -> None:
        refusal = refusal_of(scope, method=method, origin=self._web.settings.origin)
        error: Exception | None = refusal
        if refusal is None:
            try:
                await self._inner(scope, receive, seen)
            except ClientLeft:
                seen.status = _LEFT
            except Exception as fault:  # noqa: BLE001 - the last net: everything ends in an answer
                _log.error("web.fault", request_id=request_id, **describe(fault))
                error = fault
        if error is not None and not seen.started:
            await send_problem(
                to_problem(error),
                scope=scope,
                send=seen,
                templates=self._web.templates,
                request_id=request_id,
            )


class _Seen:
    """A send that remembers the status, and drops the body when only the head was asked for."""

    def __init__(self, send: Send, *, headless: bool) -> None:
        self._send = send
        self._headless = headless
        self.started = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            await self._send(message)
            if self._headless:
                await self._send(
                    cast("Any", {"type": "http.response.body", "body": b"", "more_body": False})
                )
        elif not self._headless:
            await self._send(message)


def refusal_of(scope: HTTPScope, *, method: str, origin: str) -> DomainError | None:
    """Return why the request goes no further, or ``None``."""
    raw_path = scope.get("raw_path") or scope["path"].encode(errors="surrogateescape")
    if not _is_text(raw_path) or not _is_text(scope["query_string"]):
        return Malformed("We could not read this address. Nothing was changed.")
    if method in _SAFE or came_from_us(scope["headers"], origin=origin):
        return None
    return CrossSite()


def came_from_us(headers: Any, *, origin: str) -> bool:
    """Tell whether an unsafe request was made by our own pages, or by a program without a session.

    ``Sec-Fetch-Site`` decides where there is one; else ``Origin``; a request with neither is no
    browser's of today and passes only without a session cookie.

    Args:
        headers: (name, value) pairs of bytes, names in lower case.
        origin: our own origin, from the settings.
    """
    sent: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        sent.setdefault(name.lower(), []).append(value.strip())
    if sites := sent.get(b"sec-fetch-site"):
        return all(site in {b"same-origin", b"none"} for site in sites)
    if origins := sent.get(b"origin"):
        return origins == [origin.encode()]
    return not any(_COOKIE in cookie for cookie in sent.get(b"cookie", ()))


def _is_text(raw: bytes) -> bool:
    decoded = unquote_to_bytes(raw)
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in decoded
