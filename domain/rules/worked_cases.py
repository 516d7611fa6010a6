"""Worked cases: examples that a pack's file carries, and that must come out as it says."""

from __future__ import annotations

from decimal import Decimal

from msgspec import field

from domain.meetings.presence import EvidenceStrength
from domain.rules.tables import Table
from domain.values import Modality


class Past(Table, frozen=True):
    """Credits of the cycle, for a case about caps, bands and floors.

    Attributes:
        rule: which rule credited them; empty for credit entered by the member without a rule.
        category: what the body calls it, where there is no rule.
        amount: of each, in the rule's unit.
        times: how many.
        every_days: apart from each other, beginning on the cycle's first day plus *after_days*.
        after_days: as above.
        modality: as held.
        live: for credit from elsewhere.
        topics: of each.
        title: of each; ``{n}`` stands for its number.
    """

    amount: Decimal
    rule: str = ""
    category: str = ""
    times: int = 1
    every_days: int = 7
    after_days: int = 0
    modality: Modality | None = None
    live: bool | None = None
    topics: tuple[str, ...] = ()
    title: str = "Meeting {n}"


class Case(Table, frozen=True):
    """One example: facts that differ from the standard meeting, and the answers.

    The standard meeting lasts 90 minutes by live video; six people of the pack's first profession
    are there, one of them the member, for 83 minutes; 20 of these are on the member's own practice.
    It was evaluated an hour after its end, everybody could talk, and a provider approved by any
    body vouches. The member holds a licence that the pack is about.

    Attributes:
        says: what it shows, a sentence.
        day: of the meeting; absent: the first day of the pack, or 2026-03-02.
        minutes: of presence.
        late_minutes: after the start that the presence began.
        absent_minutes: in the middle of it, besides *minutes*.
        meeting_minutes: from start to end as announced.
        own_minutes: on the member's own practice; absent: unknown with *own_known* false.
        own_known: whether anybody recorded it.
        people: present, the member included; 0 where nobody knows.
        others: professions of the other people, in order; those not named are of the member's.
        supervisor: whether one of the others is a clinical supervisor.
        facilitated: whether somebody other than the members leads (one of *people* then does).
        modality: of this member, and of the others but *elsewhere*.
        elsewhere: ways in which others took part, in order.
        licence: whether the member holds one.
        profession: the member's; absent: the pack's first.
        approved_by: bodies that approve the provider; absent: all that the rules name.
        check_out: whether the departure was recorded.
        evaluated_after_hours: of the end; absent with *evaluated* false.
        evaluated: whether it was.
        interactive: whether people could talk.
        post_test: whether one was passed; absent for unknown.
        instruction_minutes: without breaks; absent for unknown.
        topics: of the meeting.
        title: of the meeting.
        series_parts: of the series; 0 for none.
        series_attended: how many of them the member attended.
        syllabus_first: whether it was handed out before the first meeting; absent for unknown.
        strength: of the evidence.
        gives: amounts by rule; rules not named give nothing.
        would_give: amounts by rule that something missing holds back; only the rules named are
            compared.
        missing: codes of what is missing, by rule; only the rules named are compared.
        past: credits of a cycle.
        first_cycle_months: the cycle is the licence's first and has so many months.
        counted: what counts of *past* in the cycle's unit.
        cut: what caps take away.
        short: names of floors that are not reached.
        categories_short: how many different categories are still wanted.
        required: what the cycle requires.
        carries_over: what passes into the next cycle.
    """

    says: str
    day: str = ""
    minutes: int = 83
    late_minutes: int = 0
    absent_minutes: int = 0
    meeting_minutes: int = 90
    own_minutes: int = 20
    own_known: bool = True
    people: int = 6
    others: tuple[str, ...] = ()
    supervisor: bool | None = None
    facilitated: bool | None = False
    modality: Modality | None = Modality.LIVE_VIDEO
    elsewhere: tuple[Modality, ...] = ()
    licence: bool | None = True
    profession: str = ""
    approved_by: tuple[str, ...] | None = None
    check_out: bool | None = True
    evaluated: bool | None = True
    evaluated_after_hours: int = 1
    interactive: bool | None = True
    post_test: bool | None = None
    instruction_minutes: int | None = None
    topics: tuple[str, ...] = ()
    title: str = "A meeting"
    series_parts: int = 0
    series_attended: int = 0
    syllabus_first: bool | None = None
    strength: EvidenceStrength = EvidenceStrength.STRONG
    gives: dict[str, Decimal] = field(default_factory=dict)
    would_give: dict[str, Decimal] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    past: tuple[Past, ...] = ()
    first_cycle_months: int | None = None
    counted: Decimal | None = None
    cut: Decimal | None = None
    short: tuple[str, ...] | None = None
    categories_short: int | None = None
    required: Decimal | None = None
    carries_over: Decimal | None = None
