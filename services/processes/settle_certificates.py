"""Whenever an award changes, or how its holder is named, bring certificates to what is true."""

from __future__ import annotations

from domain.credits.ledger import CreditLedger
from domain.members.member import Member
from domain.recording import Recorded
from services.certificates.issuing import SettleCertificate, SettleUndrawn
from services.credits.judging import ledger_id_of

NAME = "settle_certificates"
_WHEN = (CreditLedger.Awarded, CreditLedger.Adjusted, CreditLedger.Withdrawn)
_NAMED = (Member.NameCorrected, Member.SpelledForPapers)
TOPICS = tuple(event.TOPIC for event in (*_WHEN, *_NAMED))


def react(recorded: Recorded) -> list[SettleCertificate | SettleUndrawn]:
    """Order the certificate of an award, or those of a member that have no paper yet."""
    event = recorded.event
    if isinstance(event, _WHEN):
        return [SettleCertificate(ledger_id=event.originator_id, award_id=event.award_id)]
    if isinstance(event, _NAMED):
        return [SettleUndrawn(ledger_id=ledger_id_of(event.originator_id))]
    return []
