from __future__ import annotations

import pytest

from infra.attendance_files import parse_scheduled
from tests.infra.attendance_files.reports import (
    ACCOUNT_HEAD,
    ZOOM_BLOCK_HEAD,
    asked_about,
    codes,
    read,
    spans,
    the,
    utc,
    zoom,
)

NEW_YORK = "America/New_York"
ANA = "Ana,ana@example.org,03/25/2026 06:00:00 PM,03/25/2026 06:50:00 PM,50,No"
BLOCK = (
    f"{ZOOM_BLOCK_HEAD}\n"
    '812 3456 7890,"Peer hour, spring",03/25/2026 05:55:00 PM,03/25/2026 07:00:00 PM,'
    "joy@example.org,65,1\n"
)


def test_local_times_become_instants_in_the_zone_of_that_day() -> None:
    reading = read(zoom(ANA), zone=NEW_YORK)

    assert (reading.format, reading.zone) == ("zoom_participants", NEW_YORK)
    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T22:00"), utc("2026-03-25T22:50"))]
    assert the(reading, "Ana").reported_minutes == 50
    assert codes(reading) == []


def test_each_stay_knows_the_line_that_says_it() -> None:
    reading = read(zoom(ANA, above=BLOCK + "\n"), zone=NEW_YORK)

    assert [stay.source_line for stay in the(reading, "Ana").stays] == [5]


def test_the_meeting_block_is_read_and_its_host_is_no_participant() -> None:
    reading = read(zoom(ANA, above=BLOCK + "\n"), zone=NEW_YORK)

    assert reading.meeting.topic == "Peer hour, spring"
    assert reading.meeting.meeting_id == "81234567890"
    assert reading.meeting.starts_at == utc("2026-03-25T21:55")
    assert reading.meeting.ends_at == utc("2026-03-25T23:00")
    assert [person.emails for person in reading.people] == [("ana@example.org",)]


@pytest.mark.parametrize(
    "head",
    [
        "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest",
        "NAME (ORIGINAL NAME),USER EMAIL,JOIN TIME,LEAVE TIME,DURATION (MINUTES),GUEST",
        "Name,User Email,Join Time,Leave Time,Duration,Guest",
    ],
)
def test_every_known_spelling_of_the_headings_says_the_same(head: str) -> None:
    expected = read(zoom(ANA), zone=NEW_YORK)

    assert read(zoom(ANA, head=head), zone=NEW_YORK).people == expected.people


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_line_ends_make_no_difference(end: str, mark: bytes) -> None:
    reading = read(mark + zoom(ANA, end=end), zone=NEW_YORK)

    assert reading.digest == read(zoom(ANA), zone=NEW_YORK).digest


def test_a_quoted_name_keeps_its_comma_and_its_quotes() -> None:
    row = '"Costa, Ana ""Nita""",ana@example.org,03/25/2026 06:00 PM,03/25/2026 06:50 PM,50,No'

    assert read(zoom(row), zone=NEW_YORK).people[0].names == ('Costa, Ana "Nita"',)


def test_the_cells_of_a_spreadsheet_formula_are_just_text() -> None:
    row = '"=HYPERLINK(""x"",""y"")",,03/25/2026 06:00 PM,03/25/2026 06:50 PM,50,No'

    assert read(zoom(row), zone=NEW_YORK).people[0].names == ('=HYPERLINK("x","y")',)


def test_totals_without_times_are_weak_and_marked_so() -> None:
    head = "Name (Original Name),User Email,Total Duration (Minutes),Guest"
    reading = read(zoom("Ana,ana@example.org,50,No", head=head))

    ana = the(reading, "Ana")
    assert (ana.stays, ana.seconds, ana.reported_minutes, ana.evidence) == ((), 0, 50, "weak")
    assert asked_about(reading, "totals_without_times") == ("Ana",)
    assert (reading.format, reading.zone) == ("zoom_totals", None)


@pytest.mark.parametrize(
    "above",
    [
        "Topic: Peer hour\nDate: 2026-03-25\nStart Time: 11:50 PM\n",
        "Topic,Peer hour\nStart Time,03/25/2026 11:50:00 PM\n",
        f"{ZOOM_BLOCK_HEAD}\n1,Peer hour,03/25/2026 11:50 PM,03/26/2026 12:40 AM,,50,2\n",
    ],
)
def test_times_of_day_take_the_date_above_the_table_across_midnight(above: str) -> None:
    head = "Name (Original Name),Join Time,Leave Time"
    rows = ("Ana,11:45:00 PM,12:30:00 AM", "Bo,12:05:00 AM,12:40:00 AM")
    reading = read(zoom(*rows, head=head, above=above), zone="UTC")

    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T23:45"), utc("2026-03-26T00:30"))]
    assert spans(the(reading, "Bo")) == [(utc("2026-03-26T00:05"), utc("2026-03-26T00:40"))]


