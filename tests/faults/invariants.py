"""What has to hold after any number of crashes; each check returns what breaks it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from infra.event_store.envelope import leaf_hash
from infra.event_store.mapper import StoredBody
from tests.faults.clients import History
from tests.faults.tail import Seen
from tests.faults.tally import Tally

Found = list[str]

_EVENTS: Final = "SELECT * FROM events ORDER BY position"
_VIEW: Final = "SELECT tally_id, total, orders FROM view_tally.tally"


@dataclass(frozen=True, slots=True)
class Truth:
    """What stands in the database at the end.

    Attributes:
        events: every row of the log, in order.
        head: the position it claims to have reached.
        live: the view as the attacked application has left it: tally to (total, orders).
        rebuilt: the same view, built anew from the log.
        seen: what a reader saw who followed the log all the time.
    """

    events: Sequence[asyncpg.Record]
    head: int
    live: dict[UUID, tuple[int, int]]
    rebuilt: dict[UUID, tuple[int, int]]
    seen: Sequence[Seen]

    def additions(self) -> list[tuple[int, UUID, UUID, int]]:
        """Return (position, tally, order, amount) of each addition, in order."""
        return [
            (row["position"], row["stream_id"], UUID(body["order_id"]), body["amount"])
            for row in self.events
            if row["topic"] == Tally.Added.TOPIC and (body := json.loads(row["body"]))
        ]


async def view(connection: asyncpg.Connection[Any]) -> dict[UUID, tuple[int, int]]:
    """Return the view as it stands."""
    rows = await connection.fetch(_VIEW)
    return {row["tally_id"]: (row["total"], row["orders"]) for row in rows}


async def log(connection: asyncpg.Connection[Any]) -> tuple[Sequence[asyncpg.Record], int]:
    """Return every event in order, and the position the log claims to have reached."""
    head = await connection.fetchval("SELECT position FROM log_head")
    return await connection.fetch(_EVENTS), head


def acknowledged_once(history: History, truth: Truth) -> Found:
    """I1: every acknowledged order is stored once, at its position, as it was sent."""
    stored = defaultdict(list)
    for position, tally, order, amount in truth.additions():
        stored[order].append((position, tally, amount))
    return [
        f"order {sent.order_id} was acknowledged at {sent.positions[0]}, stored: {places}"
        for sent in history.acknowledged()
        if (places := stored[sent.order_id]) != [(sent.positions[0], sent.tally_id, sent.amount)]
    ]


def nothing_invented(history: History, truth: Truth) -> Found:
    """I2: whatever is stored was sent, and stored at most once."""
    times = Counter(order for _, _, order, _ in truth.additions())
    doubled = [f"order {order} stands {n} times" for order, n in times.items() if n > 1]
    strange = [f"order {order} was never sent" for order in times if order not in history.orders]
    return doubled + strange


def streams_without_gaps(_: History, truth: Truth) -> Found:
    """I3: the versions of each stream are 1 to n, in the order of the log."""
    last: Counter[UUID] = Counter()
    found = []
    for row in truth.events:
        last[row["stream_id"]] += 1
        if row["stream_version"] != last[row["stream_id"]]:
            found.append(f"stream {row['stream_id']} has {row['stream_version']} out of turn")
    return found


def positions_without_gaps(_: History, truth: Truth) -> Found:
    """I4: positions are 1 to N, the head is N, and every leaf hash can be made again."""
    positions = [row["position"] for row in truth.events]
    found = [] if positions == list(range(1, len(positions) + 1)) else ["positions have gaps"]
    if truth.head != len(positions):
        found.append(f"the head is {truth.head}, events are {len(positions)}")
    for row in truth.events:
        body = StoredBody(
            row["stream_id"],
            row["stream_version"],
            row["topic"],
            row["schema_version"],
            row["body"],
        )
        if leaf_hash(body, row["metadata"], row["recorded_at"], row["salt"]) != row["leaf_hash"]:
            found.append(f"the leaf hash at {row['position']} does not verify")
    return found


def same_answer_again(history: History, _: Truth) -> Found:
    """I5: a repeated order gets the answer it got first; none of these has another to get."""
    return [
        f"order {sent.order_id} was answered {sent.positions} {sent.refusals}"
        for sent in history.orders.values()
        if len(set(sent.positions)) > 1 or sent.refusals
    ]


def real_time_order(history: History, _: Truth) -> Found:
    """I6: what was acknowledged before another order was sent stands before it in the log."""
    by_sending = sorted(history.acknowledged(), key=lambda sent: sent.sent_at)
    by_answer = sorted(history.acknowledged(), key=lambda sent: sent.answered_at or 0)
    found = []
    highest = answered = 0
    for sent in by_sending:
        while (by_answer[answered].answered_at or 0) < sent.sent_at:
            highest = max(highest, by_answer[answered].positions[0])
            answered += 1
        if sent.positions[0] <= highest:
            found.append(f"order {sent.order_id} at {sent.positions[0]} was sent behind {highest}")
    return found


def view_equals_rebuild(_: History, truth: Truth) -> Found:
    """I7: the view is what its events make it, live and rebuilt."""
    meant: dict[UUID, tuple[int, int]] = {}
    for _position, tally, _order, amount in truth.additions():
        total, orders = meant.get(tally, (0, 0))
        meant[tally] = total + amount, orders + 1
    return [
        f"tally {tally} shows {truth.live.get(tally)}, rebuilt {truth.rebuilt.get(tally)}"
        for tally in meant | truth.live | truth.rebuilt
        if not truth.live.get(tally) == truth.rebuilt.get(tally) == meant.get(tally)
    ]


def own_orders_are_shown(history: History, _: Truth) -> Found:
    """I8: whoever was acknowledged sees it in the view that has reached its position."""
    return history.unread


def readers_miss_nothing(_: History, truth: Truth) -> Found:
    """Whoever reads "behind my last position" all the time has seen exactly the log."""
    log = [
        (
            row["position"],
            row["stream_id"],
            row["stream_version"],
            UUID(json.loads(row["body"])["order_id"]),
        )
        for row in truth.events
    ]
    found = [
        f"read {seen}, stands {stored}"
        for seen, stored in zip(truth.seen, log, strict=False)
        if seen != stored
    ]
    if len(truth.seen) != len(log):
        found.append(f"read {len(truth.seen)} events of {len(log)}")
    return found


INVARIANTS: Final[dict[str, Callable[[History, Truth], Found]]] = {
    "I1 acknowledged once": acknowledged_once,
    "I2 nothing invented": nothing_invented,
    "I3 streams without gaps": streams_without_gaps,
    "I4 positions without gaps": positions_without_gaps,
    "I5 same answer again": same_answer_again,
    "I6 real-time order": real_time_order,
    "I7 view equals rebuild": view_equals_rebuild,
    "I8 own orders are shown": own_orders_are_shown,
    "a reader misses nothing": readers_miss_nothing,
}
