"""What a kept message of Stripe's says about itself, for the eyes of an administrator."""

from __future__ import annotations

from typing import Any

from domain.payments.files import DisputeSeen
from infra.stripe.envelopes import subject_of
from infra.stripe.readings import moment


def kind_of(content: Any) -> str | None:
    """Return Stripe's word for what happened."""
    kind = content.get("type") if isinstance(content, dict) else None
    return kind if isinstance(kind, str) else None


def dispute_of(content: Any) -> DisputeSeen | None:
    """Return how a dispute stood when this was told; nothing if it is about something else."""
    thing = subject_of(content) if isinstance(content, dict) else {}
    status = thing.get("status")
    if thing.get("object") != "dispute" or not isinstance(status, str):
        return None
    details = thing.get("evidence_details")
    due = details.get("due_by") if isinstance(details, dict) else None
    return DisputeSeen(status=status, due_at=moment(due) if isinstance(due, int) else None)
