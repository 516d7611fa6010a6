"""The facts of a payer, and what each leaves in its memory.

They stand apart from :mod:`domain.claims.payers`, which decides when they happen; in the code they
are ``Payer.ExportMade`` and so on. ``Registered`` alone is nested there, because it makes the
payer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.personal import Personal

if TYPE_CHECKING:
    from domain.claims.payers import Payer


@dataclass(frozen=True, slots=True)
class Enrolment:
    """From when to when a payer covers a member (last day included)."""

    member_id: UUID
    payer_member_ref: Personal[str]
    from_day: date
    until_day: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether *day* is covered."""
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True, slots=True)
class Export:
    """One run: its number is never used again, whatever became of it.

    Attributes:
        period: first and last day it was made for, where that is on record.
    """

    run_id: UUID
    run_number: int
    started_at: datetime
    claim_ids: list[UUID] | None = None
    sha256s: dict[str, str] | None = None
    period: tuple[date, date] | None = None


class MemberEnrolled(Root.Event):
    """The payer covers a member."""

    TOPIC = "peerhour.payer.member_enrolled"
    enrolment: Enrolment

    @override
    def apply(self, payer: Payer) -> None:
        payer.enrolments.append(self.enrolment)


class EnrolmentEnded(Root.Event):
    """The payer covers a member up to a day."""

    TOPIC = "peerhour.payer.enrolment_ended"
    member_id: UUID
    last_day: date

    @override
    def apply(self, payer: Payer) -> None:
        payer.enrolments = [
            replace(each, until_day=self.last_day)
            if each.member_id == self.member_id and each.covers(self.last_day)
            else each
            for each in payer.enrolments
        ]


class ExportStarted(Root.Event):
    """A run has its number."""

    TOPIC = "peerhour.payer.export_started"
    run_id: UUID
    run_number: int

    @override
    def apply(self, payer: Payer) -> None:
        payer.exports[self.run_id] = Export(self.run_id, self.run_number, self.timestamp)


class ExportMade(Root.Event):
    """A run's files exist; these are their digests by file name."""

    TOPIC = "peerhour.payer.export_made"
    class_version = 2
    run_id: UUID
    run_number: int
    claim_ids: list[UUID]
    sha256s: dict[str, str]
    period_from: date | None
    period_to: date | None
    by: UUID | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 says for which days the run was made, and by whom; neither was kept until then."""
        state["period_from"] = state["period_to"] = state["by"] = None

    @override
    def apply(self, payer: Payer) -> None:
        first, last = self.period_from, self.period_to
        payer.exports[self.run_id] = replace(
            payer.exports[self.run_id],
            claim_ids=self.claim_ids,
            sha256s=self.sha256s,
            period=None if first is None or last is None else (first, last),
        )
