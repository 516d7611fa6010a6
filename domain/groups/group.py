"""Peer groups: a promise, a rhythm, and people with the dates they belonged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields, NotAllowed
from domain.fields import require_lines, require_personal, require_texts
from domain.groups import events
from domain.groups import series as group_series
from domain.groups.rhythms import Rhythm
from domain.groups.series import MeetingSeries, PlansSeries
from domain.personal import Personal
from domain.values import Style, zone_named

_LARGEST: Final = 30


class GroupFull(DomainError):
    """The group has as many members as it promised to have at most."""

    code = "group.full"


class NotInGroup(DomainError):
    """The person does not belong to the group today."""

    code = "group.not_a_member"


class FacilitatorNeeded(DomainError):
    """The group would be left without a facilitator."""

    code = "group.facilitator_needed"


class GroupFacilitatorOnly(NotAllowed):
    """Only the facilitator or an administrator decides this."""

    code = "group.facilitator_only"


@dataclass(slots=True)
class Belonging:
    """From when to when somebody belonged to a group; open while ``until`` is ``None``."""

    member_id: UUID
    since: datetime
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Tell whether the person belonged at *at*."""
        return self.since <= at and (self.until is None or at < self.until)


class PeerGroup(Root, PlansSeries):
    """People who promised each other an hour."""

    TOPIC = "peerhour.group"

    class Formed(Root.Event, AggregateCreated):
        """A group begins; its first facilitator is its first member."""

        TOPIC = "peerhour.group.formed"
        name: str
        promise: str
        style: Style
        zone: str
        rhythm: Rhythm
        program_id: UUID | None
        size_min: int
        size_max: int
        facilitator_id: UUID

    MemberAdmitted = events.MemberAdmitted
    MemberLeft = events.MemberLeft
    MemberRemoved = events.MemberRemoved
    FacilitatorNamed = events.FacilitatorNamed
    RhythmChanged = events.RhythmChanged
    ProgramChanged = events.ProgramChanged
    SeriesPlanned = group_series.SeriesPlanned
    PartPlaced = group_series.PartPlaced
    PartCleared = group_series.PartCleared
    SyllabusHandedOut = group_series.SyllabusHandedOut

    def __init__(
        self,
        *,
        timestamp: datetime,
        name: str,
        promise: str,
        style: Style,
        zone: str,
        rhythm: Rhythm,
        program_id: UUID | None,
        size_min: int,
        size_max: int,
        facilitator_id: UUID,
    ) -> None:
        self.name = name
        self.promise = promise
        self.style = style
        self.zone = zone
        self.rhythm = rhythm
        self.program_id = program_id
        self.size_min = size_min
        self.size_max = size_max
        self.facilitator_id = facilitator_id
        self.belongings = [Belonging(facilitator_id, timestamp)]
        self.series: dict[UUID, MeetingSeries] = {}

    @classmethod
    def form(
        cls,
        group_id: UUID,
        *,
        name: str,
        promise: str,
        style: Style,
        zone: str,
        rhythm: Rhythm,
        program_id: UUID | None,
        size_min: int,
        size_max: int,
        facilitator_id: UUID,
        at: datetime,
    ) -> PeerGroup:
        """Begin a group.

        Args:
            group_id: chosen by the caller.
            name: what members call it.
            promise: what members promise each other, on the group's card.
            style: what it does with its hour.
            zone: IANA name of its place, for screens.
            rhythm: when it meets.
            program_id: the sponsored program it follows, if any.
            size_min: below this the group is too small to be what it promised.
            size_max: nobody is admitted beyond.
            facilitator_id: its first facilitator and first member.
            at: now.

        Raises:
            InvalidFields: a text is missing or the sizes do not fit each other.
            UnknownZone: there is no such place.
        """
        require_lines(name=name)
        require_texts(promise=promise)
        zone_named(zone)
        if not 2 <= size_min <= size_max <= _LARGEST:  # noqa: PLR2004 - a group is two or more
            raise InvalidFields(size_max="A group has 2 to 30 people, the larger number last.")
        return cls.begin(
            cls.Formed,
            stream_id=group_id,
            at=at,
            name=name,
            promise=promise,
            style=style,
            zone=zone,
            rhythm=rhythm,
            program_id=program_id,
            size_min=size_min,
            size_max=size_max,
            facilitator_id=facilitator_id,
        )

    def roster_on(self, at: datetime) -> list[UUID]:
        """Return who belonged at *at*, in the order they came."""
        return [each.member_id for each in self.belongings if each.covers(at)]

    def members(self) -> list[UUID]:
        """Return who belongs now, in the order they came."""
        return [each.member_id for each in self.belongings if each.until is None]

    def admit(
        self, member_id: UUID, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Let somebody belong from now on.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
            GroupFull: there is no place.
        """
        self.must_lead(by, administrator=administrator)
        if self._belongs(member_id):
            return
        if len(self.members()) >= self.size_max:
            raise GroupFull("This group has no free place at the moment.", size_max=self.size_max)
        self.record(self.MemberAdmitted, at=at, member_id=member_id, by=by)

    def leave(self, member_id: UUID, *, at: datetime) -> None:
        """End somebody's belonging on their own wish.

        Raises:
            FacilitatorNeeded: the facilitator hands over first.
        """
        self._must_not_be_facilitator(member_id)
        if self._belongs(member_id):
            self.record(self.MemberLeft, at=at, member_id=member_id)

    def remove(
        self,
        member_id: UUID,
        *,
        reason: Personal[str],
        by: UUID,
        administrator: bool = False,
        at: datetime,
    ) -> None:
        """End somebody's belonging against or without their wish.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
            FacilitatorNeeded: the facilitator hands over first.
            InvalidFields: the reason is missing.
        """
        self.must_lead(by, administrator=administrator)
        self._must_not_be_facilitator(member_id)
        require_personal(member_id, reason=reason)
        if self._belongs(member_id):
            self.record(self.MemberRemoved, at=at, member_id=member_id, reason=reason, by=by)

    def part_with(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """End the belonging of somebody who never comes again, even if they hold the group.

        It passes to whoever has belonged longest. A group of nobody else keeps its last
        facilitator's id and waits for an administrator.

        Args:
            member_id: who belongs no more; somebody who does not is no fact.
            by: who hands the group over in their place.
            at: now.
        """
        if not self._belongs(member_id):
            return
        others = [each for each in self.members() if each != member_id]
        if others and member_id == self.facilitator_id:
            self.record(self.FacilitatorNamed, at=at, facilitator_id=others[0], by=by)
        self.record(self.MemberLeft, at=at, member_id=member_id)

    def name_facilitator(
        self, member_id: UUID, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Hand the group to another of its members.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
            NotInGroup: the new facilitator does not belong.
        """
        self.must_lead(by, administrator=administrator)
        if not self._belongs(member_id):
            raise NotInGroup("A facilitator is one of the members.", member_id=member_id)
        if member_id != self.facilitator_id:
            self.record(self.FacilitatorNamed, at=at, facilitator_id=member_id, by=by)

    def change_rhythm(
        self, rhythm: Rhythm, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Meet at other times from now on.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
        """
        self.must_lead(by, administrator=administrator)
        if rhythm != self.rhythm:
            self.record(self.RhythmChanged, at=at, rhythm=rhythm, by=by)

    def change_program(
        self, program_id: UUID | None, *, by: UUID, administrator: bool = False, at: datetime
    ) -> None:
        """Follow another program from now on, or none.

        Meetings planned already keep what was announced; see :meth:`Meeting.change_program`.

        Raises:
            GroupFacilitatorOnly: somebody else asks.
        """
        self.must_lead(by, administrator=administrator)
        if program_id != self.program_id:
            self.record(self.ProgramChanged, at=at, program_id=program_id, by=by)

    def begin_belonging(self, member_id: UUID, at: datetime) -> None:
        """Remember from when on somebody belongs (for events; decides nothing)."""
        self.belongings.append(Belonging(member_id, at))

    def end_belonging(self, member_id: UUID, at: datetime) -> None:
        """Remember until when somebody belonged (for events; decides nothing)."""
        for each in self.belongings:
            if each.member_id == member_id and each.until is None:
                each.until = at

    def _belongs(self, member_id: UUID) -> bool:
        return member_id in self.members()

    @override
    def must_lead(self, by: UUID, *, administrator: bool) -> None:
        """Leave this to the facilitator and to administrators."""
        if by != self.facilitator_id and not administrator:
            raise GroupFacilitatorOnly("Only the facilitator can do this; ask them.")

    def _must_not_be_facilitator(self, member_id: UUID) -> None:
        if member_id == self.facilitator_id:
            raise FacilitatorNeeded("Name another facilitator first; then the group is in hands.")
