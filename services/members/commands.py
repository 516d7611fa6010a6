"""Commands about members: registering, licences, names, roles, leave, being forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid5

from domain.errors import NotAllowed
from domain.members.administration import Administration
from domain.members.member import ErasureBasis, Member, Role
from domain.personal import Personal
from domain.ports import Clock
from services.dispatch import Work

HOUSE: Final = UUID("00000000-0000-0000-0000-000000000001")  # acts when no person does
_ADMINISTRATION: Final = uuid5(HOUSE, "administration")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMember:
    """Take a therapist in; contact data goes to the vault, not through here."""

    member_id: UUID
    name_on_papers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLicence:
    """Record a licence that a member holds."""

    member_id: UUID
    licence_id: UUID
    profession: str
    jurisdiction: str
    number: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLicence:
    """Record the last day of a licence."""

    member_id: UUID
    licence_id: UUID
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectName:
    """Change the name, and how papers write it where they cannot show it, with the reason."""

    member_id: UUID
    name_on_papers: str
    reason: str
    by: UUID
    spelling: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """Give a member a role in the house."""

    member_id: UUID
    role: Role
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRole:
    """Take a role back."""

    member_id: UUID
    role: Role
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeLeave:
    """Pause taking part; seat and credits stay."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack:
    """End a leave."""

    member_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetMember:
    """Forget a person: drop the key of every personal value about them."""

    member_id: UUID
    basis: ErasureBasis
    by: UUID


async def register_member(cmd: RegisterMember, *, work: Work, clock: Clock) -> None:
    """Take a therapist in."""
    await work.require_new(cmd.member_id)
    name = Personal(cmd.member_id, cmd.name_on_papers)
    work.save(Member.register(cmd.member_id, name_on_papers=name, at=clock.now()))


async def add_licence(cmd: AddLicence, *, work: Work, clock: Clock) -> None:
    """Record a licence."""
    member = await work.load(Member, cmd.member_id)
    member.add_licence(
        cmd.licence_id,
        profession=cmd.profession,
        jurisdiction=cmd.jurisdiction,
        number=Personal(cmd.member_id, cmd.number),
        valid_from=cmd.valid_from,
        valid_until=cmd.valid_until,
        at=clock.now(),
    )
    work.save(member)


async def end_licence(cmd: EndLicence, *, work: Work, clock: Clock) -> None:
    """Record the last day of a licence."""
    member = await work.load(Member, cmd.member_id)
    member.end_licence(cmd.licence_id, last_day=cmd.last_day, at=clock.now())
    work.save(member)


async def correct_name(cmd: CorrectName, *, work: Work, clock: Clock) -> None:
    """Change the name on papers: their own, or an administrator's to set right."""
    await _require_own(work, cmd.member_id, cmd.by)
    member = await work.load(Member, cmd.member_id)
    member.correct_name(
        Personal(cmd.member_id, cmd.name_on_papers),
        reason=Personal(cmd.member_id, cmd.reason),
        by=cmd.by,
        at=clock.now(),
    )
    spelling = Personal(cmd.member_id, cmd.spelling) if cmd.spelling else None
    member.spell_for_papers(spelling, by=cmd.by, at=clock.now())
    work.save(member)


async def grant_role(cmd: GrantRole, *, work: Work, clock: Clock) -> None:
    """Give a role; only an administrator may, and the house itself for its first one."""
    await _require_house(work, cmd.by)
    member = await work.load(Member, cmd.member_id)
    member.grant_role(cmd.role, by=cmd.by, at=clock.now())
    work.save(member)


async def withdraw_role(cmd: WithdrawRole, *, work: Work, clock: Clock) -> None:
    """Take a role back; only another administrator may, who thereby remains."""
    await require_administrator(work, cmd.by)
    member = await work.load(Member, cmd.member_id)
    had = cmd.role in member.roles
    member.withdraw_role(cmd.role, by=cmd.by, at=clock.now())
    work.save(member)
    if had:
        now = clock.now()
        row = await work.find(Administration, _ADMINISTRATION)
        row = row or Administration.begin_at(_ADMINISTRATION, at=now)
        row.note_role_taken(cmd.member_id, by=cmd.by, at=now)
        work.save(row)


async def take_leave(cmd: TakeLeave, *, work: Work, clock: Clock) -> None:
    """Pause taking part."""
    member = await work.load(Member, cmd.member_id)
    member.take_leave(at=clock.now())
    work.save(member)


async def come_back(cmd: ComeBack, *, work: Work, clock: Clock) -> None:
    """End a leave."""
    member = await work.load(Member, cmd.member_id)
    member.come_back(at=clock.now())
    work.save(member)


async def forget_member(cmd: ForgetMember, *, work: Work, clock: Clock) -> None:
    """Record that a person is to be forgotten; the worker then drops key, vault and sessions.

    People decide about themselves; an administrator carries out what they, or the law, ask for.
    """
    await _require_own(work, cmd.member_id, cmd.by)
    member = await work.load(Member, cmd.member_id)
    member.forget(by=cmd.by, basis=cmd.basis, at=clock.now())
    work.save(member)
    work.effect("forget_person", subject_id=str(cmd.member_id))


async def is_administrator(work: Work, person_id: UUID) -> bool:
    """Tell whether a person looks after the whole house."""
    member = await work.find(Member, person_id)
    return member is not None and Role.ADMINISTRATOR in member.roles


async def require_administrator(work: Work, person_id: UUID) -> None:
    """Refuse everybody but administrators."""
    if not await is_administrator(work, person_id):
        raise NotAllowed("This is for administrators.")


async def _require_house(work: Work, by: UUID) -> None:
    """Refuse everybody but administrators and the house itself."""
    if by != HOUSE:
        await require_administrator(work, by)


async def _require_own(work: Work, member_id: UUID, by: UUID) -> None:
    """Leave this to the member, to administrators and to the house itself."""
    if by != member_id:
        await _require_house(work, by)
