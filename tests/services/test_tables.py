"""Tables for spreadsheets: nothing that somebody typed is ever run by one."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.tables import as_csv


def read_back(value: Any) -> str:
    table = as_csv(["cell"], [{"cell": value}]).decode("utf-8-sig")
    return next(iter(csv.DictReader(io.StringIO(table, newline=""))))["cell"]


@pytest.mark.parametrize(
    "typed", ["=1+1", "+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
)
def test_what_a_spreadsheet_would_run_is_marked_as_text(typed: str) -> None:
    assert read_back(typed) == f"'{typed}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("-1.38"), "-1.38"),
        (-90, "-90"),
        (None, ""),
        ("Law and ethics", "Law and ethics"),
        (datetime(2026, 3, 2, 18, tzinfo=UTC), "2026-03-02T18:00:00Z"),
    ],
)
def test_everything_else_stays_as_it_is(value: object, cell: str) -> None:
    assert read_back(value) == cell
