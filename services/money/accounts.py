"""Commands about billing accounts themselves: opening, contact, tax id, closing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.memberships.membership import Membership
from domain.memberships.rules import LIVE, own_membership_id
from domain.money.billing_accounts import BillingAccount, PayerKind
from domain.ports import Clock
from services.dispatch import Work
from services.money.billing import account_of, require_payer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccount:
    """Begin to pay for something, without a membership; asking again changes nothing."""

    payer_kind: PayerKind
    payer_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContact:
    """Send papers to another contact, whose address the payment service keeps."""

    account_id: UUID
    contact_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaxId:
    """Remember which tax id invoices name, as the payment service was seen to say.

    Attributes:
        kind: its word, such as ``eu_vat``.
        tax_id_ref: the id of its object; the number stays there.
    """

    account_id: UUID
    kind: str
    tax_id_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccount:
    """End an account through which nobody takes part any more."""

    account_id: UUID
    by: UUID


async def open_account(cmd: OpenAccount, *, work: Work, clock: Clock) -> None:
    """Begin an account."""
    await require_payer(work, cmd.payer_kind, cmd.payer_id, by=cmd.by)
    work.save(await account_of(work, cmd.payer_kind, cmd.payer_id, clock))


async def change_contact(cmd: ChangeContact, *, work: Work, clock: Clock) -> None:
    """Send papers elsewhere."""
    account = await _own(work, cmd.account_id, cmd.by)
    account.change_contact(cmd.contact_id, at=clock.now())
    work.save(account)


async def note_tax_id(cmd: NoteTaxId, *, work: Work, clock: Clock) -> None:
    """Remember a tax id."""
    account = await work.load(BillingAccount, cmd.account_id)
    account.set_tax_id(kind=cmd.kind, tax_id_ref=cmd.tax_id_ref, at=clock.now())
    work.save(account)


async def close_account(cmd: CloseAccount, *, work: Work, clock: Clock) -> None:
    """End an account; whoever pays takes part through it, or their practice does, and no one else.

    Raises:
        AccountInUse: the membership has not run out.
    """
    account = await _own(work, cmd.account_id, cmd.by)
    own = await work.find(Membership, own_membership_id(account.payer_id))
    living = int(own is not None and own.state in LIVE)
    account.close(still_taking_part=living, by=cmd.by, at=clock.now())
    work.save(account)


async def _own(work: Work, account_id: UUID, by: UUID) -> BillingAccount:
    """Return an account to whoever pays by it, or looks after the practice that does."""
    account = await work.load(BillingAccount, account_id)
    await require_payer(work, account.payer_kind, account.payer_id, by=by)
    return account
