"""What somebody sees of a group."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from domain.errors import NotFound
from domain.groups.group import GroupFacilitatorOnly
from domain.groups.rhythms import Rhythm
from domain.meetings.regrets import Regret
from projections import Connection
from projections.holdings import queries as holdings
from projections.people import queries as people
from projections.schedule import queries as schedule
from services.groups.standing_schedule import RegretsAbout
from services.web.pages.meetings.seeing import absent_from
from services.web.subjects import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group to one reader.

    Attributes:
        members: who belongs today, longest first, by id and name.
        reader_id: who looks.
        leads: whether the reader plans its meetings.
        administrator: whether the reader looks after the house.
        away: who of the members is not expected at the moment; why is nobody's to know.
        regrets: who said that they cannot come to its meetings.
    """

    group: schedule.GroupRow
    members: list[tuple[UUID, str]]
    meetings: list[schedule.MeetingRow]
    reader_id: UUID
    leads: bool
    administrator: bool
    now: datetime
    away: Collection[UUID] = ()
    regrets: Sequence[Regret] = ()

    @property
    def coming(self) -> list[schedule.MeetingRow]:
        """Meetings still to be held, soonest first; one called off says so until it had ended."""
        return [m for m in reversed(self.meetings) if self._is_coming(m)]

    @property
    def past(self) -> list[schedule.MeetingRow]:
        """The others, newest first."""
        return [m for m in self.meetings if not self._is_coming(m)]

    @property
    def belongs(self) -> bool:
        """Whether the reader is one of the members."""
        return any(member_id == self.reader_id for member_id, _ in self.members)

    @property
    def holds(self) -> bool:
        """Whether the reader is the group's own facilitator."""
        return self.reader_id == self.group.facilitator_id

    @property
    def facilitator(self) -> str:
        """The facilitator's name."""
        return dict(self.members).get(self.group.facilitator_id, "Somebody")

    @property
    def others(self) -> list[tuple[UUID, str]]:
        """Everybody but the facilitator, and whether they are away."""
        return [
            (member_id, f"{name} (away)" if member_id in self.away else name)
            for member_id, name in self.members
            if member_id != self.group.facilitator_id
        ]

    @property
    def rhythm(self) -> Rhythm:
        """When the group meets."""
        group = self.group
        return Rhythm(
            weekday=group.weekday,
            local_time=group.local_time,
            every_weeks=group.every_weeks,
            zone=group.zone,
            minutes=group.minutes,
            starts_on=group.starts_on,
        )

    @property
    def rhythm_seen(self) -> str:
        """What a form about the rhythm was shown, to notice that it changed."""
        return sha256(repr(self.rhythm).encode()).hexdigest()[:16]

    def absent_from(self, meeting: schedule.MeetingRow) -> list[str]:
        """Return who of the members said that they cannot come to a meeting, by name."""
        cannot = absent_from(meeting, self.regrets)
        return sorted(name for member_id, name in self.members if member_id in cannot)

    def next_occurrence(self) -> datetime:
        """Return when the rhythm proposes the next meeting that is not planned yet.

        An hour of the rhythm that lies nearer to a planned meeting than to its own neighbours is
        that meeting, moved; one that is planned for next summer keeps nobody from next week.
        """
        taken = [meeting.starts_at for meeting in self.coming]
        nearer = timedelta(weeks=self.rhythm.every_weeks) / 2
        proposed = self.rhythm.occurrences(after=self.now, many=2 * len(taken) + 1)
        free = (at for at in proposed if all(abs(at - each) >= nearer for each in taken))
        return next(free, proposed[-1])

    def name_of(self, member_id: UUID) -> str:
        """Return a member's name.

        Raises:
            NotFound: they do not belong here.
        """
        found = dict(self.members).get(member_id)
        if found is None:
            raise NotFound("This person does not belong to the group.")
        return found

    def require_lead(self) -> None:
        """Leave the rest of this page to who leads.

        Raises:
            GroupFacilitatorOnly: the reader does not.
        """
        if not self.leads:
            raise GroupFacilitatorOnly(f"This is for {self.facilitator}, who leads this group.")

    def _is_coming(self, meeting: schedule.MeetingRow) -> bool:
        return meeting.ends_at > self.now and meeting.state in {"scheduled", "open", "cancelled"}


async def see_group(
    conn: Connection,
    group_id: UUID,
    reader_id: UUID,
    *,
    administrator: bool,
    takes_dues: bool,
    regrets_about: RegretsAbout,
    now: datetime,
) -> GroupView:
    """Return what a reader sees of a group.

    Args:
        conn: to the views.
        group_id: which.
        reader_id: who looks.
        administrator: whether the reader looks after the house.
        takes_dues: whether the house does; where it does, access can end, and its people be away.
        regrets_about: says who cannot come to meetings.
        now: the moment.

    Raises:
        NotFound: there is no such group, or the reader does not belong to it.
    """
    group = await schedule.group(conn, group_id)
    members = await schedule.members_of(conn, group_id)
    if group is None or not (reader_id in members or administrator):
        raise NotFound("There is no such group, or you do not belong to it.")
    names = await names_of(conn, members)
    meetings = await schedule.meetings_of_group(conn, group_id)
    return GroupView(
        group=group,
        members=[(each, names[each]) for each in members],
        meetings=meetings,
        regrets=await regrets_about([each.meeting_id for each in meetings]),
        reader_id=reader_id,
        leads=administrator or reader_id == group.facilitator_id,
        administrator=administrator,
        now=now,
        away=await holdings.away(conn, members, now, takes_dues=takes_dues)
        | await people.on_leave(conn, members, now),
    )
