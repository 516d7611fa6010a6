"""What comes by the clock: when it is due again, and that it is done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.clockwork import Chore, Rhythm, next_due, turn
from tests.support.fakes import FixedClock

MOMENTS = st.integers(0, 14 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


class Chores:
    """Chores of one worker, remembered."""

    def __init__(self) -> None:
        self.due: dict[str, datetime] = {}
        self.problems: dict[str, str] = {}

    async def claim(self, name: str, *, at: datetime) -> bool:
        return self.due.get(name, at) <= at

    async def done(self, name: str, *, at: datetime, due_at: datetime) -> None:
        assert due_at > at
        self.due[name] = due_at

    async def failed(self, name: str, *, due_at: datetime, problem: str) -> None:
        self.due[name], self.problems[name] = due_at, problem


@given(rhythm=st.sampled_from(Rhythm), at=MOMENTS)
def test_what_is_due_again_is_due_later_and_not_much(rhythm: Rhythm, at: datetime) -> None:
    longest = {Rhythm.HOURLY: 1 / 24, Rhythm.NIGHTLY: 1, Rhythm.MONTHLY: 32}[rhythm]
    assert timedelta(0) < next_due(rhythm, at) - at <= timedelta(days=longest)


@pytest.mark.parametrize(
    ("rhythm", "at", "due"),
    [
        (Rhythm.NIGHTLY, (2026, 3, 1, 3, 0), (2026, 3, 1, 3, 20)),
        (Rhythm.NIGHTLY, (2026, 3, 1, 3, 20), (2026, 3, 2, 3, 20)),
        (Rhythm.MONTHLY, (2026, 1, 31, 12, 0), (2026, 2, 2, 3, 20)),
        (Rhythm.MONTHLY, (2026, 2, 2, 3, 20), (2026, 3, 2, 3, 20)),
        (Rhythm.MONTHLY, (2026, 12, 2, 4, 0), (2027, 1, 2, 3, 20)),
    ],
)
def test_nights_and_months_begin_at_their_hour(
    rhythm: Rhythm, at: tuple[int, ...], due: tuple[int, ...]
) -> None:
    assert next_due(rhythm, datetime(*at, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)  # type: ignore[misc,arg-type]  # years to minutes


async def test_what_failed_is_due_soon_and_hinders_nothing_else() -> None:
    clock, chores, done = FixedClock(), Chores(), []

    async def fail() -> None:
        raise RuntimeError("Ana Invented")

    async def act() -> None:
        done.append(clock.now())

    due = {"one": Chore(Rhythm.HOURLY, fail), "two": Chore(Rhythm.HOURLY, act)}
    assert await turn(chores, due, clock) == 1
    assert chores.problems == {"one": "RuntimeError"}
    assert await turn(chores, due, clock) == 0
    clock.move(seconds=11 * 60)
    assert await turn(chores, due, clock) == 0
    clock.move(seconds=50 * 60)
    assert await turn(chores, due, clock) == 1
    assert len(done) == 2
