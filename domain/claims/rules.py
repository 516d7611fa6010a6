"""The states of claims, their numbers, and the refusals that speak for their rules."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID, uuid5

from domain.errors import DomainError


class LineUnknown(DomainError):
    """The claim has no such line, or it was reversed before."""

    code = "claim.line_unknown"


class ClaimNotExported(DomainError):
    """Nobody can decide what was not sent."""

    code = "claim.not_exported"


class ClaimAlreadyDecided(DomainError):
    """Another answer is kept already; one that does not hold is corrected beside it."""

    code = "claim.already_decided"


class SendingNotAnswered(DomainError):
    """Nothing is kept of what the payer answered to this sending, so nothing is to be corrected."""

    code = "claim.sending_not_answered"


class AnswerIsNamed(DomainError):
    """A correction went out that names the answer: it is replaced, or stays."""

    code = "claim.answer_is_named"


class NothingToSend(DomainError):
    """Everything on the claim is with the payer, or the claim waits for their answer."""

    code = "claim.nothing_to_send"


class ClaimAlreadySent(DomainError):
    """What the payer has is not set aside; its lines are taken back."""

    code = "claim.already_sent"


class ClaimState(StrEnum):
    """Where a claim stands (notes on payers, §5.1, as far as a file payer tells)."""

    READY = "ready"
    SUBMITTED = "submitted"
    PAID = "paid"
    REDUCED = "reduced"
    DENIED = "denied"
    CORRECTION_PENDING = "correction_pending"
    SET_ASIDE = "set_aside"


class SetAsideReason(StrEnum):
    """Why a claim is not sent; a closed list, so that it says nothing about anybody."""

    MEMBER_FORGOTTEN = "member_forgotten"
    NOT_CERTIFIED = "not_certified"
    PREPARED_IN_ERROR = "prepared_in_error"
    PAID_ELSEWHERE = "paid_elsewhere"
    MEMBER_DOES_NOT_WANT_IT = "member_does_not_want_it"


class AnswerCorrection(StrEnum):
    """Why an answer that was kept does not hold; a closed list, as payers and we see it."""

    KEPT_WRONGLY = "kept_wrongly"  # we wrote down what the payer did not say
    REVERSED_BY_PAYER = "reversed_by_payer"  # X12 835: CLP02 22, and the new one after it


def claim_number_of(claim_id: UUID) -> str:
    """Return a payer-scoped number, 17 characters: payers' forms have no more room."""
    return f"PH-{claim_id.hex[:14].upper()}"


def number_of_sending(claim_id: UUID, claim_number: str, sending: int) -> str:
    """Return the number that a claim's first, second, … sending has: a correction has its own."""
    if sending == 1:
        return claim_number
    return claim_number_of(uuid5(claim_id, f"correction:{sending}"))
