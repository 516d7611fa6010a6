"""Every kind of money fact is told: with its amount, what it means, and whose doing it was."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.money.billing_accounts import PayerKind
from domain.money.facts import Actor, MoneyKind
from domain.money.words import told
from domain.values import Money
from tests.support.billing import fact
from tests.support.builders import ADMIN, ANA


@pytest.mark.parametrize("kind", MoneyKind)
def test_every_kind_is_told_with_its_amount_in_whole_sentences(kind: MoneyKind) -> None:
    attempt = 2 if kind is MoneyKind.PAYMENT_FAILED else 0
    words = told(kind, fact("in_1", 2_950, attempt=attempt), reader=ANA)
    assert "29.50 EUR" in words.meaning
    assert words.meaning.endswith(".")
    assert "{" not in words.meaning
    assert words.title[0].isupper()
    assert kind.value not in f"{words.title} {words.meaning}", "words, not names of kinds"


def test_kinds_that_mean_different_things_are_told_differently() -> None:
    told_each = {told(kind, fact("in_1", attempt=1), reader=ANA).meaning for kind in MoneyKind}
    assert len(told_each) == len(MoneyKind)


@pytest.mark.parametrize(
    ("cents", "says"),
    [
        (-250, "2.50 EUR more is kept for you"),
        (250, "2.50 EUR of what was kept for you was used"),
    ],
)
def test_a_moved_balance_says_in_whose_favour(cents: int, says: str) -> None:
    words = told(MoneyKind.CREDIT_BALANCE_MOVED, fact("cb_1", cents), reader=ANA)
    assert says in words.meaning


_YOU = re.compile(r"\byour?s?\b", re.IGNORECASE)


@pytest.mark.parametrize("kind", MoneyKind)
@pytest.mark.parametrize(
    "reason", ["requested_by_customer", "product_unsatisfactory", "fraudulent", "lost", None]
)
@pytest.mark.parametrize("cents", [2_950, -100, 0])
def test_whoever_looks_after_a_practice_reads_of_the_practice(
    kind: MoneyKind, reason: str | None, cents: int
) -> None:
    about = fact("in_1", cents, attempt=1, reason=reason)
    words = told(kind, about, reader=ANA, payer=PayerKind.PRACTICE)
    text = f"{words.title} {words.meaning}".replace("write to us if nobody has written to you", "")
    assert not _YOU.search(text), text
    assert "{" not in text
    assert words.meaning[0].isupper() or words.meaning[0].isdigit() or words.meaning[0] == "-"


def test_while_a_bank_decides_about_a_gift_the_line_says_what_is_so() -> None:
    opened = fact("dp_1", about="in_1")
    assert "The fund keeps it" in (
        told(MoneyKind.DISPUTE_OPENED, opened, reader=ANA, paid_for="fund").meaning
    )
    months = told(MoneyKind.DISPUTE_OPENED, opened, reader=ANA, paid_for="months").meaning
    assert "Their link works until the bank has decided" in months
    closed = told(MoneyKind.DISPUTE_CLOSED, opened, reader=ANA, paid_for="months").meaning
    assert "link" not in closed


def test_an_invoice_about_nothing_says_that_nothing_was_charged() -> None:
    words = told(MoneyKind.INVOICE_PAID, fact("in_1", 0), reader=ANA)
    assert words.meaning == "It asked for nothing, so nothing was charged."
    written = fact("in_1", 0, reason="subscription_create")
    assert told(MoneyKind.INVOICE_ISSUED, written, reader=ANA).meaning == (
        "It asks for nothing. It is the first one of your membership."
    )


def test_a_reason_becomes_a_sentence_and_an_unknown_one_is_named_as_the_services() -> None:
    known = fact("in_1", attempt=1, reason="insufficient_funds")
    unknown = fact("in_1", attempt=1, reason="moon_phase")
    assert told(MoneyKind.PAYMENT_FAILED, known, reader=ANA).meaning.endswith(
        "There was not enough on the account."
    )
    assert "word for the reason is “moon_phase”" in (
        told(MoneyKind.PAYMENT_FAILED, unknown, reader=ANA).meaning
    )


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({"actor": Actor.PERSON, "person_id": ANA}, "you"),
        ({"actor": Actor.PERSON, "person_id": ADMIN}, "somebody of the house"),
        ({"actor": Actor.SYSTEM}, "the house, by itself"),
        ({"actor": Actor.STRIPE}, "our payment service"),
    ],
)
def test_nobody_else_is_named(changes: dict[str, Any], who: str) -> None:
    assert told(MoneyKind.REFUND_ASKED, fact("order-1", **changes), reader=ANA).who == who


def test_amounts_follow_their_currency() -> None:
    yen = fact("in_1", amount=Money(2950, "JPY"))
    assert "2,950 JPY" in told(MoneyKind.INVOICE_PAID, yen, reader=ANA).meaning
