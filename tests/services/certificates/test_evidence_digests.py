"""What docs/payer_package.md says of ``evidence_sha256`` is so."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from infra.database import ConnectKwargs
from tests.support.house import RealHouse, open_real_house


@pytest.fixture(scope="module")
async def house(
    database: ConnectKwargs, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RealHouse]:
    async with open_real_house(database, tmp_path_factory.mktemp("house")) as opened:
        yield opened


async def leaves_of(house: RealHouse, meeting_id: UUID) -> list[tuple[bytes, datetime]]:
    rows = await house.fetch(
        "SELECT leaf_hash, recorded_at FROM events WHERE stream_id = $1 ORDER BY stream_version",
        meeting_id,
    )
    return [(leaf, at) for leaf, at in rows]


async def test_the_digest_is_over_the_leaf_hashes_of_the_meeting_up_to_the_run(
    house: RealHouse,
) -> None:
    story = house.story("digest")
    await story.begin()
    meeting_id = await story.held({story.ana: (0, 60)})
    leaves = await leaves_of(house, meeting_id)
    run_at = max(at for _, at in leaves)
    first = await house.house.evidence_of(meeting_id, run_at)
    assert len(leaves) > 4
    assert {len(leaf) for leaf, _ in leaves} == {32}
    assert first == hashlib.sha256(b"".join(leaf for leaf, _ in leaves)).hexdigest()

    story.clock.at += timedelta(hours=1)
    await story.evaluate(meeting_id, story.ana)
    later = max(at for _, at in await leaves_of(house, meeting_id))
    assert later > run_at
    assert await house.house.evidence_of(meeting_id, later) != first
    assert await house.house.evidence_of(meeting_id, run_at) == first, "a run told again"
