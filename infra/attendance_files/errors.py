"""Why a file cannot be read, in one sentence that names the file, the line and the reason.

The file's name and line stand in the message for the person who sent it. Facts carry the line
alone: a file's name may hold somebody's name, and no cell of a report is ever repeated.
"""

from __future__ import annotations

from domain.errors import DomainError, InvalidFields, TooBig

_SHOWN_NAME = 100  # characters of a file's name that help to recognise it


class AttendanceFileError(DomainError):
    """The file cannot be used as it is; nothing was read from it.

    Args:
        file: the file's name as the person knows it.
        reason: the rest of the sentence, without any value from the file.
        line: where, counted from 1; ``None`` when the whole file is meant.
    """

    code = "attendance_file.unreadable"

    def __init__(self, file: str, reason: str, *, line: int | None = None) -> None:
        shown = "".join(sign if sign.isprintable() else "�" for sign in file[:_SHOWN_NAME])
        where = shown or "The file"
        if line is not None:
            where = f"{where}, line {line}"
        super().__init__(f"{where}: {reason}", line=line)
        self.line = line


class NotAReport(AttendanceFileError):
    """Neither a Zoom nor a Teams report, nor a stream of webhook events."""

    code = "attendance_file.not_a_report"


class CutShort(AttendanceFileError):
    """The file ends in the middle of something."""

    code = "attendance_file.cut_short"


class BadEncoding(AttendanceFileError):
    """Some bytes are no text in the encoding that the file announces."""

    code = "attendance_file.bad_encoding"


class TooLarge(AttendanceFileError, TooBig):
    """The file is larger than we read."""

    code = "attendance_file.too_large"


class BadRow(AttendanceFileError):
    """One row says something that cannot be."""

    code = "attendance_file.bad_row"


class AnotherDay(AttendanceFileError):
    """A report of one meeting was given for another, on another day."""

    code = "attendance_file.another_day"

    def __init__(self, file: str) -> None:
        super().__init__(file, "this report is of another day than the meeting.")


class DifferentWindows(InvalidFields):
    """Readings of one meeting were clipped to different scheduled times."""

    code = "attendance_file.different_windows"

    def __init__(self) -> None:
        super().__init__(
            "These files were read for different scheduled times.",
            scheduled="Read all files of one meeting with the same scheduled start and end.",
        )
