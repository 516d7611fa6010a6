"""Whatever a file holds: a reading or a named refusal, never anything else."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.errors import InvalidFields
from infra.attendance_files import AttendanceFileError, merge, parse_scheduled, to_json
from tests.infra.attendance_files.reports import (
    ACCOUNT_HEAD,
    ZOOM_BLOCK_HEAD,
    message,
    read,
    stream,
    teams,
    utf16,
    zoom,
)

_ROW = "Ana\t3/5/26, 6:00 PM\t3/5/26, 7:00 PM\t1h\tana@example.org\t"
SAMPLES = [
    zoom(
        "Ana,ana@example.org,03/05/2026 06:00 PM,03/05/2026 06:50 PM,50,No",
        above=f"{ZOOM_BLOCK_HEAD}\n812,Peer hour,03/05/2026 06:00 PM,03/05/2026 07:00 PM,,60,1\n",
    ),
    zoom(
        "Topic,1,Joy,,,,No,3/1/2026 9:00,3/5/2026 18:00,3/5/2026 19:00,60,1,Bo,bo@example.org,"
        "3/5/2026 18:01,3/5/2026 18:59,58,No,,No",
        head=ACCOUNT_HEAD,
    ),
    zoom("Bo,18:00,19:00", head="Name,Join Time,Leave Time", above="Date: 2026-03-29\n"),
    teams(f"{_ROW}\tOrganizer", f"{_ROW}Organizer"),
    utf16("Full Name\tUser Action\tTimestamp\nAna\tJoined\t3/5/2026, 6:00 PM\n"),
    stream(message("joined", "2026-03-05T18:00:00Z"), message("left", "2026-03-05T19:00:00Z")),
]
SPLINTERS = st.sampled_from(
    [
        *(
            b"\0",
            b'"',
            b'""',
            b",",
            b"\t",
            b"\n",
            b"\r",
            b"\r\n",
            b"\xff",
            b"\xd8\x00",
            b"\x00\xd8",
        ),
        *(b"{", b"}", b"[" * 3000, b"1" * 6000, b"-1", b"1e999", b"null", b"\\ud800", b"(", b")"),
        *(b"99/99/9999", b"0001-01-01", b"2199-12-31 23:59", b"24:00", b"12:60 PM", b"@", b"(/)"),
        *("\u2028".encode(), "\u0085".encode(), "\u202f".encode(), "٣".encode(), b"2. x", b"1. "),
        *(b"Name,Duration", b"In Waiting Room", b"Z", b"+99:99", b"Start Time", b"Topic"),
    ]
)
ZONES = st.sampled_from([None, "UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"])
ORDERS = st.sampled_from([None, "mdy", "dmy"])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        until = draw(st.integers(at, min(len(data), at + 40)))
        data[at:until] = draw(st.one_of(SPLINTERS, st.binary(max_size=8), st.just(b"")))
    return bytes(data)


def holds(data: bytes, zone: str | None, order: str | None) -> None:
    with contextlib.suppress(AttendanceFileError, InvalidFields):
        reading = read(data, zone=zone, date_order=order)
        json.dumps(to_json(reading), ensure_ascii=False).encode()
        assert merge([reading, reading]) == reading


@settings(max_examples=400)
@given(damaged(), ZONES, ORDERS)
def test_a_damaged_report_is_read_or_refused_by_name(
    data: bytes, zone: str | None, order: str | None
) -> None:
    holds(data, zone, order)


@given(st.binary(max_size=400), ZONES)
@example(b"\xff\xfe", None)
@example(b"\xfe\xff\x00", None)
@example(b"{" * 100_000, None)
@example(b'{"event":"meeting.participant_joined","payload":' + b"[" * 100_000, None)
def test_bytes_of_any_kind_are_refused_by_name(data: bytes, zone: str | None) -> None:
    holds(data, zone, None)


@given(st.text(alphabet='{}[]":,0123456789eE.-\n truefalsnl', max_size=200))
def test_json_of_any_shape_is_refused_by_name(text: str) -> None:
    holds(("{" + text).encode(), None, None)


@given(st.text(max_size=60), st.text(max_size=30))
def test_a_schedule_of_any_text_is_read_or_refused_by_name(text: str, zone: str) -> None:
    with contextlib.suppress(InvalidFields):
        parse_scheduled(text, zone=zone)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_readable_before_it_is_damaged(sample: bytes) -> None:
    assert read(sample, zone="UTC", date_order="mdy").people
