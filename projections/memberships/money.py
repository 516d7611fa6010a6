"""Every line of every money ledger, as it became known; nothing is summed here."""

from __future__ import annotations

from typing import Final

from domain.money.events import Noted
from domain.money.ledger import MoneyLedger
from domain.recording import Recorded
from projections import Connection

NOTED: Final[tuple[type[Noted], ...]] = (
    MoneyLedger.InvoiceIssued,
    MoneyLedger.InvoicePaid,
    MoneyLedger.PaymentFailed,
    MoneyLedger.InvoiceVoided,
    MoneyLedger.InvoiceWrittenOff,
    MoneyLedger.CreditNoteIssued,
    MoneyLedger.RefundAsked,
    MoneyLedger.RefundDone,
    MoneyLedger.RefundFailed,
    MoneyLedger.RefundExternal,
    MoneyLedger.InquiryOpened,
    MoneyLedger.DisputeOpened,
    MoneyLedger.DisputeClosed,
    MoneyLedger.CreditBalanceMoved,
)

_OPEN: Final = "INSERT INTO money_ledger VALUES ($1, $2)"
_NOTE: Final = """INSERT INTO money_line
                  SELECT $2, account_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                         $16, $17, $18
                    FROM money_ledger WHERE ledger_id = $1"""


async def note(recorded: Recorded, conn: Connection) -> None:
    """Take one event, if it is of a money ledger."""
    match recorded.event:
        case MoneyLedger.Opened(originator_id=ledger_id, account_id=account_id):
            await conn.execute(_OPEN, ledger_id, account_id)
        case Noted(originator_id=ledger_id, fact=fact, timestamp=at) as event:
            await conn.execute(
                _NOTE,
                ledger_id,
                recorded.position,
                event.KIND.value,
                fact.object_id,
                fact.concerns,
                fact.attempt,
                fact.amount.cents,
                fact.amount.currency,
                fact.order_id,
                fact.actor.value,
                fact.person_id,
                event.second_id if isinstance(event, MoneyLedger.RefundAsked) else None,
                fact.reason,
                fact.true_at,
                at,
                fact.source_event_id,
                fact.request_id,
                fact.idempotency_key,
            )
