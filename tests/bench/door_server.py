"""The web of a house in a process of its own, with a route that does nothing beside the door.

``python -m tests.bench.door_server DATABASE_URL FOLDER SECRET`` prints its port and serves until
its input ends.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from litestar import MediaType, Request, Response, post
from prometheus_client import CollectorRegistry

from infra.settings import load_settings
from services import bootstrap
from services.web.live import LiveHub


@post("/bench/nothing", status_code=200, media_type=MediaType.TEXT)
async def nothing(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Read what came, and answer."""
    await request.body()
    return Response(b"", media_type=MediaType.TEXT)


async def main(url: str, folder: str, secret: str) -> None:
    """Serve until the input ends."""
    settings = load_settings(
        DATABASE_URL=url,
        data_dir=Path(folder),
        stripe_key="rk_test_simulated",
        stripe_webhook_secrets=secret,
        stripe_api_base="http://127.0.0.1:9",
    )
    async with bootstrap.open_house(settings, application_name="bench door") as running:
        app = bootstrap.web_app(running, LiveHub(), CollectorRegistry())
        app.litestar.register(nothing)
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            server = uvicorn.Server(
                uvicorn.Config(app, log_config=None, access_log=False, ws="none")
            )
            serving = asyncio.create_task(server.serve([listener]))
            sys.stdout.write(f"port {listener.getsockname()[1]}\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.read)
            server.should_exit = True
            await serving


uvloop.run(main(*sys.argv[1:4]))
