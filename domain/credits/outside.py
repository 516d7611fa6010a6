"""Credits that members earned elsewhere and enter themselves, with a document.

They count in the totals of a licence, always marked as entered by the member: nobody here saw the
activity, and nothing here vouches for it.

Each entry is a stream of its own. Entries decide nothing together, so there is no rule that a
common stream would guard; alone, two of them entered at once never stand in each other's way, an
entry is read without all the others of a career, and its stream is its whole history: what was
entered, every correction with its reason, and that it was taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.certificates.papers import CreditKind
from domain.errors import DomainError, InvalidFields, NotAllowed
from domain.evidence.documents import Document
from domain.fields import require_lines, require_personal, require_personal_lines
from domain.personal import Personal

MOST: Final = Decimal(200)  # of one entry, in any cycle's unit; more is a slip
_FINEST: Final = Decimal("0.01")
_EAST: Final = timedelta(hours=14)  # no clock on Earth is further ahead of UTC
_MOST_TOPICS: Final = 20


class NotYourCredit(NotAllowed):
    """Only the member who earned a credit enters, corrects or removes it."""

    code = "outside_credit.not_yours"


class AmountImpossible(DomainError):
    """The amount is nothing, or more than one activity can give."""

    code = "outside_credit.amount"


class NotEarnedYet(DomainError):
    """The day lies ahead: a credit is entered once it is earned."""

    code = "outside_credit.not_earned_yet"


class OutsideCreditRemoved(DomainError):
    """The entry was taken back; it can be entered again, as a new one."""

    code = "outside_credit.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideFacts:
    """What a member says about an activity elsewhere.

    Attributes:
        licence_id: the licence it counts for.
        pack_id: the text it counts under, such as ``us-ca-psychology``.
        amount: in *unit*, with at most two decimals.
        unit: of that text's cycle, when this was entered.
        day: on which it was earned, where the member was.
        title: of the activity.
        provider_name: who offered it.
        category: in the body's own words; ``None`` where the member named none. Typed freely, so
            it is personal like the others.
        credit_kind: who vouches for it; ``None`` where the member does not know.
        topics: tags that texts name, such as ``ethics``; in order, each once.
        live: whether everybody was there at the same time; ``None`` where the member did not say.
        document: the proof, if there is one.
    """

    licence_id: UUID
    pack_id: str
    amount: Decimal
    unit: str
    day: date
    title: Personal[str]
    provider_name: Personal[str]
    category: Personal[str] | None
    credit_kind: CreditKind | None
    topics: list[str]
    live: bool | None
    document: Document | None

    def require_sound(self, member_id: UUID, at: datetime) -> None:
        """Refuse what cannot be true.

        Args:
            member_id: about whom it is.
            at: when it is said, aware UTC.

        Raises:
            InvalidFields: a text is empty or cannot be shown, or a tag is none.
            AmountImpossible: the amount is not above 0, above :data:`MOST`, or finer than two
                decimals.
            NotEarnedYet: nowhere on Earth has the day begun.
        """
        require_lines(pack_id=self.pack_id, unit=self.unit)
        texts = {"title": self.title, "provider_name": self.provider_name}
        if self.category is not None:
            texts["category"] = self.category
        require_personal_lines(member_id, **texts)
        require_lines(**{f"topics.{number}": each for number, each in enumerate(self.topics)})
        if len(self.topics) > _MOST_TOPICS or self.topics != sorted(set(self.topics)):
            raise InvalidFields(topics="Choose at most 20 topics, each once.")
        if not (self.amount.is_finite() and 0 < self.amount <= MOST) or self.amount % _FINEST:
            raise AmountImpossible(
                f"Write an amount above 0 and up to {MOST}, with at most two decimals."
            )
        if self.day > (at + _EAST).date():
            raise NotEarnedYet("This day is still to come. Enter the credit once it is earned.")


class OutsideCredit(Root):
    """One credit that a member earned elsewhere, as the member says."""

    TOPIC = "peerhour.outside_credit"

    class Entered(Root.Event, AggregateCreated):
        """A member entered a credit."""

        TOPIC = "peerhour.outside_credit.entered"
        member_id: UUID
        facts: OutsideFacts

    class Corrected(Root.Event):
        """The member set the entry right; what it said before stays in the record."""

        TOPIC = "peerhour.outside_credit.corrected"
        facts: OutsideFacts
        reason: Personal[str]

        @override
        def apply(self, credit: OutsideCredit) -> None:
            credit.facts = self.facts

    class Removed(Root.Event):
        """The member took the entry back; it no longer counts."""

        TOPIC = "peerhour.outside_credit.removed"
        reason: Personal[str]

        @override
        def apply(self, credit: OutsideCredit) -> None:
            credit.removed = True

    def __init__(self, *, member_id: UUID, facts: OutsideFacts) -> None:
        self.member_id = member_id
        self.facts = facts
        self.removed = False

    @classmethod
    def enter(
        cls, credit_id: UUID, *, member_id: UUID, facts: OutsideFacts, by: UUID, at: datetime
    ) -> OutsideCredit:
        """Enter a credit.

        Raises:
            NotYourCredit: somebody else would do it.
            InvalidFields, AmountImpossible, NotEarnedYet: see :meth:`OutsideFacts.require_sound`.
        """
        _require_own(member_id, by)
        facts.require_sound(member_id, at)
        return cls.begin(cls.Entered, stream_id=credit_id, at=at, member_id=member_id, facts=facts)

    def correct(
        self, facts: OutsideFacts, *, reason: Personal[str], by: UUID, at: datetime
    ) -> None:
        """Set the entry right, with the reason; the same facts again change nothing.

        Raises:
            NotYourCredit: somebody else would do it.
            OutsideCreditRemoved: it was taken back.
            InvalidFields, AmountImpossible, NotEarnedYet: as for :meth:`enter`.
        """
        _require_own(self.member_id, by)
        if self.removed:
            raise OutsideCreditRemoved("You took this entry back. Enter the credit anew.")
        facts.require_sound(self.member_id, at)
        require_personal(self.member_id, reason=reason)
        if facts != self.facts:
            self.record(self.Corrected, at=at, facts=facts, reason=reason)

    def remove(self, *, reason: Personal[str], by: UUID, at: datetime) -> None:
        """Take the entry back, with the reason; twice changes nothing.

        Raises:
            NotYourCredit: somebody else would do it.
            InvalidFields: the reason is empty or cannot be shown.
        """
        _require_own(self.member_id, by)
        require_personal(self.member_id, reason=reason)
        if not self.removed:
            self.record(self.Removed, at=at, reason=reason)


def _require_own(member_id: UUID, by: UUID) -> None:
    if by != member_id:
        raise NotYourCredit("Only who earned a credit elsewhere can say so.")
