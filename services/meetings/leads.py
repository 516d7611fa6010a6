"""Command: say who led a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.errors import InvalidFields
from domain.meetings.leading import Lead, LedBy, Outsider
from domain.meetings.meeting import Meeting
from domain.personal import Personal
from domain.ports import Clock
from services.dispatch import Work
from services.members.commands import is_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLead:
    """Say who led a meeting: nobody, one of the roster, or somebody from outside.

    Attributes:
        member_id: who of the roster; read for :attr:`LedBy.MEMBER` alone.
        name: of the person from outside; this and what follows is read for
            :attr:`LedBy.OUTSIDER` alone.
        profession: of their licence, in the packs' words.
        qualification: degree or licence.
        supervisor: whether they qualify as a clinical supervisor; ``None`` where it is not known.
    """

    meeting_id: UUID
    led_by: LedBy
    by: UUID
    member_id: UUID | None = None
    name: str = ""
    profession: str = ""
    qualification: str = ""
    supervisor: bool | None = None


async def record_lead(cmd: RecordLead, *, work: Work, clock: Clock) -> None:
    """Keep who led."""
    meeting = await work.load(Meeting, cmd.meeting_id)
    administrator = await is_administrator(work, cmd.by)
    meeting.record_lead(_lead(cmd), by=cmd.by, administrator=administrator, at=clock.now())
    work.save(meeting)


def _lead(cmd: RecordLead) -> Lead:
    if cmd.led_by is LedBy.PEERS:
        return Lead(LedBy.PEERS)
    if cmd.led_by is LedBy.MEMBER:
        if cmd.member_id is None:
            raise InvalidFields(member_id="Choose who led.")
        return Lead(LedBy.MEMBER, member_id=cmd.member_id)
    person_id = uuid5(cmd.meeting_id, "outsider")
    name = Personal(person_id, cmd.name.strip())
    return Lead(
        LedBy.OUTSIDER,
        outsider=Outsider(person_id, name, cmd.profession, cmd.qualification, cmd.supervisor),
    )
