"""Sends problems: through Litestar for what handlers raise, by hand for what the edge refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import structlog
from litestar import Response
from litestar.response import Redirect

from services.web.context import SESSION, request_id_of, web_of
from services.web.edge.faults import describe
from services.web.edge.problems import Problem, is_fault, to_problem, wants_page
from services.web.edge.refusals import SignInRequired
from services.web.edge.requests import ClientLeft
from services.web.signing_in.safe_paths import safe_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar import Request
    from litestar.types import Scope, Send

    from services.web.templating import Templates

_log = structlog.get_logger("peerhour.web")


def exception_handler(
    unavailable: tuple[type[Exception], ...],
) -> Callable[[Request[Any, Any, Any], Exception], Response[Any]]:
    """Return Litestar's handler for every exception.

    Args:
        unavailable: exceptions that mean "not just now".
    """

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if isinstance(error, ClientLeft):
            raise error  # nobody to answer; the edge writes it down
        problem = to_problem(error, unavailable=unavailable)
        request_id = request_id_of(request)
        if is_fault(problem):
            _log.error("web.fault", request_id=request_id, **describe(error))
        elif isinstance(error, unavailable):
            _log.warning("web.unavailable", request_id=request_id, **describe(error))
        page = wants_page(request.headers.get("accept", ""))
        if page and problem.code == SignInRequired.code and request.method == "GET":
            return _to_sign_in(request)
        signed_in = request.scope.get("state", {}).get(SESSION) is not None
        kind, body = rendered(
            problem,
            page=page,
            templates=web_of(request).templates,
            request_id=request_id,
            signed_in=signed_in,
        )
        return Response(
            body,
            status_code=problem.status,
            media_type=kind,
            headers={"Cache-Control": "no-store", **problem.headers},
        )

    return handle


def _to_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    wanted = safe_path(request.scope["path"])
    where = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}"
    return Redirect(where, status_code=303, headers={"Cache-Control": "no-store"})


def rendered(
    problem: Problem,
    *,
    page: bool,
    templates: Templates,
    request_id: str,
    signed_in: bool = False,
) -> tuple[str, bytes]:
    """Return media type and body of *problem*, as a page or as JSON."""
    if not page:
        return "application/problem+json", problem.json(request_id)
    html = templates.render(
        "problem.html", problem=problem, request_id=request_id, signed_in=signed_in, here=""
    )
    return "text/html", html.encode()


async def send_problem(
    problem: Problem, *, scope: Scope, send: Send, templates: Templates, request_id: str
) -> None:
    """Answer with *problem* where Litestar is not asked, or gave up."""
    accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
    kind, body = rendered(
        problem, page=wants_page(accept), templates=templates, request_id=request_id
    )
    headers = {
        "content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **problem.headers,
    }
    await send(
        cast(
            "Any",
            {
                "type": "http.response.start",
                "status": problem.status,
                "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            },
        )
    )
    await send(cast("Any", {"type": "http.response.body", "body": body, "more_body": False}))
