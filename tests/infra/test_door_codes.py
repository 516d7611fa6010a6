"""The rotating code in the room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.door_codes import INTERVAL_SECONDS, RotatingCodes

MEETING = UUID(int=7)
OTHER = UUID(int=8)
SIX = datetime(2026, 11, 23, 18, 0, 10, tzinfo=UTC)
CODES = RotatingCodes(b"a" * 32)


def test_the_code_has_six_digits_and_changes_every_interval() -> None:
    shown = {
        CODES.current(MEETING, SIX + timedelta(seconds=INTERVAL_SECONDS * n)) for n in range(20)
    }
    assert all(len(code) == 6 and code.isdigit() for code in shown)
    assert len(shown) > 15


@given(st.integers(min_value=-2 * INTERVAL_SECONDS, max_value=2 * INTERVAL_SECONDS))
def test_a_code_is_taken_two_intervals_before_and_after(seconds: int) -> None:
    code = CODES.current(MEETING, SIX)
    assert CODES.accepts(MEETING, code, SIX + timedelta(seconds=seconds))


def test_an_old_code_another_meetings_code_and_another_secrets_code_are_not_taken() -> None:
    code = CODES.current(MEETING, SIX)
    later = SIX + timedelta(seconds=INTERVAL_SECONDS * 4)
    assert not CODES.accepts(MEETING, code, later)
    assert not CODES.accepts(OTHER, code, SIX)
    assert not RotatingCodes(b"b" * 32).accepts(MEETING, code, SIX)


def test_spaces_and_hyphens_do_not_matter() -> None:
    code = CODES.current(MEETING, SIX)
    assert CODES.accepts(MEETING, f" {code[:3]}-{code[3:]} ", SIX)


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 45\x00", "💡" * 6]
)
def test_what_is_no_code_is_refused_without_a_fault(typed: str) -> None:
    assert not CODES.accepts(MEETING, typed, SIX)
