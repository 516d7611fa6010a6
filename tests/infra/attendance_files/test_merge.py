from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.attendance_files import AttendanceReading, DifferentWindows, merge, parse_scheduled
from tests.infra.attendance_files.reports import codes, message, read, stream, teams, the, zoom

PEOPLE = st.sampled_from(
    ["Ana", "Bo", "Bo (Bo Chen)", "Chidi", "iPhone", "+1415***1234", "Otter.ai"]
)
ADDRESSES = st.sampled_from(["", "ana@example.org", "bo@example.org", "BO@example.org"])
MINUTES = st.integers(0, 59)


@st.composite
def zoom_rows(draw: st.DrawFn) -> str:
    name, email = draw(PEOPLE), draw(ADDRESSES)
    first, second = sorted((draw(MINUTES), draw(MINUTES)))
    day = draw(st.sampled_from(["2026-03-25", "2026-10-25"]))  # the second has an hour twice
    said = draw(st.sampled_from(["", str(second - first), "7"]))
    return f"{name},{email},{day} 02:{first:02},{day} 02:{second:02},{said},No"


@st.composite
def webhook_lines(draw: st.DrawFn) -> str:
    return message(
        draw(st.sampled_from(["joined", "left"])),
        f"2026-03-25T02:{draw(MINUTES):02}:00Z",
        user=draw(st.sampled_from(["1", "2"])),
        name=draw(PEOPLE),
        email=draw(ADDRESSES),
    )


ZONES = st.sampled_from(["Europe/Berlin", None])
READINGS = st.one_of(
    st.builds(
        lambda rows, zone: read(zoom(*rows), zone=zone),
        st.lists(zoom_rows(), min_size=1, max_size=5),
        ZONES,
    ),
    st.builds(
        lambda lines: read(stream(*lines)), st.lists(webhook_lines(), min_size=1, max_size=6)
    ),
)


@given(st.lists(READINGS, min_size=1, max_size=4), st.randoms())
def test_the_order_of_files_makes_no_difference(
    readings: list[AttendanceReading], random: Random
) -> None:
    shuffled = random.sample(readings, len(readings))

    assert merge(shuffled) == merge(readings)


@given(READINGS, READINGS, READINGS)
def test_files_may_be_joined_one_after_the_other_or_all_at_once(
    one: AttendanceReading, two: AttendanceReading, three: AttendanceReading
) -> None:
    assert merge([merge([one, two]), three]) == merge([one, merge([two, three])])
    assert merge([merge([one, two]), three]).digest == merge([one, two, three]).digest


@given(READINGS, READINGS)
def test_the_same_file_twice_says_nothing_new(
    one: AttendanceReading, two: AttendanceReading
) -> None:
    both = merge([one, two])

    assert merge([one, one]) == one
    assert merge([both, one, two, both]) == both


@given(st.lists(zoom_rows(), min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_changes_neither_people_nor_digest(
    rows: list[str], random: Random
) -> None:
    def facts(reading: AttendanceReading) -> object:
        people = [(p.names, p.emails, p.seconds, p.evidence, p.kind) for p in reading.people]
        return people, reading.questions, reading.digest

    shuffled = random.sample(rows, len(rows))
    assert facts(read(zoom(*shuffled), zone="Europe/Berlin")) == facts(
        read(zoom(*rows), zone="Europe/Berlin")
    )


@given(READINGS)
def test_a_union_is_never_longer_than_its_parts_nor_shorter_than_the_longest(
    reading: AttendanceReading,
) -> None:
    for person in reading.people:
        lengths = [(stay.to_at - stay.from_at).total_seconds() for stay in person.stays]
        assert max(lengths, default=0) <= person.seconds <= sum(lengths)


def test_a_joining_and_its_leaving_may_stand_in_two_files() -> None:
    joining = read(stream(message("joined", "2026-03-25T18:00:00Z")))
    leaving = read(stream(message("left", "2026-03-25T19:00:00Z")))
    both = merge([leaving, joining])

    assert (the(both, "Ana").seconds, codes(both)) == (3600, [])


def test_the_reports_of_a_restarted_meeting_add_up() -> None:
    def part(start: str, end: str) -> AttendanceReading:
        times = f"3/25/26, {start}:00 PM\t3/25/26, {end}:00 PM\t20m"
        summary = f"Meeting title\tPeer hour\nStart time\t3/25/26, {start}:00 PM\n"
        address = "ana@example.org"
        row = f"Ana\t{times}\t{address}"
        return read(teams(f"{row}\t\tOrganizer", f"{row}\tOrganizer", summary=summary), zone="UTC")

    both = merge([part("6:00", "6:20"), part("6:30", "6:50")])

    assert (the(both, "Ana").seconds, the(both, "Ana").reported_minutes) == (2400, 40)
    assert both.meeting.topic == "Peer hour"
    assert codes(both) == []


def test_a_report_of_totals_beside_one_of_stays_counts_no_minute_twice() -> None:
    stays = read(zoom("Ana,ana@example.org,2026-03-25 18:00,2026-03-25 18:50,50,No"), zone="UTC")
    totals = read(zoom("Ana,ana@example.org,50", head="Name,User Email,Total Duration (Minutes)"))
    both = merge([totals, stays])

    assert (the(both, "Ana").reported_minutes, the(both, "Ana").evidence) == (50, "strong")
    assert both.format == "zoom_participants+zoom_totals"
    assert codes(both) == []


def test_readings_for_different_windows_are_not_joined() -> None:
    data = zoom("Ana,ana@example.org,2026-03-25 18:00,2026-03-25 18:50,50,No")
    window = parse_scheduled("2026-03-25T18:00Z/2026-03-25T19:00Z")
    with pytest.raises(DifferentWindows):
        merge([read(data, zone="UTC"), read(data, zone="UTC", scheduled=window)])


def test_merging_nothing_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="nothing"):
        merge([])
