"""How a meeting is looked up for one reader: in the views, and beside the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.errors import NotFound
from domain.meetings.leading import LedBy
from domain.meetings.meeting import Meeting
from domain.meetings.regrets import Regret, absent
from projections import Connection
from projections.audit_trail import queries as audit_trail
from projections.holdings import queries as holdings
from projections.people import queries as people
from projections.roster import queries as roster
from projections.schedule import queries as schedule
from projections.schedule import series_queries as in_series
from services.web.pages.meetings.view import Attendee, MeetingView
from services.web.subjects import names_of


async def see_meeting(
    conn: Connection,
    meeting_id: UUID,
    reader_id: UUID,
    *,
    administrator: bool,
    takes_dues: bool,
    regrets: Sequence[Regret],
    now: datetime,
) -> MeetingView:
    """Return what a reader sees of a meeting.

    Args:
        conn: to the views.
        meeting_id: which.
        reader_id: who looks.
        administrator: whether the reader looks after the house.
        takes_dues: whether the house does; where it does, access can end, and its people be away.
        regrets: who said that they cannot come to this meeting; see :class:`RegretShelf`.
        now: the moment.

    Raises:
        NotFound: there is no such meeting, or the reader is not on the roster of its day.
    """
    meeting = await schedule.meeting(conn, meeting_id)
    expected = await schedule.expected(conn, meeting_id)
    if meeting is None or not (reader_id in expected or administrator):
        raise NotFound("There is no such meeting, or you are not on its roster.")
    names = await names_of(conn, expected)
    moment = min(now, meeting.ends_at)
    shut = await holdings.away(conn, expected, moment, takes_dues=takes_dues)
    away = shut | await people.on_leave(conn, expected, moment)
    rows = {row.member_id: row for row in await roster.roster(conn, meeting_id)}
    cannot = absent_from(meeting, regrets)
    attendees = sorted(
        (
            Attendee(
                names[each],
                rows.get(each, roster.nothing_about(each)),
                away=each in away,
                cannot_come=each in cannot,
            )
            for each in expected
        ),
        key=lambda each: (each.name.casefold(), each.member_id),
    )
    leads = administrator or reader_id == meeting.facilitator_id
    observed = await roster.observed(conn, meeting_id)
    lead = await in_series.lead(conn, meeting_id)
    return MeetingView(
        meeting=meeting,
        people=attendees,
        me=next((each for each in attendees if each.member_id == reader_id), None),
        leads=leads,
        opened=not leads and reader_id in await _who_opened(conn, meeting),
        observed=observed if leads else (),
        tools_saw_me=[each for each in observed if each.member_id == reader_id],
        my_regrets=[each for each in regrets if each.member_id == reader_id],
        now=now,
        lead=lead,
        led=_led(lead, names),
        part=_part(await in_series.series(conn, meeting.group_id), meeting_id),
    )


def absent_from(meeting: schedule.MeetingRow, regrets: Iterable[Regret]) -> frozenset[UUID]:
    """Return who said that they cannot come; once the hour is over it says nothing any more."""
    if meeting.state not in {"scheduled", "open"}:
        return frozenset()
    return absent(regrets, meeting.meeting_id, meeting.starts_at)


def _led(lead: in_series.LeadRow | None, names: Mapping[UUID, str]) -> str:
    """Return who led, in a sentence."""
    if lead is None:
        return ""
    if lead.led_by == LedBy.PEERS.value:
        return "Nobody led: everybody took part as an equal."
    if lead.led_by == LedBy.MEMBER.value and lead.member_id is not None:
        return f"{names.get(lead.member_id, 'Somebody')} led it, and not as an equal."
    return f"{lead.name}, {lead.qualification}, led it from outside the group."


def _part(rows: Sequence[in_series.SeriesRow], meeting_id: UUID) -> str:
    """Return which part of which series a meeting is."""
    for row in rows:
        part = row.part_of(meeting_id)
        if part is not None:
            return f"Part {part} of {row.parts} of {row.title}"
    return ""


async def _who_opened(conn: Connection, meeting: schedule.MeetingRow) -> set[UUID | None]:
    if meeting.state != "open":
        return set()
    trail = await audit_trail.of_stream(conn, meeting.meeting_id)
    return {row.actor_id for row in trail if row.topic == Meeting.Opened.TOPIC}
