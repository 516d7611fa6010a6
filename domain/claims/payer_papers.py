"""What a payer reads: the rows of the reimbursement package.

Nothing here says who a member is, what was talked about, or who else was in the room: a row holds a
pseudonymous member id and a link to the evidence (notes on payers, §6 Privacy and §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class Frequency(IntEnum):
    """Why a claim is sent, in the numbers payers know from X12 CLM05-3."""

    ORIGINAL = 1
    REPLACEMENT = 7
    VOID = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerRun:
    """One export for one payer and one period.

    Attributes:
        run_id: unique, for example a UUID as text.
        run_number: counts this payer's runs from 1, never reused.
        payer_id: our id of the payer.
        period_from, period_to: both days included.
        prepared_at: aware instant at which the run was ordered, from its event and not from a
            clock, so that a run made again has the same bytes. Service after it is refused.
    """

    run_id: str
    run_number: int
    payer_id: str
    period_from: date
    period_to: date
    prepared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPaper:
    """One request to a payer for one member.

    Attributes:
        claim_id: ours, unique for this payer, at most 17 of A-Z, 0-9 and hyphen.
        frequency: a replacement or void needs *original_claim_id* (ours) and
            *payer_claim_number* (the payer's own number of that claim).
        member_id: pseudonymous, as agreed with the payer.
        total_cents: sum of the claim's lines in minor units of *currency* (ISO 4217).
    """

    claim_id: str
    frequency: Frequency = Frequency.ORIGINAL
    original_claim_id: str | None = None
    payer_claim_number: str | None = None
    member_id: str
    total_cents: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePaper:
    """One attended meeting that a claim asks to be paid for, or the reversal of one.

    A reversing line repeats the line named by *reverses_line_id* with negative *minutes*, *units*
    and *amount_cents*; its rate stays positive. So every sum over lines is right by itself.

    Attributes:
        line_id: at most 30 of A-Z, 0-9 and hyphen, never used twice for a payer.
        service_date: the day on which the meeting began, in *zone*.
        starts_at, ends_at: aware instants of the meeting; *zone* is an IANA name.
        minutes: minutes attended.
        service_code: the contract's own code, for example PSG60.
        rate_cents: price of one unit; ``units * rate_cents == amount_cents``.
        evidence_strength: how well presence is shown, in words.
        evidence_sha256: digest of the evidence, 64 hexadecimal digits.
    """

    claim_id: str
    line_id: str
    service_date: date
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    service_code: str
    units: int
    rate_cents: int
    amount_cents: int
    currency: str
    evidence_strength: str
    certificate_verify_url: str
    evidence_sha256: str
    reverses_line_id: str | None = None
