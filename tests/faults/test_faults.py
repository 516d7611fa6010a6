"""Kill -9 in the middle of everything: what was acknowledged stands, and every planted mistake is
caught, for a checker that cannot fail shows nothing."""

from __future__ import annotations

import pytest

from tests.faults.bugs import ACK_BEFORE_COMMIT, NO_IDEM, PROJ_OUTSIDE_TX
from tests.faults.run import attack

SEED = 7
SECONDS = 20.0
SECONDS_WITH_A_BUG = 8.0
CLIENTS = 8
SEEDS_WITH_A_BUG = 9  # most are caught by the first; a busy machine needs more

pytestmark = pytest.mark.faults


async def test_nothing_acknowledged_is_lost_whatever_is_killed() -> None:
    report = await attack(SECONDS, SEED, clients=CLIENTS)
    assert report.found == {name: [] for name in report.found}
    assert report.passed
    assert report.counts["kills of application"] > 0
    assert report.counts["kills of database"] > 0
    assert report.counts["acknowledged"] > SECONDS


@pytest.mark.parametrize(
    ("bug", "breaks"),
    [
        (NO_IDEM, "I1 acknowledged once"),
        (ACK_BEFORE_COMMIT, "I1 acknowledged once"),
        (PROJ_OUTSIDE_TX, "I7 view equals rebuild"),
    ],
)
async def test_a_planted_mistake_is_caught(bug: str, breaks: str) -> None:
    for seed in range(SEED, SEED + SEEDS_WITH_A_BUG):
        report = await attack(SECONDS_WITH_A_BUG, seed, bug, CLIENTS)
        if report.found[breaks]:
            break
    assert report.found[breaks]
    assert not report.passed
