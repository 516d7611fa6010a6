"""Small PDF files, and the one field of a card that needs reading."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from reportlab.pdfgen.canvas import Canvas

from tests.support.simulated_stripe.web.html import day, money
from tests.support.simulated_stripe.world.world import Json, World

_EXPIRY = re.compile(r"\s*(\d{1,2})\s*/\s*(\d{2}|\d{4})\s*")
_CENTURY = 2000
_MONTHS = 12


def expiry(written: str) -> tuple[int, int] | None:
    """Month and year of ``03 / 29``; None for anything else."""
    found = _EXPIRY.fullmatch(written)
    if not found or not 1 <= int(found[1]) <= _MONTHS:
        return None
    year = int(found[2])
    return int(found[1]), year if year >= _CENTURY else _CENTURY + year


def invoice(world: World, paper: Json) -> bytes:
    """The invoice as a file of one page."""
    customer = world.find("customer", paper["customer"])
    lines = [
        f"{e['description']}: {money(e['amount'], e['currency'])}" for e in paper["lines"]["data"]
    ]
    return _pdf(
        f"Invoice {paper['number']}",
        [
            day(paper["created"]),
            customer["name"] or customer["email"] or customer["id"],
            *lines,
            f"Total: {money(paper['total'], paper['currency'])}",
            f"Status: {paper['status']}",
        ],
    )


def credit_note(paper: Json) -> bytes:
    """The credit note as a file of one page."""
    total = money(paper["total"], paper["currency"])
    return _pdf(f"Credit note {paper['number']}", [day(paper["created"]), f"Total: {total}"])


def _pdf(title: str, lines: Iterable[str]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setTitle(title)
    text = canvas.beginText(72, 760)
    for line in (title, "Simulated Stripe: no money moves.", "", *lines):
        text.textLine(line)
    canvas.drawText(text)
    canvas.save()
    return buffer.getvalue()
