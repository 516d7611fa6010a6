"""Credit notes, refunds that arrive and that do not, disputes, and the account's own balance."""

from __future__ import annotations

import pytest
import stripe

from tests.simulated_stripe.conftest import Catalogue, Member
from tests.support.simulated_stripe import SimulatedStripe


@pytest.fixture
async def paid(member: Member, catalogue: Catalogue) -> stripe.Invoice:
    await member.subscribes(catalogue.monthly)
    return (await member.invoices())[0]


async def intent_of(member: Member, invoice: stripe.Invoice) -> str:
    found = await member.client.v1.invoice_payments.list_async({"invoice": invoice.id})
    intent = found.data[0].payment.payment_intent
    assert isinstance(intent, str)
    return intent


async def test_a_payment_is_found_by_its_intent(member: Member, paid: stripe.Invoice) -> None:
    intent = await intent_of(member, paid)
    found = await member.client.v1.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": intent}}
    )
    assert [each.invoice for each in found.data] == [paid.id]


async def test_a_credit_note_refunds_a_paid_invoice(member: Member, paid: stripe.Invoice) -> None:
    client = member.client
    note = await client.v1.credit_notes.create_async(
        {"invoice": paid.id, "amount": 500, "refund_amount": 500, "memo": "half a meeting"}
    )
    assert (note.type, note.post_payment_amount, note.status) == ("post_payment", 500, "issued")
    refund = await client.v1.refunds.retrieve_async(str(note.refunds[0].refund))
    assert (refund.amount, refund.status, refund.customer) == (500, "succeeded", member.id)
    found = await client.v1.invoices.retrieve_async(paid.id)
    assert (found.post_payment_credit_notes_amount, found.status) == (500, "paid")
    told = await member.events()
    assert {"credit_note.created", "refund.created", "charge.refunded"} <= set(told)


async def test_a_credit_may_go_to_the_balance(member: Member, paid: stripe.Invoice) -> None:
    await member.client.v1.credit_notes.create_async(
        {"invoice": paid.id, "amount": 700, "credit_amount": 700}
    )
    customer = await member.client.v1.customers.retrieve_async(member.id)
    assert customer.balance == -700
    moved = await member.client.v1.customers.balance_transactions.list_async(member.id)
    assert [(each.amount, each.type) for each in moved.data] == [(-700, "credit_note")]


async def test_a_preview_of_a_credit_moves_nothing(member: Member, paid: stripe.Invoice) -> None:
    seen = await member.client.v1.credit_notes.preview_async(
        {"invoice": paid.id, "amount": 300, "refund_amount": 300}
    )
    assert seen.amount == 300
    found = await member.client.v1.credit_notes.list_async({"invoice": paid.id})
    assert found.data == []


async def test_a_line_is_credited(member: Member, paid: stripe.Invoice) -> None:
    line = paid.lines.data[0]
    note = await member.client.v1.credit_notes.create_async(
        {
            "invoice": paid.id,
            "lines": [{"type": "invoice_line_item", "invoice_line_item": line.id, "amount": 400}],
            "out_of_band_amount": 400,
        }
    )
    assert (note.amount, note.lines.data[0].invoice_line_item) == (400, line.id)


async def test_a_line_of_ones_own_is_credited(member: Member, paid: stripe.Invoice) -> None:
    note = await member.client.v1.credit_notes.create_async(
        {
            "invoice": paid.id,
            "lines": [
                {
                    "type": "custom_line_item",
                    "description": "an hour that never was",
                    "unit_amount": 150,
                    "quantity": 2,
                }
            ],
            "credit_amount": 300,
        }
    )
    assert (note.amount, note.lines.data[0].type) == (300, "custom_line_item")


