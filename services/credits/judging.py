"""Judging meetings: from presence and packs to awards in each member's ledger.

Judging again is always safe: the same facts change nothing, corrected facts adjust or withdraw what
was awarded. What a rule would credit once something is there is kept with what is missing. An award
keeps the version of the text by which it was made; a new version speaks for new awards only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Final
from uuid import UUID, uuid5

from domain import intervals as time
from domain.certificates.papers import CreditKind
from domain.credits.awards import AboutMeeting, Award, Credited
from domain.credits.ledger import CreditLedger
from domain.meetings.meeting import Meeting
from domain.meetings.rules import MeetingState
from domain.members.member import Member
from domain.ports import Clock
from domain.rules.approvers import names_any
from domain.rules.book import RuleBook
from domain.rules.explain import Missing
from domain.rules.facts import Attendance
from domain.rules.judge import Judgement, judge
from domain.rules.model import BodyKind, Pack
from services.dispatch import Work
from services.meetings.attendance_facts import Room, enter, local_day

_CORRECTED: Final = "The facts behind the award changed."
_VOIDED: Final = "The meeting does not count."
_NOT_ASKED: Final = Missing(
    "rule.not_asked",
    "This rule is about none of the licences you held that day, or another counts the hour.",
    needed="You would have to hold a licence on that day that it is about.",
)
# Approvers first: their rule decides what the provider's certificate says.
_TURN: Final = {
    BodyKind.ACCREDITOR: 0,
    BodyKind.REGULATOR: 1,
    BodyKind.ASSOCIATION: 2,
    BodyKind.HOUSE: 3,
}
# What the member can still bring; anything else is no reason to tell about a second way to count
# an hour that counts already.
_CURABLE: Final = ("evaluation.", "post_test.", "check_out.")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeMeeting:
    """Judge what a closed meeting is worth to everybody who was expected."""

    meeting_id: UUID


@dataclass(frozen=True, slots=True)
class _Applicable:
    """A text and the licence it is judged for, if it is about one."""

    pack: Pack
    licence_id: UUID | None


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


def judge_meeting(rules: Callable[[], RuleBook]) -> Callable[..., Awaitable[None]]:
    """Return the handler of :class:`JudgeMeeting`.

    Args:
        rules: gives the packs in use now; they may be read anew while we run.
    """

    async def handle(cmd: JudgeMeeting, *, work: Work, clock: Clock) -> None:
        """Judge the meeting for each member; a meeting still open is not judged."""
        meeting = await work.load(Meeting, cmd.meeting_id)
        if meeting.state not in {MeetingState.CLOSED, MeetingState.VOIDED}:
            return
        room = await enter(work, meeting)
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
            Bench(room, member, ledger, rules(), clock).judge()
            work.save(ledger)

    return handle


class Bench:
    """Judges one member's presence at one meeting."""

    def __init__(
        self, room: Room, member: Member, ledger: CreditLedger, rules: RuleBook, clock: Clock
    ) -> None:
        self._meeting = room.meeting
        self._member = member
        self._ledger = ledger
        self._rules = rules
        self._at = clock.now()
        self._attendance = room.attendance_of(member.id)

    def judge(self) -> None:
        """Bring the member's ledger to what the packs say of today's facts."""
        if self._meeting.state is MeetingState.VOIDED:
            self._withdraw_all()
            return
        if not self._attendance.present and self._meeting.id not in self._ledger.presence:
            return  # was not there: nothing to note, nothing to hold against them
        self._ledger.note_presence(
            self._meeting.id, intervals=self._attendance.present, at=self._at
        )
        asked = []
        vouched = False
        plainly = self._stands_by_our_own_rule()
        for applicable in sorted(self._applicable(), key=lambda each: _TURN[each.pack.kind]):
            kind = applicable.pack.kind
            if kind is BodyKind.HOUSE and vouched:
                continue  # our own plain hour stands in where no approver's rule speaks
            if kind is BodyKind.ACCREDITOR and plainly and not self._awarded_by(applicable):
                continue  # and where it stood in, its certificate stays as it was issued
            asked.append(applicable)
            credited = self._settle(applicable)
            vouched = vouched or (credited and kind is BodyKind.ACCREDITOR)
        self._withdraw_what_nobody_speaks_for(asked)

    def _applicable(self) -> Iterator[_Applicable]:
        """Yield every text that speaks of this member, for each licence it is about.

        A text by which this meeting was credited before is asked in that version again.
        """
        day = local_day(self._meeting)
        licences = self._member.licences_on(day)
        for pack in self._rules.on(day):
            if not _may_speak(pack, self._attendance):
                continue
            if not pack.professions:
                yield _Applicable(self._as_awarded(pack, None), None)
                continue
            for licence in licences:
                if pack.is_about(licence.profession, licence.jurisdiction):
                    licence_id = licence.licence_id
                    yield _Applicable(self._as_awarded(pack, licence_id), licence_id)

    def _stands_by_our_own_rule(self) -> bool:
        packs = (self._rules.of_rule(each.rule_id, each.rule_version) for each in self._standing())
        return any(pack is not None and pack.kind is BodyKind.HOUSE for pack in packs)

    def _awarded_by(self, applicable: _Applicable) -> bool:
        key = (applicable.pack.id, applicable.licence_id)
        return any((each.pack_id, each.licence_id) == key for each in self._standing())

    def _as_awarded(self, pack: Pack, licence_id: UUID | None) -> Pack:
        for award in self._standing():
            if (award.pack_id, award.licence_id) == (pack.id, licence_id):
                return self._rules.version(pack.id, award.rule_version) or pack
        return pack

    def _settle(self, applicable: _Applicable) -> bool:
        """Bring one text's awards to what it says; return whether it credits anything."""
        pack, licence_id = applicable.pack, applicable.licence_id
        taken = self._ledger.taken(pack.id, licence_id, except_meeting=self._meeting.id)
        judgements = judge(
            pack,
            self._attendance,
            licence_held=licence_id is not None if pack.professions else None,
            taken=taken,
        )
        for judgement in judgements:  # first free what does not stand, then credit
            if not judgement.may_be_credited:
                self._withdraw(judgement.rule.id, licence_id)
        creditable = [judgement for judgement in judgements if judgement.may_be_credited]
        # A rule that now counts less gives its minutes back before another may take them.
        for judgement in sorted(
            creditable, key=lambda each: not self._gives_back(each, licence_id)
        ):
            self._credit(applicable, judgement)
        credited = bool(creditable)
        for judgement in judgements:
            self._hold(applicable, judgement, beside_credit=credited)
        return credited

    def _gives_back(self, judgement: Judgement, licence_id: UUID | None) -> bool:
        """Tell whether a rule's award stands and needs no minute that it does not have."""
        award_id, known = self._award_of(judgement.rule.id, licence_id)
        if not known:
            return False
        held = self._ledger.awards[award_id].credited.intervals
        return not time.without(judgement.intervals, held)

    def _credit(self, applicable: _Applicable, judgement: Judgement) -> None:
        rule, licence_id = judgement.rule, applicable.licence_id
        award_id, known = self._award_of(rule.id, licence_id)
        credited = Credited(
            intervals=list(judgement.intervals),
            minutes=judgement.minutes,
            amount=judgement.amount,
            steps=list(judgement.steps),
            strength=self._attendance.strength,
            about=_about(self._attendance),
        )
        if known:
            self._ledger.adjust(award_id, credited=credited, reason=_CORRECTED, at=self._at)
            return
        self._ledger.award(
            award_id,
            meeting_id=self._meeting.id,
            pack_id=applicable.pack.id,
            rule_id=rule.id,
            rule_version=applicable.pack.version,
            credit_kind=rule.credit_kind,
            licence_id=licence_id,
            unit_name=rule.unit,
            credited=credited,
            at=self._at,
        )

    def _hold(self, applicable: _Applicable, judgement: Judgement, *, beside_credit: bool) -> None:
        """Remember what is missing, where the member is told of it or was told before.

        Nobody is told what is missing for an hour they were not in; what they were told is kept
        up to date.
        """
        if not judgement.missing:
            return
        key = (self._meeting.id, judgement.rule.id, applicable.licence_id)
        worth_telling = judgement.minutes > 0 and (
            not beside_credit or all(each.code.startswith(_CURABLE) for each in judgement.missing)
        )
        if worth_telling or key in self._ledger.held:
            self._ledger.hold(
                self._meeting.id,
                rule_id=judgement.rule.id,
                rule_version=applicable.pack.version,
                licence_id=applicable.licence_id,
                unit_name=judgement.rule.unit,
                amount=judgement.amount,
                missing=judgement.missing,
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

    def _standing(self) -> Sequence[Award]:
        return [
            award
            for award in self._ledger.awards.values()
            if award.meeting_id == self._meeting.id and not award.withdrawn
        ]

    def _withdraw(self, rule_id: str, licence_id: UUID | None) -> None:
        award_id, known = self._award_of(rule_id, licence_id)
        if known:
            self._ledger.withdraw(award_id, reason=_CORRECTED, at=self._at)

    def _withdraw_what_nobody_speaks_for(self, asked: Sequence[_Applicable]) -> None:
        """Take back awards of texts that are not about the member any more: a licence ended."""
        speaking = {(each.pack.id, each.licence_id) for each in asked}
        for award in self._standing():
            if (award.pack_id, award.licence_id) not in speaking:
                self._ledger.withdraw(award.award_id, reason=_CORRECTED, at=self._at)
        judged = {(rule.id, each.licence_id) for each in asked for rule in each.pack.rules}
        for rule_id, licence_id in self._held():
            if (rule_id, licence_id) not in judged:
                self._say(rule_id, licence_id, _NOT_ASKED)

    def _held(self) -> list[tuple[str, UUID | None]]:
        """Return the rules, and their licences, that hold something of this meeting."""
        return [
            (rule, licence)
            for meeting, rule, licence in self._ledger.held
            if meeting == self._meeting.id
        ]

    def _say(self, rule_id: str, licence_id: UUID | None, missing: Missing) -> None:
        """Tell whoever was told of something missing that it can never come."""
        held = self._ledger.held[self._meeting.id, rule_id, licence_id]
        self._ledger.hold(
            self._meeting.id,
            rule_id=rule_id,
            rule_version=held.rule_version,
            licence_id=licence_id,
            unit_name=held.unit_name,
            amount=Decimal(0),
            missing=[missing],
            at=self._at,
        )

    def _withdraw_all(self) -> None:
        for award in self._standing():
            self._ledger.withdraw(award.award_id, reason=_VOIDED, at=self._at)
        for rule_id, licence_id in self._held():
            self._say(rule_id, licence_id, Missing("meeting.voided", _VOIDED))
        if self._meeting.id in self._ledger.presence:
            self._ledger.note_presence(self._meeting.id, intervals=(), at=self._at)


def _about(attendance: Attendance) -> AboutMeeting:
    """Return what is kept of a meeting beside its credit."""
    own, people = attendance.own, attendance.people
    return AboutMeeting(
        day=attendance.day,
        title=attendance.title,
        topics=list(attendance.topics),
        modality=attendance.modality,
        meeting_minutes=time.minutes([attendance.scheduled]),
        present_minutes=time.minutes(attendance.present),
        own_minutes=None if own is None else time.minutes(time.common(attendance.present, own)),
        people=None if people is None else len(people),
    )


def _may_speak(pack: Pack, attendance: Attendance) -> bool:
    """Tell whether a text can say anything about a meeting.

    An approver whose approval the provider does not have is not asked: nobody is told that every
    hour would count, if only somebody else vouched. Where it was not read whose approval is taken,
    any approval may be one, and the member hears that the answer is open.
    """
    bodies = attendance.approved_by or ()
    for rule in pack.rules:
        if rule.credit_kind is not CreditKind.SPONSORED:
            return True
        named = rule.needs.approvers
        may_be_one = names_any(bodies, named) or (rule.needs.approved_by_unknown and bool(bodies))
        if attendance.program is not None and (not named or may_be_one):
            return True
    return False
