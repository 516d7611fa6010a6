"""What we leave on Stripe's objects, so that they find their way back: ids only, never a name.

Source of the limits: docs.stripe.com/api/metadata (values are texts of 500 characters at most).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

ACCOUNT: Final = "ph_account"
MEMBERSHIP: Final = "ph_membership"
ORDER: Final = "ph_order"
ENVIRONMENT: Final = "ph_env"
PLAN: Final = "ph_plan"
PURPOSE: Final = "ph_purpose"
SUBJECT: Final = "ph_subject"
QUANTITY: Final = "ph_quantity"


def read_id(metadata: object, name: str, *, environment: str) -> UUID | None:
    """Return one of our ids, unless the object is none of ours or belongs to another installation.

    Args:
        metadata: of one of the SDK's objects, or plain.
        name: which mark.
        environment: this house's.
    """
    marks = plain(metadata)
    if marks.get(ENVIRONMENT) != environment:
        return None
    return as_id(marks.get(name))


def as_id(text: str | None) -> UUID | None:
    """Return an id, or ``None`` for what is none of ours."""
    with contextlib.suppress(ValueError):
        return UUID(text) if text else None
    return None


def plain(metadata: object) -> Mapping[str, str]:
    """Return metadata as a mapping; the SDK's object is none."""
    if metadata is None:
        return {}
    if isinstance(metadata, Mapping):
        return metadata
    to_dict = getattr(metadata, "to_dict", None)
    return dict(to_dict()) if callable(to_dict) else {}
