"""Runs the benches, prints the table and writes ``build/bench.json``.

``python -m tests.bench [NAME ...]`` runs those whose name contains a word given. Both sides of a
ratio run in turn on one server with default settings, in one sitting; the medians are printed, and
the spread of the ratio over the rounds. Targets are shown, never enforced: a timed test would lie
on a busy machine.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

import uvloop
from rich.console import Console
from rich.table import Table

from infra.postgres.embedded import MAINTENANCE, EmbeddedPostgres
from tests.bench import (  # noqa: F401  they put their benches on the list
    appending,
    billing,
    judging,
    replaying,
)
from tests.bench.register import BENCHES, Bench, Ground, Pair


async def main(words: list[str]) -> None:
    """Run what was asked for, all by default."""
    folder = Path(tempfile.mkdtemp(prefix="peerhour-bench-"))
    server = EmbeddedPostgres(folder / "db")
    rows = []
    try:
        server.start()
        ground = Ground(server.connect_kwargs(MAINTENANCE), server.binaries())
        for bench in BENCHES:
            if not words or any(word in bench.name for word in words):
                sys.stderr.write(f"{bench.name} …\n")
                rows.append((bench, await bench.measure(ground)))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    _print(rows)
    _write(rows)


def _print(rows: list[tuple[Bench, list[Pair]]]) -> None:
    table = Table("name", "ours", "baseline", "ratio", "spread", "target", "unit")
    for bench, pairs in rows:
        ratios = sorted(_ratio(pair) for pair in pairs)
        bound = "≥" if bench.at_least else "≤"
        table.add_row(
            bench.name,
            _figure(median(pair.ours for pair in pairs)),
            _figure(median(pair.baseline for pair in pairs)),
            f"{median(ratios):.2f}",
            f"{ratios[0]:.2f} to {ratios[-1]:.2f}",
            f"{bound} {bench.target:g}",
            bench.unit,
        )
    Console(width=120).print(table)


def _ratio(pair: Pair) -> float:
    return pair.ours / pair.baseline if pair.baseline else pair.ours


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


def _write(rows: list[tuple[Bench, list[Pair]]]) -> None:
    found = [
        {
            "name": bench.name,
            "ours": median(pair.ours for pair in pairs),
            "baseline": median(pair.baseline for pair in pairs),
            "ratio": median(_ratio(pair) for pair in pairs),
            "unit": bench.unit,
        }
        for bench, pairs in rows
    ]
    Path("build").mkdir(exist_ok=True)
    Path("build/bench.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


uvloop.run(main(sys.argv[1:]))
