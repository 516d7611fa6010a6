"""Attack the event store: ``python -m tests.faults --seconds 60 --seed 7 --clients 8``."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys

from tests.faults.bugs import BUGS
from tests.faults.run import CLIENTS, Report, attack

_SHOWN = 5  # of each kind of breakage


def main() -> int:
    """Run once, print what happened; 0 when every invariant held."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--bug", choices=BUGS, help="plant a mistake that has to be caught")
    chosen = parser.parse_args()
    report = asyncio.run(_attack(chosen))
    say = sys.stdout.write
    say(f"seed {chosen.seed}, {chosen.seconds:g} s, bug: {chosen.bug or 'none'}\n")
    for name, number in report.counts.items():
        say(f"  {name:24} {number:8,}\n")
    for name, found in report.found.items():
        say(f"  {name:24} {len(found):8,} broken\n")
        for each in found[:_SHOWN]:
            say(f"      {each}\n")
    say("PASS\n" if report.passed else "FAIL\n")
    return 0 if report.passed else 1


async def _attack(chosen: argparse.Namespace) -> Report:
    """Attack; told to end, leave nothing running."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await attack(chosen.seconds, chosen.seed, chosen.bug, chosen.clients)


if __name__ == "__main__":
    sys.exit(main())
