from __future__ import annotations

from datetime import datetime

import pytest

from domain.errors import InvalidFields
from infra.attendance_files import BadRow, parse_scheduled
from tests.infra.attendance_files.reports import asked_about, codes, read, spans, the, utc, zoom


def stay(join: str, leave: str, name: str = "Ana") -> str:
    return f'{name},{name.lower()}@example.org,"{join}","{leave}",50,No'


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        ("3/25/2026 6:00 PM", "3/25/2026 6:50 PM"),
        ("25/03/2026 18:00:00", "25/03/2026 18:50:00"),
        ("3/25/26, 6:00:00\u202fPM", "3/25/26, 6:50:00\u202fPM"),
        ("25.3.2026 18.00", "25.3.2026 18.50"),
        ("25/3/26, 6:00:00 p.\u00a0m.", "25/3/26, 6:50:00 p.\u00a0m."),
        ("2026-03-25T18:00:00Z", "2026-03-25T19:50:00+01:00"),
        ("2026-03-25 18:00:00.123 UTC", "2026-03-25 13:50:00-05:00"),
        ("Mar 25, 2026 06:00 PM", "25 March 2026 18:50"),
        ("\u200e25\u200e/\u200e03\u200e/\u200e2026 18:00", "25/03/2026 18:50"),
    ],
)
def test_every_known_spelling_is_the_same_instant(join: str, leave: str) -> None:
    reading = read(zoom(stay(join, leave)), zone="UTC")

    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T18:00"), utc("2026-03-25T18:50"))]


def test_midnight_and_noon_are_twelve() -> None:
    reading = read(zoom(stay("3/25/2026 12:00 AM", "3/25/2026 12:00 PM")), zone="UTC")

    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T00:00"), utc("2026-03-25T12:00"))]


def test_a_missing_zone_leaves_no_stay_but_the_reported_minutes() -> None:
    reading = read(zoom(stay("3/25/2026 18:00", "3/25/2026 18:50")))

    ana = the(reading, "Ana")
    assert (reading.zone, codes(reading)) == (None, ["zone_missing"])
    assert (ana.stays, ana.seconds, ana.reported_minutes, ana.evidence) == ((), 0, 50, "weak")


def test_instants_in_the_file_need_no_zone() -> None:
    reading = read(zoom(stay("2026-03-25T18:00:00Z", "2026-03-25T18:50:00Z")))

    assert (reading.zone, codes(reading), the(reading, "Ana").seconds) == ("UTC", [], 3000)


AMBIGUOUS = stay("3/5/2026 18:00", "3/5/2026 18:50")


def test_dates_that_can_be_read_both_ways_are_asked_about() -> None:
    reading = read(zoom(AMBIGUOUS), zone="UTC")

    assert codes(reading) == ["date_order_ambiguous"]
    assert (the(reading, "Ana").stays, the(reading, "Ana").evidence) == ((), "weak")


@pytest.mark.parametrize(("order", "day"), [("mdy", "2026-03-05"), ("dmy", "2026-05-03")])
def test_the_answer_to_the_order_settles_it(order: str | None, day: str) -> None:
    reading = read(zoom(AMBIGUOUS), zone="UTC", date_order=order)

    assert the(reading, "Ana").stays[0].from_at == utc(f"{day}T18:00")


@pytest.mark.parametrize(
    ("other", "day"), [("3/25/2026", "2026-03-05"), ("25/3/2026", "2026-05-03")]
)
def test_one_date_that_allows_one_reading_settles_all(other: str, day: str) -> None:
    data = zoom(AMBIGUOUS, stay(f"{other} 18:00", f"{other} 18:50", "Bo"))

    assert the(read(data, zone="UTC"), "Ana").stays[0].from_at == utc(f"{day}T18:00")


def test_a_date_that_reads_the_same_both_ways_is_no_question() -> None:
    reading = read(zoom(stay("5/5/2026 18:00", "5/5/2026 18:50")), zone="UTC")

    assert (codes(reading), the(reading, "Ana").seconds) == ([], 3000)


def test_an_order_that_the_file_contradicts_is_refused() -> None:
    with pytest.raises(InvalidFields) as refusal:
        read(zoom(stay("25/3/2026 18:00", "25/3/2026 18:50")), zone="UTC", date_order="mdy")
    assert set(refusal.value.fields) == {"date_order"}


