"""What a board's or approver's text says about a peer group's hour, as data.

A *pack* is one dated version of one body's text; its *rules* say what an hour is worth, its cycle,
caps and floors say what becomes of the worth over a licence period. The words are those of
``docs/rules.md``. A key that the text does not tell stays absent and means "unknown", never "none".
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.worked_cases import Case
from domain.values import Modality

FORMAT: Final = 1  # of the files; a reader refuses what it does not know
WRITTEN_STEP: Final = Decimal("0.01")  # amounts without a rounding rule are cut to two decimals
EVERYWHERE: Final = None  # the jurisdiction of packs that belong to no place


class BodyKind(StrEnum):
    """Whose text it is."""

    REGULATOR = "regulator"
    ACCREDITOR = "accreditor"
    ASSOCIATION = "association"
    HOUSE = "house"


class Confidence(StrEnum):
    """How directly the text was read."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MIXED = "mixed"
    OURS = "ours"


class Direction(StrEnum):
    """Where an amount between two steps goes."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


class Share(StrEnum):
    """Which part of the time is a member's own.

    Members:
        ALL: the whole presence.
        OWN_PRESENTATION: the time in which the member's own practice was the subject.
        EQUAL: the meeting's time divided by the people in it, and never more than the presence.
    """

    ALL = "all"
    OWN_PRESENTATION = "own presentation"
    EQUAL = "equal"


class Counts(StrEnum):
    """What is counted: time, or that the meeting took place."""

    MINUTES = "minutes"
    MEETINGS = "meetings"


class PostTest(StrEnum):
    """When a test after the activity is wanted."""

    ALWAYS = "always"
    WHERE_NOT_INTERACTIVE = "where not interactive"


class Per(StrEnum):
    """The span in which a cap or a floor holds.

    Years count from the cycle's first day; months are those of the calendar.
    """

    CYCLE = "cycle"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Repeat(StrEnum):
    """What may not be counted twice in one cycle."""

    TITLE = "title"


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of a pack's file; a key nobody knows is refused."""


class Source(Table, frozen=True):
    """Where the text was read.

    Attributes:
        address: of the text; a ``urn:`` where there is none to link to.
        clause: the citation, or where in the source.
        checked: on which day somebody read it.
        confidence: how directly.
        more: further addresses.
        notes: what the text leaves open, and how it was read.
    """

    address: str
    clause: str
    checked: date
    confidence: Confidence
    more: tuple[str, ...] = ()
    notes: str = ""


class Rounding(Table, frozen=True):
    """How an amount becomes a multiple of *step* (in the rule's unit).

    Attributes:
        step: such as 0.25.
        direction: down, up, or to the nearest step with halves up.
    """

    step: Decimal
    direction: Direction

    def apply(self, amount: Decimal) -> Decimal:
        """Return *amount* as a multiple of the step."""
        steps = (amount / self.step).quantize(Decimal(1), rounding=_MODES[self.direction])
        return steps * self.step


class AttendanceRule(Table, frozen=True):
    """How much of the meeting somebody must have been there for.

    Attributes:
        whole: all or nothing; the whole meeting then counts. ``False``: the time actually present.
        late_or_early_minutes: tolerated at each end; with *whole* only.
        absence_minutes: the longest absence in between that is tolerated; with *whole* only.
        minimum_minutes: the shortest presence that counts.
        minimum_meeting_minutes: the shortest meeting that counts.
        all_parts_of_series: every part of a series must have been attended.
    """

    whole: bool = False
    late_or_early_minutes: int | None = None
    absence_minutes: int | None = None
    minimum_minutes: int | None = None
    minimum_meeting_minutes: int | None = None
    all_parts_of_series: bool = False


class GroupRule(Table, frozen=True):
    """Who must really have been present.

    Attributes:
        min: people in the room, the member included. Where a text names no figure, and none with
            *others_min*, nobody is credited for an hour alone: a meeting is held with others. For
            a text that does credit it, say 1.
        max: as above.
        same_profession: everybody holds a licence of the member's profession.
        others_min: how many other people of *others_professions*.
        others_professions: empty for any profession with a licence.
        supervisor: somebody present (the member included) qualifies as a clinical supervisor.
        leader_counts: whether somebody who leads without being a member counts for *min* and *max*.
        facilitated: whether somebody other than the members leads; absent where it does not matter.
        modalities: who took part in another way does not count for *min* and *others_min*, but does
            for *max*; empty for all ways.
    """

    min: int | None = None
    max: int | None = None
    same_profession: bool = False
    others_min: int | None = None
    others_professions: tuple[str, ...] = ()
    supervisor: bool = False
    leader_counts: bool = True
    facilitated: bool | None = None
    modalities: tuple[Modality, ...] = ()


