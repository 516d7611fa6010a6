"""What the streams say of a member's credits under one text: awards, corrections, meetings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain import intervals as time
from domain.credits.awards import AboutMeeting, Award
from domain.credits.ledger import CreditLedger
from domain.evidence.lines import Attended, Change, Correction, Credit, InAccount
from domain.meetings.events import PresenceCorrected
from domain.meetings.meeting import Meeting
from domain.personal import shown
from domain.recording import EventStore
from domain.rules.account import Entry
from domain.rules.book import RuleBook
from domain.rules.cycles import Window
from services.credits.judging import ledger_id_of
from services.dispatch import Work
from services.meetings.attendance_facts import local_day


@dataclass(frozen=True, slots=True)
class RecordedCredit:
    """One award, also one taken back.

    Attributes:
        award: as it stands.
        about: what was known of the meeting when it was credited.
        changes: the award and its corrections, oldest first.
    """

    award: Award
    about: AboutMeeting
    changes: tuple[Change, ...]

    @property
    def entry(self) -> Entry:
        """The credit as it goes into the account."""
        return Entry(
            key=str(self.award.award_id),
            day=self.about.day,
            amount=self.award.credited.amount,
            rule=self.award.rule_id,
            title=self.about.title,
            topics=tuple(self.about.topics),
            modality=self.about.modality,
            live=True,  # a meeting is people at the same time
            credit_kind=self.award.credit_kind,
            minutes=self.award.credited.minutes,
        )


async def credits_under(
    work: Work, member_id: UUID, text_id: str, licence_id: UUID
) -> list[RecordedCredit]:
    """Return a member's awards under a text, in any of its versions, for one licence."""
    ledger = await work.find(CreditLedger, ledger_id_of(member_id))
    if ledger is None:
        return []
    changes: defaultdict[UUID, list[Change]] = defaultdict(list)
    for row in ledger.rows:
        changes[row.award_id].append(Change(row.at, row.minutes, row.amount, row.reason))
    return [
        RecordedCredit(
            award,
            award.credited.about or _about(await work.load(Meeting, award.meeting_id), member_id),
            tuple(changes[award.award_id]),
        )
        for award in ledger.awards.values()
        if (award.pack_id, award.licence_id) == (text_id, licence_id)
    ]


async def meetings_in(
    window: Window,
    recorded: Sequence[RecordedCredit],
    store: EventStore,
    member_id: UUID,
    book: RuleBook,
    becomes: Mapping[str, InAccount],
) -> list[Attended]:
    """Return the meetings of a cycle that something was credited for, each with its credits.

    Args:
        window: the cycle.
        recorded: credits of any cycle.
        store: where the meetings are read.
        member_id: whose.
        book: for the names of the rules.
        becomes: what each credit comes to in the account, by its key.
    """
    by_meeting: defaultdict[UUID, list[RecordedCredit]] = defaultdict(list)
    for each in recorded:
        if window.holds(each.about.day):
            by_meeting[each.award.meeting_id].append(each)
    attended = []
    for meeting_id, group in by_meeting.items():
        meeting, corrections = await _told(store, meeting_id, member_id)
        listed = tuple(_credit(each, book, becomes) for each in group)
        attended.append(_attended(meeting, member_id, group, corrections, listed))
    return attended


async def _told(
    store: EventStore, meeting_id: UUID, member_id: UUID
) -> tuple[Meeting, tuple[Correction, ...]]:
    """Return a meeting, and why the member's presence at it was set right."""
    meeting: Meeting | None = None
    corrections = []
    for event in await store.load(meeting_id):
        meeting = event.mutate(meeting)
        if isinstance(event, PresenceCorrected) and event.member_id == member_id:
            assert meeting is not None, "nothing is corrected before there is a meeting"
            by = "facilitator" if event.by == meeting.facilitator_id else "administrator"
            corrections.append(Correction(event.timestamp, by, shown(event.reason)))
    assert meeting is not None, "what was credited was held"
    return meeting, tuple(corrections)


def _attended(
    meeting: Meeting,
    member_id: UUID,
    group: Sequence[RecordedCredit],
    corrections: tuple[Correction, ...],
    listed: tuple[Credit, ...],
) -> Attended:
    """Return a meeting as it was credited; what was taken back tells of it only if all was."""
    told = next((each for each in group if not each.award.withdrawn), group[-1])
    presence = meeting.minutes_of(member_id)
    return Attended(
        meeting_id=str(meeting.id),
        title=told.about.title,
        topics=tuple(told.about.topics),
        starts_at=meeting.scheduled.from_at,
        ends_at=meeting.scheduled.to_at,
        zone=meeting.zone,
        modality=told.about.modality,
        present=presence.intervals,
        present_minutes=told.about.present_minutes,
        own_minutes=told.about.own_minutes,
        people=told.about.people,
        strength=told.award.credited.strength,
        reasons=presence.reasons,
        corrections=corrections,
        credits=listed,
    )


def _credit(each: RecordedCredit, book: RuleBook, becomes: Mapping[str, InAccount]) -> Credit:
    award = each.award
    text = book.version(award.pack_id, award.rule_version) or book.newest(award.pack_id)
    rule = None if text is None else text.rule(award.rule_id)
    return Credit(
        key=str(award.award_id),
        rule_id=award.rule_id,
        rule=award.rule_id if rule is None else rule.name,
        rule_version=award.rule_version,
        kind=award.credit_kind,
        minutes=award.credited.minutes,
        amount=award.credited.amount,
        unit=award.unit_name,
        steps=tuple(award.credited.derivation),
        changes=each.changes,
        withdrawn=award.withdrawn,
        in_account=becomes.get(str(award.award_id)),
    )


def _about(meeting: Meeting, member_id: UUID) -> AboutMeeting:
    """Return what is known of a meeting that was credited before that was kept."""
    return AboutMeeting(
        day=local_day(meeting),
        title=meeting.title,
        topics=[],
        modality=meeting.modality,
        meeting_minutes=time.minutes([meeting.scheduled]),
        present_minutes=meeting.minutes_of(member_id).minutes,
        own_minutes=None,
        people=len(meeting.people_present()),
    )
