"""Where a member's licences stand, where the schedule leads, and what would happen if."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.papers import CreditKind
from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.forecast import Forecast, forecast
from domain.rules.histories import LicenceFacts
from domain.rules.model import BodyKind
from domain.values import Modality
from projections import Connection
from projections.people import queries as people
from projections.schedule import queries as schedule
from projections.transcript import queries as transcript
from services.standing_schedule import local_day_of, standing_schedule
from services.what_if import WhatIf, thought


@dataclass(frozen=True, slots=True)
class Renewal:
    """One licence under one text, with and without what the member thinks about.

    Attributes:
        standing: by the standing schedule.
        if_so: under the what-if; ``None`` where none was asked.
    """

    standing: Forecast
    if_so: Forecast | None


async def renewals(
    conn: Connection, book: RuleBook, member_id: UUID, *, now: datetime, what_if: WhatIf
) -> list[Renewal]:
    """Return every licence of a member that runs today, under every text about it.

    Args:
        conn: a connection to the views.
        book: the packs in use.
        member_id: whose.
        now: aware UTC.
        what_if: what the member thinks about.
    """
    today = now.date()
    licences = [_facts(row) for row in await people.licences(conn, member_id)]
    earned = await _earned(conn, member_id)
    plan = await standing_schedule(conn, member_id, now)
    thinking = list(thought(plan, what_if, now)) if what_if.changes_something else None
    found = []
    for pack in book.on(today):
        for licence in licences:
            if not licence.held_on(today) or not pack.professions:
                continue
            if pack.kind is BodyKind.ACCREDITOR and pack.cycle is None:
                continue  # it approves providers; nobody renews anything with it
            if not pack.is_about(licence.profession, licence.jurisdiction):
                continue
            mine = [
                entry for (pack_id, of), entry in earned if (pack_id, of) == (pack.id, licence.id)
            ]
            standing = forecast(book, pack, licence, mine, plan, today=today)
            if_so = (
                None
                if thinking is None
                else forecast(book, pack, licence, mine, thinking, today=today)
            )
            found.append(Renewal(standing, if_so))
    return sorted(found, key=lambda each: (each.standing.licence.id, each.standing.pack.name))


def _facts(row: people.LicenceRow) -> LicenceFacts:
    return LicenceFacts(
        id=str(row.licence_id),
        profession=row.profession,
        jurisdiction=row.jurisdiction,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


async def _earned(conn: Connection, member_id: UUID) -> list[tuple[tuple[str, str], Entry]]:
    """Return the credits that stand, each with its text and licence."""
    rows = [row for row in await transcript.awards(conn, member_id) if not row.withdrawn]
    undated = [row.meeting_id for row in rows if row.day is None]
    meetings = {row.meeting_id: row for row in await schedule.meetings(conn, undated)}
    earned = []
    for row in rows:
        meeting = meetings.get(row.meeting_id)
        if row.day is not None:
            day, title = row.day, row.title or ""
        elif meeting is not None:
            day, title = local_day_of(meeting.starts_at, meeting.zone), meeting.title
        else:
            continue  # credited before its day was kept, for a meeting that the view lost
        modality = row.modality or (None if meeting is None else meeting.modality)
        entry = Entry(
            key=str(row.award_id),
            day=day,
            amount=row.amount,
            rule=row.rule_id,
            title=title,
            topics=tuple(row.topics or ()),
            modality=None if modality is None else Modality(modality),
            live=True,
            credit_kind=CreditKind(row.credit_kind),
            minutes=row.minutes,
        )
        earned.append(((row.pack_id, str(row.licence_id or "")), entry))
    return earned
