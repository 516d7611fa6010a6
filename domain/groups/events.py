"""The facts of a group about who belongs, who holds it together, and what it follows.

They stand apart from :mod:`domain.groups.group`, which decides when they happen; in the code they
are ``PeerGroup.MemberAdmitted`` and so on. Those about series stand in :mod:`domain.groups.series`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.groups.rhythms import Rhythm
from domain.personal import Personal

if TYPE_CHECKING:
    from domain.groups.group import PeerGroup


class MemberAdmitted(Root.Event):
    """Somebody belongs from now on."""

    TOPIC = "peerhour.group.member_admitted"
    member_id: UUID
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.begin_belonging(self.member_id, self.timestamp)


class MemberLeft(Root.Event):
    """Somebody left."""

    TOPIC = "peerhour.group.member_left"
    member_id: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.end_belonging(self.member_id, self.timestamp)


class MemberRemoved(Root.Event):
    """Somebody was removed, with the reason they were told."""

    TOPIC = "peerhour.group.member_removed"
    member_id: UUID
    reason: Personal[str]
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.end_belonging(self.member_id, self.timestamp)


class FacilitatorNamed(Root.Event):
    """Somebody else holds the group together now."""

    TOPIC = "peerhour.group.facilitator_named"
    facilitator_id: UUID
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.facilitator_id = self.facilitator_id


class RhythmChanged(Root.Event):
    """The group meets at other times; meetings already scheduled stay."""

    TOPIC = "peerhour.group.rhythm_changed"
    rhythm: Rhythm
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.rhythm = self.rhythm


class ProgramChanged(Root.Event):
    """The group follows another program, or none; meetings already scheduled keep theirs."""

    TOPIC = "peerhour.group.program_changed"
    program_id: UUID | None
    by: UUID

    @override
    def apply(self, group: PeerGroup) -> None:
        group.program_id = self.program_id
