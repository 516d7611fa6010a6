"""A rule change in a process of its own, so that its memory can be told.

``python -m tests.bench.rule_change DATABASE KEYS GROUPS MEETINGS`` compares two versions of a text
as ``peerhour rules diff`` does and prints, after each part, the peak of its resident memory and the
processor time so far.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import uvloop
from msgspec.structs import replace

from domain.rules.entries import Entry
from domain.rules.model import Pack
from infra.database import connect, open_pool
from infra.event_store.mapper import EventMapper
from infra.event_store.store import PostgresEventStore
from infra.rule_files import load_rules
from infra.secrets.keystore import KeyStore
from infra.system import SystemClock
from services.rules.change import Comparison
from services.rules.change_accounts import AccountComparison
from tests.bench.crowd import PEOPLE, Crowd


def versions() -> tuple[Pack, Pack]:
    """Return California's text, and one with an hour of fifty minutes."""
    old = load_rules().newest("us-ca-psychology")
    assert old is not None, "it ships"
    (rule,) = old.rules
    new = replace(
        old, version=old.version + 1, rules=(replace(rule, minutes_per_unit=50),), cases=()
    )
    return old, new


async def main(database: str, keys: str, groups: str, meetings: str) -> None:
    """Compare everything and print what it took."""
    crowd = Crowd(int(groups), int(meetings))
    address = json.loads(database)
    pool = await open_pool(address)
    store = PostgresEventStore(
        pool,
        partial(connect, address, for_store=True),
        EventMapper(KeyStore(Path(keys))),
        SystemClock(),
    )
    old, new = versions()
    took = {"begun": _so_far()}
    attendances = differences = 0
    async for compared in Comparison(store, old, new).meetings(crowd.meeting_ids()):
        attendances += compared.attendances
        differences += len(compared.differences)
    assert attendances == differences == crowd.meetings * PEOPLE, (attendances, differences)
    took["meetings"] = _so_far()
    periods = AccountComparison(
        store, _nothing_entered, old, new, since=date(2026, 1, 1), today=date(2027, 12, 31)
    )
    reckoned = 0
    async for each in periods.members(crowd.member_ids()):
        reckoned += each.periods
    assert reckoned >= crowd.groups * PEOPLE, reckoned
    took["periods"] = _so_far()
    await pool.close()
    sys.stdout.write(json.dumps(took))


async def _nothing_entered(_pack: Pack, _member: UUID, _licence: UUID) -> Sequence[Entry]:
    return ()


def _so_far() -> dict[str, float]:
    # Not ru_maxrss: that begins with what the process was that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0])
    found = {"peak_mb": round(peak / 1024, 1), "cpu_seconds": round(time.process_time(), 1)}
    sys.stderr.write(f"  {found}\n")
    return found


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:5]))
