"""Command: the program that a group follows from now on; meetings already planned keep theirs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.groups.group import PeerGroup
from domain.ports import Clock
from domain.programs import Program, ProgramRetired
from services.dispatch import Work
from services.members.commands import is_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseGroupProgram:
    """Let a group follow another program, or none, in the meetings that it plans from now on.

    Whoever may found a group with a program may choose it later: its facilitator, and
    administrators.
    """

    group_id: UUID
    program_id: UUID | None
    by: UUID


async def choose_group_program(cmd: ChooseGroupProgram, *, work: Work, clock: Clock) -> None:
    """Choose it; one that is offered."""
    group = await work.load(PeerGroup, cmd.group_id)
    before = group.program_id
    group.change_program(
        cmd.program_id,
        by=cmd.by,
        administrator=await is_administrator(work, cmd.by),
        at=clock.now(),
    )
    await require_offered(work, cmd.program_id, already=before)
    work.save(group)


async def require_offered(work: Work, program_id: UUID | None, *, already: UUID | None) -> None:
    """Refuse a program that nobody offers, unless it is followed already.

    Raises:
        NotFound: there is no such program.
        ProgramRetired: it is no longer offered.
    """
    if program_id is None or program_id == already:
        return
    if (await work.load(Program, program_id)).retired:
        raise ProgramRetired("This program is no longer offered; choose another one, or none.")
