"""The rules that no file format checks: sums, signs, keys, originals, days.

Judges of X12, FHIR and CSV were measured to miss most of these (notes on payers, §3), so they are
ours. Each rule yields its refusals: the writer raises the first, the checker lists them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.claims.payer_papers import ClaimPaper, Frequency, LinePaper, PayerRun
from domain.errors import DomainError


class DuplicateClaimId(DomainError):
    """Two claims carry the same id."""

    code = "payer_package.duplicate_claim_id"


class RepeatedLineId(DomainError):
    """Two lines carry the same id."""

    code = "payer_package.repeated_line_id"


class LineWithoutClaim(DomainError):
    """A line names a claim that is not in the package."""

    code = "payer_package.line_without_claim"


class ClaimWithoutLines(DomainError):
    """A claim has no line."""

    code = "payer_package.claim_without_lines"


class TotalNotSum(DomainError):
    """A claim's total is not the sum of its lines."""

    code = "payer_package.total_not_sum"


class AmountNotUnitsTimesRate(DomainError):
    """A line's amount is not its units times its rate."""

    code = "payer_package.amount_not_units_times_rate"


class ChargeNotPositive(DomainError):
    """A charge that reverses nothing asks for nothing or less."""

    code = "payer_package.charge_not_positive"


class ReversalNotNegative(DomainError):
    """A reversing line does not take back, or takes back something else than the line it names."""

    code = "payer_package.reversal_not_negative"


class VoidNotReversing(DomainError):
    """A void contains a line that reverses nothing."""

    code = "payer_package.void_not_reversing"


class OriginalMissing(DomainError):
    """A replacement or void does not say what it replaces."""

    code = "payer_package.original_missing"


class CurrencyMismatch(DomainError):
    """A line is in another currency than its claim."""

    code = "payer_package.currency_mismatch"


class FutureService(DomainError):
    """A line is for a meeting that had not ended when the run was prepared."""

    code = "payer_package.future_service"


class TimesDoNotFit(DomainError):
    """Day, instants, zone and minutes of a line cannot all be true."""

    code = "payer_package.times_do_not_fit"


class PeriodBackwards(DomainError):
    """The run's period ends before it begins, or its number is not positive."""

    code = "payer_package.period_backwards"


def broken_rules(
    run: PayerRun, claims: Sequence[ClaimPaper], lines: Sequence[LinePaper]
) -> Iterator[DomainError]:
    """Yield a refusal for every rule that does not hold, keys first."""
    if run.period_to < run.period_from or run.run_number < 1:
        yield PeriodBackwards("You have a run whose period ends before it begins, or no number.")
    yield from _keys(claims, lines)
    claim_of = {claim.claim_id: claim for claim in claims}
    line_of = {line.line_id: line for line in lines}
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.claim_id] += line.amount_cents
        if (claim := claim_of.get(line.claim_id)) is None:
            yield LineWithoutClaim("You have a line without its claim.", line_id=line.line_id)
        else:
            yield from _line_in_claim(line, claim)
        yield from _amounts(line, line_of)
        yield from _times(line, run)
    for claim in claims:
        yield from _claim(claim, sums)


def _keys(claims: Sequence[ClaimPaper], lines: Sequence[LinePaper]) -> Iterator[DomainError]:
    for claim_id, count in Counter(claim.claim_id for claim in claims).items():
        if count > 1:
            yield DuplicateClaimId("You have the same claim twice.", claim_id=claim_id)
    for line_id, count in Counter(line.line_id for line in lines).items():
        if count > 1:
            yield RepeatedLineId("You have the same line twice.", line_id=line_id)


def _claim(claim: ClaimPaper, sums: Counter[str]) -> Iterator[DomainError]:
    facts = {"claim_id": claim.claim_id}
    if claim.claim_id not in sums:
        yield ClaimWithoutLines("You have a claim without any line.", **facts)
    elif claim.total_cents != sums[claim.claim_id]:
        difference = claim.total_cents - sums[claim.claim_id]
        yield TotalNotSum(
            f"You have a claim whose total differs from its lines by {difference} cents.",
            difference_cents=difference,
            **facts,
        )
    originals = (claim.original_claim_id, claim.payer_claim_number)
    if claim.frequency is Frequency.ORIGINAL:
        if claim.total_cents <= 0:
            yield ChargeNotPositive("You have a claim that asks for nothing.", **facts)
        if any(originals):
            yield OriginalMissing(
                "You have an original claim that names an earlier one: send it as 7 or 8.", **facts
            )
    elif not all(originals) or claim.original_claim_id == claim.claim_id:
        yield OriginalMissing(
            "You need the payer's number and our id of the claim that this one corrects.", **facts
        )


def _line_in_claim(line: LinePaper, claim: ClaimPaper) -> Iterator[DomainError]:
    if line.currency != claim.currency:
        yield CurrencyMismatch(
            "You have a line in another currency than its claim.", line_id=line.line_id
        )
    if claim.frequency is Frequency.VOID and line.reverses_line_id is None:
        yield VoidNotReversing(
            "You have a void with a line that takes nothing back.", line_id=line.line_id
        )


def _amounts(line: LinePaper, line_of: dict[str, LinePaper]) -> Iterator[DomainError]:
    facts = {"line_id": line.line_id}
    if line.units * line.rate_cents != line.amount_cents:
        yield AmountNotUnitsTimesRate("You have a line that is not units times rate.", **facts)
    if line.reverses_line_id is None:
        if min(line.minutes, line.units, line.rate_cents, line.amount_cents) <= 0:
            yield ChargeNotPositive("You have a line that asks for nothing.", **facts)
        return
    negative = max(line.minutes, line.units, line.amount_cents) < 0 < line.rate_cents
    reversed_line = line_of.get(line.reverses_line_id)
    fits = reversed_line is None or (  # otherwise it went out with an earlier run
        reversed_line.line_id != line.line_id and reversed_line.amount_cents == -line.amount_cents
    )
    if not negative or not fits:
        yield ReversalNotNegative(
            "You have a reversing line that does not take back what it names.", **facts
        )


def _times(line: LinePaper, run: PayerRun) -> Iterator[DomainError]:
    facts = {"line_id": line.line_id}
    if line.ends_at > run.prepared_at:
        yield FutureService("You have a line for a meeting that is not over yet.", **facts)
    length = line.ends_at - line.starts_at
    try:
        day = line.starts_at.astimezone(ZoneInfo(line.zone)).date()
    except (KeyError, ValueError, OSError, OverflowError):  # whatever the key names
        day = None
    fits = timedelta(0) < length and timedelta(minutes=abs(line.minutes)) <= length
    if day != line.service_date or not fits:
        yield TimesDoNotFit(
            "You have a line whose day, times, zone and minutes do not fit together.", **facts
        )
