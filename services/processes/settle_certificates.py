"""Whenever an award is made, adjusted or withdrawn, bring its certificate to what it says."""

from __future__ import annotations

from domain.credits.ledger import CreditLedger
from domain.recording import Recorded
from services.certificates.issuing import SettleCertificate

NAME = "settle_certificates"
_WHEN = (CreditLedger.Awarded, CreditLedger.Adjusted, CreditLedger.Withdrawn)
TOPICS = tuple(event.TOPIC for event in _WHEN)


def react(recorded: Recorded) -> list[SettleCertificate]:
    """Order the certificate of the award that the event is about."""
    event = recorded.event
    if isinstance(event, _WHEN):
        return [SettleCertificate(ledger_id=event.originator_id, award_id=event.award_id)]
    return []
