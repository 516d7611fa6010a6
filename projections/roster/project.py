"""Takes events from the room into the view ``roster``."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from domain.base import Root
from domain.meetings.attendance import ObservedPerson
from domain.meetings.meeting import Meeting
from domain.members.member import Member
from domain.personal import ERASED, shown
from domain.recording import Recorded
from projections import Connection

NAME: Final = "roster"
VERSION: Final = 3
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    Meeting.Scheduled.TOPIC,
    Meeting.RosterSet.TOPIC,
    Meeting.CheckedIn.TOPIC,
    Meeting.CheckedOut.TOPIC,
    Meeting.CheckInRefused.TOPIC,
    Meeting.TurnBegun.TOPIC,
    Meeting.TurnEnded.TOPIC,
    Meeting.PresenceObserved.TOPIC,
    Meeting.ObservedPersonMatched.TOPIC,
    Meeting.ObservedPersonUnmatched.TOPIC,
    Meeting.PresenceAttested.TOPIC,
    Meeting.EvaluationGiven.TOPIC,
    Meeting.Closed.TOPIC,
    Meeting.PresenceCorrected.TOPIC,
    Member.Forgotten.TOPIC,
)

_EXPECT: Final = """INSERT INTO roster (meeting_id, member_id) SELECT $1, unnest($2::uuid[])
                    ON CONFLICT DO NOTHING"""
_EXPECT_NO_MORE: Final = "DELETE FROM roster WHERE meeting_id = $1 AND member_id <> ALL ($2)"
# Once a correction stands, what the door records is kept by the events, and counts no more.
_ARRIVE: Final = """UPDATE roster
                       SET arrived_at = coalesce(arrived_at, $3), left_at = NULL, method = $4,
                           last_refusal = NULL,
                           comings = CASE WHEN corrected THEN comings
                                          ELSE array_append(comings, $3) END
                     WHERE meeting_id = $1 AND member_id = $2"""
_LEAVE: Final = """UPDATE roster
                      SET left_at = $3, inferred = $4, presenting = false,
                          goings = CASE WHEN corrected THEN goings
                                        ELSE array_append(goings, $3) END
                    WHERE meeting_id = $1 AND member_id = $2"""
_REFUSE: Final = "UPDATE roster SET last_refusal = $3 WHERE meeting_id = $1 AND member_id = $2"
_TURN: Final = "UPDATE roster SET presenting = $3 WHERE meeting_id = $1 AND member_id = $2"
_EVALUATE: Final = "UPDATE roster SET evaluated = true WHERE meeting_id = $1 AND member_id = $2"
_CORRECT: Final = """UPDATE roster SET corrected = true, comings = $3, goings = $4
                      WHERE meeting_id = $1 AND member_id = $2"""
_WITNESS: Final = """UPDATE roster SET witnesses = witnesses + 1
                      WHERE meeting_id = $1 AND member_id = $2"""
_OBSERVE: Final = """INSERT INTO observed VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT (meeting_id, person_key, source)
                     DO UPDATE SET subject_id = $4, names = $5,
                                   seconds = greatest(observed.seconds, $6)"""
_MATCH: Final = "UPDATE observed SET member_id = $3 WHERE meeting_id = $1 AND person_key = $2"
# One report may have known the person, and another of the same meeting only the name.
_FORGET: Final = """UPDATE observed SET names = $2 WHERE (meeting_id, person_key) IN (
                        SELECT meeting_id, person_key FROM observed
                         WHERE subject_id = $1 OR member_id = $1)"""
_REMEMBER_GONE: Final = "INSERT INTO forgotten_person VALUES ($1) ON CONFLICT DO NOTHING"
# A name may come, or be recognised, only after its person was forgotten.
_HUSH: Final = """UPDATE observed SET names = $3
                   WHERE meeting_id = $1 AND person_key = $2 AND EXISTS (
                       SELECT FROM observed s JOIN forgotten_person f
                           ON f.member_id IN (s.subject_id, s.member_id)
                        WHERE s.meeting_id = $1 AND s.person_key = $2)"""


_OF_REPORTS: Final = (
    Meeting.PresenceObserved,
    Meeting.ObservedPersonMatched,
    Meeting.ObservedPersonUnmatched,
)
_COMES_AND_GOES: Final = (
    Meeting.CheckedIn,
    Meeting.CheckedOut,
    Meeting.CheckInRefused,
    Meeting.Closed,
)


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    meeting_id = event.originator_id
    if isinstance(event, _OF_REPORTS):
        await _take_report(event, conn)
        return
    if isinstance(event, _COMES_AND_GOES):
        await _take_presence(event, conn)
        return
    match event:
        case Meeting.Scheduled(roster=roster) | Meeting.RosterSet(roster=roster):
            await conn.execute(_EXPECT_NO_MORE, meeting_id, roster)
            await conn.execute(_EXPECT, meeting_id, roster)
        case Meeting.TurnBegun(presenter_id=member_id):
            await conn.execute(_TURN, meeting_id, member_id, True)
        case Meeting.TurnEnded(presenter_id=member_id):
            await conn.execute(_TURN, meeting_id, member_id, False)
        case Meeting.PresenceAttested(member_id=member_id):
            await conn.execute(_WITNESS, meeting_id, member_id)
        case Meeting.EvaluationGiven(member_id=member_id):
            await conn.execute(_EVALUATE, meeting_id, member_id)
        case Meeting.PresenceCorrected(member_id=member_id, stays=stays):
            comings, goings = [each.from_at for each in stays], [each.to_at for each in stays]
            await conn.execute(_CORRECT, meeting_id, member_id, comings, goings)
        case Member.Forgotten(originator_id=member_id):
            await conn.execute(_REMEMBER_GONE, member_id)
            await conn.execute(_FORGET, member_id, ERASED)


async def _take_presence(event: Root.Event, conn: Connection) -> None:
    meeting_id = event.originator_id
    match event:
        case Meeting.CheckedIn(member_id=member_id, arrived_at=at, method=method):
            await conn.execute(_ARRIVE, meeting_id, member_id, at, method.value)
        case Meeting.CheckedOut(member_id=member_id, left_at=at):
            await conn.execute(_LEAVE, meeting_id, member_id, at, False)
        case Meeting.CheckInRefused(member_id=member_id, code=code):
            await conn.execute(_REFUSE, meeting_id, member_id, code)
        case Meeting.Closed(inferred=inferred):
            for end in inferred:
                await conn.execute(_LEAVE, meeting_id, end.member_id, end.left_at, True)


async def _take_report(event: Root.Event, conn: Connection) -> None:
    meeting_id = event.originator_id
    match event:
        case Meeting.PresenceObserved(source=source, people=people):
            for person in people:
                await _observe(conn, meeting_id, source.value, person)
        case Meeting.ObservedPersonMatched(person_key=key, member_id=member_id):
            await conn.execute(_MATCH, meeting_id, key, member_id)
            await conn.execute(_HUSH, meeting_id, key, ERASED)
        case Meeting.ObservedPersonUnmatched(person_key=key):
            await conn.execute(_MATCH, meeting_id, key, None)


async def _observe(conn: Connection, meeting_id: UUID, source: str, person: ObservedPerson) -> None:
    seconds = sum(int(stay.length.total_seconds()) for stay in person.stays)
    await conn.execute(
        _OBSERVE,
        meeting_id,
        person.person_key,
        source,
        person.names[0].subject if person.names else None,
        ", ".join(shown(name) for name in person.names),
        seconds or (person.reported_minutes or 0) * 60,
        person.member_id,
    )
    await conn.execute(_HUSH, meeting_id, person.person_key, ERASED)
