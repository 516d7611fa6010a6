from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.attendance_files import BadRow, CutShort, NotAReport
from tests.infra.attendance_files.reports import (
    asked_about,
    codes,
    message,
    read,
    spans,
    stream,
    the,
    utc,
)

STORY = [
    message("joined", "2026-03-25T18:00:00Z"),
    message("left", "2026-03-25T18:20:00Z"),
    message("joined", "2026-03-25T18:25:00Z", user="2"),
    message("left", "2026-03-25T19:00:00Z", user="2"),
    message("joined", "2026-03-25T18:05:00Z", user="3", name="Bo", email="bo@example.org"),
    message("left", "2026-03-25T18:55:00Z", user="3", name="Bo", email="bo@example.org"),
    json.dumps({"event": "recording.completed", "payload": {}}),
]


def test_messages_carry_instants_and_need_no_zone() -> None:
    reading = read(stream(*STORY))

    assert (reading.format, reading.zone, codes(reading)) == ("zoom_webhook", "UTC", [])
    assert spans(the(reading, "Ana")) == [
        (utc("2026-03-25T18:00"), utc("2026-03-25T18:20")),
        (utc("2026-03-25T18:25"), utc("2026-03-25T19:00")),
    ]
    assert the(reading, "Ana").reported_minutes is None


@given(st.permutations(STORY * 2))
def test_order_and_repeats_make_no_difference(messages: list[str]) -> None:
    expected, reading = read(stream(*STORY)), read(stream(*messages))

    assert reading.digest == expected.digest
    assert [(p.names, spans(p), p.seconds) for p in reading.people] == [
        (p.names, spans(p), p.seconds) for p in expected.people
    ]


def test_a_joining_without_a_leaving_and_the_reverse_are_asked_about() -> None:
    reading = read(
        stream(
            message("joined", "2026-03-25T18:00:00Z"),
            message("left", "2026-03-25T18:30:00Z", user="9", name="Bo", email=""),
        )
    )

    assert asked_about(reading, "open_stay") == ("Ana",)
    assert asked_about(reading, "leave_without_join") == ("Bo",)
    assert [person.seconds for person in reading.people] == [0, 0]


def test_a_lost_leaving_does_not_swallow_the_break() -> None:
    reading = read(
        stream(
            message("joined", "2026-03-25T18:00:00Z"),
            message("joined", "2026-03-25T18:30:00Z"),
            message("left", "2026-03-25T18:50:00Z"),
        )
    )

    assert spans(the(reading, "Ana")) == [(utc("2026-03-25T18:30"), utc("2026-03-25T18:50"))]
    assert codes(reading) == ["open_stay"]


def test_dropping_and_returning_within_one_second_is_no_open_stay() -> None:
    reading = read(
        stream(
            message("joined", "2026-03-25T18:30:00Z"),
            message("left", "2026-03-25T18:30:00Z"),
            message("joined", "2026-03-25T18:00:00Z"),
            message("left", "2026-03-25T19:00:00Z"),
        )
    )

    assert (the(reading, "Ana").seconds, codes(reading)) == (3600, [])


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        "{} {}",
        "not json",
        "{}",
        '{"event": 7}',
        '{"event": "meeting.participant_joined"}',
        '{"event": "meeting.participant_joined", "payload": {"object": {"id": 1}}}',
        message("joined", "2026-03-25T18:00:00"),
        message("joined", "yesterday"),
        message("joined", "").replace("join_time", "other"),
    ],
)
def test_a_line_that_is_no_message_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(BadRow, match=r"report\.csv, line 2: "):
        read(stream(STORY[0], line, STORY[1]))


@pytest.mark.parametrize("number", ["1" * 5000, "-1", "1e400", "true"])
def test_numbers_of_any_size_are_no_reason_to_fall(number: str) -> None:
    line = message("joined", "2026-03-25T18:00:00Z").replace('"1"', number)

    try:
        reading = read(stream(line))
    except BadRow:
        return
    assert the(reading, "Ana").seconds == 0


def test_a_stream_cut_within_a_message_is_refused() -> None:
    with pytest.raises(CutShort, match="line 7"):
        read(stream(*STORY)[:-20])


def test_a_stream_about_nobody_is_no_report() -> None:
    with pytest.raises(NotAReport):
        read(stream(STORY[-1]))
