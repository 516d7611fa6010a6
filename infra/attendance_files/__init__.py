"""Reports of meeting tools, read into observed stays and questions. Pure: bytes in, reading out.

Formats, the answer and every code are described in ``docs/attendance_files.md``.
"""

from infra.attendance_files.answer import to_json
from infra.attendance_files.clock import parse_scheduled
from infra.attendance_files.errors import (
    AttendanceFileError,
    BadEncoding,
    BadRow,
    CutShort,
    DifferentWindows,
    NotAReport,
    TooLarge,
)
from infra.attendance_files.model import (
    AttendanceReading,
    DateOrder,
    Evidence,
    Kind,
    Meeting,
    ObservedStay,
    Person,
    Question,
)
from infra.attendance_files.reading import merge, read_attendance

__all__ = [
    "AttendanceFileError",
    "AttendanceReading",
    "BadEncoding",
    "BadRow",
    "CutShort",
    "DateOrder",
    "DifferentWindows",
    "Evidence",
    "Kind",
    "Meeting",
    "NotAReport",
    "ObservedStay",
    "Person",
    "Question",
    "TooLarge",
    "merge",
    "parse_scheduled",
    "read_attendance",
    "to_json",
]
