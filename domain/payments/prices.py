"""What taking part costs: the plans that are offered, and what a change of them would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money.billing_accounts import PayerKind
from domain.values import Money


class Every(StrEnum):
    """How often dues are paid."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a plan costs.

    Attributes:
        plan: its lookup key, which is the name of the plan everywhere.
        payer_kind: whether people pay it for themselves, or practices for each seat.
        amount: for one person and one period.
        every: the period.
        includes_tax: whether tax is part of the amount or comes on top.
        since: when it was made, if that is known; who began before may have an older one.
    """

    plan: str
    payer_kind: PayerKind
    amount: Money
    every: Every
    includes_tax: bool
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCharge:
    """What is charged next if nothing changes, as the service reckons it.

    Attributes:
        at: on which day; its invoice is written then.
        sum: what is charged, after *from_balance* was taken off; *tax* is a part of the whole.
        from_balance: what the payer's balance takes off; negative for what they owe.
        count: for how many it is: 1, or a practice's seats.
        for_period: whether a period is paid with it, or only what changed since the last one.
    """

    at: datetime
    sum: Money
    tax: Money
    from_balance: Money
    count: int
    for_period: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a change would cost, as the service reckons it.

    Attributes:
        now: charged at once, less the balance, or with the next invoice when *gathers*.
        then: each full period from *then_at* on.
        then_at: when the first full period under the change begins.
        every: the period.
        tax: the part of *now* that is tax.
        gathers: nothing is charged now; the difference comes with the next invoice.
        gathered_at: when that invoice is written; ``None`` if nothing gathers.
        from_balance: what the payer's balance took off *now*; when it *gathers*, what lies there
            and is taken off that invoice. Negative for what they owe.
        lines: the service's own words for each line, with its amount.
    """

    now: Money
    then: Money
    then_at: datetime
    every: Every
    tax: Money
    gathers: bool
    gathered_at: datetime | None
    from_balance: Money
    lines: Sequence[tuple[str, Money]]
