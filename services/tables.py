"""Tables for spreadsheets: UTF-8 with its mark, a heading, no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a table as a file.

    Args:
        columns: the heading, in order.
        rows: a value for each column; ``None`` stays empty, instants are written in UTC.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(columns), dialect="excel")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row[name]) for name in columns})
    return out.getvalue().encode("utf-8-sig")


def instant(at: datetime) -> str:
    """Return an instant as files write it: ``2026-03-02T18:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(value: Any) -> str:
    text = "" if value is None else instant(value) if isinstance(value, datetime) else str(value)
    harmless = not text.startswith(_FORMULA) or _NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"
