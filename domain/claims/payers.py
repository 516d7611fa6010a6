"""Payers: whom they cover, at which rate, and the runs in which claims reach them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.base import AggregateCreated, Root
from domain.claims import payer_events
from domain.claims.payer_events import Enrolment, Export
from domain.errors import DomainError, InvalidFields
from domain.fields import require_dates, require_lines, require_personal
from domain.meetings.presence import EvidenceStrength
from domain.personal import Personal
from domain.values import check_currency

_MOST_CENTS: Final = 10_000_000
_MOST_MINUTES: Final = 720
_MOST_UNITS: Final = 10_000
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class NotEnrolled(DomainError):
    """The payer does not cover this member."""

    code = "payer.not_enrolled"


class ExportUnknown(DomainError):
    """No such run was started."""

    code = "payer.export_unknown"


class ExportMadeDifferently(DomainError):
    """The run exists with other claims or other bytes."""

    code = "payer.export_made_differently"


class NothingToExport(DomainError):
    """A run without claims reaches nobody."""

    code = "payer.nothing_to_export"


class Payer(Root):
    """Somebody who reimburses the hour."""

    TOPIC = "peerhour.payer"

    class Registered(Root.Event, AggregateCreated):
        """A payer is known, with its contract."""

        TOPIC = "peerhour.payer.registered"
        name: str
        currency: str
        service_code: str
        rate_cents_per_unit: int
        minutes_per_unit: int
        cap_units_per_month: int | None
        required_strength: EvidenceStrength
        valid_from: date
        valid_until: date | None

    MemberEnrolled = payer_events.MemberEnrolled
    EnrolmentEnded = payer_events.EnrolmentEnded
    ExportStarted = payer_events.ExportStarted
    ExportMade = payer_events.ExportMade

    def __init__(
        self,
        *,
        name: str,
        currency: str,
        service_code: str,
        rate_cents_per_unit: int,
        minutes_per_unit: int,
        cap_units_per_month: int | None,
        required_strength: EvidenceStrength,
        valid_from: date,
        valid_until: date | None,
    ) -> None:
        self.name = name
        self.currency = currency
        self.service_code = service_code
        self.rate_cents_per_unit = rate_cents_per_unit
        self.minutes_per_unit = minutes_per_unit
        self.cap_units_per_month = cap_units_per_month
        self.required_strength = required_strength
        self.valid_from = valid_from
        self.valid_until = valid_until
        self.enrolments: list[Enrolment] = []
        self.exports: dict[UUID, Export] = {}

    @classmethod
    def register(
        cls,
        payer_id: UUID,
        *,
        name: str,
        currency: str,
        service_code: str,
        rate_cents_per_unit: int,
        minutes_per_unit: int,
        cap_units_per_month: int | None,
        required_strength: EvidenceStrength,
        valid_from: date,
        valid_until: date | None,
        at: datetime,
    ) -> Payer:
        """Make a payer known.

        Args:
            payer_id: chosen by the caller.
            name: as on papers.
            currency: ISO 4217.
            service_code: the contract's own code for the hour.
            rate_cents_per_unit: minor units for one unit.
            minutes_per_unit: minutes of presence for one unit.
            cap_units_per_month: at most so many units per member and calendar month.
            required_strength: presence must be shown at least this well.
            valid_from: first day of the contract.
            valid_until: its last day, or ``None``.
            at: now.

        Raises:
            InvalidFields: names every field that needs another look.
            UnusableCurrency: no currency.
        """
        require_lines(name=name, service_code=service_code)
        check_currency(currency)
        require_dates(valid_from, valid_until)
        _require_range(rate_cents_per_unit=(rate_cents_per_unit, 1, _MOST_CENTS))
        _require_range(minutes_per_unit=(minutes_per_unit, 1, _MOST_MINUTES))
        if cap_units_per_month is not None:
            _require_range(cap_units_per_month=(cap_units_per_month, 1, _MOST_UNITS))
        return cls.begin(
            cls.Registered,
            stream_id=payer_id,
            at=at,
            name=name,
            currency=currency,
            service_code=service_code,
            rate_cents_per_unit=rate_cents_per_unit,
            minutes_per_unit=minutes_per_unit,
            cap_units_per_month=cap_units_per_month,
            required_strength=required_strength,
            valid_from=valid_from,
            valid_until=valid_until,
        )

    # What people ask

    def covers(self, member_id: UUID, day: date) -> bool:
        """Tell whether the contract and the member's enrolment both hold on *day*.

        Somebody who was forgotten is not covered: nothing is left by which the payer knows them.
        """
        holds = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        enrolment = self.enrolment_on(member_id, day)
        return holds and enrolment is not None and not enrolment.payer_member_ref.erased

    def enrolment_on(self, member_id: UUID, day: date) -> Enrolment | None:
        """Return the enrolment that covers a member on *day*, if any."""
        return next(
            (e for e in self.enrolments if e.member_id == member_id and e.covers(day)), None
        )

    def units_for(self, minutes: int, *, used_this_month: int = 0) -> int:
        """Return the whole units that *minutes* come to, within what the month still allows.

        A unit begun is no unit: nobody pays for what cannot be shown.

        Args:
            minutes: whole minutes of presence.
            used_this_month: units claimed before for the same member and calendar month.
        """
        units = minutes // self.minutes_per_unit
        if self.cap_units_per_month is None:
            return units
        return max(0, min(units, self.cap_units_per_month - used_this_month))

    # What happens

    def enrol_member(
        self, member_id: UUID, *, payer_member_ref: Personal[str], from_day: date, at: datetime
    ) -> None:
        """Let the payer cover a member from a day on; enrolling the covered changes nothing.

        Args:
            member_id: who.
            payer_member_ref: how the payer calls the member.
            from_day: first day.
            at: now.

        Raises:
            InvalidFields: the reference is missing.
        """
        require_personal(member_id, payer_member_ref=payer_member_ref)
        covered_for_good = any(
            each.until_day is None and each.covers(from_day)
            for each in self.enrolments
            if each.member_id == member_id
        )
        if not covered_for_good:
            enrolment = Enrolment(member_id, payer_member_ref, from_day)
            self.record(self.MemberEnrolled, at=at, enrolment=enrolment)

    def end_enrolment(self, member_id: UUID, *, last_day: date, at: datetime) -> None:
        """Cover a member up to *last_day* and not longer.

        Raises:
            NotEnrolled: the member is not covered on that day.
        """
        ends = [
            each.until_day
            for each in self.enrolments
            if each.member_id == member_id and each.covers(last_day)
        ]
        if not ends:
            raise NotEnrolled("This payer does not cover this member then.", member_id=member_id)
        if any(end != last_day for end in ends):
            self.record(self.EnrolmentEnded, at=at, member_id=member_id, last_day=last_day)

    def start_export(self, run_id: UUID, *, at: datetime) -> int:
        """Give a run its number: one more than the last, never the same twice.

        Returns:
            The number; for a run that was started before, its first number.
        """
        if run_id not in self.exports:
            number = 1 + max((each.run_number for each in self.exports.values()), default=0)
            self.record(self.ExportStarted, at=at, run_id=run_id, run_number=number)
        return self.exports[run_id].run_number

    def finish_export(
        self,
        run_id: UUID,
        *,
        claim_ids: Sequence[UUID],
        sha256s: Mapping[str, str],
        period: tuple[date, date] | None = None,
        by: UUID | None = None,
        at: datetime,
    ) -> None:
        """Remember what a run sent; the same run with the same bytes is no second fact.

        Args:
            run_id: started before.
            claim_ids: the claims in it.
            sha256s: file name to SHA-256 in hex.
            period: first and last day that it was made for.
            by: the administrator who made it; nobody where it was made at the terminal.
            at: now.

        Raises:
            ExportUnknown: the run was not started.
            ExportMadeDifferently: it was made before from other claims or bytes.
            NothingToExport: no claims.
            InvalidFields: a digest is none.
        """
        export = self.exports.get(run_id)
        if export is None:
            raise ExportUnknown("This run was not started.", run_id=run_id)
        if not claim_ids:
            raise NothingToExport("You have no claims to send to this payer yet.")
        if not sha256s or not all(_SHA256.fullmatch(digest) for digest in sha256s.values()):
            raise InvalidFields(sha256s="Every file has a SHA-256 of 64 hexadecimal digits.")
        if (export.claim_ids, export.sha256s) == (list(claim_ids), dict(sha256s)):
            return
        if export.claim_ids is not None:
            raise ExportMadeDifferently("This run was sent already; start another one.")
        self.record(
            self.ExportMade,
            at=at,
            run_id=run_id,
            run_number=export.run_number,
            claim_ids=list(claim_ids),
            sha256s=dict(sha256s),
            period_from=None if period is None else period[0],
            period_to=None if period is None else period[1],
            by=by,
        )


def _require_range(**values: tuple[int, int, int]) -> None:
    for name, (value, least, most) in values.items():
        if not least <= value <= most:
            raise InvalidFields(**{name: f"Choose {least} to {most}."})
