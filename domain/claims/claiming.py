"""Which certified hours a payer may be asked for, once each, within what the contract allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.claims.claim import MOST_LINES, Claim
from domain.claims.lines import ClaimLine
from domain.claims.payers import Payer
from domain.meetings.presence import EvidenceStrength

_Month = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedHour:
    """A certificate that stands, as far as a claim rests on it.

    Attributes:
        certificate_id: which certificate, issued at *issued_at*.
        meeting_id: of the hour, from *starts_at* to *ends_at* (UTC), in *zone* (IANA).
        minutes: attended and credited.
        strength: how well the presence is shown.
    """

    certificate_id: UUID
    issued_at: datetime
    meeting_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    strength: EvidenceStrength


def lines_to_claim(
    payer: Payer,
    member_id: UUID,
    hours: Sequence[CertifiedHour],
    *,
    earlier: Sequence[Claim],
    period: tuple[date, date],
    claim_number: str,
) -> list[ClaimLine]:
    """Return a line for each hour of a period that no claim asks for yet.

    An hour is asked for once, however many certificates it led to and however periods overlap.
    One that was given up needs a certificate issued after that. The month's cap counts what stands
    on all claims.

    Args:
        payer: who is asked.
        member_id: for whom.
        hours: what is certified and stands, all of it the member's, in any order.
        earlier: all other claims of the member to this payer.
        period: first and last day, on the calendar where people met.
        claim_number: begins the lines' ids.
    """
    used = _used_by_month(earlier)
    claimed = {line.meeting_id for claim in earlier for line in claim.standing_lines()}
    lines: list[ClaimLine] = []
    for hour in sorted(hours, key=lambda each: (each.starts_at, each.certificate_id)):
        day = _day(hour)
        if hour.meeting_id in claimed or not period[0] <= day <= period[1]:
            continue
        if _given_up(hour, earlier):
            continue
        line_id = f"{claim_number}-{len(lines) + 1:03}"
        line = _line(payer, member_id, hour, used[_month(hour)], line_id)
        if line is not None and len(lines) < MOST_LINES:
            lines.append(line)
            claimed.add(hour.meeting_id)
            used[_month(hour)] += line.units
    return lines


def line_instead(
    payer: Payer,
    member_id: UUID,
    wrong: ClaimLine,
    hour: CertifiedHour,
    *,
    claims: Sequence[Claim],
    line_id: str,
) -> ClaimLine | None:
    """Return the line that takes a wrong one's place; ``None`` if nothing is left to ask for.

    Args:
        payer: who is asked.
        member_id: for whom.
        wrong: the line that is taken back; its units are free again.
        hour: what is certified now.
        claims: all claims of the member to this payer, the wrong line's among them.
        line_id: of the new line.
    """
    if hour.meeting_id != wrong.meeting_id:
        return None
    used = _used_by_month(claims)
    used[_month(wrong)] -= wrong.units
    return _line(payer, member_id, hour, used[_month(hour)], line_id)


def unproved(lines: Sequence[ClaimLine], hours: Sequence[CertifiedHour]) -> list[ClaimLine]:
    """Return the lines that say something else than what is certified.

    A payer who checks a line must find the same meeting and the same minutes on a certificate that
    stands, and the presence shown no worse.

    Args:
        lines: what is asked for.
        hours: what is certified and stands, all of it the same member's.
    """
    return [line for line in lines if not any(_proves(hour, line) for hour in hours)]


def _proves(hour: CertifiedHour, line: ClaimLine) -> bool:
    same = (hour.meeting_id, hour.starts_at, hour.ends_at, hour.minutes) == (
        line.meeting_id,
        line.starts_at,
        line.ends_at,
        line.minutes,
    )
    return same and hour.strength.at_least(line.strength)


def _line(
    payer: Payer, member_id: UUID, hour: CertifiedHour, used_this_month: int, line_id: str
) -> ClaimLine | None:
    strong_enough = hour.strength.at_least(payer.required_strength)
    if not strong_enough or not payer.covers(member_id, _day(hour)):
        return None
    units = payer.units_for(hour.minutes, used_this_month=used_this_month)
    if not units:
        return None
    return ClaimLine(
        line_id=line_id,
        meeting_id=hour.meeting_id,
        certificate_id=hour.certificate_id,
        starts_at=hour.starts_at,
        ends_at=hour.ends_at,
        zone=hour.zone,
        minutes=hour.minutes,
        units=units,
        rate_cents=payer.rate_cents_per_unit,
        amount_cents=units * payer.rate_cents_per_unit,
        strength=hour.strength,
    )


def _given_up(hour: CertifiedHour, claims: Sequence[Claim]) -> bool:
    moments = (claim.given_up.get(hour.meeting_id) for claim in claims)
    return any(moment is not None and hour.issued_at <= moment for moment in moments)


def _used_by_month(claims: Sequence[Claim]) -> Counter[_Month]:
    used: Counter[_Month] = Counter()
    for claim in claims:
        for line in claim.standing_lines():
            used[_month(line)] += line.units
    return used


def _day(hour: CertifiedHour | ClaimLine) -> date:
    return hour.starts_at.astimezone(ZoneInfo(hour.zone)).date()


def _month(hour: CertifiedHour | ClaimLine) -> _Month:
    day = _day(hour)
    return day.year, day.month
