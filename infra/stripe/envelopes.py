"""Stripe's events as messages: what each is about, and none of what could name somebody.

The event's JSON is read as it came, and no object of the SDK is built: at the door that would cost
twenty times what checking the signature does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.payments.news import Message, UnreadableMessage
from infra.stripe.readings import instant

FOREIGN_MODE: Final = "foreign_mode"
FOREIGN_ACCOUNT: Final = "foreign_account"
FOREIGN_SHAPE: Final = "foreign_shape"

_ID: Final = re.compile(r"[A-Za-z0-9_]{1,255}")
# Contact data, prose, and addresses that open somebody's papers without a sign-in. Lines of an
# invoice are nothing that we read.
_LEFT_OUT: Final = frozenset(
    {
        "account_name",
        "address",
        "billing_details",
        "business_name",
        "collected_information",
        "custom_fields",
        "customer_address",
        "customer_details",
        "customer_email",
        "customer_name",
        "customer_phone",
        "customer_shipping",
        "customer_tax_ids",
        "description",
        "email",
        "evidence",
        "footer",
        "hosted_invoice_url",
        "individual_name",
        "invoice_pdf",
        "lines",
        "memo",
        "name",
        "pdf",
        "phone",
        "receipt_email",
        "receipt_url",
        "shipping",
        "url",
    }
)


def message_of(event: Any, *, livemode: bool) -> Message:
    """Return an event as a message.

    Args:
        event: decoded JSON, signed by Stripe or fetched from it.
        livemode: whether this house works with real money.

    Raises:
        UnreadableMessage: it has no id that can be kept.
    """
    key = event.get("id") if isinstance(event, dict) else None
    if not isinstance(key, str) or not _ID.fullmatch(key):
        raise UnreadableMessage("This message has no id.")
    kind = event.get("type")
    thing = subject_of(event)
    return Message(
        message_id=key,
        kind=kind if isinstance(kind, str) else "",
        root=_root(thing) or key,
        foreign=_foreign(event, livemode=livemode),
        content=without_contacts(event),
        created_at=_made_at(event.get("created")),
    )


def _made_at(seconds: object) -> datetime | None:
    """Return when an event was made; ``None`` for what is no time in these centuries."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds < _LATEST:
        return None
    return instant(seconds)


_LATEST: Final = 2**33  # seconds: the year 2242


def subject_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object that an event is about; nothing where there is none."""
    data = event.get("data")
    thing = data.get("object") if isinstance(data, dict) else None
    return thing if isinstance(thing, dict) else {}


def subscription_of(thing: Mapping[str, Any]) -> str | None:
    """Return the id of the subscription that an object belongs to, or is."""
    match thing.get("object"):
        case "subscription":
            return foreign_id(thing.get("id"))
        case "invoice":  # since the API of 2025-03-31 its parent says it
            parent = thing.get("parent")
            details = parent.get("subscription_details") if isinstance(parent, dict) else None
            return foreign_id(details.get("subscription")) if isinstance(details, dict) else None
        case "checkout.session":
            return foreign_id(thing.get("subscription"))
        case _:
            return None


def customer_of(thing: Mapping[str, Any]) -> str | None:
    """Return the id of the customer whom an object belongs to, or is."""
    return foreign_id(thing.get("id" if thing.get("object") == "customer" else "customer"))


def foreign_id(value: Any) -> str | None:
    """Return an id of Stripe's, or nothing; an expanded object gives its own."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def without_contacts(value: Any) -> Any:
    """Return a copy without contact data, prose and addresses of papers."""
    if isinstance(value, dict):
        return {
            name: without_contacts(inner) for name, inner in value.items() if name not in _LEFT_OUT
        }
    if isinstance(value, list):
        return [without_contacts(inner) for inner in value]
    return value


def _root(thing: Mapping[str, Any]) -> str | None:
    return subscription_of(thing) or customer_of(thing) or foreign_id(thing.get("id"))


def _foreign(event: Mapping[str, Any], *, livemode: bool) -> str | None:
    if event.get("object") != "event" or not subject_of(event):
        return FOREIGN_SHAPE  # a thin event, or what Stripe may think of one day
    if event.get("account") or event.get("context"):
        return FOREIGN_ACCOUNT
    if event.get("livemode") is not livemode:
        return FOREIGN_MODE
    return None
