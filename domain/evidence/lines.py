"""The lines of an evidence pack: the text, the meetings, what was entered, the account.

Plain values, so that the PDF and the file for machines say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.certificates.papers import CreditKind
from domain.meetings.presence import EvidenceStrength
from domain.rules.explain import Missing, Step
from domain.rules.model import BodyKind, Confidence
from domain.rules.periods import Per
from domain.values import Interval, Modality


@dataclass(frozen=True, slots=True)
class TextRead:
    """The body's text, and how we know it; see :class:`domain.rules.model.Pack`."""

    pack_id: str
    version: int
    body: str
    kind: BodyKind
    clause: str
    address: str
    more: tuple[str, ...]
    checked: date
    confidence: Confidence
    notes: str


@dataclass(frozen=True, slots=True)
class InAccount:
    """What becomes of one credit in the cycle's account, in the unit of the cycle.

    Attributes:
        worth: before caps.
        counted: after them.
        in_total: whether it counts towards what the cycle requires; a duty of its own does not.
        steps: why *counted* differs from the amount.
    """

    worth: Decimal
    counted: Decimal
    in_total: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the record of a credit: the first is what was credited, the others correct it.

    Attributes:
        at: when it was recorded.
        minutes: more or, if negative, less than before.
        amount: likewise.
        reason: why; empty for the first.
    """

    at: datetime
    minutes: int
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The member's presence at a meeting was set right, beside what was recorded before.

    Attributes:
        at: when.
        by: the role of who decided, never a name.
        reason: in their words.
    """

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What one rule makes of one meeting.

    Attributes:
        key: of the award.
        rule_id: of which rule.
        rule: what the body calls it.
        rule_version: of the text, when it was credited.
        kind: who stands behind it.
        minutes: credited.
        amount: in *unit*, as the record stands.
        unit: its full name.
        steps: how the amount came about, each with its clause.
        changes: the award and every correction beside it, oldest first.
        withdrawn: whether it was taken back; it then counts for nothing.
        in_account: ``None`` for what was taken back.
    """

    key: str
    rule_id: str
    rule: str
    rule_version: int
    kind: CreditKind
    minutes: int
    amount: Decimal
    unit: str
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    withdrawn: bool
    in_account: InAccount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """One meeting that the member was at, with what it counts for.

    Attributes:
        meeting_id: names it.
        title: as announced.
        topics: of its program; empty without one.
        starts_at: as announced, UTC; people read it in *zone*.
        ends_at: likewise.
        zone: in which people met, an IANA name.
        modality: how the member took part; ``None`` where nobody recorded it.
        present: the time itself within the meeting.
        present_minutes: all of it, also where a rule counts less.
        own_minutes: on the member's own practice; ``None`` where nobody recorded turns.
        people: present, the member included; ``None`` where nobody knows. Never who: the others
            did not ask for this paper.
        strength: how well the presence is shown.
        reasons: why, in sentences.
        corrections: of the member's presence, oldest first.
        credits: by rule.
    """

    meeting_id: str
    title: str
    topics: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: Modality | None
    present: tuple[Interval, ...]
    present_minutes: int
    own_minutes: int | None
    people: int | None
    strength: EvidenceStrength
    reasons: tuple[str, ...]
    corrections: tuple[Correction, ...]
    credits: tuple[Credit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfEntered:
    """A credit that the member earned elsewhere and entered; our record does not show it.

    Attributes:
        key: of the entry.
        day: on which it was earned, as the member says; like all that follows.
        title: of the activity.
        provider_name: who offered it.
        category: in the body's words; ``None`` where the member named none.
        kind: who vouches; ``None`` where the member does not know.
        topics: tags.
        live: whether everybody was there at the same time; ``None`` where it is not said.
        amount: in *unit*.
        unit: its full name.
        document_sha256: of the proof the member sent, hex; ``None`` without one.
        entered_at: when it was first entered.
        corrections: when it was corrected, and why, oldest first.
        in_account: what becomes of it.
    """

    key: str
    day: date
    title: str
    provider_name: str
    category: str | None
    kind: CreditKind | None
    topics: tuple[str, ...]
    live: bool | None
    amount: Decimal
    unit: str
    document_sha256: str | None
    entered_at: datetime
    corrections: tuple[tuple[datetime, str], ...]
    in_account: InAccount


@dataclass(frozen=True, slots=True)
class RuleSum:
    """What stands under one rule, in its own unit, before the account counts it."""

    rule: str
    kind: CreditKind
    unit: str
    meetings: int
    minutes: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CapLine:
    """How full a cap is in one span; see :class:`domain.rules.account.CapState`."""

    name: str
    at_most: Decimal
    per: Per
    from_day: date
    shared_with: tuple[str, ...]
    used: Decimal
    cut: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class FloorLine:
    """How far a floor is reached in one span; see :class:`domain.rules.account.FloorState`."""

    name: str
    at_least: Decimal
    unit: str
    from_day: date
    until_day: date
    have: Decimal
    lacks: Decimal
    outside: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLines:
    """The cycle's account; see :class:`domain.rules.account.Account`."""

    unit: str
    earned: Decimal
    cut: Decimal
    carried_in: Decimal
    counted: Decimal
    required: Decimal | None
    lacks: Decimal | None
    caps: tuple[CapLine, ...]
    floors: tuple[FloorLine, ...]
    categories: tuple[str, ...]
    categories_wanted: int | None
    steps: tuple[Step, ...]
    missing: tuple[Missing, ...]
