"""Serves the web and runs the worker in one process, or one of the two; stops gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from typing import Any, Final

import structlog
import uvicorn
from prometheus_client import CollectorRegistry

from services import bootstrap, worker
from services.bootstrap import Running
from services.gauges import Gauges
from services.web.live import LiveHub

log = structlog.get_logger()

_DRAIN_SECONDS: Final = 5
_BACKLOG: Final = 512
ROLES: Final = ("all", "web", "worker")


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: stopping is decided in one place, here."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signals to :func:`serve`."""
        yield


async def serve(running: Running, *, role: str, ready: Callable[[int], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; open requests and pieces of work are finished first.

    Args:
        running: the house.
        role: ``all``, ``web`` or ``worker``.
        ready: told the port once the web answers (0 for a worker alone).
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    tasks: list[asyncio.Task[Any]] = []
    if role in {"all", "worker"}:
        tasks.append(asyncio.create_task(worker.run(running.chores, stopping), name="worker"))
    if role in {"all", "web"}:
        tasks.append(asyncio.create_task(_serve_web(running, role, stopping, ready), name="web"))
    elif ready is not None:
        ready(0)
    try:
        await asyncio.gather(*tasks)
    finally:
        stopping.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("stopped", role=role)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket that says it is TCP: asyncio sends at once only on those.

    ``socket.create_server`` does not say it, and without uvloop each answer on a connection that is
    used again would wait 40 ms for the client's acknowledgement.
    """
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except OSError:
        made.close()
        raise
    return made


async def _serve_web(
    running: Running,
    role: str,
    stopping: asyncio.Event,
    ready: Callable[[int], None] | None,
) -> None:
    hub, registry = LiveHub(), CollectorRegistry()
    listener = listen(running.settings.host, running.settings.port)
    config = uvicorn.Config(
        bootstrap.web_app(running, hub, registry),
        access_log=False,
        log_config=None,
        ws="none",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        proxy_headers=bool(running.settings.trusted_proxies),
        forwarded_allow_ips=running.settings.trusted_proxies or None,
    )
    server = _Server(config)
    feeds = [
        asyncio.create_task(hub.run(bootstrap.live_feed(running)), name="live"),
        asyncio.create_task(hub.run(bootstrap.outside_feed(running)), name="outside"),
        asyncio.create_task(Gauges(registry).keep(running.house), name="gauges"),
    ]
    if role == "web":  # the worker's loops listen already where there are any
        feeds.append(asyncio.create_task(running.signal.listen(), name="listener"))
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn tells no other way
        await asyncio.sleep(0.01)
    if ready is not None and server.started:
        ready(listener.getsockname()[1])
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
    hub.close()
    server.should_exit = True
    stopping.set()
    await serving
    for task in (*feeds, stop):
        task.cancel()
    await asyncio.gather(*feeds, stop, return_exceptions=True)