def test_a_date_alone_above_the_table_is_the_day_of_every_time() -> None:
    above = "Participant report\nMar 25, 2026\n"
    head = "Name,Join Time,Leave Time"
    reading = read(zoom("Ana,18:00,18:50", "Bo,09:00,09:10", head=head, above=above), zone="UTC")

    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T18:00"), utc("2026-03-25T18:50"))]
    assert spans(the(reading, "Bo")) == [(utc("2026-03-25T09:00"), utc("2026-03-25T09:10"))]


def test_times_of_day_without_any_date_are_asked_about() -> None:
    reading = read(
        zoom("Ana,06:00 PM,06:50 PM,50", head="Name,Join Time,Leave Time,Duration"), zone=NEW_YORK
    )

    assert codes(reading) == ["date_missing"]
    assert (the(reading, "Ana").stays, the(reading, "Ana").reported_minutes) == ((), 50)


def account_row(topic: str, number: str, day: str, who: str) -> str:
    return (
        f"{topic},{number},Joy,joy@example.org,Care,,No,03/01/2026 09:00:00 AM,"
        f"{day} 06:00:00 PM,{day} 07:00:00 PM,60,1,{who},{who.lower()}@example.org,"
        f"{day} 06:01:00 PM,{day} 06:59:00 PM,58,No,,No"
    )


def test_the_account_wide_report_names_its_meeting_in_every_row() -> None:
    reading = read(
        zoom(account_row("Peer hour", "812 34", "03/25/2026", "Ana"), head=ACCOUNT_HEAD), zone="UTC"
    )

    assert reading.format == "zoom_account_report"
    assert (reading.meeting.topic, reading.meeting.meeting_id) == ("Peer hour", "81234")
    assert the(reading, "Ana").emails == ("ana@example.org",)
    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T18:01"), utc("2026-03-25T18:59"))]


def test_several_meetings_in_one_report_are_asked_about_unless_one_was_scheduled() -> None:
    rows = (
        account_row("Peer hour", "812 34", "03/25/2026", "Ana"),
        account_row("Peer hour", "812 34", "04/01/2026", "Bo"),
    )
    data = zoom(*rows, head=ACCOUNT_HEAD)
    window = parse_scheduled("2026-04-01T18:00Z/2026-04-01T19:00Z")

    assert "several_meetings" in codes(read(data, zone="UTC"))
    scheduled = read(data, zone="UTC", scheduled=window)
    assert [person.names for person in scheduled.people] == [("Bo",)]
    assert codes(scheduled) == []


def test_time_in_the_waiting_room_is_no_presence() -> None:
    head = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),In Waiting Room"
    waits = "Bo,bo@example.org,03/25/2026 05:50 PM,03/25/2026 06:00 PM,10,Yes"
    enters = "Bo,bo@example.org,03/25/2026 06:00 PM,03/25/2026 06:30 PM,30,No"
    reading = read(zoom(waits, enters, head=head), zone="UTC")

    assert the(reading, "Bo").seconds == 30 * 60
    assert asked_about(reading, "waiting_room") == ("Bo",)


def test_a_joining_without_a_leaving_counts_for_nothing_and_is_asked_about() -> None:
    reading = read(zoom("Ana,ana@example.org,03/25/2026 06:00 PM,,,No"), zone="UTC")

    assert (the(reading, "Ana").seconds, the(reading, "Ana").evidence) == (0, "weak")
    assert asked_about(reading, "open_stay") == ("Ana",)


def test_times_and_minutes_that_disagree_are_asked_about() -> None:
    row = "Ana,ana@example.org,03/25/2026 06:00 PM,03/25/2026 06:50 PM,20,No"

    assert asked_about(read(zoom(row), zone="UTC"), "minutes_disagree") == ("Ana",)


def test_a_report_that_announces_more_people_than_it_lists_is_asked_about() -> None:
    above = BLOCK.replace(",65,1", ",65,4")

    assert codes(read(zoom(ANA, above=above), zone="UTC")) == ["fewer_people_than_reported"]
