"""Gift months: somebody gives somebody months of taking part, paid for once."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.periods import months_later

MOST_MONTHS: Final = 24


class GiftSpent(DomainError):
    """Somebody took the gift already."""

    code = "gift.spent"


class GiftTakenBack(DomainError):
    """The gift's payment was returned before anybody took it."""

    code = "gift.taken_back"


class GiftPaidBack(DomainError):
    """The gift's payment is with whoever paid it, or on its way there."""

    code = "gift.paid_back"


class GiftPartlyPaidBack(DomainError):
    """A part of the gift's payment is with whoever paid it, or on its way there."""

    code = "gift.partly_paid_back"


class Gift(Root):
    """Some months for whoever holds the link; a link is used once."""

    TOPIC = "peerhour.gift"

    class Given(Root.Event, AggregateCreated):
        """Months are paid for; ``giver_id`` is nobody when the house gives them."""

        TOPIC = "peerhour.gift.given"
        months: int
        giver_id: UUID | None

    class Redeemed(Root.Event):
        """Somebody took them; from now on they run."""

        TOPIC = "peerhour.gift.redeemed"
        member_id: UUID
        until: datetime

        @override
        def apply(self, gift: Gift) -> None:
            gift.redeemed = (self.member_id, self.timestamp, self.until)

    class TakenBack(Root.Event):
        """The payment was returned before anybody took the months."""

        TOPIC = "peerhour.gift.taken_back"

        @override
        def apply(self, gift: Gift) -> None:
            gift.is_taken_back = True
            gift.unreturned = None

    class ReturnFailed(Root.Event):
        """What was paid back came back to the house; the months stay ended until somebody decides.

        Their payer is still to have the money, or the months.
        """

        TOPIC = "peerhour.gift.return_failed"
        account_id: UUID
        invoice_id: str

        @override
        def apply(self, gift: Gift) -> None:
            gift.unreturned = (self.account_id, self.invoice_id)

    class GivenAgain(Root.Event):
        """The months can be taken after all, because their payment is with the house."""

        TOPIC = "peerhour.gift.given_again"
        by: UUID

        @override
        def apply(self, gift: Gift) -> None:
            gift.is_taken_back = False
            gift.unreturned = None

    def __init__(self, *, months: int, giver_id: UUID | None) -> None:
        self.months = months
        self.giver_id = giver_id
        self.redeemed: tuple[UUID, datetime, datetime] | None = None  # who, from when, until when
        self.is_taken_back = False
        self.unreturned: tuple[UUID, str] | None = (
            None  # of whom, and which invoice, if that failed
        )

    @classmethod
    def give(cls, gift_id: UUID, *, months: int, giver_id: UUID | None, at: datetime) -> Gift:
        """Give months of taking part.

        Args:
            gift_id: chosen by the caller; unguessable, because the link shows it.
            months: 1 to 24.
            giver_id: who paid, or nobody when the house gives.
            at: now.

        Raises:
            InvalidFields: this is no number of months.
        """
        if not 1 <= months <= MOST_MONTHS:
            raise InvalidFields(months=f"Give 1 to {MOST_MONTHS} months.")
        return cls.begin(cls.Given, stream_id=gift_id, at=at, months=months, giver_id=giver_id)

    def redeem(self, member_id: UUID, *, at: datetime) -> None:
        """Take the months; the same person taking them twice is one fact.

        Raises:
            GiftSpent: somebody else took them.
            GiftTakenBack: they are not paid for any more.
        """
        if self.is_taken_back:
            raise GiftTakenBack("This gift was taken back by whoever gave it.")
        if self.redeemed is None:
            until = months_later(at, self.months)
            self.record(self.Redeemed, at=at, member_id=member_id, until=until)
        elif self.redeemed[0] != member_id:
            raise GiftSpent("Somebody has used this link already. Ask whoever gave it to you.")

    def take_back(self, *, at: datetime) -> None:
        """End a gift whose payment was returned; months that somebody took stay theirs.

        Raises:
            GiftSpent: somebody took it.
        """
        if self.redeemed is not None:
            raise GiftSpent("Somebody has taken these months; they stay theirs.")
        if not self.is_taken_back or self.unreturned is not None:
            self.record(self.TakenBack, at=at)

    def note_return_failed(self, *, account_id: UUID, invoice_id: str, at: datetime) -> None:
        """Remember that the payment of an ended gift came back to the house; twice is one fact.

        Args:
            account_id: who had paid.
            invoice_id: what for.
            at: now.
        """
        if self.is_taken_back and self.unreturned is None:
            self.record(self.ReturnFailed, at=at, account_id=account_id, invoice_id=invoice_id)

    def give_again(self, *, by: UUID, at: datetime) -> None:
        """Let the months be taken after all; doing so twice changes nothing.

        Args:
            by: who decides.
            at: now.

        Raises:
            GiftPaidBack: their payment went back.
        """
        if not self.is_taken_back:
            return
        if self.unreturned is None:
            raise GiftPaidBack("The payment of this gift went back. Give months of the house.")
        self.record(self.GivenAgain, at=at, by=by)
