"""CE providers: who vouches for sponsored credit, and with whose approval on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.fields import require_dates, require_lines, require_texts
from domain.personal import Personal
from domain.values import Modality


class ApprovalExists(DomainError):
    """The approval is already recorded."""

    code = "provider.approval_exists"


class ApprovalUnknown(DomainError):
    """The provider has no such approval."""

    code = "provider.approval_unknown"


@dataclass(frozen=True, slots=True)
class Approval:
    """What one approving body allows a provider, and the words it prescribes.

    Attributes:
        body: who approves, such as ``NBCC``.
        number: as printed on papers; empty where the body gives none (APA).
        statement: the prescribed approval statement.
        responsibility_statement: the prescribed statement of sole responsibility.
        valid_from: first day; nothing before it counts.
        valid_until: last day, or ``None`` while nobody said.
        modalities: ways of meeting it covers; bodies approve each separately.
    """

    approval_id: UUID
    body: str
    number: str
    statement: str
    responsibility_statement: str
    valid_from: date
    valid_until: date | None
    modalities: list[Modality]

    def covers(self, day: date, modality: Modality) -> bool:
        """Tell whether a meeting on *day*, held like this, is approved."""
        ends = self.valid_until
        return (
            modality in self.modalities and self.valid_from <= day and (ends is None or day <= ends)
        )


class Provider(Root):
    """An organisation that issues certificates in its own name."""

    TOPIC = "peerhour.provider"

    class Registered(Root.Event, AggregateCreated):
        """A provider is known."""

        TOPIC = "peerhour.provider.registered"
        name: str
        address: str
        contact: str
        authorising_name: Personal[str]
        authorising_role: str

    class Corrected(Root.Event):
        """What papers say of a provider was set right; those issued keep what they say."""

        TOPIC = "peerhour.provider.corrected"
        name: str
        address: str
        contact: str
        authorising_name: Personal[str]
        authorising_role: str
        reason: str

        @override
        def apply(self, provider: Provider) -> None:
            provider.name = self.name
            provider.address = self.address
            provider.contact = self.contact
            provider.authorising_name = self.authorising_name
            provider.authorising_role = self.authorising_role

    class ApprovalRecorded(Root.Event):
        """A body approves the provider."""

        TOPIC = "peerhour.provider.approval_recorded"
        approval: Approval

        @override
        def apply(self, provider: Provider) -> None:
            provider.approvals[self.approval.approval_id] = self.approval

    class ApprovalWithdrawn(Root.Event):
        """An approval does not count from a day on."""

        TOPIC = "peerhour.provider.approval_withdrawn"
        approval_id: UUID
        from_day: date
        reason: str

        @override
        def apply(self, provider: Provider) -> None:
            provider.withdrawn[self.approval_id] = self.from_day

    def __init__(
        self,
        *,
        name: str,
        address: str,
        contact: str,
        authorising_name: Personal[str],
        authorising_role: str,
    ) -> None:
        self.name = name
        self.address = address
        self.contact = contact
        self.authorising_name = authorising_name
        self.authorising_role = authorising_role
        self.approvals: dict[UUID, Approval] = {}
        self.withdrawn: dict[UUID, date] = {}

    @classmethod
    def register(
        cls,
        provider_id: UUID,
        *,
        name: str,
        address: str,
        contact: str,
        authorising_name: Personal[str],
        authorising_role: str,
        at: datetime,
    ) -> Provider:
        """Make a provider known.

        Args:
            provider_id: chosen by the caller.
            name: as printed on papers.
            address: postal address as printed; some boards demand it.
            contact: mail or telephone of the organisation, not of a person.
            authorising_name: who signs papers.
            authorising_role: in which role.
            at: now.

        Raises:
            InvalidFields: a field is empty or cannot be shown.
        """
        _require_sound(name, address, contact, authorising_name, authorising_role)
        return cls.begin(
            cls.Registered,
            stream_id=provider_id,
            at=at,
            name=name,
            address=address,
            contact=contact,
            authorising_name=authorising_name,
            authorising_role=authorising_role,
        )

    def correct(
        self,
        *,
        name: str,
        address: str,
        contact: str,
        authorising_name: Personal[str],
        authorising_role: str,
        reason: str,
        at: datetime,
    ) -> None:
        """Set right what papers say from now on; the same words are no second fact.

        Args:
            name: as in :meth:`register`, like the four after it.
            address: as printed.
            contact: of the organisation.
            authorising_name: who signs papers.
            authorising_role: in which role.
            reason: why, in a sentence.
            at: now.

        Raises:
            InvalidFields: a field is empty or cannot be shown.
        """
        _require_sound(name, address, contact, authorising_name, authorising_role)
        require_texts(reason=reason)
        said = (name, address, contact, authorising_name, authorising_role)
        if said == (
            self.name,
            self.address,
            self.contact,
            self.authorising_name,
            self.authorising_role,
        ):
            return
        self.record(
            self.Corrected,
            at=at,
            name=name,
            address=address,
            contact=contact,
            authorising_name=authorising_name,
            authorising_role=authorising_role,
            reason=reason,
        )

    def record_approval(
        self,
        approval_id: UUID,
        *,
        body: str,
        number: str,
        statement: str,
        responsibility_statement: str,
        valid_from: date,
        valid_until: date | None,
        modalities: list[Modality],
        at: datetime,
    ) -> None:
        """Record what a body approves.

        Raises:
            InvalidFields: a field is empty, no way of meeting is named, or dates are backwards.
            ApprovalExists: the id is taken by another approval.
        """
        require_lines(body=body)
        require_texts(statement=statement, responsibility_statement=responsibility_statement)
        if number:
            require_lines(number=number)
        require_dates(valid_from, valid_until)
        if not modalities:
            raise InvalidFields(modalities="Name at least one way of meeting.")
        approval = Approval(
            approval_id,
            body,
            number,
            statement,
            responsibility_statement,
            valid_from,
            valid_until,
            sorted(set(modalities)),
        )
        if self.approvals.get(approval_id) == approval:
            return
        if approval_id in self.approvals:
            raise ApprovalExists("This approval is already recorded.", approval_id=approval_id)
        self.record(self.ApprovalRecorded, at=at, approval=approval)

    def withdraw_approval(
        self, approval_id: UUID, *, from_day: date, reason: str, at: datetime
    ) -> None:
        """Stop relying on an approval from *from_day* on (inclusive).

        Raises:
            ApprovalUnknown: there is no such approval.
            InvalidFields: the reason is missing.
        """
        if approval_id not in self.approvals:
            raise ApprovalUnknown("This approval is not recorded.", approval_id=approval_id)
        require_texts(reason=reason)
        if self.withdrawn.get(approval_id) != from_day:
            self.record(
                self.ApprovalWithdrawn,
                at=at,
                approval_id=approval_id,
                from_day=from_day,
                reason=reason,
            )

    def approvals_on(self, day: date, modality: Modality) -> list[Approval]:
        """Return the approvals under which a meeting on *day*, held like this, may count."""
        return [
            approval
            for approval in self.approvals.values()
            if approval.covers(day, modality) and not self._withdrawn_on(approval.approval_id, day)
        ]

    def _withdrawn_on(self, approval_id: UUID, day: date) -> bool:
        from_day = self.withdrawn.get(approval_id)
        return from_day is not None and from_day <= day


def _require_sound(
    name: str, address: str, contact: str, authorising_name: Personal[str], authorising_role: str
) -> None:
    """Refuse what papers cannot print.

    Raises:
        InvalidFields: a field is empty or cannot be shown.
    """
    require_lines(name=name, contact=contact, authorising_role=authorising_role)
    require_texts(address=address, authorising_name=authorising_name.value or "")
