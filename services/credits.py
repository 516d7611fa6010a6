"""Judging meetings: from presence and rules to awards in each member's ledger.

Judging again is always safe: the same facts change nothing, corrected facts adjust or withdraw what
was awarded. What a rule would credit once something is there is kept with what is missing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain.credits import Credited, CreditLedger
from domain.meeting_rules import MeetingState
from domain.meetings import Meeting
from domain.members import Licence, Member
from domain.ports import Clock
from domain.presence import Presence
from domain.programs import Program
from domain.providers import Provider
from domain.rules.judge import Facts, Judgement, judge
from domain.rules.model import CreditKind, Missing, RuleSet
from services.dispatch import Work

_CORRECTED: Final = "The facts of the meeting changed after the award."
_VOIDED: Final = "The meeting does not count."


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeMeeting:
    """Judge what a closed meeting is worth to everybody who was expected."""

    meeting_id: UUID


@dataclass(frozen=True, slots=True)
class _Applicable:
    """A rule and the licence it is judged for, if it is about one."""

    rule: RuleSet
    licence: Licence | None


def ledger_id_of(member_id: UUID) -> UUID:
    """Return the id of a member's credit ledger."""
    return uuid5(member_id, "credit-ledger")


def award_id_of(
    meeting_id: UUID, member_id: UUID, rule_id: str, licence_id: UUID | None, number: int = 1
) -> UUID:
    """Return the id of the award that a rule gives a member for a meeting.

    A withdrawn award stays withdrawn; should the facts be set right once more, the next *number*
    takes its place.
    """
    return uuid5(meeting_id, f"award:{member_id}:{rule_id}:{licence_id or '-'}:{number}")


