"""Licence periods as a text describes them: a cycle, the most that counts, the least required."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import field

from domain.certificates.papers import CreditKind
from domain.rules.tables import Table
from domain.values import Modality


class Per(StrEnum):
    """The span in which a cap or a floor holds.

    Years count from the cycle's first day; months are those of the calendar.
    """

    CYCLE = "cycle"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class FirstCycle(Table, frozen=True):
    """What a new licence's first, shorter cycle requires; one of the four.

    Attributes:
        per_month: credits for each whole month.
        required: this much, however short it is.
        exempt: nothing.
        prorated: the share of a full cycle that its whole months are.
    """

    per_month: Decimal | None = None
    required: Decimal | None = None
    exempt: bool = False
    prorated: bool = False


class Selection(Table, frozen=True):
    """Which credits a cap or a floor is about; what is left out does not matter.

    Attributes:
        rules: ids; empty for all of the pack.
        categories: what the body calls it, for credit entered by the member under no rule; a rule
            belongs to the category of its own name.
        topics: one of these.
        title_contains: the title proves the topic by one of these words.
        modalities: credited for meetings held like this.
        live: held with everybody there at the same time, or not.
        credit_kinds: of these kinds.
    """

    rules: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    title_contains: tuple[str, ...] = ()
    modalities: tuple[Modality, ...] = ()
    live: bool | None = None
    credit_kinds: tuple[CreditKind, ...] = ()


class Cycle(Table, frozen=True):
    """The period after which a licence is renewed, and what it requires.

    Attributes:
        unit: in which caps, floors and *required* are counted.
        months: its length; absent means not determined.
        begins: month and day, such as ``12-01``; absent: it ends with the licence.
        begins_in_year: a year in which a cycle of several years begins.
        required: absent means not determined.
        distinct_categories: from how many categories the credit must come; without *categories*
            every rule is one, and everything that members enter under a name of its own.
        categories: those that the text tells apart, each with every spelling of it, the body's own
            first. Whether another name is a further category is then not determined.
        not_in_total: credits that are a duty of their own and do not count towards *required*.
        averaging: for cycles of a month: whether one month may make up for another.
        carry_over: the most that passes into the next cycle; 0 where nothing does.
        carry_over_from_last_months: and only what was earned in these.
        first: a new licence's first cycle.
    """

    unit: str
    months: int | None = None
    begins: str | None = None
    begins_in_year: int | None = None
    required: Decimal | None = None
    distinct_categories: int | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    not_in_total: Selection | None = None
    averaging: bool | None = None
    carry_over: Decimal | None = None
    carry_over_from_last_months: int | None = None
    first: FirstCycle | None = None


class Cap(Table, frozen=True):
    """The most that counts of something.

    Attributes:
        name: as people say it.
        at_most: in the cycle's unit.
        per: in which span.
        of: which credits.
        shared_with: activities Peerhour does not see that share this cap, in words.
        clause: the citation, where it differs from the pack's.
    """

    name: str
    at_most: Decimal
    per: Per = Per.CYCLE
    of: Selection = field(default_factory=Selection)
    shared_with: tuple[str, ...] = ()
    clause: str = ""


class Floor(Table, frozen=True):
    """The least that is required of something.

    Attributes:
        name: as people say it.
        at_least: in the cycle's unit.
        per: in which span; no averaging between spans.
        of: which credits.
        if_used: only wanted where there is any of it at all.
        outside: it can only be earned in ways that Peerhour does not see, in words.
        unit: where it differs from the cycle's.
        clause: the citation, where it differs from the pack's.
    """

    name: str
    at_least: Decimal
    per: Per = Per.CYCLE
    of: Selection = field(default_factory=Selection)
    if_used: bool = False
    outside: str = ""
    unit: str = ""
    clause: str = ""
