"""Billing accounts: who pays, and under which name Stripe knows them.

An account holds no contact data and no card: contacts lie in the vault, cards and tax numbers at
Stripe; here stand references only.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.foreign_ids import require_foreign_ids

_ACCOUNTS: Final = UUID("7c0f3f0e-0f6b-5a5c-9b55-2f3f6a5d6b10")
_TAX_ID_KIND: Final = re.compile(r"[a-z]{2}_[a-z0-9_]{1,28}")  # Stripe's words: eu_vat, gb_vat


class AccountClosed(DomainError):
    """A closed account takes no changes; its papers stay readable."""

    code = "billing_account.closed"


class CustomerDiffers(DomainError):
    """The account is linked to another customer at Stripe."""

    code = "billing_account.customer_differs"


class AccountInUse(DomainError):
    """Somebody still takes part through this account."""

    code = "billing_account.in_use"


class PayerKind(StrEnum):
    """Who pays."""

    PERSON = "person"
    PRACTICE = "practice"


def billing_account_id(payer_id: UUID) -> UUID:
    """Return the id of a payer's account: everybody has at most one."""
    return uuid5(_ACCOUNTS, str(payer_id))


class BillingAccount(Root):
    """One payer: a person, or a practice that pays for its people."""

    TOPIC = "peerhour.billing_account"

    class Opened(Root.Event, AggregateCreated):
        """Somebody wants to pay; nothing is known at Stripe yet."""

        TOPIC = "peerhour.billing_account.opened"
        payer_kind: PayerKind
        payer_id: UUID

    class CustomerLinked(Root.Event):
        """Stripe knows the payer under this id from now on."""

        TOPIC = "peerhour.billing_account.customer_linked"
        customer_id: str

        @override
        def apply(self, account: BillingAccount) -> None:
            account.customer_id = self.customer_id

    class CustomerGone(Root.Event):
        """Stripe deleted the customer; the payer gets another one with their next payment."""

        TOPIC = "peerhour.billing_account.customer_gone"
        customer_id: str

        @override
        def apply(self, account: BillingAccount) -> None:
            account.former_customers.append(self.customer_id)
            account.customer_id = None
            account.tax_id = None  # it stood with that customer

    class ContactChanged(Root.Event):
        """Papers go to another contact; the vault knows which."""

        TOPIC = "peerhour.billing_account.contact_changed"
        contact_id: UUID

        @override
        def apply(self, account: BillingAccount) -> None:
            account.contact_id = self.contact_id

    class TaxIdSet(Root.Event):
        """Invoices name a tax id; its number stands at Stripe."""

        TOPIC = "peerhour.billing_account.tax_id_set"
        kind: str
        tax_id_ref: str

        @override
        def apply(self, account: BillingAccount) -> None:
            account.tax_id = (self.kind, self.tax_id_ref)

    class PayerForgotten(Root.Event):
        """The payer was forgotten: what Stripe knows of them goes, kept invoices excepted."""

        TOPIC = "peerhour.billing_account.payer_forgotten"
        customer_id: str

        @override
        def apply(self, account: BillingAccount) -> None:
            account.payer_forgotten = True

    class Closed(Root.Event):
        """Nothing is paid through this account any more; its papers stay."""

        TOPIC = "peerhour.billing_account.closed"
        by: UUID

        @override
        def apply(self, account: BillingAccount) -> None:
            account.closed = True

    def __init__(self, *, payer_kind: PayerKind, payer_id: UUID) -> None:
        self.payer_kind = payer_kind
        self.payer_id = payer_id
        self.customer_id: str | None = None
        self.former_customers: list[str] = []  # deleted at Stripe; the last one last
        self.contact_id: UUID | None = None
        self.tax_id: tuple[str, str] | None = None
        self.payer_forgotten = False
        self.closed = False

    @classmethod
    def open(cls, *, payer_kind: PayerKind, payer_id: UUID, at: datetime) -> BillingAccount:
        """Open the account of a payer.

        Args:
            payer_kind: a person, or a practice.
            payer_id: whose account it is; gives the account its id.
            at: now.
        """
        return cls.begin(
            cls.Opened,
            stream_id=billing_account_id(payer_id),
            at=at,
            payer_kind=payer_kind,
            payer_id=payer_id,
        )

    def link_customer(self, customer_id: str, *, at: datetime) -> None:
        """Remember under which id Stripe knows the payer; the same id twice is no second fact.

        Raises:
            CustomerDiffers: another id stands here, or this one is gone; an account has one at a
                time, so that no payment is ever looked for in two places.
            AccountClosed: the account was closed before anything was linked.
            InvalidFields: this is no id.
        """
        require_foreign_ids(customer_id=customer_id)
        if self.customer_id == customer_id:
            return
        if self.customer_id is not None or customer_id in self.former_customers:
            raise CustomerDiffers("This account is known to Stripe under another id already.")
        self._must_be_open()
        self.record(self.CustomerLinked, at=at, customer_id=customer_id)

    def lose_customer(self, customer_id: str, *, at: datetime) -> None:
        """Remember that Stripe deleted the customer; one that is not linked changes nothing."""
        if self.customer_id == customer_id:
            self.record(self.CustomerGone, at=at, customer_id=customer_id)

    def change_contact(self, contact_id: UUID, *, at: datetime) -> None:
        """Send papers to another contact of the vault.

        Raises:
            AccountClosed: see the class.
        """
        self._must_be_open()
        if contact_id != self.contact_id:
            self.record(self.ContactChanged, at=at, contact_id=contact_id)

    def set_tax_id(self, *, kind: str, tax_id_ref: str, at: datetime) -> None:
        """Remember which tax id invoices name.

        Args:
            kind: Stripe's word for it, such as ``eu_vat``.
            tax_id_ref: the id of Stripe's object; the number itself stays there, because a
                practice of one person has that person's number.
            at: now.

        Raises:
            AccountClosed: see the class.
            InvalidFields: a word or an id cannot be used.
        """
        self._must_be_open()
        require_foreign_ids(tax_id_ref=tax_id_ref)
        if not _TAX_ID_KIND.fullmatch(kind):
            raise InvalidFields(kind="Choose one of the kinds of tax id that are offered.")
        if self.tax_id != (kind, tax_id_ref):
            self.record(self.TaxIdSet, at=at, kind=kind, tax_id_ref=tax_id_ref)

    def forget_payer(self, *, at: datetime) -> None:
        """Let go of what Stripe knows of the payer; of one not known there yet, nothing is.

        A person is forgotten once. A practice may find people again, and lose them again. The
        account stays: its lines and invoices are kept as the law asks.
        """
        once = self.payer_kind is PayerKind.PERSON
        if self.customer_id is not None and not (once and self.payer_forgotten):
            self.record(self.PayerForgotten, at=at, customer_id=self.customer_id)

    def close(self, *, still_taking_part: int, by: UUID, at: datetime) -> None:
        """End the account; doing so twice changes nothing.

        Args:
            still_taking_part: how many memberships of this account have not lapsed.
            by: who ends it.
            at: now.

        Raises:
            AccountInUse: somebody still takes part.
        """
        if still_taking_part:
            raise AccountInUse(
                "Cancel the membership first; this account stays open until it has run out.",
                still_taking_part=still_taking_part,
            )
        if not self.closed:
            self.record(self.Closed, at=at, by=by)

    def _must_be_open(self) -> None:
        if self.closed:
            raise AccountClosed(
                "This billing account is closed. Your invoices stay here for you to read."
            )
