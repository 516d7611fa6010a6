from __future__ import annotations

import pytest

from infra.attendance_files import parse_scheduled
from tests.infra.attendance_files.reports import asked_about, codes, read, spans, the, utc, zoom


def row(name: str, email: str, start: str, end: str) -> str:
    return f'"{name}",{email},2026-03-25 {start},2026-03-25 {end},,No'


def test_one_address_is_one_person_over_devices_rejoins_and_spellings() -> None:
    reading = read(
        zoom(
            row("Ana", "ana@example.org", "18:00", "18:20"),
            row("Ana's iPhone", "ANA@example.org", "18:10", "18:40"),
            row("ana", "ana@example.org", "18:50", "19:00"),
        ),
        zone="UTC",
    )

    (ana,) = reading.people
    assert (ana.names, ana.seconds, len(ana.stays)) == (("Ana", "Ana's iPhone"), 50 * 60, 3)
    assert codes(reading) == []


def test_seconds_are_clipped_to_the_scheduled_window() -> None:
    rows = (
        row("Ana", "ana@example.org", "17:50", "18:10"),
        row("Ana", "ana@example.org", "18:05", "19:30"),
        row("Bo", "bo@example.org", "17:00", "17:30"),
    )
    window = parse_scheduled("2026-03-25T18:00:00Z/2026-03-25T19:00:00Z")
    reading = read(zoom(*rows), zone="UTC", scheduled=window)

    assert (the(reading, "Ana").seconds, the(reading, "Ana").seconds_in_window) == (6000, 3600)
    assert the(reading, "Bo").seconds_in_window == 0


def test_without_a_window_nothing_is_said_about_it() -> None:
    reading = read(zoom(row("Ana", "ana@example.org", "18:00", "19:00")), zone="UTC")

    assert the(reading, "Ana").seconds_in_window is None


def test_a_name_without_address_is_one_person_over_rejoins() -> None:
    rows = (row("Chidi", "", "18:00", "18:20"), row("chidi", "", "18:30", "19:00"))
    reading = read(zoom(*rows), zone="UTC")

    assert (the(reading, "Chidi").seconds, the(reading, "Chidi").evidence) == (50 * 60, "moderate")
    assert codes(reading) == []


def test_a_name_that_is_in_the_room_twice_at_once_is_asked_about() -> None:
    rows = (row("Chidi", "", "18:00", "18:40"), row("Chidi", "", "18:30", "19:00"))
    reading = read(zoom(*rows), zone="UTC")

    assert the(reading, "Chidi").seconds == 3600
    assert asked_about(reading, "two_devices_at_once") == ("Chidi",)


def test_one_name_with_two_addresses_stays_two_people_and_is_asked_about() -> None:
    rows = (
        row("Joy", "joy@a.example", "18:00", "18:40"),
        row("Joy", "joy@b.example", "18:30", "19:00"),
    )
    reading = read(zoom(*rows), zone="UTC")

    assert [person.emails for person in reading.people] == [("joy@a.example",), ("joy@b.example",)]
    assert asked_about(reading, "one_name_two_addresses") == ("Joy",)


@pytest.mark.parametrize("name", ["Ana", "iPhone", "Ana's iPad", "Galaxy S21", "Zoom Rooms"])
def test_a_device_without_address_is_asked_about_and_joined_to_nobody(name: str) -> None:
    rows = (row("Ana", "ana@example.org", "18:00", "18:30"), row(name, "", "18:30", "19:00"))
    reading = read(zoom(*rows), zone="UTC")

    assert [person.seconds for person in reading.people] == [1800, 1800]
    assert asked_about(reading, "device_without_address") == (name,)


@pytest.mark.parametrize(
    "name", ["+1 415***1234", "14155550123", "Call-in User_1", "Unknown User", "Anonymous", ""]
)
def test_a_caller_without_a_name_is_unknown_and_asked_about(name: str) -> None:
    reading = read(zoom(row(name, "", "18:00", "19:00")), zone="UTC")

    (caller,) = reading.people
    assert (caller.kind, caller.evidence, caller.seconds) == ("unknown", "weak", 3600)
    assert codes(reading) == ["caller_without_name"]


