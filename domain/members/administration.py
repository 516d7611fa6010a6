"""The looking after of a house: its stream puts the taking of roles in one row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.base import AggregateCreated, Root


class Administration(Root):
    """Who took an administrator's role from whom.

    Nobody takes their own role (:class:`domain.members.member.OwnRole`), so whoever takes one
    remains. Two administrators who take each other's at the same moment write to different members'
    streams; here they meet, the later one is decided again, and then finds that the role is gone.
    So a house never runs out of administrators this way.
    """

    TOPIC = "peerhour.administration"

    class Begun(Root.Event, AggregateCreated):
        """The first role is about to be taken."""

        TOPIC = "peerhour.administration.begun"

    class RoleTaken(Root.Event):
        """An administrator remains, another one goes."""

        TOPIC = "peerhour.administration.role_taken"
        member_id: UUID
        by: UUID

    @classmethod
    def begin_at(cls, administration_id: UUID, *, at: datetime) -> Administration:
        """Begin the row; there is one in a house."""
        return cls.begin(cls.Begun, stream_id=administration_id, at=at)

    def note_role_taken(self, member_id: UUID, *, by: UUID, at: datetime) -> None:
        """Remember that *by* took a member's role, and has one still."""
        self.record(self.RoleTaken, at=at, member_id=member_id, by=by)
