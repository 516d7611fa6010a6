"""Messages lost, repeated, shuffled, and Stripe failing in between: nothing is wrong in the end."""

from __future__ import annotations

from pathlib import Path

from infra.database import ConnectKwargs
from tests.support.billing_chaos import storm, stormy_house


async def test_after_a_storm_everything_is_there_once_and_a_second_look_adds_nothing(
    database: ConnectKwargs, tmp_path: Path
) -> None:
    async with stormy_house(database, tmp_path, seed=4) as house:
        came = await storm(house, payers=6)
    assert came.events > 100
    assert came.lost > 0
    assert came.added > 0
    assert (came.wrong_subscriptions, came.wrong_facts) == ([], [])
    assert (came.added_again, came.drift) == (0, [])
