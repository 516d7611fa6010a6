"""The payment confirmation as a PDF: what was paid, in one page that is no invoice."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from reportlab.platypus import BaseDocTemplate, Flowable, PageTemplate, Spacer

from domain.money.currencies import written
from domain.payments.checkouts import Purpose
from infra.papers.fonts import Face, legible
from infra.papers.layout import (
    INK,
    MARGIN,
    NOTE,
    PINE,
    SOFT,
    PageSize,
    draw_page,
    frame,
    labelled,
    legibly,
    panel,
    style,
    text,
)
from infra.papers.words import Row, clock, day, local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from domain.payments.papers import PaymentConfirmation

HEADING: Final = "Payment confirmation"
NOT_THIS: Final = (
    "This is a confirmation and not an invoice. The invoice with its number and its tax is the one "
    "named above; the payer can open it at any time and send it along."
)
_SORT: Final = {
    None: "Membership dues",
    Purpose.MONTHS: "Gift months",
    Purpose.FUND: "Gift to a fund",
}
_PAID_FOR: Final = {
    None: "has paid dues for taking part in Peerhour.",
    Purpose.MONTHS: "has paid for months at Peerhour as a gift.",
    Purpose.FUND: "has given to a scholarship fund at Peerhour.",
}
_ON_LETTER: Final = frozenset({"USD", "CAD"})  # whose offices have Letter paper in their printers
_TITLE: Final = style(23, INK, Face.HEADING, leading=29)
_NAME: Final = style(21, PINE, Face.HEADING, leading=28)
_SUM: Final = style(18, PINE, Face.HEADING, leading=24)
_FROM: Final = style(10.5, PINE)


def render(paper: PaymentConfirmation) -> bytes:
    """Draw one confirmation.

    Args:
        paper: the facts.

    Returns:
        A PDF of one page as a rule. The same facts give the same bytes as long as the installed
        fonts, reportlab and zlib stay the same.

    Raises:
        fonts.ScriptNotSupported: the name is in a script that cannot be set rightly.
        fonts.CharacterWithoutFont: a character of it that no font can draw.
        papers.PaperContradictsItself: the zone is unknown.
    """
    pages, drawn = _draw(paper, pages=1)
    return drawn if pages == 1 else _draw(paper, pages=pages)[1]


def _draw(paper: PaymentConfirmation, *, pages: int) -> tuple[int, bytes]:
    size = PageSize.LETTER if paper.paid.currency in _ON_LETTER else PageSize.A4
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=size.value,
        invariant=1,
        title=f"{HEADING}, invoice {paper.invoice_number}",
        author="Peerhour",
        subject=_SORT[paper.purpose],
        creator="Peerhour",
        lang="en-US",
        initialFontName=Face.TEXT.value,  # else each page begins in Helvetica, never embedded
    )
    foot = legible(f"{HEADING} for invoice {paper.invoice_number}. {paper.house}")

    def page(canvas: Any, current: Any) -> None:
        draw_page(canvas, foot, page=current.page, pages=pages)

    document.addPageTemplates([PageTemplate("page", [frame(size)], onPage=page)])
    document.build(_story(paper, width=size.value[0] - 2 * MARGIN))
    return document.page, out.getvalue()


def _story(paper: PaymentConfirmation, *, width: float) -> list[Flowable]:
    paid = [text(written(paper.paid), _SUM), text(f"paid on {_day(paper.paid_at, paper)}", NOTE)]
    kind = [text(_SORT[paper.purpose], style(9.5, SOFT, alignment=2))]
    return [
        text("Peerhour", _FROM),
        Spacer(0, 4),
        text(HEADING, _TITLE),
        Spacer(0, 8),
        text(paper.payer_name, _NAME, "payer_name"),
        text(_PAID_FOR[paper.purpose], NOTE),
        Spacer(0, 8),
        panel(paid, kind, width),
        Spacer(0, 10),
        *(flowable for row in _rows(paper) for flowable in labelled(legibly(row))),
    ]


def _rows(paper: PaymentConfirmation) -> Iterator[Row]:
    yield Row("what", "What for", (_what(paper),))
    if paper.period is not None:
        begin, end = paper.period
        yield Row("period", "Period", (f"{_day(begin, paper)} to {_day(end, paper)}",))
    yield Row("number", "Invoice number", (paper.invoice_number,))
    yield Row("total", "Invoice total", (f"{written(paper.total)}.",))
    yield Row("tax", "Tax in it", (f"{written(paper.tax)}." if paper.tax.cents else "None.",))
    yield Row("paid", "Paid", (f"{written(paper.paid)} on {_day(paper.paid_at, paper)}.",))
    if paper.paid_back.cents:
        yield Row("paid_back", "Paid back since", (f"{written(paper.paid_back)}.",))
    at = local(paper.issued_at, paper.zone)
    made = f"As our record stood on {day(at)}, {clock(at)} ({paper.zone}). From {paper.house}."
    yield Row("made", "Made", (made,))
    yield Row("not", "What it is not", (NOT_THIS,))


def _what(paper: PaymentConfirmation) -> str:
    match paper.purpose:
        case Purpose.MONTHS:
            months = "1 month" if paper.count == 1 else f"{paper.count} months"
            return (
                f"Gift months: {months} of taking part in peer groups of therapists, for somebody."
            )
        case Purpose.FUND:
            return "A gift to a scholarship fund, which carries dues for those who cannot pay them."
        case _:
            return "Membership dues: taking part in peer groups of therapists."


def _day(at: datetime, paper: PaymentConfirmation) -> str:
    return day(local(at, paper.zone))