class Needs(Table, frozen=True):
    """What must be true, besides minutes and people, before anything is credited.

    Attributes:
        licence: the member holds a licence that the pack is about, on that day.
        modalities: ways of meeting that count; empty for all.
        topics: the meeting has one of these topics; empty for any.
        approved_provider: a provider with an approval for that day and way of meeting vouches.
        approved_by: and the approval comes from one of these bodies; empty for any. Name a body
            in full and by its abbreviation: then an abbreviation beside another name in full says
            nothing, since others have the same.
        approved_by_unknown: the text read does not say whose approval is taken (or names only some
            of the bodies); an approval by a body not named then leaves the answer open.
        syllabus_first: dates and topics were handed out before the first meeting of the series.
        check_out: the member's departure was recorded, not concluded.
        evaluation: the member evaluated the meeting.
        evaluation_within_hours: of its end.
        post_test: when a test must be passed.
        strength: the presence is shown at least this well.
    """

    licence: bool = False
    modalities: tuple[Modality, ...] = ()
    topics: tuple[str, ...] = ()
    approved_provider: bool = False
    approved_by: tuple[str, ...] = ()
    approved_by_unknown: bool = False
    syllabus_first: bool = False
    check_out: bool = False
    evaluation: bool = False
    evaluation_within_hours: int | None = None
    post_test: PostTest | None = None
    strength: EvidenceStrength | None = None


class Bands(Table, frozen=True):
    """Credit in bands: what a cycle's amounts, added up, are worth.

    Attributes:
        steps: (at least this much in the rule's unit, this much credit), both rising.
        unit: of the credit.
    """

    steps: tuple[tuple[Decimal, Decimal], ...]
    unit: str


class Rule(Table, frozen=True):
    """One way in which an hour can count.

    The rules of a pack are asked in the order of the file, and a minute that one has credited is
    gone for the next: so "own practice first, the rest as other activity" needs no further words.

    Attributes:
        id: stable and unique among all packs; awards keep it.
        name: the category, as the body calls it.
        credit_kind: who stands behind the credit.
        unit: what one credit is called there; never a bare "CEU".
        clause: the citation; where a file leaves it out, the pack's.
        minutes_per_unit: minutes for one unit; absent means not determined.
        instruction_minutes_per_unit: minutes of instruction that one unit must hold; the smaller
            of the two answers counts.
        counts: minutes, or meetings.
        share: which part of the time is the member's own.
        half_share_up_to: with an equal share: in groups up to this size everybody has half.
        rounding: absent where it is unknown or there is none; then nothing is ever rounded up.
        attendance: how much of the meeting is wanted.
        group: who must have been present.
        needs: further conditions.
        bands: how a cycle's amounts become credit.
        repeat: what counts once in a cycle only.
        counts_in_total: whether it counts towards what the cycle requires; a duty of its own does
            not.
        evidence: what the member must be able to show.
        signer: who signs it.
    """

    id: str
    name: str
    credit_kind: CreditKind
    unit: str
    clause: str = ""
    minutes_per_unit: int | None = None
    instruction_minutes_per_unit: int | None = None
    counts: Counts = Counts.MINUTES
    share: Share = Share.ALL
    half_share_up_to: int | None = None
    rounding: Rounding | None = None
    attendance: AttendanceRule = field(default_factory=AttendanceRule)
    group: GroupRule = field(default_factory=GroupRule)
    needs: Needs = field(default_factory=Needs)
    bands: Bands | None = None
    repeat: Repeat | None = None
    counts_in_total: bool = True
    evidence: tuple[str, ...] = ()
    signer: str = ""


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


class Pack(Table, frozen=True):
    """One dated version of one body's text.

    Attributes:
        format: of the file.
        id: stable name of the body's text, such as ``us-ca-psychology``.
        version: counts from 1; awards keep the version they were judged by.
        name: of the body, as people call it.
        kind: whose text it is.
        source: where it was read.
        jurisdiction: whose rule; absent for packs that belong to no place.
        professions: who it is about; empty for everybody.
        effective_from: first day, absent where the source does not tell.
        effective_until: last day, absent while no end is known.
        cycle: the licence period.
        rules: ways in which an hour can count, asked in this order.
        caps: the most that counts.
        floors: the least that is required.
        cases: examples that must come out as they say.
    """

    format: int
    id: str
    version: int
    name: str
    kind: BodyKind
    source: Source
    rules: tuple[Rule, ...] = field(name="rule")
    jurisdiction: str | None = None
    professions: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None
    cycle: Cycle | None = None
    caps: tuple[Cap, ...] = field(name="cap", default=())
    floors: tuple[Floor, ...] = field(name="floor", default=())
    cases: tuple[Case, ...] = field(name="case", default=())

    def in_force_on(self, day: date) -> bool:
        """Tell whether the text speaks about *day*; an unknown beginning does not exclude it."""
        begun = self.effective_from is None or self.effective_from <= day
        ended = self.effective_until is not None and self.effective_until < day
        return begun and not ended

    def is_about(self, profession: str, jurisdiction: str) -> bool:
        """Tell whether a licence of this kind falls under the text."""
        professions_fit = not self.professions or profession in self.professions
        return professions_fit and self.jurisdiction in {EVERYWHERE, jurisdiction}

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of this id, if the pack has it."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


_MODES: Final = {
    Direction.DOWN: ROUND_DOWN,
    Direction.NEAREST: ROUND_HALF_UP,
    Direction.UP: ROUND_CEILING,
}
