"""A process that appends: ``python -m tests.infra.event_store.append_many FOLDER WRITERS EACH``.

The arguments of ``asyncpg.connect`` come as JSON on standard input; the command ids and positions
of what was acknowledged go to standard output as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.support.appends import a_new_probe, opened_store


async def main(folder: Path, writers: int, each: int) -> None:
    acknowledged: dict[str, int] = {}
    async with opened_store(json.load(sys.stdin), folder) as store:

        async def writer() -> None:
            for number in range(each):
                append = a_new_probe(1 + number % 3)
                outcome = await store.append(append)
                acknowledged[str(append.cause.command_id)] = outcome.position

        await asyncio.gather(*(writer() for _ in range(writers)))
    json.dump(acknowledged, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
