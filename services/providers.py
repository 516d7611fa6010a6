"""Commands about CE providers, their approvals and their programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.personal import Personal
from domain.ports import Clock
from domain.programs import Program
from domain.providers import Provider
from domain.values import Modality
from services.dispatch import Work
from services.members.commands import require_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterProvider:
    """Make a CE provider known, with who signs for it."""

    provider_id: UUID
    name: str
    address: str
    contact: str
    authorising_name: str
    authorising_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectProvider:
    """Set right what papers say of a provider from now on, with the reason."""

    provider_id: UUID
    name: str
    address: str
    contact: str
    authorising_name: str
    authorising_role: str
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordApproval:
    """Record an approval in the words that its body prescribes."""

    provider_id: UUID
    approval_id: UUID
    body: str
    number: str
    statement: str
    responsibility_statement: str
    valid_from: date
    valid_until: date | None
    modalities: list[Modality]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawApproval:
    """Record that an approval no longer counts from a day on."""

    provider_id: UUID
    approval_id: UUID
    from_day: date
    reason: str
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishProgram:
    """Offer a program: what a group's hour is for, and who instructs."""

    program_id: UUID
    provider_id: UUID
    title: str
    objectives: list[str]
    topics: list[str]
    modality: Modality
    minutes: int
    instructor_name: str
    instructor_qualification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireProgram:
    """Stop offering a program."""

    program_id: UUID
    reason: str
    by: UUID


async def register_provider(cmd: RegisterProvider, *, work: Work, clock: Clock) -> None:
    """Make a provider known."""
    await work.require_new(cmd.provider_id)
    work.save(
        Provider.register(
            cmd.provider_id,
            name=cmd.name,
            address=cmd.address,
            contact=cmd.contact,
            authorising_name=Personal(cmd.provider_id, cmd.authorising_name),
            authorising_role=cmd.authorising_role,
            at=clock.now(),
        )
    )


async def correct_provider(cmd: CorrectProvider, *, work: Work, clock: Clock) -> None:
    """Set a provider's words right; only an administrator may. Papers issued stay as they are."""
    await require_administrator(work, cmd.by)
    provider = await work.load(Provider, cmd.provider_id)
    provider.correct(
        name=cmd.name,
        address=cmd.address,
        contact=cmd.contact,
        authorising_name=Personal(cmd.provider_id, cmd.authorising_name),
        authorising_role=cmd.authorising_role,
        reason=cmd.reason,
        at=clock.now(),
    )
    work.save(provider)


async def record_approval(cmd: RecordApproval, *, work: Work, clock: Clock) -> None:
    """Record an approval."""
    provider = await work.load(Provider, cmd.provider_id)
    provider.record_approval(
        cmd.approval_id,
        body=cmd.body,
        number=cmd.number,
        statement=cmd.statement,
        responsibility_statement=cmd.responsibility_statement,
        valid_from=cmd.valid_from,
        valid_until=cmd.valid_until,
        modalities=cmd.modalities,
        at=clock.now(),
    )
    work.save(provider)


async def withdraw_approval(cmd: WithdrawApproval, *, work: Work, clock: Clock) -> None:
    """Withdraw an approval; only an administrator may."""
    await require_administrator(work, cmd.by)
    provider = await work.load(Provider, cmd.provider_id)
    provider.withdraw_approval(
        cmd.approval_id, from_day=cmd.from_day, reason=cmd.reason, at=clock.now()
    )
    work.save(provider)


async def publish_program(cmd: PublishProgram, *, work: Work, clock: Clock) -> None:
    """Offer a program of a known provider."""
    await work.load(Provider, cmd.provider_id)
    await work.require_new(cmd.program_id)
    work.save(
        Program.publish(
            cmd.program_id,
            provider_id=cmd.provider_id,
            title=cmd.title,
            objectives=cmd.objectives,
            topics=cmd.topics,
            modality=cmd.modality,
            minutes=cmd.minutes,
            instructor_name=Personal(cmd.program_id, cmd.instructor_name),
            instructor_qualification=cmd.instructor_qualification,
            at=clock.now(),
        )
    )


async def retire_program(cmd: RetireProgram, *, work: Work, clock: Clock) -> None:
    """Stop offering a program; only an administrator may."""
    await require_administrator(work, cmd.by)
    program = await work.load(Program, cmd.program_id)
    program.retire(reason=cmd.reason, at=clock.now())
    work.save(program)
