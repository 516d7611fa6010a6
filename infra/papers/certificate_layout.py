"""How a certificate looks: paper, pine, serif headings, much air."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import segno
from reportlab.lib.colors import white
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from infra.papers import certificate_wording as wording
from infra.papers import fonts
from infra.papers.fonts import LEFT_OUT, Face, legible, markup
from infra.papers.layout import (
    BOTTOM,
    EDGE,
    INK,
    MARGIN,
    NOTE,
    PINE,
    SMALL,
    SOFT,
    labelled,
    legibly,
    panel,
    place,
    style,
    text,
)

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle

    from domain.certificates.papers import CertificatePaper
    from infra.papers.words import Row

SEAL_HEIGHT: Final = 100.0

_NAME_SIZES: Final = (27, 24, 21, 18)  # the largest that keeps the name on one line
_QR_SIZE: Final = 82.0
_QR_QUIET: Final = 4  # modules, ISO/IEC 18004
_QR_MASK: Final = 2  # any mask scans; a fixed one spares the scoring of all eight

_PROVIDER: Final = style(10.5, PINE)
_HEADING: Final = style(23, INK, Face.HEADING, leading=29)
_NATIVE: Final = style(15, PINE)
_TITLE: Final = style(15, INK, Face.HEADING, leading=20)
_AMOUNT: Final = style(20, PINE, Face.HEADING, leading=26)
_CODE: Final = style(14, PINE, leading=20)
_SIGNER: Final = style(13, INK, Face.HEADING, leading=18)


_TOLD: Final = frozenset({"objectives", "topics"})
"""What is told about the hour beside its title: its words may be printed in part."""
_PRINTED_IN_PART: Final = (
    f"{LEFT_OUT} stands for words or symbols that cannot be printed here; the page that checks "
    "this certificate shows them."
)


def story(paper: CertificatePaper, *, width: float) -> list[Flowable]:
    """Return the flowing part of the certificate for a column *width* points wide."""
    title, rows = legible(paper.title), [_told(row) for row in wording.rows(paper)]
    told = [title, *(words for row in rows if row.field in _TOLD for words in row.paragraphs)]
    flow: list[Flowable] = [
        text(paper.provider.name, _PROVIDER, "provider.name"),
        Spacer(0, 4),
        text(wording.heading(paper), _HEADING),
        Spacer(0, 12),
        text("This certifies that", NOTE),
        text(paper.holder_name, _name_style(paper.holder_name, width), "holder_name"),
    ]
    if paper.holder_name_native:
        flow.append(text(paper.holder_name_native, _NATIVE, "holder_name_native"))
    if licence := wording.licence(paper):
        flow.append(text(licence, NOTE, "licence"))
    flow += [
        Spacer(0, 8),
        text("attended", NOTE),
        text(title, _TITLE, "title"),
        *([text(_PRINTED_IN_PART, NOTE)] if any(LEFT_OUT in words for words in told) else []),
        Spacer(0, 10),
        _credit_panel(paper, width),
        Spacer(0, 12),
    ]
    for row in rows:
        flow += labelled(row)
    return flow[:-1]  # no line below the last row: the seal draws its own


def _told(row: Row) -> Row:
    return legibly(row) if row.field in _TOLD else row


def draw_seal(canvas: Any, paper: CertificatePaper, code: str) -> None:
    """Draw the foot of the first page: QR code, verification code, who authorised it."""
    page_width, _ = canvas._pagesize  # noqa: SLF001 # reportlab has no public name for it
    top = BOTTOM + SEAL_HEIGHT - 12
    canvas.setStrokeColor(EDGE)
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, top + 6, page_width - MARGIN, top + 6)
    _draw_qr(canvas, paper.verify_url, MARGIN, top - _QR_SIZE)
    left = MARGIN + _QR_SIZE + 14
    right = left + 0.54 * (page_width - MARGIN - left)
    link = markup(paper.verify_url, field="verify_url")
    check = [
        text("Check this certificate", NOTE),
        text(code, _CODE),
        Paragraph(f'<link href="{link}">{link}</link>', SMALL),
    ]
    place(canvas, check, left, right - left - 12, top=top, height=_QR_SIZE)
    signed = [
        text("Authorised by", NOTE),
        text(paper.authorised_by, _SIGNER, "authorised_by"),
        text(paper.authorised_role, SMALL, "authorised_role"),
        text(wording.issued(paper), SMALL),
    ]
    place(canvas, signed, right, page_width - MARGIN - right, top=top, height=_QR_SIZE)


def _name_style(name: str, width: float) -> ParagraphStyle:
    name_width = fonts.width(name, Face.HEADING, 1, field="holder_name")
    size = next((size for size in _NAME_SIZES if name_width * size <= width), _NAME_SIZES[-1])
    return style(size, PINE, Face.HEADING, leading=size * 1.3)


def _credit_panel(paper: CertificatePaper, width: float) -> Table:
    left = [
        text(wording.credit(paper), _AMOUNT, "credit_unit"),
        text(wording.counted_by(paper), NOTE, "rule_set"),
    ]
    right = [
        text(wording.attended(paper), style(11, INK, alignment=2)),
        text(paper.credit_kind.value.capitalize(), style(9.5, SOFT, alignment=2)),
    ]
    return panel(left, right, width)


def _draw_qr(canvas: Any, link: str, left: float, bottom: float) -> None:
    """Draw the link as one path: a rectangle object a module takes four times as long."""
    code = segno.make(link, error="m", mask=_QR_MASK, micro=False, boost_error=False)
    modules = [list(row) for row in code.matrix]
    step = _QR_SIZE / (len(modules) + 2 * _QR_QUIET)
    canvas.setFillColor(white)
    canvas.roundRect(left, bottom, _QR_SIZE, _QR_SIZE, 6, stroke=0, fill=1)
    path = canvas.beginPath()
    for down, row in enumerate(modules, start=1):
        y = bottom + _QR_SIZE - (_QR_QUIET + down) * step
        for across, dark in enumerate(row):
            if dark:
                path.rect(left + (_QR_QUIET + across) * step, y, step, step)
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
