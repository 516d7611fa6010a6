"""Ways in which an hour can count: what a text wants of a meeting, and how it turns it into credit.

A key that the text does not tell stays absent and means "unknown", never "none".
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from msgspec import field

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.tables import Table
from domain.values import Modality

WRITTEN_STEP: Final = Decimal("0.01")  # amounts without a rounding rule are cut to two decimals


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


class Repeat(StrEnum):
    """What may not be counted twice in one cycle."""

    TITLE = "title"


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
            as the text does; people read it so.
        approved_by_spelled: how else such a body is called, in full or abbreviated, where the text
            read does not say so: an approval is recognised by it, and nobody reads it. Beside a
            name in full an abbreviation alone says nothing, since others have the same.
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
    approved_by_spelled: tuple[str, ...] = ()
    approved_by_unknown: bool = False
    syllabus_first: bool = False
    check_out: bool = False
    evaluation: bool = False
    evaluation_within_hours: int | None = None
    post_test: PostTest | None = None
    strength: EvidenceStrength | None = None

    @property
    def approvers(self) -> tuple[str, ...]:
        """Every name by which an approval is recognised."""
        return self.approved_by + self.approved_by_spelled


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


_MODES: Final = {
    Direction.DOWN: ROUND_DOWN,
    Direction.NEAREST: ROUND_HALF_UP,
    Direction.UP: ROUND_CEILING,
}
