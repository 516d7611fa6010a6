"""The forms of the administrator's desk for money."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from domain.foreign_ids import is_foreign_id
from domain.money.currencies import minor_places, plain
from domain.money.refunds import RefundReason
from domain.values import Money
from services.web.forms.reading import Field, Form, Unusable
from services.web.forms.values import LONGEST_ADDRESS, one_of
from services.web.words.billing import REFUND_REASONS

_AMOUNT: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))?")
_MESSAGE: Final = re.compile(r"evt_[A-Za-z0-9_]{1,250}")

FIND_FORM: Final = Form(
    Field(
        name="who",
        label="Who, or what",
        hint="A member's email address or name, a practice's name, or an id of Stripe's: "
        "customer, subscription, invoice, refund, dispute or event.",
        missing="Write an address, a name or an id.",
        longest=LONGEST_ADDRESS + 1,
    ),
)
SETTLE_FORM: Final = Form(
    Field(
        name="reason",
        label="What did you do about it?",
        hint="It is recorded with your name. Name nobody else.",
        kind="textarea",
        missing="Write what you did, for whoever wonders later.",
        longest=1000,
    ),
)


def message_id(text: str) -> str:
    """Accept the id of one of Stripe's events."""
    if not _MESSAGE.fullmatch(text):
        raise Unusable("Copy the id of the event from Stripe; it begins with evt_.")
    return text


REPLAY_FORM: Final = Form(
    Field(
        name="message_id",
        label="Id of an event at Stripe",
        hint="It is handled once more; one that never came here is fetched. It adds nothing twice.",
        parse=message_id,
        missing="Copy the id of the event from Stripe.",
        longest=255,
    ),
)


def is_id(text: str) -> bool:
    """Tell whether a text looks like one of Stripe's ids, or like one of our own orders."""
    return is_foreign_id(text) and re.match(r"[a-z]{2,9}[_-]", text) is not None


def refund_form(most: Money) -> Form:
    """Return the questions about a refund of one invoice.

    Args:
        most: what can still be paid back.
    """
    return Form(
        Field(
            name="amount",
            label=f"How much, in {most.currency}",
            hint=f"At most {plain(most)}.",
            parse=_amount_in(most.currency),
            inputmode="decimal",
            missing="Write an amount.",
            longest=16,
        ),
        Field(
            name="reason",
            label="Why",
            kind="radio",
            choices=[(each.value, words) for each, words in REFUND_REASONS.items()],
            parse=one_of({each.value for each in RefundReason}),
            missing="Choose the reason that fits best.",
        ),
    )


def _amount_in(currency: str) -> Callable[[str], Money]:
    places = minor_places(currency)

    def parse(text: str) -> Money:
        found = _AMOUNT.fullmatch(text)
        part = (found[2] or "") if found else ""
        if found is None or len(part) > places:
            example = plain(Money(12 * 10**places, currency))
            raise Unusable(f"Write the amount as {example}.")
        cents = int(found[1] + part.ljust(places, "0"))
        if cents == 0:
            raise Unusable("Write more than nothing.")
        return Money(cents, currency)

    return parse
