"""Ids as Stripe writes them, the same ones in every run of one seed."""

from __future__ import annotations

import string
from random import Random

_LETTERS = string.ascii_letters + string.digits

PREFIXES = {
    "account": "acct",
    "balance_transaction": "txn",
    "billing_portal.configuration": "bpc",
    "billing_portal.session": "bps",
    "charge": "ch",
    "checkout.session": "cs_test",
    "coupon": "",
    "credit_note": "cn",
    "credit_note_line_item": "cnli",
    "customer": "cus",
    "customer_balance_transaction": "cbtxn",
    "discount": "di",
    "dispute": "du",
    "event": "evt",
    "invoice": "in",
    "invoice_payment": "inpay",
    "invoiceitem": "ii",
    "item": "li",
    "line_item": "il",
    "payment_intent": "pi",
    "payment_method": "pm",
    "price": "price",
    "product": "prod",
    "promotion_code": "promo",
    "refund": "re",
    "setup_intent": "seti",
    "subscription": "sub",
    "subscription_item": "si",
    "tax_id": "txi",
    "tax_rate": "txr",
    "test_helpers.test_clock": "clock",
    "webhook_endpoint": "we",
}


class Names:
    """Makes ids, secrets and request ids out of one seeded source."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def letters(self, length: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=length))

    def id_of(self, tag: str) -> str:
        prefix = PREFIXES[tag]
        return f"{prefix}_{self.letters(24)}" if prefix else self.letters(8)

    def secret(self) -> str:
        return f"whsec_{self.letters(32)}"

    def client_secret(self, key: str) -> str:
        return f"{key}_secret_{self.letters(24)}"
