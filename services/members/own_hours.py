"""The hours that a member was expected at, as their streams tell them: nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.meetings.events import (
    CheckInRefused,
    EvaluationGiven,
    PresenceCorrected,
    PresenceObserved,
)
from domain.meetings.meeting import Meeting
from domain.meetings.presence import Presence, Stay
from domain.personal import shown
from domain.recording import EventStore
from projections.schedule.queries import MeetingRow
from services import tables
from services.days import local_day_of

_COLUMNS: Final = (
    "day", "group", "title", "starts_at", "ends_at", "zone", "way", "state", "minutes", "evidence",
    "shown_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """What one meeting keeps of one member, besides their stays."""

    answers: list[dict[str, int]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, dict[str, None]] = field(default_factory=dict)  # by person of a report


async def hours_of(
    store: EventStore, member_id: UUID, rows: Sequence[MeetingRow]
) -> list[dict[str, Any]]:
    """Return what is recorded of a member at meetings, as plain data.

    Args:
        store: where the meetings are read.
        member_id: whose hours; nobody else's are told.
        rows: the meetings they were expected at, in the order in which to tell them.
    """
    return [await _hour(store, member_id, row) for row in rows]


def as_csv(hours: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the hours as a table, one meeting a row."""
    return tables.as_csv(
        _COLUMNS, ({**each, "shown_by": " ".join(each["shown_by"])} for each in hours)
    )


async def _hour(store: EventStore, member_id: UUID, row: MeetingRow) -> dict[str, Any]:
    meeting, told = await _read(store, member_id, row.meeting_id)
    presence: Presence = meeting.minutes_of(member_id)
    attendance = meeting.attendance
    return {
        "meeting_id": row.meeting_id,
        "group_id": row.group_id,
        "group": row.group_name,
        "title": row.title,
        "day": local_day_of(row.starts_at, row.zone),
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "zone": row.zone,
        "way": row.modality,
        "state": row.state,
        "you_led": row.facilitator_id == member_id,
        "minutes": presence.minutes,
        "evidence": presence.strength.value,
        "shown_by": list(presence.reasons),
        "stays_that_count": [_stay(each) for each in meeting.presence_of(member_id)],
        "stays_recorded": [_stay(each) for each in meeting.recorded_presence_of(member_id)],
        "corrections": told.corrections,
        "peers_who_saw_you": len(attendance.attesters_of(member_id)),
        "peers_you_say_you_saw": sum(
            attendance.has_attested(each, member_id) for each in meeting.roster
        ),
        "your_turns": [
            _span(turn.interval.from_at, turn.interval.to_at)
            for turn in attendance.turns
            if turn.presenter_id == member_id
        ],
        "your_answers": told.answers,
        "doors_that_stayed_shut": told.refused,
        "names_a_meeting_tool_showed": [
            name
            for key, names in told.names.items()
            if attendance.matches.get(key) == member_id
            for name in names
        ],
    }


async def _read(store: EventStore, member_id: UUID, meeting_id: UUID) -> tuple[Meeting, _Told]:
    meeting: Meeting | None = None
    told = _Told()
    for event in await store.load(meeting_id):
        meeting = event.mutate(meeting)
        match event:
            case EvaluationGiven(member_id=whose, answers=answers) if whose == member_id:
                told.answers.append(answers)
            case PresenceCorrected(member_id=whose, reason=reason) if whose == member_id:
                told.corrections.append({"at": event.timestamp, "reason": shown(reason)})
            case CheckInRefused(member_id=whose, code=code, method=way) if whose == member_id:
                told.refused.append({"at": event.timestamp, "why": code, "way": way})
            case PresenceObserved(people=people):
                for each in people:
                    names = told.names.setdefault(each.person_key, {})
                    names.update(dict.fromkeys(map(shown, each.names)))
    assert meeting is not None, "the schedule shows meetings that there are"
    return meeting, told


def _stay(stay: Stay) -> dict[str, Any]:
    interval = stay.interval
    concluded = {"end_was_concluded": True} if stay.inferred else {}
    return {
        **_span(interval.from_at, interval.to_at),
        "known_from": stay.source.value,
        **concluded,
    }


def _span(from_at: datetime, to_at: datetime) -> dict[str, datetime]:
    return {"from": from_at, "to": to_at}
