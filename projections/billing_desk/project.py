"""Takes every id of the payment service's, and refunds that wait, into ``billing_desk``."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from domain.base import Root
from domain.memberships.membership import Membership
from domain.money.billing_accounts import BillingAccount
from domain.money.events import Noted
from domain.money.ledger import MoneyLedger
from domain.recording import Recorded
from projections import Connection
from projections.memberships.money import NOTED

NAME: Final = "billing_desk"
VERSION: Final = 1
SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text()
TOPICS: Final = (
    BillingAccount.CustomerLinked.TOPIC,
    Membership.Requested.TOPIC,
    Membership.CheckoutOpened.TOPIC,
    Membership.Observed.TOPIC,
    Membership.QuestionRaised.TOPIC,
    MoneyLedger.Opened.TOPIC,
    *(each.TOPIC for each in NOTED),
    MoneyLedger.RefundProposed.TOPIC,
    MoneyLedger.RefundProposalDropped.TOPIC,
)

_STREAM: Final = "INSERT INTO billing_stream VALUES ($1, $2)"
_REFER: Final = """INSERT INTO billing_reference
                   SELECT reference, account_id FROM billing_stream, unnest($2::text[]) AS reference
                    WHERE stream_id = $1 ON CONFLICT DO NOTHING"""
_CUSTOMER: Final = "INSERT INTO billing_reference VALUES ($1, $2) ON CONFLICT DO NOTHING"
_PROPOSE: Final = """INSERT INTO refund_proposal
                     SELECT $2, account_id, $3, $4, $5, $6, $7, $8 FROM billing_stream
                      WHERE stream_id = $1"""
_DONE_WITH: Final = """DELETE FROM refund_proposal USING billing_stream
                        WHERE refund_proposal.account_id = billing_stream.account_id
                          AND stream_id = $1 AND order_id = $2"""


async def project(recorded: Recorded, conn: Connection) -> None:
    """Take one event."""
    event = recorded.event
    match event:
        case BillingAccount.CustomerLinked(originator_id=account_id, customer_id=customer_id):
            await conn.execute(_CUSTOMER, customer_id, account_id)
        case Membership.Requested(originator_id=key, account_id=account_id):
            await conn.execute(_STREAM, key, account_id)
        case MoneyLedger.Opened(originator_id=key, account_id=account_id):
            await conn.execute(_STREAM, key, account_id)
        case Membership.CheckoutOpened(originator_id=key, session_id=session_id):
            await _refer(conn, key, session_id)
        case Membership.QuestionRaised(originator_id=key, subscription_id=subscription_id):
            await _refer(conn, key, subscription_id)
        case Membership.Observed(originator_id=key, observation=seen):
            invoice_id = None if seen.latest_invoice is None else seen.latest_invoice[0]
            await _refer(conn, key, seen.subscription_id, invoice_id, seen.source_event_id)
        case _:
            await _take_money(event, conn)


async def _take_money(event: Root.Event, conn: Connection) -> None:
    match event:
        case MoneyLedger.RefundProposed(originator_id=key, amount=amount):
            await conn.execute(
                _PROPOSE,
                key,
                event.order_id,
                event.invoice_id,
                amount.cents,
                amount.currency,
                event.reason,
                event.by,
                event.timestamp,
            )
        case MoneyLedger.RefundProposalDropped(originator_id=key, order_id=order_id):
            await conn.execute(_DONE_WITH, key, order_id)
        case Noted(originator_id=key, fact=fact):
            ids = fact.object_id, fact.about, fact.order_id, fact.source_event_id
            await _refer(conn, key, *ids)
            if isinstance(event, MoneyLedger.RefundAsked):
                await conn.execute(_DONE_WITH, key, fact.object_id)


async def _refer(conn: Connection, stream_id: UUID, *references: str | None) -> None:
    await conn.execute(_REFER, stream_id, [each for each in references if each is not None])