def judge_meeting(rules: Sequence[RuleSet]) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`JudgeMeeting` under *rules*."""

    async def handle(cmd: JudgeMeeting, *, work: Work, clock: Clock) -> None:
        """Judge the meeting for each member; a meeting still open is not judged."""
        meeting = await work.load(Meeting, cmd.meeting_id)
        if meeting.state not in {MeetingState.CLOSED, MeetingState.VOIDED}:
            return
        approved = await _provider_approved(work, meeting)
        for member_id in sorted(meeting.roster):
            member = await work.find(Member, member_id)
            if member is None or (member.forgotten and meeting.state is MeetingState.CLOSED):
                continue  # nothing new is credited to the forgotten, but what is void is void
            ledger = await work.find(CreditLedger, ledger_id_of(member_id))
            if ledger is None:
                if (
                    meeting.state is MeetingState.VOIDED
                    or not meeting.minutes_of(member_id).minutes
                ):
                    continue  # nothing to begin a ledger with
                ledger = CreditLedger.open(
                    ledger_id_of(member_id), member_id=member_id, at=clock.now()
                )
            _Bench(meeting, member, ledger, approved, clock).judge(rules)
            work.save(ledger)

    return handle


class _Bench:
    """Judges one member's presence at one meeting."""

    def __init__(
        self,
        meeting: Meeting,
        member: Member,
        ledger: CreditLedger,
        approved: bool | None,  # noqa: FBT001  a fact about the provider, not a switch
        clock: Clock,
    ) -> None:
        self._meeting = meeting
        self._member = member
        self._ledger = ledger
        self._approved = approved
        self._at = clock.now()
        self._day = local_day(meeting)
        self._presence = meeting.minutes_of(member.id)

    def judge(self, rules: Sequence[RuleSet]) -> None:
        """Bring the member's ledger to what the rules say of today's facts."""
        if self._meeting.state is MeetingState.VOIDED:
            self._withdraw_all(rules)
            return
        if not self._presence.minutes and self._meeting.id not in self._ledger.presence:
            return  # was not there: nothing to note, nothing to hold against them
        self._ledger.note_presence(
            self._meeting.id, intervals=self._presence.intervals, at=self._at
        )
        for applicable in _applicable(rules, self._member, self._day, self._meeting.program_id):
            self._settle(applicable, self._presence)

    def _settle(self, applicable: _Applicable, presence: Presence) -> None:
        rule, licence = applicable.rule, applicable.licence
        licence_id = None if licence is None else licence.licence_id
        award_id, known = self._award_of(rule.id, licence_id)
        judgement = judge(self._facts(applicable, presence, award_id), rule)
        if judgement.may_be_credited:
            self._credit(award_id, applicable, judgement, known=known)
            return
        if known:
            self._ledger.withdraw(award_id, reason=_CORRECTED, at=self._at)
        # Nobody is told what is missing for an hour they were not in; what they were told is kept
        # up to date.
        told = (self._meeting.id, rule.id, licence_id) in self._ledger.held
        if judgement.missing and (presence.minutes or told):
            self._hold(rule, licence_id, judgement.amount, judgement.missing)

    def _credit(
        self, award_id: UUID, applicable: _Applicable, judgement: Judgement, *, known: bool
    ) -> None:
        rule, licence = applicable.rule, applicable.licence
        credited = _credited(judgement, self._presence)
        if known:
            self._ledger.adjust(award_id, credited=credited, reason=_CORRECTED, at=self._at)
            return
        self._ledger.award(
            award_id,
            meeting_id=self._meeting.id,
            rule_id=rule.id,
            rule_version=rule.version,
            credit_kind=rule.credit_kind,
            licence_id=None if licence is None else licence.licence_id,
            unit_name=rule.unit_name,
            credited=credited,
            at=self._at,
        )

    def _hold(
        self,
        rule: RuleSet,
        licence_id: UUID | None,
        amount: Decimal,
        missing: Sequence[Missing],
    ) -> None:
        self._ledger.hold(
            self._meeting.id,
            rule_id=rule.id,
            rule_version=rule.version,
            licence_id=licence_id,
            unit_name=rule.unit_name,
            amount=amount,
            missing=missing,
            at=self._at,
        )

    def _award_of(self, rule_id: str, licence_id: UUID | None) -> tuple[UUID, bool]:
        """Return the id of the award that stands, or of the next one, and whether it stands."""
        for number in count(1):
            award_id = award_id_of(self._meeting.id, self._member.id, rule_id, licence_id, number)
            award = self._ledger.awards.get(award_id)
            if award is None or not award.withdrawn:
                return award_id, award is not None
        raise AssertionError("count() never ends")

    def _withdraw_all(self, rules: Sequence[RuleSet]) -> None:
        for award in list(self._ledger.awards.values()):
            if award.meeting_id == self._meeting.id and not award.withdrawn:
                self._ledger.withdraw(award.award_id, reason=_VOIDED, at=self._at)
        newest = {rule.id: rule for rule in rules}
        for meeting_id, rule_id, licence_id in list(self._ledger.held):
            if meeting_id == self._meeting.id and rule_id in newest:
                missing = [Missing("meeting.voided", _VOIDED)]
                self._hold(newest[rule_id], licence_id, Decimal(0), missing)
        if self._meeting.id in self._ledger.presence:
            self._ledger.note_presence(self._meeting.id, intervals=(), at=self._at)

    def _facts(self, applicable: _Applicable, presence: Presence, award_id: UUID) -> Facts:
        free = self._ledger.uncredited(
            applicable.rule.id, presence.intervals, except_award=award_id
        )
        return Facts(
            day=self._day,
            intervals=free,
            strength=presence.strength,
            people_present=len(self._meeting.people_present()),
            evaluation_given=self._member.id in self._meeting.evaluated,
            licence_held=applicable.licence is not None,
            provider_approved=self._approved,
        )


def local_day(meeting: Meeting) -> date:
    """Return the day on which a meeting begins where it takes place."""
    return meeting.scheduled.from_at.astimezone(ZoneInfo(meeting.zone)).date()


def _applicable(
    rules: Sequence[RuleSet], member: Member, day: date, program_id: UUID | None
) -> Iterator[_Applicable]:
    """Yield every rule in force that speaks of this member, for each licence it is about."""
    for rule in rules:
        if not rule.in_force_on(day):
            continue
        if rule.credit_kind is CreditKind.SPONSORED and program_id is None:
            continue  # nobody vouches for a group without a program
        if not rule.professions:
            yield _Applicable(rule, None)
            continue
        for licence in member.licences_on(day):
            if rule.is_about(licence.profession, licence.jurisdiction):
                yield _Applicable(rule, licence)


async def _provider_approved(work: Work, meeting: Meeting) -> bool | None:
    """Tell whether an approved provider vouches; ``None`` when no program stands behind it."""
    if meeting.program_id is None:
        return None
    program = await work.load(Program, meeting.program_id)
    provider = await work.load(Provider, program.provider_id)
    return bool(provider.approvals_on(local_day(meeting), meeting.modality))


def _credited(judgement: Judgement, presence: Presence) -> Credited:
    return Credited(
        intervals=list(judgement.intervals),
        minutes=judgement.minutes,
        amount=judgement.amount,
        arithmetic=list(judgement.arithmetic),
        strength=presence.strength,
    )
