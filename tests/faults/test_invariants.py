"""Every invariant finds the one thing it is there to find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from infra.event_store.envelope import leaf_hash
from infra.event_store.mapper import StoredBody
from tests.faults.clients import History, Sent
from tests.faults.invariants import INVARIANTS, Truth
from tests.faults.tally import Tally

TALLY, FIRST, SECOND, STRANGER = (UUID(int=n) for n in range(1, 5))
AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def row(position: int, order: UUID, amount: int = 5) -> dict[str, Any]:
    """A row of the log whose leaf hash verifies."""
    text = msgspec.json.encode({"amount": amount, "order_id": str(order)}).decode()
    body = StoredBody(TALLY, position, Tally.Added.TOPIC, 1, text)
    return {
        "position": position,
        "stream_id": TALLY,
        "stream_version": position,
        "topic": body.topic,
        "schema_version": 1,
        "body": text,
        "metadata": "{}",
        "recorded_at": AT,
        "salt": b"s" * 32,
        "leaf_hash": leaf_hash(body, "{}", AT, b"s" * 32),
    }


class Run:
    """A run in which two orders were sent one after the other, and nothing went wrong."""

    def __init__(self) -> None:
        self.first = Sent(FIRST, TALLY, 5, 1.0, once=False, answered_at=2.0, positions=[1])
        self.second = Sent(SECOND, TALLY, 5, 3.0, once=False, answered_at=4.0, positions=[2])
        self.rows = [row(1, FIRST), row(2, SECOND)]
        self.head = 2
        self.live = {TALLY: (10, 2)}
        self.rebuilt = {TALLY: (10, 2)}
        self.seen = [(1, TALLY, 1, FIRST), (2, TALLY, 2, SECOND)]
        self.unread: list[str] = []

    def broken(self) -> set[str]:
        """Return the invariants that do not hold, by the beginnings of their names."""
        history = History({s.order_id: s for s in (self.first, self.second)}, self.unread)
        truth = Truth(cast("Any", self.rows), self.head, self.live, self.rebuilt, self.seen)
        return {name[:2] for name, check in INVARIANTS.items() if check(history, truth)}


def lose_the_last(run: Run) -> None:
    run.rows.pop()
    run.head = 1
    run.live = run.rebuilt = {TALLY: (5, 1)}
    run.seen.pop()


def double(run: Run) -> None:
    run.rows.append(row(3, SECOND))
    run.head = 3
    run.live = run.rebuilt = {TALLY: (15, 3)}
    run.seen.append((3, TALLY, 3, SECOND))


def store_another_amount(run: Run) -> None:
    run.rows[1] = row(2, SECOND, amount=6)
    run.live = run.rebuilt = {TALLY: (11, 2)}


def invent(run: Run) -> None:
    run.rows.append(row(3, STRANGER))
    run.head = 3
    run.live = run.rebuilt = {TALLY: (15, 3)}
    run.seen.append((3, TALLY, 3, STRANGER))


def change_the_stored(run: Run) -> None:
    run.rows[0]["metadata"] = '{"command":"another"}'


def answer_differently(run: Run) -> None:
    run.second.positions.append(7)


def refuse_a_repetition(run: Run) -> None:
    run.second.refusals.append("tally.added_already")


def swap_the_order(run: Run) -> None:
    run.first.positions, run.second.positions = [2], [1]
    run.rows = [row(1, SECOND), row(2, FIRST)]
    run.seen = [(1, TALLY, 1, SECOND), (2, TALLY, 2, FIRST)]


def skip_a_version(run: Run) -> None:
    body = StoredBody(TALLY, 3, Tally.Added.TOPIC, 1, run.rows[1]["body"])
    run.rows[1] |= {"stream_version": 3, "leaf_hash": leaf_hash(body, "{}", AT, b"s" * 32)}
    run.seen[1] = (2, TALLY, 3, SECOND)


def leave_a_gap(run: Run) -> None:
    run.rows[1]["position"] = 3
    run.second.positions = [3]
    run.head = 3
    run.seen[1] = (3, TALLY, 2, SECOND)


def claim_a_longer_log(run: Run) -> None:
    run.head = 3


def count_twice(run: Run) -> None:
    run.live = {TALLY: (15, 3)}


def rebuild_wrongly(run: Run) -> None:
    run.rebuilt = {TALLY: (5, 1)}


def show_too_little(run: Run) -> None:
    run.unread.append("order")


def read_past_one(run: Run) -> None:
    run.seen.pop(0)


def test_a_run_without_a_fault_breaks_nothing() -> None:
    assert Run().broken() == set()


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        (lose_the_last, {"I1"}),
        (double, {"I1", "I2"}),
        (store_another_amount, {"I1"}),
        (invent, {"I2"}),
        (skip_a_version, {"I3"}),
        (leave_a_gap, {"I4"}),
        (claim_a_longer_log, {"I4"}),
        (change_the_stored, {"I4"}),
        (answer_differently, {"I5"}),
        (refuse_a_repetition, {"I5"}),
        (swap_the_order, {"I6"}),
        (count_twice, {"I7"}),
        (rebuild_wrongly, {"I7"}),
        (show_too_little, {"I8"}),
        (read_past_one, {"a "}),
    ],
)
def test_harm_is_found_where_it_belongs(harm: Callable[[Run], None], broken: set[str]) -> None:
    run = Run()
    harm(run)
    assert run.broken() == broken
