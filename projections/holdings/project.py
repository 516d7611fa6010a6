"""Takes what grants people access into the view ``holdings``.

What each step allows is the domain's to say; here stands only from when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from domain.access.grants import (
    OF_MEMBERSHIP,
    OF_SEAT,
    first_meeting_ends_at,
    of_tier,
    scholarship_ends_at,
)
from domain.access.records import AccessRecord
from domain.access.table import AccessState
from domain.access.union import GrantKind
from domain.base import Root
from domain.members.member import Member, Role
from domain.memberships.gifts import Gift
from domain.memberships.membership import Membership
from domain.memberships.scholarships import Scholarship
from domain.memberships.standings import MembershipState
from domain.practices.events import SeatState
from domain.practices.seat_pool import SeatPool
from domain.recording import Recorded
from projections import Connection

NAME: Final = "holdings"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()

_STATE_AFTER: Final[Mapping[str, MembershipState]] = MappingProxyType(
    {
        Membership.TrialStarted.TOPIC: MembershipState.TRIAL,
        Membership.Activated.TOPIC: MembershipState.ACTIVE,
        Membership.Renewed.TOPIC: MembershipState.ACTIVE,
        Membership.Recovered.TOPIC: MembershipState.ACTIVE,
        Membership.Reinstated.TOPIC: MembershipState.ACTIVE,
        Membership.GraceStarted.TOPIC: MembershipState.GRACE,
        Membership.AccessNarrowed.TOPIC: MembershipState.NARROWED,
        Membership.LeaveStarted.TOPIC: MembershipState.ON_LEAVE,
        Membership.Lapsed.TOPIC: MembershipState.LAPSED,
    }
)
_SEAT_AFTER: Final[Mapping[str, SeatState]] = MappingProxyType(
    {
        SeatPool.Accepted.TOPIC: SeatState.HELD,
        SeatPool.Thawed.TOPIC: SeatState.HELD,
        SeatPool.Frozen.TOPIC: SeatState.FROZEN,
        SeatPool.Released.TOPIC: SeatState.RELEASED,
    }
)
TOPICS: Final = (
    Membership.Requested.TOPIC,
    *_STATE_AFTER,
    SeatPool.Opened.TOPIC,
    *_SEAT_AFTER,
    Gift.Redeemed.TOPIC,
    Scholarship.Applied.TOPIC,
    Scholarship.Granted.TOPIC,
    Scholarship.Renewed.TOPIC,
    Scholarship.Ended.TOPIC,
    Member.RoleGranted.TOPIC,
    Member.RoleWithdrawn.TOPIC,
    AccessRecord.Opened.TOPIC,
    AccessRecord.FirstMeetingAttended.TOPIC,
    AccessRecord.FirstMeetingGivenBack.TOPIC,
)

_OWN: Final = "INSERT INTO grant_source VALUES ($1, $2)"
_STEP: Final = "INSERT INTO grant_step VALUES ($1, $2, $3, $4, $5, $6, $7)"
_STEP_OF_OWNER: Final = """INSERT INTO grant_step
                           SELECT $1, $2, holder_id, $3, $4, $5, $6 FROM grant_source
                            WHERE source_id = $2"""
_NO_END: Final = "DELETE FROM grant_step WHERE source_id = $1 AND by_itself"


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    taker = _Taker(conn, event, recorded.position)
    match event:
        case Membership.Requested(holder_id=holder_id):
            await taker.own(holder_id)
        case SeatPool.Opened(practice_id=practice_id):
            await taker.own(practice_id)
        case Scholarship.Applied(member_id=member_id) | AccessRecord.Opened(member_id=member_id):
            await taker.own(member_id)
        case _ if event.TOPIC in _STATE_AFTER:
            state = OF_MEMBERSHIP[_STATE_AFTER[event.TOPIC]]
            await taker.step_of_owner(GrantKind.MEMBERSHIP, state)
        case (
            SeatPool.Accepted(member_id=member_id)
            | SeatPool.Thawed(member_id=member_id)
            | SeatPool.Frozen(member_id=member_id)
            | SeatPool.Released(member_id=member_id)
        ):
            state = OF_SEAT[_SEAT_AFTER[event.TOPIC]]
            await taker.step(GrantKind.SEAT, member_id, state)
        case Member.RoleGranted(originator_id=member_id, role=Role.ADMINISTRATOR):
            await taker.step(GrantKind.STAFF, member_id, AccessState.FULL)
        case Member.RoleWithdrawn(originator_id=member_id, role=Role.ADMINISTRATOR):
            await taker.step(GrantKind.STAFF, member_id, AccessState.LAPSED)
        case _:
            await _take_what_ends(taker, event)


async def _take_what_ends(taker: _Taker, event: Root.Event) -> None:
    """Take an event of a grant whose end is known when it begins."""
    match event:
        case Gift.Redeemed(member_id=member_id, until=until):
            await taker.step(GrantKind.GIFT, member_id, AccessState.FULL)
            await taker.end(GrantKind.GIFT, until, of=member_id)
        case Scholarship.Granted(percent=percent, until=until):
            await taker.no_end()
            await taker.step_of_owner(GrantKind.SCHOLARSHIP, of_tier(percent))
            await taker.end(GrantKind.SCHOLARSHIP, scholarship_ends_at(until))
        case Scholarship.Renewed(until=until):
            await taker.no_end()
            await taker.end(GrantKind.SCHOLARSHIP, scholarship_ends_at(until))
        case Scholarship.Ended():
            await taker.no_end()
            await taker.step_of_owner(GrantKind.SCHOLARSHIP, AccessState.LAPSED)
        case AccessRecord.FirstMeetingAttended(timestamp=at):
            await taker.end(GrantKind.FIRST_MEETING, first_meeting_ends_at(at))
        case AccessRecord.FirstMeetingGivenBack():
            await taker.no_end()


@dataclass(frozen=True, slots=True)
class _Taker:
    """Writes what one event says."""

    conn: Connection
    event: Root.Event
    position: int

    async def own(self, holder_id: UUID) -> None:
        await self.conn.execute(_OWN, self.event.originator_id, holder_id)

    async def step(self, kind: GrantKind, holder_id: UUID, state: AccessState) -> None:
        source, at = self.event.originator_id, self.event.timestamp
        values = kind.value, source, holder_id, self.position, at, state.value, False
        await self.conn.execute(_STEP, *values)

    async def step_of_owner(self, kind: GrantKind, state: AccessState) -> None:
        await self._of_owner(kind, self.event.timestamp, state, by_itself=False)

    async def end(self, kind: GrantKind, at: datetime, *, of: UUID | None = None) -> None:
        lapsed = AccessState.LAPSED
        if of is None:
            await self._of_owner(kind, at, lapsed, by_itself=True)
        else:
            source = self.event.originator_id
            values = kind.value, source, of, self.position, at, lapsed.value, True
            await self.conn.execute(_STEP, *values)

    async def no_end(self) -> None:
        await self.conn.execute(_NO_END, self.event.originator_id)

    async def _of_owner(
        self, kind: GrantKind, at: datetime, state: AccessState, *, by_itself: bool
    ) -> None:
        source = self.event.originator_id
        values = kind.value, source, self.position, at, state.value, by_itself
        await self.conn.execute(_STEP_OF_OWNER, *values)
