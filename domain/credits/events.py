"""The facts of a credit ledger, and what each leaves in its memory.

They stand apart from :mod:`domain.credits.ledger`, which decides when they happen; in the code they
are ``CreditLedger.Awarded`` and so on. ``Opened`` alone is nested there, because it makes the
ledger.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from typing_extensions import override

from domain.base import Root
from domain.certificates.papers import CreditKind
from domain.credits.awards import TOLD, Award, Credited, HeldBack
from domain.rules.explain import Missing
from domain.values import Interval

if TYPE_CHECKING:
    from domain.credits.ledger import CreditLedger


def _steps_from_sentences(state: dict[str, Any]) -> None:
    """v2 explains in steps with clauses, and says what was known of the meeting."""
    sentences = state["credited"].pop("arithmetic")
    state["credited"]["steps"] = [
        {"code": TOLD, "sentence": each, "clause": "", "values": {}} for each in sentences
    ]
    state["credited"]["about"] = None


class PresenceNoted(Root.Event):
    """The ledger knows when the member was at a meeting."""

    TOPIC = "peerhour.credit.presence_noted"
    meeting_id: UUID
    intervals: list[Interval]

    @override
    def apply(self, ledger: CreditLedger) -> None:
        ledger.presence[self.meeting_id] = self.intervals


class OverlapFound(Root.Event):
    """The member was at two meetings at once; no minute of it counts twice."""

    TOPIC = "peerhour.credit.overlap_found"
    meeting_id: UUID
    other_meeting_id: UUID
    minutes: int

    @override
    def apply(self, ledger: CreditLedger) -> None:
        ledger.overlaps[frozenset((self.meeting_id, self.other_meeting_id))] = self.minutes


class Awarded(Root.Event):
    """Credit for a meeting."""

    TOPIC = "peerhour.credit.awarded"
    class_version = 2
    award_id: UUID
    meeting_id: UUID
    pack_id: str
    rule_id: str
    rule_version: int
    credit_kind: CreditKind
    licence_id: UUID | None
    unit_name: str
    credited: Credited

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 names the text that the rule belongs to; until then each text had one rule."""
        state["pack_id"] = state["rule_id"]
        _steps_from_sentences(state)

    @override
    def apply(self, ledger: CreditLedger) -> None:
        ledger.awards[self.award_id] = Award(
            self.award_id,
            self.meeting_id,
            self.pack_id,
            self.rule_id,
            self.rule_version,
            self.credit_kind,
            self.licence_id,
            self.unit_name,
            self.credited,
        )
        ledger.held.pop((self.meeting_id, self.rule_id, self.licence_id), None)
        ledger.add_row(self.award_id, self.credited.minutes, self.credited.amount, self)


class Adjusted(Root.Event):
    """An award came to something else after a correction; the difference is a new row."""

    TOPIC = "peerhour.credit.adjusted"
    class_version = 2
    award_id: UUID
    credited: Credited
    minutes_difference: int
    amount_difference: Decimal
    reason: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Bring the sentences of v1 to steps."""
        _steps_from_sentences(state)

    @override
    def apply(self, ledger: CreditLedger) -> None:
        ledger.replace_award(self.award_id, credited=self.credited)
        ledger.add_row(
            self.award_id, self.minutes_difference, self.amount_difference, self, self.reason
        )


class Withdrawn(Root.Event):
    """An award does not stand; the row takes back what is left of it."""

    TOPIC = "peerhour.credit.withdrawn"
    award_id: UUID
    minutes_difference: int
    amount_difference: Decimal
    reason: str

    @override
    def apply(self, ledger: CreditLedger) -> None:
        ledger.replace_award(self.award_id, withdrawn=True)
        ledger.add_row(
            self.award_id, self.minutes_difference, self.amount_difference, self, self.reason
        )


class Held(Root.Event):
    """A rule would credit a meeting once what is missing is there."""

    TOPIC = "peerhour.credit.held"
    class_version = 2
    meeting_id: UUID
    rule_id: str
    rule_version: int
    licence_id: UUID | None
    unit_name: str
    amount: Decimal
    missing: list[Missing]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """v2 says of each obstacle where it stands and what it would take."""
        for each in state["missing"]:
            each |= {"clause": "", "needed": "", "values": {}}

    @override
    def apply(self, ledger: CreditLedger) -> None:
        held = HeldBack(self.rule_version, self.amount, self.unit_name, self.missing)
        ledger.held[(self.meeting_id, self.rule_id, self.licence_id)] = held
