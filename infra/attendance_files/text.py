"""From bytes to rows: encoding, separators and quotes, with the line where each row begins."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from infra.attendance_files.errors import BadEncoding, BadRow, CutShort, TooLarge

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_ROWS: Final = 1_000_000  # a full 32 MiB of the shortest honest rows stays below
MAX_CELL: Final = 10_000  # characters; real cells stay far below, endless ones are damage
_LOOK_AT: Final = 60  # lines that decide on the separator
_SNIFFED: Final = 512  # bytes that decide whether a file without a mark is UTF-16

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CUT: Final = ("unexpected end of data", "truncated data")


class Row(NamedTuple):
    """One row: the line on which it begins (from 1) and its cells, trimmed."""

    line: int
    cells: tuple[str, ...]

    def cell(self, index: int | None) -> str:
        """Return the cell at *index*, or nothing when the row or the column has none."""
        return self.cells[index] if index is not None and index < len(self.cells) else ""

    @property
    def blank(self) -> bool:
        """Whether the row says nothing."""
        return not any(self.cells)


def decode(data: bytes, *, name: str) -> str:
    """Return the text of a report.

    Args:
        data: the file as it came: UTF-8 with or without a mark, or UTF-16 in either order.
        name: the file's name, for the refusal.

    Raises:
        TooLarge: more than 32 MiB.
        BadEncoding: bytes that are no text, with their line.
        CutShort: the file ends within a character.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(name, "the file is larger than the 32 MiB we read.")
    encoding, body = _encoding(data)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_of(body[: error.start].decode(encoding, errors="replace"))
        if error.reason in _CUT and error.end >= len(body):
            raise CutShort(name, "the file ends within a character.", line=line) from None
        raise BadEncoding(
            name, f"these bytes are not {encoding.upper()} text.", line=line
        ) from None
    hole = text.find("\0")
    if hole >= 0:
        raise BadEncoding(
            name, "there is a NUL character, which no report has.", line=_line_of(text[:hole])
        )
    return text


def _encoding(data: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    head = data[:_SNIFFED]
    # Latin text in UTF-16 has a zero in every other byte; nothing else looks like that.
    if len(head) >= 2:  # noqa: PLR2004 - one character of UTF-16
        if not any(head[1::2]) and any(head[::2]):
            return "utf-16-le", data
        if not any(head[::2]) and any(head[1::2]):
            return "utf-16-be", data
    return "utf-8", data


def _line_of(before: str) -> int:
    return before.count("\n") + 1


def ends_open(text: str) -> bool:
    """Tell whether the last line lacks its end, as in a file that was cut."""
    return not text.endswith(("\n", "\r"))


def separator(text: str) -> str:
    """Return the sign between cells: the one that makes the widest row near the top.

    Tabs win a tie: Teams separates by tabs and writes commas inside its dates.
    """
    head = list(islice(io.StringIO(text, newline=""), _LOOK_AT))
    return max("\t,;", key=lambda sign: max((line.count(sign) for line in head), default=0))


def rows(text: str, *, name: str) -> Iterator[Row]:
    """Yield the rows of a table with the lines on which they begin.

    Raises:
        TooLarge: more than a million rows.
        BadRow: a cell without end, or quotes that make no sense.
        CutShort: a quote is still open when the file ends.
    """
    sign = separator(text)
    found = _tabbed(text) if sign == "\t" else _quoted(text, sign, name)
    for number, (line, cells) in enumerate(found):
        if number >= MAX_ROWS:
            raise TooLarge(name, "the file has more rows than the million we read.", line=line)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise BadRow(name, "a cell is longer than any report writes.", line=line)
        yield Row(line, tuple(cell.strip() for cell in cells))


def _tabbed(text: str) -> Iterator[tuple[int, list[str]]]:
    """Tab-separated rows never span lines; quotes around a whole cell are decoration."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        yield number, [_unquoted(cell.strip()) for cell in line.split("\t")]


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _quoted(text: str, sign: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                reason = "a quote is opened and the file ends before it is closed."
                raise CutShort(name, reason, line=line) from None
            raise BadRow(name, "the quotes of this row cannot be read.", line=line) from None
        yield line, cells