def test_dates_that_contradict_each_other_are_refused() -> None:
    data = zoom(
        stay("25/3/2026 18:00", "25/3/2026 18:50"), stay("3/25/2026 18:00", "3/25/2026 19:00")
    )
    with pytest.raises(BadRow):
        read(data, zone="UTC")


@pytest.mark.parametrize(
    "when",
    [
        "2/30/2026 18:00",
        "13/13/2026 18:00",
        "3/25/2026 25:00",
        "3/25/2026 13:00 PM",
        "3/25/1026 18:00",
        "3/25/2026",
        "soon",
        "0/0/0000 0:00",
    ],
)
def test_times_that_cannot_be_are_refused(when: str) -> None:
    with pytest.raises(BadRow, match=r"report\.csv"):
        read(zoom(stay(when, when), stay("3/25/2026 18:00", "3/25/2026 19:00")), zone="UTC")


def test_an_hour_that_exists_twice_is_asked_about_for_that_stay_only() -> None:
    twice = stay("10/25/2026 02:10", "10/25/2026 02:40")
    once = stay("10/25/2026 01:00", "10/25/2026 03:50", "Bo")
    reading = read(zoom(twice, once), zone="Europe/Berlin")

    assert asked_about(reading, "hour_twice") == ("Ana",)
    assert (the(reading, "Ana").stays, the(reading, "Ana").reported_minutes) == ((), 50)
    assert the(reading, "Bo").seconds == 3 * 3600 + 50 * 60  # one hour more than the wall shows


def test_an_hour_that_never_exists_is_asked_about() -> None:
    reading = read(zoom(stay("3/29/2026 02:10", "3/29/2026 03:40")), zone="Europe/Berlin")

    assert asked_about(reading, "hour_never") == ("Ana",)
    assert the(reading, "Ana").stays == ()


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Nowhere/City",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe",
        "UTC\0",
        "é",
        "localtime",
        "Europe/Berlin/",
        "\ud800",
        "A" * 5000,
    ],
)
def test_a_zone_that_does_not_exist_is_refused_by_name(zone: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        read(zoom(AMBIGUOUS), zone=zone)
    assert set(refusal.value.fields) == {"zone"}


def test_an_unknown_order_is_refused_by_name() -> None:
    with pytest.raises(InvalidFields) as refusal:
        read(zoom(AMBIGUOUS), date_order="ymd")
    assert set(refusal.value.fields) == {"date_order"}


def test_a_schedule_is_two_instants() -> None:
    assert parse_scheduled("2026-03-25T18:00:00Z/2026-03-25T20:00:00+01:00") == (
        utc("2026-03-25T18:00"),
        utc("2026-03-25T19:00"),
    )


def test_a_schedule_in_local_times_needs_their_zone() -> None:
    assert parse_scheduled("2026-03-25T18:00/2026-03-25T19:00", zone="Europe/Berlin") == (
        utc("2026-03-25T17:00"),
        utc("2026-03-25T18:00"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "2026-03-25T18:00Z",
        "2026-03-25T18:00/2026-03-25T19:00",
        "2026-03-25T19:00Z/2026-03-25T18:00Z",
        "2026-03-25T18:00Z/2026-03-25T18:00Z",
        "2026-03-25T18:00Z/2026-03-25T19:00Z/2026-03-25T20:00Z",
        "0001-01-01T00:00+14:00/2026-03-25T19:00Z",
        "now/then",
    ],
)
def test_a_schedule_that_cannot_be_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        parse_scheduled(text)
    assert set(refusal.value.fields) == {"scheduled"}


def test_a_window_whose_end_comes_first_is_refused() -> None:
    with pytest.raises(InvalidFields):
        read(zoom(AMBIGUOUS), scheduled=(utc("2026-03-25T19:00"), utc("2026-03-25T18:00")))


def test_a_window_without_zone_is_refused() -> None:
    naive = datetime(2026, 3, 25, 18)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(InvalidFields):
        read(zoom(AMBIGUOUS), scheduled=(naive, utc("2026-03-25T19:00")))
