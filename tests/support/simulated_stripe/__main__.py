"""``python -m tests.support.simulated_stripe --port N``: the simulation as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from pathlib import Path

from tests.support.simulated_stripe.web.server import Server

_LOOK_EVERY = 1.0  # seconds


def main() -> None:
    """Serves on loopback until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="simulated_stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same ids")
    parser.add_argument("--kept", type=Path, help="goes on with the account of this file")
    parser.add_argument("--parent", type=int, help="ends when this process is not its parent")
    chosen = parser.parse_args()
    server = Server(port=chosen.port, seed=chosen.seed, kept=chosen.kept)
    print(f"Simulated Stripe (no money moves) at {server.address}", flush=True)  # noqa: T201 -- its purpose
    asyncio.run(_serve(server, chosen.parent))


async def _serve(server: Server, parent: int | None) -> None:
    watching = asyncio.create_task(_watch(parent)) if parent is not None else None
    await server.serve()
    if watching is not None:
        watching.cancel()


async def _watch(parent: int) -> None:
    """Ends this process with the one that started it, however that one ended."""
    while os.getppid() == parent:  # noqa: ASYNC110 -- the system tells no other way
        await asyncio.sleep(_LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
