"""A calendar as a file: what programs read in it, and what they must not find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.hours import Calendar, CalendarHour, Standing
from infra.calendar_file import render
from tests.support.builders import SIX_PM

MADE = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
PAGE = f"https://peerhour.example/meetings/{UUID(int=7)}"


def hour(**other: Any) -> CalendarHour:
    values: dict[str, Any] = {
        "uid": str(UUID(int=7)),
        "starts_at": SIX_PM,
        "ends_at": SIX_PM + timedelta(hours=1),
        "title": "Monday circle",
        "words": "Grief, in person.",
        "address": PAGE,
        "standing": Standing.PLANNED,
        "free": False,
        "changes": 2,
        "changed_at": MADE,
    }
    return CalendarHour(**values | other)


def lines(*hours: CalendarHour) -> list[str]:
    """Return the unfolded lines of a file."""
    content = render(Calendar(name="Peerhour", hours=hours), "peerhour.example")
    assert content.endswith(b"\r\n")
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def entry(one: CalendarHour) -> icalendar.Event:
    content = render(Calendar(name="Peerhour", hours=[one]), "peerhour.example")
    (found,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(found, icalendar.Event)
    return found


def test_an_hour_is_written_in_utc_under_an_id_of_this_house() -> None:
    assert sorted(lines(hour())) == sorted(  # the order is the library's
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Peerhour//Hours//EN",
            "NAME:Peerhour",
            "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
            "X-PUBLISHED-TTL:PT6H",
            "X-WR-CALNAME:Peerhour",
            "BEGIN:VEVENT",
            "SUMMARY:Monday circle",
            f"DTSTART:{SIX_PM:%Y%m%dT%H%M%SZ}",
            f"DTEND:{SIX_PM + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
            "DTSTAMP:20260105T093000Z",
            f"UID:{UUID(int=7)}@peerhour.example",
            "SEQUENCE:2",
            "DESCRIPTION:Grief\\, in person.",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            f"URL:{PAGE}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


@pytest.mark.parametrize("name", ["METHOD", "CLASS", "LAST-MODIFIED", "ORGANIZER", "ATTENDEE"])
def test_nothing_stands_in_it_that_makes_programs_hide_or_keep_an_entry(name: str) -> None:
    assert not [line for line in lines(hour()) if line.startswith(name)]


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        (Standing.PLANNED, "CONFIRMED"),
        (Standing.USUAL, "TENTATIVE"),
        (Standing.CALLED_OFF, "CANCELLED"),
    ],
)
@pytest.mark.parametrize(("free", "transp"), [(False, "OPAQUE"), (True, "TRANSPARENT")])
def test_how_sure_and_how_free_it_is_are_told_apart(
    standing: Standing, status: str, transp: str, *, free: bool
) -> None:
    found = entry(hour(standing=standing, free=free))
    assert (found["STATUS"], found["TRANSP"]) == (status, transp)


def test_what_is_not_to_be_told_is_no_empty_line() -> None:
    told = lines(hour(words="", address=None))
    assert not [line for line in told if line.startswith(("DESCRIPTION", "URL"))]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300))
def test_a_title_adds_no_line_and_breaks_no_letter(title: str) -> None:
    content = render(Calendar(name="Peerhour", hours=[hour(title=title)]), "peerhour.example")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75  # RFC 5545, 3.1
        line.decode()
    assert str(entry(hour(title=title))["SUMMARY"]) == title


def test_a_line_break_in_a_title_begins_no_property() -> None:
    title = "Circle\r\nATTENDEE:mailto:ana@example.org"
    assert not [line for line in lines(hour(title=title)) if line.startswith("ATTENDEE")]
