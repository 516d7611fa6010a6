"""What every request of one application shares; built once by the factory, never global."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection

    from services.web.assets import Assets
    from services.web.edge.metrics import Metrics
    from services.web.ports import WebPorts
    from services.web.settings import WebSettings
    from services.web.signing_in.session import Sessions
    from services.web.templating import Templates

STATE_KEY: Final = "web"
REQUEST_ID: Final = "peerhour_request_id"  # in scope["state"]
SESSION: Final = "peerhour_session"  # in scope["state"]: the session, once somebody asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The shared parts of one web application."""

    settings: WebSettings
    ports: WebPorts
    assets: Assets
    templates: Templates
    sessions: Sessions
    metrics: Metrics


def web_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Web:
    """Return the shared parts of the application that serves *connection*."""
    return cast("Web", connection.app.state[STATE_KEY])


def request_id_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the id under which this request stands in the log."""
    return str(connection.scope.get("state", {}).get(REQUEST_ID, ""))
