"""What the pages about one payer's account show, gathered once.

Where money went is read from the ledger itself, and what waits from the queues as they are; the
rest is from the views. Nothing of it asks the payment service: that is a button.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from domain.errors import NotFound
from domain.money.billing_accounts import PayerKind
from domain.money.facts import MoneyKind
from domain.money.ledger import MoneyLedger, money_ledger_id
from domain.money.words import WHILE_DISPUTED
from domain.payments.drift import DriftRow
from domain.payments.files import DisputeSeen, MessageRow, OrderRow
from domain.values import Money
from projections import Connection
from projections.billing_desk import queries as desk
from projections.billing_desk.queries import ProposalRow
from projections.memberships import queries as memberships
from projections.memberships.queries import (
    MembershipRow,
    MoneyLineRow,
    PayerRow,
    QuestionRow,
    SubscriptionRow,
)
from projections.patrons import queries as patrons
from services.access.reading import told_why
from services.dispatch import Work
from services.house import House
from services.money.story import fact_of, purposes
from services.web.pages.billing.owed_gifts import OwedGift, owed_gifts
from services.web.subjects import names_of

_MESSAGES: Final = 50
_SETTLED: Final = frozenset({MoneyKind.DISPUTE_CLOSED.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceView:
    """An invoice as the ledger knows it.

    Attributes:
        invoice_id: the service's.
        paid: what was paid for it.
        paid_at: when, as the service says it.
        left: what can still be paid back.
        disputed: whether a bank is deciding about it.
    """

    invoice_id: str
    paid: Money
    paid_at: datetime
    left: Money
    disputed: bool

    @property
    def refundable(self) -> bool:
        """Whether anything can be paid back now."""
        return self.left.cents > 0 and not self.disputed


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A payment that a bank asks back.

    Attributes:
        line: the line of the ledger that says so.
        seen: what the service last told of it, while that is kept.
        closed: how the bank decided, once it has.
        meanwhile: what is so until it has, where the payment was a gift; else nothing.
    """

    line: MoneyLineRow
    seen: DisputeSeen | None
    closed: MoneyLineRow | None
    meanwhile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account with all that belongs to it.

    Attributes:
        payer: whose it is; *name* as people may see it.
        sentence: whether they take part, in one kind sentence; nothing for a practice.
        memberships: what it pays for; *subscriptions* what the newest looks saw.
        questions: what nobody understands yet.
        lines: every line of the ledger, the newest first.
        invoices: those that were paid.
        disputes: with how they stand.
        owed_gifts: months that ended, and of whose payment something came back to the house.
        proposals: refunds that wait for a second person.
        orders: what the service is still to be told.
        messages: what it told, the newest first.
        drifts: where its record and ours differ.
        names: of everybody who is named by an id.
    """

    payer: PayerRow
    name: str
    sentence: str
    memberships: Sequence[MembershipRow]
    subscriptions: Sequence[SubscriptionRow]
    questions: Sequence[QuestionRow]
    lines: Sequence[MoneyLineRow]
    invoices: Sequence[InvoiceView]
    disputes: Sequence[DisputeView]
    owed_gifts: Sequence[OwedGift]
    proposals: Sequence[ProposalRow]
    orders: Sequence[OrderRow]
    messages: Sequence[MessageRow]
    drifts: Sequence[DriftRow]
    names: Mapping[UUID, str]

    @property
    def is_person(self) -> bool:
        """Whether somebody pays for themselves."""
        return self.payer.payer_kind == PayerKind.PERSON

    @property
    def failed_refunds(self) -> list[MoneyLineRow]:
        """Return the refunds that came back, maybe days later: the money is owed still."""
        return [each for each in self.lines if each.kind == MoneyKind.REFUND_FAILED]


async def payer_of(house: House, account_id: UUID) -> tuple[PayerRow, str]:
    """Return whose an account is, and their name.

    Raises:
        NotFound: there is no such account.
    """
    async with house.views() as conn:
        payer = await memberships.payer(conn, account_id)
        if payer is None:
            raise NotFound("There is no such account.")
        return payer, await name_of(conn, payer)


async def name_of(conn: Connection, payer: PayerRow) -> str:
    """Return what a payer is called."""
    if payer.payer_kind == PayerKind.PRACTICE:
        return await patrons.practice_name(conn, payer.payer_id) or "A practice"
    return (await names_of(conn, [payer.payer_id]))[payer.payer_id]


async def ledger_of(house: House, account_id: UUID) -> MoneyLedger | None:
    """Return the ledger of an account as it stands."""
    return await Work(house.store, uuid4()).find(MoneyLedger, money_ledger_id(account_id))


def invoices_of(ledger: MoneyLedger | None) -> list[InvoiceView]:
    """Return the invoices that something was paid for, the newest first."""
    if ledger is None:
        return []
    paid = [
        fact
        for kind, fact in ledger.lines.values()
        if kind is MoneyKind.INVOICE_PAID and fact.amount.cents
    ]
    return [
        InvoiceView(
            invoice_id=fact.object_id,
            paid=fact.amount,
            paid_at=fact.true_at,
            left=ledger.refundable(fact.object_id, fact.amount.currency),
            disputed=ledger.is_disputed(fact.object_id),
        )
        for fact in sorted(paid, key=lambda each: each.true_at, reverse=True)
    ]


async def account_view(house: House, account_id: UUID, zone: str) -> AccountView:
    """Return everything about an account.

    Raises:
        NotFound: there is no such account.
    """
    payer, name = await payer_of(house, account_id)
    async with house.views() as conn:
        held = await memberships.memberships_of_account(conn, account_id)
        subscriptions = await memberships.subscriptions_of_account(conn, account_id)
        questions = await memberships.questions_of_account(conn, account_id)
        lines = (await memberships.money_lines(conn, account_id))[::-1]
        proposals = await desk.proposals_of(conn, account_id)
        references = await desk.references_of(conn, account_id)
        known = await names_of(conn, _people(lines, proposals))
        gifts = await patrons.gifts_by(conn, payer.payer_id)
    ledger = await ledger_of(house, account_id)
    keys = references | {str(each.membership_id) for each in held}
    files = house.payment_files
    return AccountView(
        payer=payer,
        name=name,
        sentence=await _sentence(house, payer, zone),
        memberships=held,
        subscriptions=subscriptions,
        questions=questions,
        lines=lines,
        invoices=invoices_of(ledger),
        disputes=await _disputes(house, lines),
        owed_gifts=await owed_gifts(house, gifts, ledger),
        proposals=proposals,
        orders=[]
        if files is None
        else await files.orders([account_id, *(each.membership_id for each in held)]),
        messages=[]
        if files is None
        else await files.messages(references, references, limit=_MESSAGES),
        drifts=[each for each in await drifts_of(house) if subject_of(each) in keys],
        names=known,
    )


async def drifts_of(house: House) -> Sequence[DriftRow]:
    """Return every difference that is not healed."""
    return [] if house.drift is None else await house.drift.open()


def subject_of(drift: DriftRow) -> str:
    """Return the id that a difference is about; of a ledger's key, the object's."""
    return drift.subject.partition("/")[0]


async def _sentence(house: House, payer: PayerRow, zone: str) -> str:
    if payer.payer_kind == PayerKind.PRACTICE or payer.forgotten:
        return ""
    now: datetime = house.clock.now()
    why = await told_why(
        house.store, payer.payer_id, takes_dues=house.takes_dues, at=now, zone=zone
    )
    return why.administrator


async def _disputes(house: House, lines: Sequence[MoneyLineRow]) -> list[DisputeView]:
    closed = {each.object_id: each for each in lines if each.kind in _SETTLED}
    files = house.payment_files
    paid_for = purposes([fact_of(each) for each in lines])
    return [
        DisputeView(
            line=each,
            seen=None if files is None else await files.dispute(each.object_id),
            closed=closed.get(each.object_id),
            meanwhile=WHILE_DISPUTED.get(paid_for.get(each.concerns, ""), ""),
        )
        for each in lines
        if each.kind == MoneyKind.DISPUTE_OPENED
    ]


def _people(lines: Sequence[MoneyLineRow], proposals: Sequence[ProposalRow]) -> set[UUID]:
    named = {who for each in lines for who in (each.person_id, each.second_id) if who is not None}
    return named | {each.proposed_by for each in proposals}
