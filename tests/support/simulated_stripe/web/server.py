"""The HTTP server: on loopback only, in a thread of its own or as a whole process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.support.simulated_stripe.web.app import CUT, make_app
from tests.support.simulated_stripe.web.deliveries import Deliveries
from tests.support.simulated_stripe.web.door import Door
from tests.support.simulated_stripe.web.site import Site
from tests.support.simulated_stripe.world import keeping
from tests.support.simulated_stripe.world.world import World

_LOOPBACK = "127.0.0.1"


class _Cuttable(HttpToolsProtocol):
    """Lets a handler cut the connection in the middle: a client's worst case."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {CUT: self.transport.abort}
        self.scope["extensions"] = extensions


def _listen(port: int) -> socket.socket:
    """A listening socket that says it is TCP: asyncio sends at once only on those."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((_LOOPBACK, port))
    made.listen()
    return made


def real_time() -> datetime:
    return datetime.now(UTC)


class Server:
    """One simulated Stripe account behind an address.

    Args:
        port: 0 takes a free one.
        seed: for ids and chaos.
        clock: the server's time.
        judged: whether every answer is compared with the SDK's classes.
        kept: a file written by ``/_simulated/keep``: where there is one, it goes on from there,
            and holds webhooks back until they are released.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        seed: int = 1,
        clock: Callable[[], datetime] = real_time,
        judged: bool = True,
        kept: Path | None = None,
    ) -> None:
        self._socket = _listen(port)
        self.address = f"http://{_LOOPBACK}:{self._socket.getsockname()[1]}"

        def make_site() -> Site:
            world = World(clock=clock, seed=seed, address=self.address)
            site = Site(world, Door(world, judged=judged), Deliveries(world))
            if kept is not None and kept.exists():
                keeping.read(world, kept)
                site.file, site.deliveries.holding = kept, True
            return site

        config = uvicorn.Config(
            make_app(make_site),
            http=_Cuttable,
            loop="asyncio",
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=3,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    async def serve(self) -> None:
        """Serves until told to end: by :meth:`stop`, or by SIGTERM in the main thread."""
        await self._uvicorn.serve(sockets=[self._socket])

    async def start(self) -> None:
        """Serves in a thread, so that tests may also call with a blocking client."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self._thread.start()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise RuntimeError("The simulated Stripe did not start.")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Ends the thread and closes the port."""
        self._uvicorn.should_exit = True
        if self._thread:
            await asyncio.to_thread(self._thread.join)
        self._socket.close()
