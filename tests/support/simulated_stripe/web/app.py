"""The web application: API, pages and controls on one address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from litestar import Litestar, Request, Response, route
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import Scope

from tests.support.simulated_stripe.billing import dues
from tests.support.simulated_stripe.refusals import Refusal
from tests.support.simulated_stripe.web.controls import Controls
from tests.support.simulated_stripe.web.door import Request as ApiRequest
from tests.support.simulated_stripe.web.pages import Pages
from tests.support.simulated_stripe.web.site import Site, TheSite
from tests.support.simulated_stripe.world import keeping

#: Where :mod:`web.server` leaves the way to cut a connection.
CUT = "simulated.cut"
_TICK = 1.0


@route("/v1/{rest:path}", http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE])
async def api(
    request: Request[Any, Any, State], site: TheSite, rest: FromPath[str]
) -> Response[bytes]:
    """Every call of Stripe's API v1."""
    query = request.scope["query_string"].decode()
    body = (await request.body()).decode(errors="replace")
    reply = await site.door.answer(
        ApiRequest(
            verb=request.method.lower(),
            path=f"/v1{rest}",
            form="&".join(filter(None, (query, body))),
            headers={name.lower(): value for name, value in request.headers.items()},
        )
    )
    if reply.closed:
        cut: Any = (request.scope["extensions"] or {})[CUT]
        cut()
        return Response(b"", status_code=500)
    return Response(
        reply.body, status_code=reply.status, headers=reply.headers, media_type="application/json"
    )


def _refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    return Response(str(refusal), status_code=refusal.status, media_type="text/plain")


async def _crashed(error: Exception, scope: Scope) -> None:
    """A fault of the simulation itself: told at once, and to whoever closes the handle."""
    expected: tuple[type[Exception], ...] = (Refusal, HTTPException)
    if scope["path"].startswith(Controls.path):
        expected += (KeyError,)  # a test forgot a word
    if not isinstance(error, expected):
        logging.getLogger(__name__).error("%s failed", scope["path"], exc_info=error)
        site: Site = scope["litestar_app"].state.site
        site.door.shape_faults.append(f"{scope['path']}: {error!r}")


def make_app(make_site: Callable[[], Site]) -> Litestar:
    """The application.

    Args:
        make_site: builds the parts; called in the running loop, at the start.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        site = app.state.site = make_site()
        await site.deliveries.open()
        ticking = asyncio.create_task(_tick(site))
        yield
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        await site.deliveries.close()
        if site.file is not None:
            keeping.write(site.world, site.file)

    def site(state: State) -> Site:
        found: Site = state.site
        return found

    return Litestar(
        [api, Controls, Pages],
        lifespan=[lifespan],
        dependencies={"site": Provide(site, sync_to_thread=False)},
        exception_handlers={Refusal: _refused},
        after_exception=[_crashed],
        openapi_config=None,
        logging_config=None,
    )


async def _tick(site: Site) -> None:
    """Time passes also while nobody asks; what happened is kept, where it is to be kept."""
    seen = 0
    while True:
        await asyncio.sleep(_TICK)
        dues.catch_up(site.world)
        happened = len(site.door.requests) + len(site.world.objects.get("event", {}))
        if site.file is not None and happened != seen:
            keeping.write(site.world, site.file)
            seen = happened
