"""A claim in a terminal's words: amounts as people write them in each currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.money.currencies import written
from domain.values import Money

if TYPE_CHECKING:
    from projections.claims_board.queries import ClaimRow, LineRow, SendingRow


def claim_words(row: ClaimRow) -> str:
    """Return what a claim asks for altogether."""
    return f"{row.claim_number}  {row.state}  {written(Money(row.total_cents, row.currency))}"


def line_words(line: LineRow, currency: str) -> str:
    """Return a line, its minor units as well: ``decide`` and a payer's files take those."""
    amount = written(Money(line.amount_cents, currency))
    what = f"takes back {line.reverses}" if line.reverses else f"{line.minutes} minutes"
    sent = "not sent" if line.sending is None else f"in sending {line.sending}"
    return f"  {line.line_id}  {amount:>14} ({line.amount_cents} minor units)  {what}, {sent}"


def sending_words(each: SendingRow, currency: str) -> str:
    """Return what went to the payer, and their answer."""
    answer = each.outcome or "no answer yet"
    if each.paid_cents is not None:
        answer += f", {written(Money(each.paid_cents, currency))}"
    return f"  {each.number_as_sent}  run {each.run_number}: {answer}"


def run_words(run_number: int, claims: int, asked: Money) -> str:
    """Return what a run holds."""
    counted = f"{claims} claim" if claims == 1 else f"{claims} claims"
    return f"Run {run_number}: {counted}, {written(asked)}"
