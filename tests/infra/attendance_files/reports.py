"""Reports for tests, written as the tools write them; every person is invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from infra.attendance_files import AttendanceReading, Person, read_attendance

ZOOM_HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
ZOOM_BLOCK_HEAD = "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants"
ACCOUNT_HEAD = (
    "Topic,Meeting ID,User Name,User Email,Department,Group,Has Zoom Rooms?,Creation Time,"
    "Start Time,End Time,Duration (Minutes),Participants,Name (Original Name),User Email,"
    "Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room"
)


def zoom(*rows: str, head: str = ZOOM_HEAD, above: str = "", end: str = "\n") -> bytes:
    lines = [*above.splitlines(), head, *rows]
    return (end.join(lines) + end).encode()


def utf16(text: str) -> bytes:
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def teams(
    participants: str, activities: str, *, summary: str = "Meeting title\tPeer hour\n"
) -> bytes:
    return utf16(
        f"1. Summary\n{summary}\n"
        "2. Participants\n"
        "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
        f"{participants}\n\n"
        "3. In-Meeting Activities\n"
        "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
        f"{activities}\n"
    )


def message(
    kind: str, at: str, *, user: str = "1", name: str = "Ana", email: str = "ana@example.org"
) -> str:
    """One webhook message: *kind* is ``joined`` or ``left``."""
    participant = {"user_id": user, "user_name": name, "email": email}
    participant["join_time" if kind == "joined" else "leave_time"] = at
    meeting = {"id": "81234567890", "uuid": "u1==", "topic": "Peer hour"}
    payload: dict[str, Any] = {"object": {**meeting, "participant": participant}}
    return json.dumps({"event": f"meeting.participant_{kind}", "payload": payload})


def stream(*messages: str) -> bytes:
    return "".join(f"{one}\n" for one in messages).encode()


def read(data: bytes, **answers: Any) -> AttendanceReading:
    return read_attendance(data, name="report.csv", **answers)


def codes(reading: AttendanceReading) -> list[str]:
    return [question.code for question in reading.questions]


def asked_about(reading: AttendanceReading, code: str) -> tuple[str, ...]:
    return next(one.people for one in reading.questions if one.code == code)


def the(reading: AttendanceReading, name: str) -> Person:
    found = [person for person in reading.people if name in person.names]
    assert len(found) == 1, f"{len(found)} people are called {name}"
    return found[0]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(person: Person) -> list[tuple[datetime, datetime]]:
    return [(stay.from_at, stay.to_at) for stay in person.stays]
