"""The start page: the next hour, and what waits for me."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from domain.memberships.rules import UNPAID
from domain.memberships.standings import MembershipState, narrows_at
from projections import Connection
from projections.memberships import queries as memberships
from projections.roster import queries as roster
from projections.schedule import queries as schedule
from projections.transcript import queries as transcript
from services.days import zone_of
from services.house import House
from services.web.forms.orders import Asking
from services.web.pages.meetings.seeing import absent_from, see_meeting
from services.web.pages.meetings.view import MeetingView
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, meetings_by_id, subject_page

_LOOK_BACK: Final = timedelta(days=30)  # an evaluation older than that is not asked for again
_LOOK_AHEAD: Final = timedelta(days=14)  # an hour that is called off is told about so long before
_MOST_ASKED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What waits for a person.

    Attributes:
        next: the next meeting they are expected at.
        later: the ones after it.
        not_coming: those of all these to which they said that they cannot come.
        called_off: the ones of the next days that do not take place.
        groups: where they belong.
        to_evaluate: meetings they were at and have not evaluated.
        held: what rules would credit once something is there, with its meeting.
        unpaid: their membership, while a payment for it is missing.
    """

    next: MeetingView | None
    later: list[schedule.MeetingRow]
    not_coming: frozenset[UUID]
    called_off: list[schedule.MeetingRow]
    groups: list[schedule.GroupRow]
    to_evaluate: list[schedule.MeetingRow]
    held: list[tuple[transcript.HeldRow, schedule.MeetingRow]]
    unpaid: Unpaid | None


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A payment that is missing.

    Attributes:
        safe_until: until when nothing changes; ``None`` once something waits for the payment.
        zone: IANA name of the place whose days are told.
    """

    safe_until: datetime | None
    zone: str


class HomeController(Controller):
    """``/``."""

    path = "/"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show the next hour first."""
        async with house.views() as conn:
            desk = await _desk_of(conn, house, person_id)
        return await subject_page(
            request, "home.html", here="home", desk=desk, me=person_id, takes_dues=house.takes_dues
        )


async def _desk_of(conn: Connection, house: House, person_id: UUID) -> Desk:
    now, takes_dues = house.clock.now(), house.takes_dues
    coming = await schedule.upcoming(conn, person_id, now)
    # An hour that came to nothing waits for nobody; why is told with the credits.
    held = [row for row in await transcript.held(conn, person_id) if row.amount]
    meetings = await meetings_by_id(conn, [row.meeting_id for row in held])
    regrets = await house.regrets.of_meetings([each.meeting_id for each in coming])
    following = None
    if coming:
        following = await see_meeting(
            conn,
            coming[0].meeting_id,
            person_id,
            administrator=False,
            takes_dues=takes_dues,
            regrets=regrets,
            now=now,
        )
    return Desk(
        next=following,
        later=coming[1:],
        not_coming=frozenset(
            each.meeting_id for each in coming if person_id in absent_from(each, regrets)
        ),
        called_off=await schedule.called_off(conn, person_id, now, now + _LOOK_AHEAD),
        groups=await schedule.groups_of(conn, person_id),
        to_evaluate=await _to_evaluate(conn, person_id, now),
        held=[(row, meetings[row.meeting_id]) for row in held if row.meeting_id in meetings],
        unpaid=await _unpaid(conn, person_id) if takes_dues else None,
    )


async def _unpaid(conn: Connection, person_id: UUID) -> Unpaid | None:
    row = await memberships.membership_of_holder(conn, person_id)
    if row is None or row.unpaid_since is None or row.state not in UNPAID:
        return None
    safe_until = narrows_at(row.unpaid_since) if row.state == MembershipState.GRACE else None
    return Unpaid(safe_until, await zone_of(conn, person_id))


async def _to_evaluate(
    conn: Connection, person_id: UUID, now: datetime
) -> list[schedule.MeetingRow]:
    waiting: list[schedule.MeetingRow] = []
    recent = [
        meeting
        for meeting in await schedule.past(conn, person_id, now)
        if meeting.state == "closed" and meeting.ends_at > now - _LOOK_BACK
    ]
    for meeting in recent[:_MOST_ASKED]:
        rows = await roster.roster(conn, meeting.meeting_id)
        mine = next((row for row in rows if row.member_id == person_id), None)
        if mine is None or mine.evaluated:
            continue
        seen = await roster.observed(conn, meeting.meeting_id)
        if (
            mine.arrived_at is not None
            or mine.corrected
            or any(each.member_id == person_id for each in seen)
        ):
            waiting.append(meeting)
    return waiting
