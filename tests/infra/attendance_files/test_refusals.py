from __future__ import annotations

import pytest

from domain.errors import DomainError
from infra.attendance_files import (
    AttendanceFileError,
    BadEncoding,
    BadRow,
    CutShort,
    NotAReport,
    TooLarge,
    read_attendance,
)
from tests.infra.attendance_files.reports import read, teams, utf16, zoom

ANA = "Ana,ana@example.org,03/25/2026 06:00:00 PM,03/25/2026 06:50:00 PM,50,No"
BO = "Bo,bo@example.org,03/25/2026 06:00:00 PM,03/25/2026 06:50:00 PM,50,No"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n\n",
        b"\xef\xbb\xbf",
        b"hello",
        b"name,age\nAna,40\n",
        b"%PDF-1.7\n1 0 obj\n",
        b"Dear Ana,\nsee you at 6.\n",
    ],
)
def test_a_file_of_another_kind_is_no_report(data: bytes) -> None:
    with pytest.raises(NotAReport) as refusal:
        read(data)
    assert refusal.value.code == "attendance_file.not_a_report"


def test_a_file_above_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge, match="32 MiB"):
        read(b"\xff" * (32 * 1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (zoom(ANA).replace(b"Ana", b"An\xe1"), 2),
        (zoom(ANA, BO).replace(b"Bo,", b"B\0o,"), 3),
        (b"\xff\xfe" + "a\nb".encode("utf-16-le") + b"\x00\xd8a\x00", 2),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_line(data: bytes, line: int) -> None:
    with pytest.raises(BadEncoding, match=f"line {line}: ") as refusal:
        read(data)
    assert refusal.value.facts == {"line": line}


@pytest.mark.parametrize("size", range(len(zoom()) + 1, len(zoom(ANA)) - 4))
def test_a_file_cut_anywhere_within_its_first_row_is_refused(size: int) -> None:
    with pytest.raises(CutShort):
        read(zoom(ANA)[:size], zone="UTC")


@pytest.mark.parametrize("cut", range(6, 61, 5))
def test_a_file_cut_within_its_last_row_is_refused_with_its_line(cut: int) -> None:
    with pytest.raises(CutShort, match=r"report\.csv, line 3: "):
        read(zoom(ANA, BO)[:-cut], zone="UTC")


def test_a_table_without_rows_is_cut_short() -> None:
    with pytest.raises(CutShort):
        read(zoom())


def test_an_open_quote_at_the_end_is_cut_short() -> None:
    with pytest.raises(CutShort, match="line 2: "):
        read(zoom('"Ana,ana@example.org,,,,'), zone="UTC")


@pytest.mark.parametrize("end", ["2. Participants", "3. In-Meeting", "Name\tFirst Join"])
def test_a_sectioned_report_that_ends_before_its_people_is_cut_short(end: str) -> None:
    whole = teams("Ana\t3/25/26, 6:00 PM\t3/25/26, 7:00 PM\t1h\t\t\tOrganizer", "").decode("utf-16")
    before = whole.partition(end)[0]
    if end.startswith("3."):
        before = before.partition("Ana")[0]
    with pytest.raises(CutShort):
        read(before.encode("utf-16"))


def test_utf_16_cut_within_a_character_is_cut_short() -> None:
    with pytest.raises(CutShort):
        read(utf16("1. Summary\nMeeting title\tPeer hour\n")[:-1])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ANA.replace("06:00:00 PM", "soon"), "the joining time cannot be read"),
        (ANA.replace("06:50:00 PM", "soon"), "the leaving time cannot be read"),
        (ANA.replace("06:50:00 PM", "05:50:00 PM"), "the leaving lies before the joining"),
        (ANA.replace(",50,", ",fifty,"), "the minutes are no number"),
        ('"Ana"x' + ANA[3:], "the quotes of this row cannot be read"),
        ("A" * 10_001 + ANA[3:], "a cell is longer"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_line_and_reason(row: str, reason: str) -> None:
    with pytest.raises(BadRow, match=rf"report\.csv, line 3: .*{reason}"):
        read(zoom(BO, row, BO), zone="UTC")


def test_an_action_that_is_neither_joining_nor_leaving_is_refused() -> None:
    data = utf16("Full Name\tUser Action\tTimestamp\nAna\tWaved\t3/25/2026, 6:00 PM\n")
    with pytest.raises(BadRow, match="line 2: "):
        read(data, zone="UTC")


def test_refusals_name_the_file_but_keep_it_out_of_their_facts() -> None:
    with pytest.raises(AttendanceFileError) as refusal:
        read_attendance(zoom(ANA.replace("PM", "XM")), name="ana\ncosta.csv")
    assert str(refusal.value).startswith("ana�costa.csv, line 2: ")
    assert refusal.value.facts == {"line": 2}
    assert isinstance(refusal.value, DomainError)
    assert "example.org" not in str(refusal.value)


def test_an_endless_name_is_a_name_all_the_same() -> None:
    reading = read(zoom(ANA.replace("Ana", "(" * 5000 + ")" * 4999)), zone="UTC")

    assert reading.people[0].seconds == 3000


def test_a_file_with_more_rows_than_anybody_has_is_refused() -> None:
    with pytest.raises(TooLarge, match="rows"):
        read(b"\n" * 1_000_001)


def test_a_hundred_thousand_rows_are_read() -> None:
    head = "Name,User Email,Total Duration (Minutes)"
    data = zoom(
        *(f"Ana {n % 100},ana{n % 100}@example.org,{n % 60}" for n in range(100_000)), head=head
    )

    assert len(read(data).people) == 100
