"""Where a member's licences stand, where the schedule leads, and what would happen if."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from domain.certificates.papers import CreditKind
from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.forecast import Forecast, forecast
from domain.rules.histories import LicenceFacts
from domain.rules.model import Pack
from domain.rules.months import looked_ahead
from domain.values import Modality
from projections import Connection
from projections.outside_credits import queries as outside_credits
from projections.people import queries as people
from projections.schedule import queries as schedule
from projections.transcript import queries as transcript
from services.credits.licence_texts import categories_of, renews
from services.credits.what_if import WhatIf, thought
from services.days import local_day_of, own_day
from services.groups.standing_schedule import RegretsAbout, standing_schedule


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
    conn: Connection,
    book: RuleBook,
    member_id: UUID,
    *,
    now: datetime,
    what_if: WhatIf,
    regrets_about: RegretsAbout,
) -> list[Renewal]:
    """Return every licence of a member that runs today, under every text about it.

    Args:
        conn: a connection to the views.
        book: the packs in use.
        member_id: whose.
        now: aware UTC.
        what_if: what the member thinks about.
        regrets_about: says who cannot come to meetings that are planned.
    """
    today = await own_day(conn, member_id, now)
    licences = [licence_facts(row) for row in await people.licences(conn, member_id)]
    asked = [
        (pack, licence)
        for pack in book.on(today)
        for licence in licences
        if licence.held_on(today) and renews(pack, licence.profession, licence.jurisdiction)
    ]
    earned = await earned_by(conn, member_id)
    entered = [row for row in await outside_credits.of_member(conn, member_id) if row.counts]
    ends = [last for pack, licence in asked if (last := looked_ahead(pack, licence, today))]
    until = max(ends, default=today)
    plan = await standing_schedule(
        conn, member_id, now, today=today, until=until, regrets_about=regrets_about
    )
    as_planned = [each.attendance for each in plan]
    thinking = None
    if what_if.changes_something:
        thinking = list(thought(plan, what_if, now=now, until=until))
    found = []
    for pack, licence in asked:
        mine = [entry for of, entry in earned if of == (pack.id, licence.id)]
        mine += [
            entered_as(pack, row.now)
            for row in entered
            if str(row.now.licence_id) == licence.id and counts_under(pack, row.now)
        ]
        ask = partial(forecast, book, pack, licence, mine, today=today)
        if_so = None if thinking is None else ask(thinking)
        found.append(Renewal(ask(as_planned), if_so))
    return sorted(found, key=lambda each: (each.standing.licence.id, each.standing.pack.name))


def counts_under(pack: Pack, said: outside_credits.SaidRow) -> bool:
    """Tell whether what a member entered counts under a text, which may have changed since."""
    return said.pack_id == pack.id and pack.cycle is not None and said.unit_name == pack.cycle.unit


def entered_as(pack: Pack, said: outside_credits.SaidRow) -> Entry:
    """Return a credit earned elsewhere as it goes into the account, marked as such.

    Where the member names the category of one of the text's own rules, the limits of that rule
    hold for it too, wherever the hours were spent. A rule with bands counts attendance of its own;
    what is entered is credit already, and so it only bears the rule's name there.
    """
    theirs = {_plain(each): each for each in categories_of([pack])}  # in the text's own spelling
    category = theirs.get(_plain(said.category or ""), said.category or "")
    rule = next((each for each in pack.rules if each.name == category), None)
    kind = None if said.credit_kind is None else CreditKind(said.credit_kind)
    return Entry(
        key=f"entered:{said.credit_id}",
        day=said.day,
        amount=said.amount,
        rule="" if rule is None or rule.bands is not None else rule.id,
        category=category,
        title=said.title,
        topics=tuple(said.topics),
        live=said.live,
        credit_kind=kind if rule is None or kind is not None else rule.credit_kind,
        elsewhere=True,
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def licence_facts(row: people.LicenceRow) -> LicenceFacts:
    """Return a licence as packs are asked about it."""
    return LicenceFacts(
        id=str(row.licence_id),
        profession=row.profession,
        jurisdiction=row.jurisdiction,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


async def earned_by(conn: Connection, member_id: UUID) -> list[tuple[tuple[str, str], Entry]]:
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
