"""What answers of the credit engine look like as JSON; ``docs/answers.schema.json`` says the same.

Amounts are decimal text, so that nothing is lost in programs that reckon with binary fractions. A
sentence is for people; what a program decides by is its code, and the values beside it.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.explain import Missing, Step
from domain.rules.model import Confidence
from domain.values import Modality


class SourceAnswer(Struct, frozen=True, kw_only=True):
    """Where a text was read.

    Attributes:
        address: of the page.
        clause: of the text.
        checked: the day.
        confidence: how directly it was read.
    """

    address: str
    clause: str
    checked: date
    confidence: Confidence


class FactsAnswer(Struct, frozen=True, kw_only=True):
    """What every answer about a meeting rests on; null where nobody knows.

    Attributes:
        scheduled_minutes: how long the meeting was to last.
        minutes: of presence.
        own_minutes: of them on the member's own practice.
        people: how many were present, the member included.
        modality: how the member took part.
        strength: how well the presence is shown.
    """

    scheduled_minutes: int
    minutes: int
    own_minutes: int | None
    people: int | None
    modality: Modality | None
    strength: EvidenceStrength


class RuleAnswer(Struct, frozen=True, kw_only=True):
    """What one rule of a text makes of a meeting.

    Attributes:
        rule: its id.
        name: what people call it.
        credit_kind: what credit under it is.
        paper: in which paper that ends.
        credited: whether it may be; otherwise *missing* says why not.
        amount: decimal text, what it is worth or would be.
        unit: of the amount, by its full name.
        minutes: of presence that count for it.
        steps: how it came about, in order.
        missing: what is not met, or not known to be.
    """

    rule: str
    name: str
    credit_kind: CreditKind
    paper: str
    credited: bool
    amount: str
    unit: str
    minutes: int
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]


class MeetingAnswer(Struct, frozen=True, kw_only=True):
    """What a text makes of one meeting.

    Attributes:
        meeting: its key in the facts.
        day: where people met.
        version: of the text that was in force.
        facts: what the answers rest on.
        rules: one answer for each rule, in the order of the text.
    """

    meeting: str
    day: date
    version: int
    facts: FactsAnswer
    rules: tuple[RuleAnswer, ...]


class RowAnswer(Struct, frozen=True, kw_only=True):
    """One credit in a cycle's account.

    Attributes:
        key: which.
        day: of it.
        amount: decimal text, as earned.
        counted: decimal text, as counted.
        steps: what was cut, and by what.
    """

    key: str
    day: date
    amount: str
    counted: str
    steps: tuple[Step, ...]


class CapAnswer(Struct, frozen=True, kw_only=True, rename={"from_day": "from"}):
    """A limit, and how far it is reached.

    Attributes:
        name: of what.
        from_day: first day of its time.
        at_most: decimal text.
        used: decimal text.
        cut: decimal text, what it took away.
    """

    name: str
    from_day: date
    at_most: str
    used: str
    cut: str


class FloorAnswer(Struct, frozen=True, kw_only=True, rename={"from_day": "from"}):
    """A minimum, and what it lacks.

    Attributes:
        name: of what.
        from_day: first day of its time.
        until: last day of it.
        at_least: decimal text.
        have: decimal text.
        lacks: decimal text.
    """

    name: str
    from_day: date
    until: date
    at_least: str
    have: str
    lacks: str


class AccountAnswer(
    Struct, frozen=True, kw_only=True, rename={"from_day": "from", "until_day": "until"}
):
    """A licence's cycle under a text.

    Attributes:
        from_day: its first day.
        until_day: its last day.
        unit: of all amounts, by its full name.
        earned: decimal text.
        carried_in: decimal text, from the cycle before.
        counted: decimal text, what limits left.
        cut: decimal text, what they took.
        required: decimal text; null where the text asks for nothing, or does not say.
        lacks: decimal text, what is still needed.
        carries_over: decimal text, into the next cycle; null where nothing can be.
        categories: that were used.
        categories_wanted: how many different ones the text asks for.
        rows: every credit.
        caps: every limit.
        floors: every minimum.
        steps: how the account came about.
        missing: what is not met, or not known to be.
    """

    from_day: date
    until_day: date
    unit: str
    earned: str
    carried_in: str
    counted: str
    cut: str
    required: str | None
    lacks: str | None
    carries_over: str | None
    categories: tuple[str, ...]
    categories_wanted: int | None
    rows: tuple[RowAnswer, ...]
    caps: tuple[CapAnswer, ...]
    floors: tuple[FloorAnswer, ...]
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]


class TextAnswer(Struct, frozen=True, kw_only=True):
    """What one text says of a history, for one licence.

    Attributes:
        pack: id of the text.
        version: the newest one asked.
        name: of the body.
        source: where it was read.
        licence: whose id in the facts; null for a text that is about everybody.
        attendances: every meeting, by its beginning.
        cycles: one account for each cycle with a credit in it, or into which one is carried.
        missing: why there is no account, where there is none.
    """

    pack: str
    version: int
    name: str
    source: SourceAnswer
    licence: str | None
    attendances: tuple[MeetingAnswer, ...]
    cycles: tuple[AccountAnswer, ...]
    missing: tuple[Missing, ...]
