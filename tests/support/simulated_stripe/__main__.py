"""``python -m tests.support.simulated_stripe --port N``: the simulation as a process of its own."""

from __future__ import annotations

import argparse
import asyncio

from tests.support.simulated_stripe.web.server import Server


def main() -> None:
    """Serves on loopback until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="simulated_stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same ids")
    chosen = parser.parse_args()
    server = Server(port=chosen.port, seed=chosen.seed)
    print(f"Simulated Stripe (no money moves) at {server.address}", flush=True)  # noqa: T201 -- its purpose
    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
