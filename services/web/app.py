"""Builds the web application.

Nothing is global: two applications in one process share no more than the code of templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from prometheus_client import CollectorRegistry

from domain.errors import DomainError
from services.web.assets import AssetController, Assets
from services.web.context import STATE_KEY, Web
from services.web.edge.answers import exception_handler
from services.web.edge.health import Check, health_controller
from services.web.edge.layer import Edge
from services.web.edge.metrics import Metrics, MetricsController
from services.web.edge.requests import StrictRequest
from services.web.pages.sign_in import SignInController, SignOutController
from services.web.pages.you.devices import DeviceController
from services.web.settings import BODY_LIMIT
from services.web.signing_in.session import Sessions, current_person
from services.web.templating import Templates

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler, Receive, Scope, Send

    from services.web.ports import WebPorts
    from services.web.settings import WebSettings

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


class WebApp:
    """The ASGI application: the edge, and Litestar behind it.

    Attributes:
        litestar: the framework's application, for its routes and its OpenAPI document.
        web: the parts its requests share.
    """

    def __init__(self, litestar: Litestar, web: Web) -> None:
        self.litestar = litestar
        self.web = web
        self._edge = Edge(litestar, web)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self._edge(scope, receive, send)


async def _person_id(request: Request[Any, Any, Any]) -> UUID:
    return await current_person(request)


def create_app(
    *,
    settings: WebSettings,
    ports: WebPorts,
    controllers: Sequence[ControllerRouterHandler] = (),
    dependencies: Mapping[str, Provide] | None = None,
    checks: Mapping[str, Check] | None = None,
    registry: CollectorRegistry | None = None,
    unavailable: tuple[type[Exception], ...] = (),
    lifespan: Sequence[Lifespan] = (),
    version: str = "1",
) -> WebApp:
    """Build the web application.

    Args:
        settings: where it runs.
        ports: what it needs from outside.
        controllers: the subjects' controllers and routers. Those of the JSON API set
            ``include_in_schema = True``; pages stay out of the OpenAPI document.
        dependencies: what handlers may ask for besides ``person_id`` (which needs a sign-in).
        checks: what ``/health/ready`` asks, by name.
        registry: where the process gathers its figures; a new one if not given.
        unavailable: exceptions that mean "not just now", answered by 503.
        lifespan: context managers round the application's life.
        version: version of the API's document.
    """
    assets = Assets()
    web = Web(
        settings=settings,
        ports=ports,
        assets=assets,
        templates=Templates(settings, assets),
        sessions=Sessions(ports.sessions, ports.clock, ports.randomness),
        metrics=Metrics(registry or CollectorRegistry()),
    )
    own: tuple[ControllerRouterHandler, ...] = (
        AssetController,
        MetricsController,
        health_controller(checks or {}),
        SignInController,
        SignOutController,
        DeviceController,
    )
    litestar = Litestar(
        route_handlers=[*own, *controllers],
        dependencies={"person_id": Provide(_person_id), **(dependencies or {})},
        # Named one by one: a handler for the status 500 would also catch refusals on their way.
        exception_handlers={
            DomainError: exception_handler(unavailable),
            Exception: exception_handler(unavailable),
        },
        request_class=StrictRequest,
        request_max_body_size=BODY_LIMIT,
        multipart_form_part_limit=200,
        state=State({STATE_KEY: web}),
        lifespan=list(lifespan),
        include_in_schema=False,
        openapi_config=OpenAPIConfig(
            title="Peerhour",
            use_handler_docstrings=True,
            version=version,
            description="Refusals are RFC 9457 problems with a stable `code`.",
            path="/api/v1/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/")],
        ),
        logging_config=None,  # it would log paths and messages; web/edge/access_log.py does not
        debug=False,
    )
    return WebApp(litestar, web)
