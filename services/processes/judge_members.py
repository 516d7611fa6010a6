"""Whenever what a member's hours may count for has changed, judge those hours again.

A licence that is added or ended speaks about meetings already held; minutes that one meeting gives
back may count for another that took place at the same time; an approval recorded late covers
meetings of its days.
"""

from __future__ import annotations

from domain.credits.ledger import CreditLedger
from domain.members.member import Member
from domain.providers import Provider
from domain.recording import Recorded
from services.credits.rejudging import FindProviderMeetings, JudgeMember, JudgeOverlaps

NAME = "judge_members"
_LICENCES = (Member.LicenceAdded, Member.LicenceEnded)
_AWARDS = (CreditLedger.Adjusted, CreditLedger.Withdrawn)
_APPROVALS = (Provider.ApprovalRecorded, Provider.ApprovalWithdrawn)
TOPICS = tuple(event.TOPIC for event in (*_LICENCES, *_AWARDS, *_APPROVALS))


def react(recorded: Recorded) -> list[JudgeMember | JudgeOverlaps | FindProviderMeetings]:
    """Order the judgement of what the event may have changed."""
    match recorded.event:
        case Member.LicenceAdded(originator_id=member_id, licence=licence):
            return [JudgeMember(member_id=member_id, from_day=licence.valid_from)]
        case Member.LicenceEnded(originator_id=member_id):
            return [JudgeMember(member_id=member_id)]  # the last day may have moved either way
        case CreditLedger.Adjusted() | CreditLedger.Withdrawn() as event:
            return [JudgeOverlaps(ledger_id=event.originator_id, award_id=event.award_id)]
        case Provider.ApprovalRecorded(originator_id=provider_id, approval=approval):
            return [FindProviderMeetings(provider_id=provider_id, from_day=approval.valid_from)]
        case Provider.ApprovalWithdrawn(originator_id=provider_id, from_day=from_day):
            return [FindProviderMeetings(provider_id=provider_id, from_day=from_day)]
    return []
