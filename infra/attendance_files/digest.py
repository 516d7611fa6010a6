"""A name for what was read: equal facts, equal digest, whatever their order or file."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from infra.attendance_files.model import Facts, Meeting, Moment, Sighting, Who


def digest_of(facts: Facts) -> str:
    """Return the SHA-256 (hex) of what the files say.

    Line numbers, formats, questions and the scheduled window are left out: they say how and where
    something was read, not what happened.
    """
    lines = sorted(
        msgspec.json.encode(one)
        for one in (
            *(_sighting(seen) for seen in facts.sightings),
            *(_moment(moment) for moment in facts.moments),
            *(_meeting(meeting) for meeting in facts.meetings),
        )
    )
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def _sighting(seen: Sighting) -> list[object]:
    times = [_text(seen.from_at), _text(seen.to_at), *seen.said]
    return ["sighting", *_who(seen.who), *times, seen.seconds_said, seen.total_of]


def _moment(moment: Moment) -> list[object]:
    at = [_text(moment.at), moment.said]
    return ["moment", *_who(moment.who), moment.connection, moment.joined, *at]


def _meeting(meeting: Meeting) -> list[object]:
    times = [_text(meeting.starts_at), _text(meeting.ends_at)]
    return ["meeting", meeting.topic, meeting.meeting_id, *times]


def _who(who: Who) -> list[object]:
    return [list(who.names), list(who.emails), who.bot]


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
