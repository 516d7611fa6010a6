"""The published columns of ``claims.csv`` and ``lines.csv``: one table for writer, checker, docs.

A column has the name of the value it holds, a kind that fixes how a cell reads, and a meaning. A
cell that a spreadsheet would run as a formula is refused and not mended, because a mended id is
another id (notes on payers, §6).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from domain.claims.payer_papers import Frequency
from domain.errors import DomainError

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class CellNotAllowed(DomainError):
    """A value does not fit its column; ``facts`` name file, row and column, never the value."""

    code = "payer_package.cell_not_allowed"


class FormulaCell(DomainError):
    """A text begins with a character that makes spreadsheets run it."""

    code = "payer_package.formula_cell"


@dataclass(frozen=True, slots=True)
class Kind:
    """How cells of one kind read.

    Attributes:
        name: as published.
        pattern: what a whole cell must match.
        read: turns a matching cell into its value, ``ValueError`` where there is none.
    """

    name: str
    pattern: re.Pattern[str]
    read: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a published file."""

    name: str
    kind: Kind
    meaning: str
    required: bool = True

    def cell(self, value: object) -> str:
        """Write *value* as text: instants in UTC with Z, nothing as an empty cell."""
        if value is None:
            return ""
        if isinstance(value, datetime) and value.utcoffset() is not None:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if isinstance(value, date):
            return value.isoformat()
        return str(int(value)) if isinstance(value, int) else str(value)

    def read(self, cell: str, *, file: str, row: int) -> object:
        """Read a cell back, ``None`` where an optional one is empty.

        Raises:
            FormulaCell: a spreadsheet would run it.
            CellNotAllowed: it does not fit the column.
        """
        if cell == "" and not self.required:
            return None
        facts = {"file": file, "row": row, "column": self.name}
        if cell.startswith(_FORMULA_STARTS) and self.kind is not NUMBER:
            raise FormulaCell(
                f"You have a cell in {self.name} that a spreadsheet would run as a formula.",
                **facts,
            )
        try:
            if self.kind.pattern.fullmatch(cell):
                return self.kind.read(cell)
        except ValueError:
            pass  # the shape is right, but there is no such day or number
        raise CellNotAllowed(
            f"You have a value in {self.name} that does not fit the column ({self.kind.name}).",
            **facts,
        )


_pattern = partial(re.compile, flags=re.ASCII)


def _instant(cell: str) -> datetime:
    return datetime.fromisoformat(cell.removesuffix("Z") + "+00:00")


CLAIM_ID: Final = Kind("id, at most 17 of A-Z 0-9 -", _pattern(r"[A-Z0-9-]{1,17}"), str)
LINE_ID: Final = Kind("id, at most 30 of A-Z 0-9 -", _pattern(r"[A-Z0-9-]{1,30}"), str)
REFERENCE: Final = Kind("printable ASCII, at most 50", _pattern(r"[!-~]([ -~]{0,48}[!-~])?"), str)
_UNSEEN: Final = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"  # control, direction
WORDS: Final = Kind("text on one line, at most 200", re.compile(rf"[^{_UNSEEN}]{{1,200}}"), str)
NUMBER: Final = Kind("whole number, may be negative", _pattern(r"0|-?[1-9][0-9]{0,12}"), int)
DAY: Final = Kind("date, YYYY-MM-DD", _pattern(r"\d{4}-\d\d-\d\d"), date.fromisoformat)
INSTANT: Final = Kind(
    "instant in UTC, YYYY-MM-DDThh:mm:ssZ",
    _pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z"),
    _instant,
)
ZONE: Final = Kind("IANA time zone", _pattern(r"[A-Za-z][A-Za-z0-9_+/-]{0,49}"), str)
CURRENCY: Final = Kind("ISO 4217 currency", _pattern(r"[A-Z]{3}"), str)
LINK: Final = Kind("https link", _pattern(r"https?://[!-~]{1,190}"), str)
SHA256: Final = Kind("64 hexadecimal digits, lower case", _pattern(r"[0-9a-f]{64}"), str)
FREQUENCY: Final = Kind("1, 7 or 8", _pattern(r"[178]"), lambda cell: Frequency(int(cell)))

CLAIM_COLUMNS: Final = (
    Column("claim_id", CLAIM_ID, "Our id of the claim, unique for this payer. Key."),
    Column("frequency", FREQUENCY, "1 original, 7 replacement, 8 void of an earlier claim."),
    Column("original_claim_id", CLAIM_ID, "With 7 and 8: our id of the earlier claim.", False),
    Column("payer_claim_number", REFERENCE, "With 7 and 8: your number of that claim.", False),
    Column("member_id", REFERENCE, "The member's pseudonym agreed with you; never a name."),
    Column("total_cents", NUMBER, "Sum of the claim's lines, in minor units of the currency."),
    Column("currency", CURRENCY, "Currency of the claim and all its lines."),
)

LINE_COLUMNS: Final = (
    Column("claim_id", CLAIM_ID, "The claim that the line belongs to."),
    Column("line_id", LINE_ID, "Our id of the line, never used twice for you. Key."),
    Column("service_date", DAY, "Day on which the meeting began, in its zone."),
    Column("starts_at", INSTANT, "When the meeting began."),
    Column("ends_at", INSTANT, "When the meeting ended."),
    Column("zone", ZONE, "Time zone where people met."),
    Column("minutes", NUMBER, "Minutes attended; negative on a reversing line."),
    Column("service_code", REFERENCE, "The code that our contract with you names."),
    Column("units", NUMBER, "Units asked for; negative on a reversing line."),
    Column("rate_cents", NUMBER, "Price of one unit in minor units, always positive."),
    Column("amount_cents", NUMBER, "units times rate_cents; negative on a reversing line."),
    Column("currency", CURRENCY, "Same as the claim's."),
    Column("evidence_strength", WORDS, "How well presence is shown, in words."),
    Column("certificate_verify_url", LINK, "Public page that checks the certificate."),
    Column("evidence_sha256", SHA256, "Digest of the evidence of attendance."),
    Column("reverses_line_id", LINE_ID, "On a reversing line: the line taken back.", False),
)
