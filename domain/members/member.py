"""Members: who takes part, under which licences, and with which name on papers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, NotAllowed
from domain.fields import require_dates, require_lines, require_personal, require_personal_lines
from domain.personal import Personal


class MemberForgotten(DomainError):
    """The person was forgotten on request; nothing more is recorded about them."""

    code = "member.forgotten"


class LicenceExists(DomainError):
    """The licence is already recorded."""

    code = "member.licence_exists"


class LicenceUnknown(DomainError):
    """The member has no such licence."""

    code = "member.licence_unknown"


class OwnRole(NotAllowed):
    """Nobody takes a role from themselves, so that somebody always looks after the house."""

    code = "member.own_role"


class HandOverFirst(NotAllowed):
    """Only another administrator has an administrator forgotten: somebody looks after the house."""

    code = "member.hand_over_first"


class Role(StrEnum):
    """What a member may do beyond taking part."""

    ADMINISTRATOR = "administrator"


class ErasureBasis(StrEnum):
    """Why a person is forgotten."""

    OWN_REQUEST = "own_request"
    AUTHORITY_ORDER = "authority_order"
    RETENTION_ENDED = "retention_ended"


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence to practise.

    Attributes:
        profession: as the rules name it, such as ``psychology``.
        jurisdiction: such as ``US-CA``.
        number: exactly as the board's database shows it.
        valid_from: first day.
        valid_until: last day, or ``None`` while nobody said.
    """

    licence_id: UUID
    profession: str
    jurisdiction: str
    number: Personal[str]
    valid_from: date
    valid_until: date | None

    def valid_on(self, day: date) -> bool:
        """Tell whether it covers *day*."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Member(Root):
    """A therapist who takes part; once forgotten, an id and nothing else."""

    TOPIC = "peerhour.member"

    class Registered(Root.Event, AggregateCreated):
        """Somebody joined."""

        TOPIC = "peerhour.member.registered"
        name_on_papers: Personal[str]

    class LicenceAdded(Root.Event):
        """The member told us of a licence."""

        TOPIC = "peerhour.member.licence_added"
        licence: Licence

        @override
        def apply(self, member: Member) -> None:
            member.licences[self.licence.licence_id] = self.licence

    class LicenceEnded(Root.Event):
        """A licence ends on a day."""

        TOPIC = "peerhour.member.licence_ended"
        licence_id: UUID
        last_day: date

        @override
        def apply(self, member: Member) -> None:
            licence = member.licences[self.licence_id]
            member.licences[self.licence_id] = replace(licence, valid_until=self.last_day)

    class NameCorrected(Root.Event):
        """The name changed, and papers show it until it is spelled; those issued keep theirs."""

        TOPIC = "peerhour.member.name_corrected"
        name_on_papers: Personal[str]
        reason: Personal[str]
        by: UUID

        @override
        def apply(self, member: Member) -> None:
            member.name_on_papers = self.name_on_papers
            member.spelling = None  # of another name

    class SpelledForPapers(Root.Event):
        """Papers write the name in another way, in letters they can print; or no longer."""

        TOPIC = "peerhour.member.spelled_for_papers"
        spelling: Personal[str] | None
        by: UUID

        @override
        def apply(self, member: Member) -> None:
            member.spelling = self.spelling

    class RoleGranted(Root.Event):
        """The member may do more."""

        TOPIC = "peerhour.member.role_granted"
        role: Role
        by: UUID

        @override
        def apply(self, member: Member) -> None:
            member.roles.add(self.role)
            member.role_history.setdefault(self.role, []).append((self.timestamp, True))

    class RoleWithdrawn(Root.Event):
        """The member may no longer do that."""

        TOPIC = "peerhour.member.role_withdrawn"
        role: Role
        by: UUID

        @override
        def apply(self, member: Member) -> None:
            member.roles.discard(self.role)
            member.role_history.setdefault(self.role, []).append((self.timestamp, False))

    class LeaveTaken(Root.Event):
        """The member pauses; nobody asks why."""

        TOPIC = "peerhour.member.leave_taken"

        @override
        def apply(self, member: Member) -> None:
            member.on_leave = True

    class Returned(Root.Event):
        """The member is back."""

        TOPIC = "peerhour.member.returned"

        @override
        def apply(self, member: Member) -> None:
            member.on_leave = False

    class Forgotten(Root.Event):
        """The person's key is to be dropped; every personal value reads as erased."""

        TOPIC = "peerhour.member.forgotten"
        basis: ErasureBasis
        by: UUID

        @override
        def apply(self, member: Member) -> None:
            member.forgotten = True

    def __init__(self, *, name_on_papers: Personal[str]) -> None:
        self.name_on_papers = name_on_papers
        self.spelling: Personal[str] | None = None
        self.licences: dict[UUID, Licence] = {}
        self.roles: set[Role] = set()
        self.role_history: dict[Role, list[tuple[datetime, bool]]] = {}  # given or taken back
        self.on_leave = False
        self.forgotten = False

    @classmethod
    def register(cls, member_id: UUID, *, name_on_papers: Personal[str], at: datetime) -> Member:
        """Let somebody join.

        Raises:
            InvalidFields: the name is empty or cannot be shown.
        """
        require_personal_lines(member_id, name_on_papers=name_on_papers)
        return cls.begin(cls.Registered, stream_id=member_id, at=at, name_on_papers=name_on_papers)

    @property
    def is_administrator(self) -> bool:
        """Whether the member looks after the whole house."""
        return Role.ADMINISTRATOR in self.roles

    def history_of(self, role: Role) -> list[tuple[datetime, bool]]:
        """Return from when the member had a role, and from when not any more, in order."""
        return list(self.role_history.get(role, []))

    def licences_on(self, day: date) -> list[Licence]:
        """Return the licences that cover *day*, in the order they were added."""
        return [licence for licence in self.licences.values() if licence.valid_on(day)]

    def add_licence(
        self,
        licence_id: UUID,
        *,
        profession: str,
        jurisdiction: str,
        number: Personal[str],
        valid_from: date,
        valid_until: date | None,
        at: datetime,
    ) -> None:
        """Record a licence.

        Raises:
            InvalidFields: a field is empty, or the last day lies before the first.
            LicenceExists: the id is taken.
        """
        self._must_be_known()
        require_lines(profession=profession, jurisdiction=jurisdiction)
        require_personal_lines(self.id, number=number)
        require_dates(valid_from, valid_until)
        licence = Licence(licence_id, profession, jurisdiction, number, valid_from, valid_until)
        if self.licences.get(licence_id) == licence:
            return
        if licence_id in self.licences:
            raise LicenceExists("This licence is already on your list.", licence_id=licence_id)
        self.record(self.LicenceAdded, at=at, licence=licence)

    def end_licence(self, licence_id: UUID, *, last_day: date, at: datetime) -> None:
        """Record the last day of a licence.

        Raises:
            LicenceUnknown: there is no such licence.
            InvalidFields: the last day lies before the first.
        """
        self._must_be_known()
        licence = self.licences.get(licence_id)
        if licence is None:
            raise LicenceUnknown("This licence is not on your list.", licence_id=licence_id)
        require_dates(licence.valid_from, last_day)
        if licence.valid_until != last_day:
            self.record(self.LicenceEnded, at=at, licence_id=licence_id, last_day=last_day)

    def correct_name(
        self, name_on_papers: Personal[str], *, reason: Personal[str], by: UUID, at: datetime
    ) -> None:
        """Change the name that papers will show from now on.

        Raises:
            InvalidFields: the name or the reason is missing.
        """
        self._must_be_known()
        require_personal_lines(self.id, name_on_papers=name_on_papers)
        require_personal(self.id, reason=reason)
        if name_on_papers != self.name_on_papers:
            self.record(
                self.NameCorrected, at=at, name_on_papers=name_on_papers, reason=reason, by=by
            )

    @property
    def printed_name(self) -> Personal[str]:
        """The name as papers write it."""
        return self.spelling or self.name_on_papers

    def spell_for_papers(self, spelling: Personal[str] | None, *, by: UUID, at: datetime) -> None:
        """Say how papers write the name, or that they write it as it is.

        Raises:
            InvalidFields: the spelling is empty or cannot be shown.
        """
        self._must_be_known()
        if spelling is not None:
            require_personal_lines(self.id, spelling=spelling)
        if spelling == self.name_on_papers:
            spelling = None
        if spelling != self.spelling:
            self.record(self.SpelledForPapers, at=at, spelling=spelling, by=by)

    def grant_role(self, role: Role, *, by: UUID, at: datetime) -> None:
        """Let the member do more."""
        self._must_be_known()
        if role not in self.roles:
            self.record(self.RoleGranted, at=at, role=role, by=by)

    def withdraw_role(self, role: Role, *, by: UUID, at: datetime) -> None:
        """Take a role back.

        Raises:
            OwnRole: somebody would take their own.
        """
        self._must_be_known()
        if by == self.id:
            raise OwnRole(
                "You cannot take this role from yourself. Another administrator can, so that "
                "somebody always looks after the house."
            )
        if role in self.roles:
            self.record(self.RoleWithdrawn, at=at, role=role, by=by)

    def take_leave(self, *, at: datetime) -> None:
        """Pause: the seat stays, no meeting counts as missed, and coming anyway is welcome."""
        self._must_be_known()
        if not self.on_leave:
            self.record(self.LeaveTaken, at=at)

    def come_back(self, *, at: datetime) -> None:
        """End a pause."""
        self._must_be_known()
        if self.on_leave:
            self.record(self.Returned, at=at)

    def forget(self, *, by: UUID, basis: ErasureBasis, at: datetime) -> None:
        """Order that the person be forgotten; asking twice changes nothing.

        Raises:
            HandOverFirst: an administrator asks for themselves.
        """
        if by == self.id and self.is_administrator and not self.forgotten:
            raise HandOverFirst(
                "You look after the house. Let another administrator take your role first, or ask "
                "them to have you forgotten."
            )
        if not self.forgotten:
            self.record(self.Forgotten, at=at, by=by, basis=basis)

    def _must_be_known(self) -> None:
        if self.forgotten:
            raise MemberForgotten("This person was forgotten; nothing more is recorded.")
