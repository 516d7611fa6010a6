"""From Stripe's events to money facts: which, how much, about what, and why."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidFields
from domain.money.facts import Actor, MoneyKind, key_of, require_sound
from domain.payments.news import UnreadableMessage
from domain.values import Money, UnusableInstant
from infra.stripe.envelopes import message_of, without_contacts
from infra.stripe.facts import USED, Context, facts_of, facts_of_invoice

AT = 1_800_000_000
WHEN = datetime.fromtimestamp(AT, UTC)
STEPS = ("finalized_at", "paid_at", "voided_at", "marked_uncollectible_at")
INVOICE: dict[str, Any] = {
    "id": "in_1",
    "object": "invoice",
    "customer": "cus_1",
    "currency": "eur",
    "total": 1200,
    "amount_paid": 700,
    "amount_remaining": 500,
    "attempt_count": 2,
    "billing_reason": "subscription_cycle",
    "status_transitions": dict.fromkeys(STEPS, AT),
    "status_details": {"uncollectible": {"reason": "user_forgiven"}},
}
REFUND: dict[str, Any] = {
    "id": "re_1",
    "object": "refund",
    "amount": 300,
    "currency": "eur",
    "created": AT,
    "status": "succeeded",
    "reason": "requested_by_customer",
    "metadata": {"ph_order": "order-1"},
}
DISPUTE: dict[str, Any] = {
    "id": "du_1",
    "object": "dispute",
    "amount": 1200,
    "currency": "eur",
    "created": AT,
    "reason": "fraudulent",
    "status": "needs_response",
}
NOTE: dict[str, Any] = {
    "id": "cn_1",
    "object": "credit_note",
    "invoice": "in_1",
    "amount": 300,
    "currency": "eur",
    "created": AT,
    "reason": "order_change",
    "metadata": {},
}


def event(kind: str, thing: dict[str, Any], **request: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": AT + 5,
        "request": {"id": "req_1", "idempotency_key": None} | request,
        "data": {"object": thing},
    }


TOLD: list[tuple[str, dict[str, Any], MoneyKind, int, str | None]] = [
    ("invoice.finalized", INVOICE, MoneyKind.INVOICE_ISSUED, 1200, "subscription_cycle"),
    ("invoice.paid", INVOICE, MoneyKind.INVOICE_PAID, 700, None),
    ("invoice.payment_failed", INVOICE, MoneyKind.PAYMENT_FAILED, 500, None),
    ("invoice.voided", INVOICE, MoneyKind.INVOICE_VOIDED, 1200, None),
    (
        "invoice.marked_uncollectible",
        INVOICE,
        MoneyKind.INVOICE_WRITTEN_OFF,
        1200,
        "user_forgiven",
    ),
    ("credit_note.created", NOTE, MoneyKind.CREDIT_NOTE_ISSUED, 300, "order_change"),
    ("refund.created", REFUND, MoneyKind.REFUND_DONE, 300, "requested_by_customer"),
    ("refund.updated", REFUND, MoneyKind.REFUND_DONE, 300, "requested_by_customer"),
    (
        "refund.failed",
        REFUND | {"status": "failed", "failure_reason": "lost_or_stolen_card"},
        MoneyKind.REFUND_FAILED,
        300,
        "lost_or_stolen_card",
    ),
    ("charge.dispute.created", DISPUTE, MoneyKind.DISPUTE_OPENED, 1200, "fraudulent"),
    (
        "charge.dispute.created",
        DISPUTE | {"status": "warning_needs_response"},
        MoneyKind.INQUIRY_OPENED,
        1200,
        "fraudulent",
    ),
    ("charge.dispute.funds_withdrawn", DISPUTE, MoneyKind.DISPUTE_OPENED, 1200, "fraudulent"),
    ("charge.dispute.closed", DISPUTE | {"status": "won"}, MoneyKind.DISPUTE_CLOSED, 1200, "won"),
]


@pytest.mark.parametrize(("kind", "thing", "fact", "cents", "reason"), TOLD)
def test_each_event_is_one_fact_that_a_ledger_takes(
    kind: str, thing: dict[str, Any], fact: MoneyKind, cents: int, reason: str | None
) -> None:
    ((said, line),) = facts_of(event(kind, thing), Context(invoice_id="in_1"))
    assert (said, line.amount, line.reason) == (fact, Money(cents, "EUR"), reason)
    assert line.concerns == "in_1"
    assert (line.source_event_id, line.request_id) == ("evt_1", "req_1")
    require_sound(said, line)


def test_a_dispute_is_one_fact_though_stripe_says_it_twice() -> None:
    kinds = ("charge.dispute.created", "charge.dispute.funds_withdrawn")
    first, second = (facts_of(event(kind, DISPUTE))[0] for kind in kinds)
    assert (key_of(*first), first[1].amount) == (key_of(*second), second[1].amount)


def test_one_list_of_stripes_takes_every_kind_that_is_used() -> None:
    assert len(USED) <= 20


def test_paid_is_read_once_though_stripe_says_it_twice() -> None:
    assert facts_of(event("invoice.payment_succeeded", INVOICE)) == []


def test_failed_tries_count_from_one_and_a_new_try_is_a_new_fact() -> None:
    keys = [
        key_of(*facts_of(event("invoice.payment_failed", INVOICE | {"attempt_count": n}))[0])
        for n in (0, 1, 2)
    ]
    assert keys == ["in_1/payment_failed/1", "in_1/payment_failed/1", "in_1/payment_failed/2"]


def test_an_invoice_in_the_payers_favour_asks_for_nothing() -> None:
    ((_, line),) = facts_of(event("invoice.finalized", INVOICE | {"total": -900}))
    assert line.amount == Money(0, "EUR")


@pytest.mark.parametrize("status", ["pending", "requires_action", "unheard_of"])
def test_a_refund_on_its_way_is_no_fact_yet(status: str) -> None:
    assert facts_of(event("refund.created", REFUND | {"status": status})) == []


def test_a_refund_finds_its_order_by_its_own_words_or_its_credit_notes() -> None:
    own = facts_of(event("refund.created", REFUND), Context(order_id="order-2"))[0][1]
    lent = facts_of(
        event("refund.created", REFUND | {"metadata": {}}), Context(order_id="order-2")
    )[0][1]
    assert (own.order_id, lent.order_id) == ("order-1", "order-2")


def test_what_a_request_of_ours_caused_is_the_systems_doing() -> None:
    ours = facts_of(event("refund.created", REFUND, idempotency_key="ph-production-1-g0"))[0][1]
    theirs = facts_of(event("refund.created", REFUND, idempotency_key="somebodys"))[0][1]
    assert (ours.actor, theirs.actor) == (Actor.SYSTEM, Actor.STRIPE)
    assert ours.idempotency_key == "ph-production-1-g0"


def test_lines_of_a_credit_balance_come_from_the_books() -> None:
    line = {
        "id": "cbtxn_1",
        "amount": -500,
        "currency": "eur",
        "created": AT,
        "type": "adjustment",
        "invoice": None,
    }
    told = event("customer.updated", {"id": "cus_1", "object": "customer"})
    ((kind, fact),) = facts_of(told, Context(balance_lines=(line,)))
    assert (kind, fact.amount, fact.reason) == (
        MoneyKind.CREDIT_BALANCE_MOVED,
        Money(-500, "EUR"),
        "adjustment",
    )
    assert facts_of(told) == []


def test_an_invoice_of_the_list_says_the_same_as_its_events() -> None:
    told = [
        (kind, fact.amount, fact.true_at)
        for name in ("finalized", "paid", "voided", "marked_uncollectible")
        for kind, fact in facts_of(event(f"invoice.{name}", INVOICE))
    ]
    listed = [(kind, fact.amount, fact.true_at) for kind, fact in facts_of_invoice(INVOICE)]
    assert listed == told
    assert {at for _, _, at in listed} == {WHEN}


def test_a_draft_says_nothing() -> None:
    assert facts_of_invoice(INVOICE | {"status_transitions": dict.fromkeys(STEPS)}) == []


def test_currencies_that_stripe_counts_otherwise_are_brought_home() -> None:
    ((_, krona),) = facts_of(event("invoice.paid", INVOICE | {"currency": "isk"}))
    ((_, yen),) = facts_of(event("invoice.paid", INVOICE | {"currency": "jpy"}))
    assert (krona.amount, yen.amount) == (Money(7, "ISK"), Money(700, "JPY"))


def test_prose_is_never_taken_for_a_reason() -> None:
    told = REFUND | {"reason": "Ana asked me on the phone"}
    assert facts_of(event("refund.created", told))[0][1].reason is None


def test_one_list_of_stripes_holds_every_kind_that_we_use() -> None:
    assert len(set(USED)) == len(USED) <= 20


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(kind=st.sampled_from(USED), name=st.sampled_from(sorted(INVOICE)), odd=ODD)
def test_a_shape_that_stripe_never_sends_is_refused_by_name(kind: str, name: str, odd: Any) -> None:
    try:
        found = facts_of(event(kind, INVOICE | {name: odd}), Context(balance_lines=(NOTE,)))
    except UnreadableMessage:
        return
    for said, fact in found:
        with contextlib.suppress(InvalidFields, UnusableInstant):  # named, too
            require_sound(said, fact)


@given(odd=ODD)
def test_any_event_is_a_message_or_refused_by_name(odd: Any) -> None:
    for told in (odd, {"id": "evt_1", "data": odd}, {"id": "evt_1", "data": {"object": odd}}):
        try:
            message = message_of(told, livemode=False)
        except UnreadableMessage:
            continue
        assert message.root


@given(ODD)
def test_contacts_are_left_out_at_any_depth(odd: Any) -> None:
    wrapped = {"a": [{"email": "ana@example.org", "b": odd, "customer_name": "Ana"}]}
    assert "ana@example.org" not in str(without_contacts(wrapped))
