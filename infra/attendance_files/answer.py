"""The answer as JSON: plain values, UTC instants, nothing rounded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from infra.attendance_files.model import AttendanceReading, Person


def to_json(reading: AttendanceReading) -> dict[str, Any]:
    """Return the reading as ``peerhour attendance read --json`` prints it.

    Instants are ISO 8601 in UTC with ``Z``. ``seconds_in_window`` is ``None`` without a scheduled
    window, ``reported_minutes`` where the file states none.
    """
    meeting = reading.meeting
    return {
        "format": reading.format,
        "zone": reading.zone,
        "meeting": {
            "topic": meeting.topic,
            "meeting_id": meeting.meeting_id,
            "starts_at": _instant(meeting.starts_at),
            "ends_at": _instant(meeting.ends_at),
        },
        "people": [_person(person) for person in reading.people],
        "questions": [
            {"code": question.code, "text": question.text, "people": list(question.people)}
            for question in reading.questions
        ],
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "names": list(person.names),
        "emails": list(person.emails),
        "stays": [
            {"from": _instant(stay.from_at), "to": _instant(stay.to_at)} for stay in person.stays
        ],
        "seconds": person.seconds,
        "seconds_in_window": person.seconds_in_window,
        "reported_minutes": person.reported_minutes,
        "evidence": person.evidence,
        "kind": person.kind,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
