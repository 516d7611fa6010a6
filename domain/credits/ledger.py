"""Credit ledgers: what a member was credited, for which minutes, by which rule, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Final
from uuid import UUID

from domain import intervals as time
from domain.base import AggregateCreated, Root
from domain.certificates.papers import CreditKind
from domain.credits import events
from domain.credits.awards import Award, Credited, HeldBack, Row
from domain.errors import AlreadyExists, DomainError, InvalidFields
from domain.fields import require_lines, require_texts
from domain.rules.explain import Missing
from domain.values import Interval

_MOST: Final = Decimal(10_000)  # credits of one award; more is a slip, not a meeting


class MinutesAlreadyCredited(DomainError):
    """A board's text has credited some of these minutes for this licence before."""

    code = "credit.minutes_already_credited"


class AwardUnknown(DomainError):
    """The ledger has no such award."""

    code = "credit.award_unknown"


class AwardWithdrawn(DomainError):
    """The award was withdrawn; it does not change any more."""

    code = "credit.award_withdrawn"


class CreditLedger(Root):
    """All credit of one member."""

    TOPIC = "peerhour.credit"

    class Opened(Root.Event, AggregateCreated):
        """A member's ledger begins."""

        TOPIC = "peerhour.credit.opened"
        member_id: UUID

    PresenceNoted = events.PresenceNoted
    OverlapFound = events.OverlapFound
    Awarded = events.Awarded
    Adjusted = events.Adjusted
    Withdrawn = events.Withdrawn
    Held = events.Held

    def __init__(self, *, member_id: UUID) -> None:
        self.member_id = member_id
        self.held: dict[tuple[UUID, str, UUID | None], HeldBack] = {}
        self.presence: dict[UUID, list[Interval]] = {}
        self.overlaps: dict[frozenset[UUID], int] = {}
        self.awards: dict[UUID, Award] = {}
        self.rows: list[Row] = []

    @classmethod
    def open(cls, ledger_id: UUID, *, member_id: UUID, at: datetime) -> CreditLedger:
        """Begin a member's ledger."""
        return cls.begin(cls.Opened, stream_id=ledger_id, at=at, member_id=member_id)

    # What people ask

    def taken(
        self, pack_id: str, licence_id: UUID | None, *, except_meeting: UUID | None = None
    ) -> list[Interval]:
        """Return the presence that a text has credited for a licence.

        Args:
            pack_id: the text, whatever the version and the rule.
            licence_id: the licence; each counts for itself.
            except_meeting: a meeting about to be judged again, whose own minutes are free.
        """
        return self._credited_by(
            (pack_id, licence_id), lambda award: award.meeting_id != except_meeting
        )

    def total(self, rule_id: str) -> Decimal:
        """Return what stands under a rule: the sum of its rows."""
        return sum((row.amount for row in self.rows if row.rule_id == rule_id), Decimal(0))

    # What happens

    def note_presence(
        self, meeting_id: UUID, *, intervals: Sequence[Interval], at: datetime
    ) -> None:
        """Remember when the member was at a meeting, and find meetings at the same time.

        Each pair of meetings is reported once for a given number of minutes.
        """
        present = time.union(intervals)
        if self.presence.get(meeting_id) == present:
            return
        self.record(self.PresenceNoted, at=at, meeting_id=meeting_id, intervals=present)
        for other_id, other in list(self.presence.items()):
            minutes = time.minutes(time.common(present, other))
            pair = frozenset((meeting_id, other_id))
            if other_id != meeting_id and minutes and self.overlaps.get(pair) != minutes:
                self.record(
                    self.OverlapFound,
                    at=at,
                    meeting_id=meeting_id,
                    other_meeting_id=other_id,
                    minutes=minutes,
                )

    def award(
        self,
        award_id: UUID,
        *,
        meeting_id: UUID,
        pack_id: str,
        rule_id: str,
        rule_version: int,
        credit_kind: CreditKind,
        licence_id: UUID | None,
        unit_name: str,
        credited: Credited,
        at: datetime,
    ) -> None:
        """Credit a meeting; the same award twice is no second fact.

        Args:
            award_id: derived by the caller, so that a rerun gives the same.
            meeting_id: for which meeting.
            pack_id: by which text, of which *rule_version*.
            rule_id: by which of its rules.
            rule_version: as judged.
            credit_kind: who stands behind it.
            licence_id: for which licence, where the rule is about one.
            unit_name: never a bare "CEU".
            credited: what the judge found.
            at: now.

        Raises:
            MinutesAlreadyCredited: ask :meth:`taken` first.
            AlreadyExists: the id belongs to another award.
            InvalidFields: the amount, minutes or texts cannot be used.
        """
        known = self.awards.get(award_id)
        if known is not None:
            if (known.meeting_id, known.rule_id) == (meeting_id, rule_id):
                return
            raise AlreadyExists("This award is already in use.", award_id=award_id)
        require_lines(pack_id=pack_id, rule_id=rule_id, unit_name=unit_name)
        self._must_be_usable((pack_id, licence_id), credited)
        self.record(
            self.Awarded,
            at=at,
            award_id=award_id,
            meeting_id=meeting_id,
            pack_id=pack_id,
            rule_id=rule_id,
            rule_version=rule_version,
            credit_kind=credit_kind,
            licence_id=licence_id,
            unit_name=unit_name,
            credited=credited,
        )

    def adjust(self, award_id: UUID, *, credited: Credited, reason: str, at: datetime) -> None:
        """Let an award come to something else; adjusting to the same changes nothing.

        Raises:
            AwardUnknown, AwardWithdrawn: there is nothing to adjust.
            MinutesAlreadyCredited: another award of the text has some of the minutes.
            InvalidFields: the reason is missing, or a value cannot be used.
        """
        award = self._award(award_id)
        if award.withdrawn:
            raise AwardWithdrawn("This award was withdrawn; it stays as it is.")
        require_texts(reason=reason)
        key = (award.pack_id, award.licence_id)
        self._must_be_usable(key, credited, except_award=award_id)
        if not credited.comes_to_the_same(award.credited):
            self.record(
                self.Adjusted,
                at=at,
                award_id=award_id,
                credited=credited,
                minutes_difference=credited.minutes - award.credited.minutes,
                amount_difference=credited.amount - award.credited.amount,
                reason=reason,
            )

    def withdraw(self, award_id: UUID, *, reason: str, at: datetime) -> None:
        """Take an award back; its minutes may be credited again.

        Raises:
            AwardUnknown: there is no such award.
            InvalidFields: the reason is missing.
        """
        award = self._award(award_id)
        require_texts(reason=reason)
        if not award.withdrawn:
            self.record(
                self.Withdrawn,
                at=at,
                award_id=award_id,
                minutes_difference=-award.credited.minutes,
                amount_difference=-award.credited.amount,
                reason=reason,
            )

    def hold(
        self,
        meeting_id: UUID,
        *,
        rule_id: str,
        rule_version: int,
        licence_id: UUID | None,
        unit_name: str,
        amount: Decimal,
        missing: Sequence[Missing],
        at: datetime,
    ) -> None:
        """Remember what stands between a meeting and its credit; the same once.

        Args:
            meeting_id: the meeting that was judged.
            rule_id: by which rule, of which *rule_version*.
            rule_version: as judged.
            licence_id: for which licence, where the rule is about one.
            unit_name: of *amount*.
            amount: what it would come to.
            missing: what the judge found missing.
            at: now.
        """
        key = (meeting_id, rule_id, licence_id)
        news = HeldBack(rule_version, amount, unit_name, list(missing))
        known = self.held.get(key)
        if known is None or not known.says_the_same(news):
            self.record(
                self.Held,
                at=at,
                meeting_id=meeting_id,
                rule_id=rule_id,
                rule_version=rule_version,
                licence_id=licence_id,
                unit_name=unit_name,
                amount=amount,
                missing=list(missing),
            )

    # For events; these decide nothing

    def add_row(
        self,
        award_id: UUID,
        minutes: int,
        amount: Decimal,
        event: Root.Event,
        reason: str = "",
    ) -> None:
        """Remember a line of the ledger."""
        award = self.awards[award_id]
        row = Row(
            award_id, award.rule_id, award.unit_name, minutes, amount, event.timestamp, reason
        )
        self.rows.append(row)

    def replace_award(
        self, award_id: UUID, *, credited: Credited | None = None, withdrawn: bool = False
    ) -> None:
        """Remember what an award comes to now."""
        old = self.awards[award_id]
        self.awards[award_id] = replace(old, credited=credited or old.credited, withdrawn=withdrawn)

    # Helpers of the decisions above

    def _award(self, award_id: UUID) -> Award:
        award = self.awards.get(award_id)
        if award is None:
            raise AwardUnknown("This award is not in your ledger.", award_id=award_id)
        return award

    def _credited_by(
        self, key: tuple[str, UUID | None], counts: Callable[[Award], bool]
    ) -> list[Interval]:
        standing = (
            award.credited.intervals
            for award in self.awards.values()
            if (award.pack_id, award.licence_id) == key and not award.withdrawn and counts(award)
        )
        return time.union(chain.from_iterable(standing))

    def _must_be_usable(
        self,
        key: tuple[str, UUID | None],
        credited: Credited,
        *,
        except_award: UUID | None = None,
    ) -> None:
        require_texts(**{f"steps.{n}": step.sentence for n, step in enumerate(credited.steps)})
        if not credited.amount.is_finite() or not 0 <= credited.amount <= _MOST:
            raise InvalidFields(amount="An amount lies between 0 and 10000.")
        if credited.minutes > time.minutes(credited.intervals):
            raise InvalidFields(minutes="The presence is no longer than the time that it uses up.")
        others = self._credited_by(key, lambda award: award.award_id != except_award)
        twice = time.common(credited.intervals, others)
        if twice:
            raise MinutesAlreadyCredited(
                "Some of these minutes are already credited under this text.",
                pack_id=key[0],
                minutes=time.minutes(twice),
            )