@pytest.mark.parametrize(
    "name",
    [
        "Otter.ai",
        "Joy's OtterPilot",
        "Fireflies.ai Notetaker",
        "read.ai meeting notes",
        "Fathom",
        "tl;dv",
        "Ana's Note Taker",
        "AI Companion",
    ],
)
def test_a_note_taking_service_is_a_bot_and_everybody_should_know(name: str) -> None:
    reading = read(zoom(row(name, "", "18:00", "19:00")), zone="UTC")

    assert [person.kind for person in reading.people] == ["bot"]
    assert codes(reading) == ["bot_present"]


@pytest.mark.parametrize(
    "name", ["Otto Otterson", "Li Gong", "Grainne Read", "Abbott", "Joy Pixel"]
)
def test_people_with_names_like_services_stay_people(name: str) -> None:
    reading = read(zoom(row(name, "", "18:00", "19:00")), zone="UTC")

    assert ([person.kind for person in reading.people], codes(reading)) == (["person"], [])


def test_a_bot_with_its_owners_address_adds_no_minute_to_the_owner() -> None:
    rows = (
        row("Joy", "joy@example.org", "18:00", "18:10"),
        row("Joy's Notetaker", "joy@example.org", "18:00", "19:00"),
    )
    reading = read(zoom(*rows), zone="UTC")

    assert {person.kind: person.seconds for person in reading.people} == {
        "person": 600,
        "bot": 3600,
    }


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Bo (Bo Chen)", ("Bo", "Bo Chen")),
        ("Bo (Guest)", ("Bo",)),
        ("Bo (he/him)", ("Bo",)),
        ("Bo (he/him) (Bo Chen)", ("Bo", "Bo Chen")),
        ("Bo (Chen (Bo))", ("Bo", "Chen (Bo)")),
        ("Bo (bo)", ("Bo",)),
        ("(Bo)", ("(Bo)",)),
        ("Bo )(", ("Bo )(",)),
        ("Nguyễn\u200e Thị\u00a0Ánh", ("Nguyễn Thị Ánh",)),
    ],
)
def test_brackets_hold_an_original_name_or_a_remark(cell: str, names: tuple[str, ...]) -> None:
    assert read(zoom(row(cell, "", "18:00", "19:00")), zone="UTC").people[0].names == names


def test_a_renamed_guest_is_known_by_the_original_name() -> None:
    rows = (row("Bo Chen", "", "18:00", "18:20"), row("Bo (Bo Chen)", "", "18:20", "19:00"))

    (bo,) = read(zoom(*rows), zone="UTC").people
    assert (bo.seconds, set(bo.names)) == (3600, {"Bo", "Bo Chen"})


def test_two_people_who_renamed_their_telephones_stay_two_people() -> None:
    rows = (row("Ana (iPhone)", "", "18:00", "18:20"), row("Bo (iPhone)", "", "18:00", "19:00"))
    reading = read(zoom(*rows), zone="UTC")

    assert {person.names[0]: person.seconds for person in reading.people} == {
        "Ana": 1200,
        "Bo": 3600,
    }


def test_people_stand_in_order_of_arrival() -> None:
    rows = (
        row("Bo", "bo@example.org", "18:10", "19:00"),
        row("Chidi", "", "", ""),
        row("Ana", "ana@example.org", "18:00", "18:30"),
    )
    without_times = [one.replace("2026-03-25 ,", ",") for one in rows]
    reading = read(zoom(*without_times), zone="UTC")

    assert [person.names for person in reading.people] == [("Ana",), ("Bo",), ("Chidi",)]
    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T18:00"), utc("2026-03-25T18:30"))]
    assert codes(reading) == ["presence_not_stated"]
