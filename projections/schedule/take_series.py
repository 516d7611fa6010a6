"""Takes events about series of meetings, and about who led one, into the view ``schedule``."""

from __future__ import annotations

from typing import Final

from domain.base import Root
from domain.groups.group import PeerGroup
from domain.meetings.events import LeadRecorded
from domain.personal import shown
from projections import Connection

OF_SERIES: Final = (
    PeerGroup.SeriesPlanned,
    PeerGroup.PartPlaced,
    PeerGroup.PartCleared,
    PeerGroup.SyllabusHandedOut,
)

_ANNOUNCE: Final = "INSERT INTO series VALUES ($1, $2, $3, $4, $5)"
_PLACE: Final = "INSERT INTO series_part VALUES ($1, $2, $3)"
_CLEAR: Final = "DELETE FROM series_part WHERE series_id = $1 AND part = $2"
_SYLLABUS: Final = "UPDATE series SET syllabus_on = $2 WHERE series_id = $1"
_LEAD: Final = """INSERT INTO meeting_lead VALUES ($1, $2, $3, $4, $5, $6, $7)
                  ON CONFLICT (meeting_id) DO UPDATE
                     SET led_by = $2, member_id = $3, name = $4, profession = $5,
                         qualification = $6, supervisor = $7"""


async def take_series(event: Root.Event, conn: Connection) -> None:
    """Take one event of a group about a series."""
    match event:
        case PeerGroup.SeriesPlanned(originator_id=group_id, series_id=series_id):
            await conn.execute(
                _ANNOUNCE, series_id, group_id, event.title, event.parts, event.timestamp
            )
        case PeerGroup.PartPlaced(series_id=series_id, part=part, meeting_id=meeting_id):
            await conn.execute(_PLACE, series_id, part, meeting_id)
        case PeerGroup.PartCleared(series_id=series_id, part=part):
            await conn.execute(_CLEAR, series_id, part)
        case PeerGroup.SyllabusHandedOut(series_id=series_id, day=day):
            await conn.execute(_SYLLABUS, series_id, day)


async def take_lead(event: LeadRecorded, conn: Connection) -> None:
    """Keep who led a meeting."""
    lead = event.lead
    outsider = lead.outsider
    told: tuple[object, ...] = (None, None, None, None)
    if outsider is not None:
        words = outsider.profession, outsider.qualification
        told = (shown(outsider.name), *words, outsider.supervisor)
    await conn.execute(_LEAD, event.originator_id, lead.led_by.value, lead.member_id, *told)
