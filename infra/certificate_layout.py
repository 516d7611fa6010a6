"""How a certificate looks: paper, pine, serif headings, much air.

Long texts are paragraphs with their label hung in the margin and not table rows, because
paragraphs can break across pages and table rows cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import segno
from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepInFrame, Paragraph, Spacer, Table
from reportlab.platypus.flowables import HRFlowable

from infra import certificate_wording as wording
from infra import fonts
from infra.fonts import Face, markup

if TYPE_CHECKING:
    from domain.papers import CertificatePaper

MARGIN: Final = 54.0  # left and right: three quarters of an inch
TOP: Final = 42.0
BOTTOM: Final = 56.0  # of the flowing text; the foot line stands below it
SEAL_HEIGHT: Final = 100.0

_PAPER, _INK, _SOFT = HexColor("#FAF7F2"), HexColor("#1F2A2C"), HexColor("#4A5759")
_PINE, _WASH, _EDGE = HexColor("#1F5F5B"), HexColor("#E0EEEA"), HexColor("#BFD9D3")

_NAME_SIZES: Final = (27, 24, 21, 18)  # the largest that keeps the name on one line
_LABEL_WIDTH: Final = 108.0
_FOOT: Final = 40.0  # upper edge of the foot line
_QR_SIZE: Final = 82.0
_QR_QUIET: Final = 4  # modules, ISO/IEC 18004
_QR_MASK: Final = 2  # any mask scans; a fixed one spares the scoring of all eight


def _style(size: float, color: Any = _INK, face: Face = Face.TEXT, **more: Any) -> ParagraphStyle:
    more = {"leading": size * 1.4, "splitLongWords": 1} | more
    return ParagraphStyle(face, fontName=face.value, fontSize=size, textColor=color, **more)


_SMALL: Final = _style(8.5, _SOFT)
_NOTE: Final = _style(9.5, _SOFT)
_PROVIDER: Final = _style(10.5, _PINE)
_HEADING: Final = _style(23, _INK, Face.HEADING, leading=29)
_NATIVE: Final = _style(15, _PINE)
_TITLE: Final = _style(15, _INK, Face.HEADING, leading=20)
_AMOUNT: Final = _style(20, _PINE, Face.HEADING, leading=26)
_CODE: Final = _style(14, _PINE, leading=20)
_SIGNER: Final = _style(13, _INK, Face.HEADING, leading=18)
_VALUE: Final = _style(
    9.2,
    leading=13,
    leftIndent=_LABEL_WIDTH,
    bulletFontName=Face.TEXT.value,
    bulletFontSize=8.5,
    bulletColor=_SOFT,
    bulletIndent=0,
)


@dataclass(frozen=True, slots=True)
class Footer:
    """The line at the foot of every page."""

    serial: str
    code: str
    pages: int


def story(paper: CertificatePaper, *, width: float) -> list[Flowable]:
    """Return the flowing part of the certificate for a column *width* points wide."""
    flow: list[Flowable] = [
        _text(paper.provider.name, _PROVIDER, "provider.name"),
        Spacer(0, 4),
        _text(wording.heading(paper), _HEADING),
        Spacer(0, 12),
        _text("This certifies that", _NOTE),
        _text(paper.holder_name, _name_style(paper.holder_name, width), "holder_name"),
    ]
    if paper.holder_name_native:
        flow.append(_text(paper.holder_name_native, _NATIVE, "holder_name_native"))
    if licence := wording.licence(paper):
        flow.append(_text(licence, _NOTE, "licence"))
    flow += [
        Spacer(0, 8),
        _text("attended", _NOTE),
        _text(paper.title, _TITLE, "title"),
        Spacer(0, 10),
        _credit_panel(paper, width),
        Spacer(0, 12),
    ]
    for row in wording.rows(paper):
        flow += _labelled(row)
    return flow[:-1]  # no line below the last row: the seal draws its own


def draw_page(canvas: Any, footer: Footer, *, page: int) -> None:
    """Draw what every page has: the colour of the paper, a pine edge, the foot line."""
    page_width, page_height = canvas._pagesize  # noqa: SLF001 # reportlab has no public name for it
    canvas.setFillColor(_PAPER)
    canvas.rect(0, 0, page_width, page_height, stroke=0, fill=1)
    canvas.setFillColor(_PINE)
    canvas.rect(0, page_height - 7, page_width, 7, stroke=0, fill=1)
    column = page_width - 2 * MARGIN
    left = f"{footer.serial}. Verification code {footer.code}"
    _place(
        canvas, [_text(left, _SMALL, "serial")], MARGIN, column - 70, top=_FOOT, height=_FOOT - 8
    )
    last = _text(f"Page {page} of {footer.pages}", _style(8.5, _SOFT, alignment=2))
    _place(canvas, [last], MARGIN + column - 70, 70, top=_FOOT, height=_FOOT - 8)


def draw_seal(canvas: Any, paper: CertificatePaper, code: str) -> None:
    """Draw the foot of the first page: QR code, verification code, who authorised it."""
    page_width, _ = canvas._pagesize  # noqa: SLF001 # reportlab has no public name for it
    top = BOTTOM + SEAL_HEIGHT - 12
    canvas.setStrokeColor(_EDGE)
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, top + 6, page_width - MARGIN, top + 6)
    _draw_qr(canvas, paper.verify_url, MARGIN, top - _QR_SIZE)
    left = MARGIN + _QR_SIZE + 14
    right = left + 0.54 * (page_width - MARGIN - left)
    link = markup(paper.verify_url, field="verify_url")
    check = [
        _text("Check this certificate", _NOTE),
        _text(code, _CODE),
        Paragraph(f'<link href="{link}">{link}</link>', _SMALL),
    ]
    _place(canvas, check, left, right - left - 12, top=top, height=_QR_SIZE)
    signed = [
        _text("Authorised by", _NOTE),
        _text(paper.authorised_by, _SIGNER, "authorised_by"),
        _text(paper.authorised_role, _SMALL, "authorised_role"),
        _text(wording.issued(paper), _SMALL),
    ]
    _place(canvas, signed, right, page_width - MARGIN - right, top=top, height=_QR_SIZE)


def _text(text: str, style: ParagraphStyle, field: str = "text") -> Paragraph:
    return Paragraph(markup(text, Face(style.fontName), field=field), style)


def _name_style(name: str, width: float) -> ParagraphStyle:
    name_width = fonts.width(name, Face.HEADING, 1, field="holder_name")
    size = next((size for size in _NAME_SIZES if name_width * size <= width), _NAME_SIZES[-1])
    return _style(size, _PINE, Face.HEADING, leading=size * 1.3)


def _credit_panel(paper: CertificatePaper, width: float) -> Table:
    left = [
        _text(wording.credit(paper), _AMOUNT, "credit_unit"),
        _text(wording.counted_by(paper), _NOTE, "rule_set"),
    ]
    right = [
        _text(wording.attended(paper), _style(11, _INK, alignment=2)),
        _text(paper.credit_kind.value.capitalize(), _style(9.5, _SOFT, alignment=2)),
    ]
    panel = Table([[left, right]], colWidths=[width * 0.66, width * 0.34])
    panel.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), Face.TEXT.value),
            ("BACKGROUND", (0, 0), (-1, -1), _WASH),
            ("ROUNDEDCORNERS", [8, 8, 8, 8]),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("RIGHTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 9),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 11),
        ]
    )
    return panel


def _labelled(row: wording.Row) -> list[Flowable]:
    flow: list[Flowable] = [
        Paragraph(
            markup(text, field=row.field), _VALUE, bulletText=row.label if place == 0 else None
        )
        for place, text in enumerate(row.paragraphs)
    ]
    return [*flow, HRFlowable("100%", 0.4, color=_EDGE, spaceBefore=3.5, spaceAfter=3.5)]


def _place(
    canvas: Any, flow: list[Flowable], left: float, width: float, *, top: float, height: float
) -> None:
    """Draw *flow* in a box whose upper edge is *top*, smaller where it would not fit."""
    box = KeepInFrame(width, height, flow, mode="shrink")
    _, used = box.wrapOn(canvas, width, height)
    box.drawOn(canvas, left, top - used)


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
    canvas.setFillColor(_INK)
    canvas.drawPath(path, stroke=0, fill=1)