@pytest.mark.parametrize(
    "form",
    [
        {"amount": 2001, "refund_amount": 2001},
        {"amount": 500, "refund_amount": 400},
        {"amount": 0, "refund_amount": 0},
        {},
    ],
    ids=["too much", "does not add up", "nothing", "no amount"],
)
async def test_a_credit_that_cannot_be(
    member: Member, paid: stripe.Invoice, form: dict[str, int]
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await member.client.v1.credit_notes.create_async({"invoice": paid.id, **form})  # type: ignore[typeddict-item]  # any amounts


async def test_an_open_invoice_is_credited_until_nothing_is_owed(
    member: Member, catalogue: Catalogue
) -> None:
    await member.subscribes(catalogue.monthly)
    await member.uses("pm_card_chargeCustomerFail")
    await member.passes(32)
    owed = (await member.invoices())[0]
    notes = member.client.v1.credit_notes
    first = await notes.create_async({"invoice": owed.id, "amount": 500})
    assert (await member.client.v1.invoices.retrieve_async(owed.id)).amount_remaining == 1500
    await notes.void_credit_note_async(first.id)
    assert (await member.client.v1.invoices.retrieve_async(owed.id)).amount_remaining == 2000
    await notes.create_async({"invoice": owed.id, "amount": 2000})
    settled = await member.client.v1.invoices.retrieve_async(owed.id)
    assert (settled.status, settled.amount_paid) == ("paid", 0)


async def test_a_refund_made_in_the_dashboard_has_no_request(
    simulated: SimulatedStripe, member: Member, paid: stripe.Invoice
) -> None:
    intent = await intent_of(member, paid)
    await simulated.dashboard("post", "/v1/refunds", {"payment_intent": intent, "amount": 100})
    events = await member.client.v1.events.list_async({"type": "refund.created", "limit": 1})
    [event] = events.data
    assert event.request is not None
    assert (event.request.id, event.request.idempotency_key) == (None, None)


async def test_no_more_is_refunded_than_was_paid(member: Member, paid: stripe.Invoice) -> None:
    intent = await intent_of(member, paid)
    refunds = member.client.v1.refunds
    with pytest.raises(stripe.InvalidRequestError):
        await refunds.create_async({"payment_intent": intent, "amount": 2001})
    await refunds.create_async({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await refunds.create_async({"payment_intent": intent})
    assert caught.value.code == "charge_already_refunded"


async def test_a_refund_fails_days_later(
    simulated: SimulatedStripe, member: Member, catalogue: Catalogue
) -> None:
    await member.uses("pm_card_refundFail")
    await member.subscribes(catalogue.monthly)
    intent = await intent_of(member, (await member.invoices())[0])
    made = await member.client.v1.refunds.create_async({"payment_intent": intent})
    assert made.status == "succeeded"
    await simulated.advance(days=4)
    failed = await member.client.v1.refunds.retrieve_async(made.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert "refund.failed" in await member.events()


@pytest.mark.parametrize(("won", "status"), [(True, "won"), (False, "lost")])
async def test_a_dispute_takes_the_money_and_freezes_refunds(
    simulated: SimulatedStripe, member: Member, paid: stripe.Invoice, *, won: bool, status: str
) -> None:
    intent = await intent_of(member, paid)
    opened = await simulated.order("/disputes", payment_intent=intent, reason="duplicate")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await member.client.v1.refunds.create_async({"payment_intent": intent})
    assert caught.value.code == "charge_disputed"
    await simulated.order("/disputes/close", dispute=opened["id"], won=won)
    found = await member.client.v1.disputes.retrieve_async(opened["id"])
    assert found.status == status
    assert sum(each.amount for each in found.balance_transactions) == (0 if won else -2000)


async def test_a_card_disputes_every_charge(member: Member, catalogue: Catalogue) -> None:
    await member.uses("pm_card_createDispute")
    await member.subscribes(catalogue.monthly)
    intent = await intent_of(member, (await member.invoices())[0])
    found = await member.client.v1.disputes.list_async({"payment_intent": intent})
    assert [each.reason for each in found.data] == ["fraudulent"]


async def test_the_balance_is_the_sum_of_its_lines(member: Member, paid: stripe.Invoice) -> None:
    found = await member.client.v1.balance_transactions.list_async({"limit": 100})
    lines = [each async for each in found.auto_paging_iter()]
    balance = await member.client.v1.balance.retrieve_async()
    assert sum(each.net for each in lines) == sum(each.amount for each in balance.pending)
    assert {"charge"} <= {each.type for each in lines}


async def test_an_invoice_by_hand(member: Member) -> None:
    client = member.client
    await client.v1.invoice_items.create_async(
        {"customer": member.id, "amount": 1200, "currency": "eur", "description": "a gift month"}
    )
    draft = await client.v1.invoices.create_async(
        {"customer": member.id, "pending_invoice_items_behavior": "include", "currency": "eur"}
    )
    assert (draft.status, draft.total, draft.parent) == ("draft", 1200, None)
    done = await client.v1.invoices.finalize_invoice_async(draft.id)
    assert (done.status, done.number is not None) == ("open", True)
    gone = await client.v1.invoices.mark_uncollectible_async(draft.id)
    assert gone.status_details is not None
    assert gone.status_details.uncollectible is not None
    assert gone.status_details.uncollectible.reason == "user_forgiven"
