"""A report uploaded for a meeting: its day settles its dates; another day is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from infra.attendance_files.errors import AnotherDay
from infra.attendance_files.report_reader import NOBODY_IN_TIME, ReportForMeeting, ReportReader
from tests.infra.attendance_files.reports import zoom

HOUR = timedelta(hours=1)
TENTH_OF_NOVEMBER = datetime(2026, 11, 11, 1, 30, tzinfo=UTC)  # 6:30 PM in Denver, the day before
"""A day that month first and day first both read, as one of the first twelve of every month."""


async def read_for(starts_at: datetime, joined: str, left: str) -> ReportForMeeting:
    async def nobody(_address: str) -> UUID | None:
        return None

    return await ReportReader(b"secret", nobody).read(
        uuid4(),
        zoom(f"Ana,ana@example.org,{joined},{left},60,No"),
        name="report.csv",
        zone="America/Denver",
        scheduled=(starts_at, starts_at + HOUR),
    )


@pytest.mark.parametrize(
    ("joined", "left"),
    [
        ("11/10/2026 06:30:00 PM", "11/10/2026 07:30:00 PM"),
        ("10/11/2026 06:30:00 PM", "10/11/2026 07:30:00 PM"),
    ],
    ids=["month first", "day first"],
)
async def test_a_date_that_reads_both_ways_is_the_meeting_s_day(joined: str, left: str) -> None:
    report = await read_for(TENTH_OF_NOVEMBER, joined, left)
    (stay,) = report.people[0].stays
    assert (stay.from_at, stay.to_at) == (TENTH_OF_NOVEMBER, TENTH_OF_NOVEMBER + HOUR)
    assert report.questions == []


@pytest.mark.parametrize("day", ["11/03/2026", "11/17/2026"], ids=["reads both ways", "one way"])
async def test_a_report_of_another_day_is_refused(day: str) -> None:
    with pytest.raises(AnotherDay):
        await read_for(TENTH_OF_NOVEMBER, f"{day} 06:30:00 PM", f"{day} 07:30:00 PM")


async def test_a_report_of_another_hour_of_the_day_is_kept_and_asked_about() -> None:
    report = await read_for(TENTH_OF_NOVEMBER, "11/10/2026 04:00:00 PM", "11/10/2026 05:00:00 PM")
    assert len(report.people[0].stays) == 1
    assert report.questions == [NOBODY_IN_TIME]
