"""How every paper looks: the sheet, its colours and faces, labelled rows, the line at the foot.

Long texts are paragraphs with their label hung in the margin and not table rows, because
paragraphs can break across pages and table rows cannot.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Frame, KeepInFrame, Paragraph, Table
from reportlab.platypus.flowables import HRFlowable

from infra.papers.fonts import Face, legible, markup

if TYPE_CHECKING:
    from infra.papers.words import Row

MARGIN: Final = 54.0  # left and right: three quarters of an inch
TOP: Final = 42.0
BOTTOM: Final = 56.0  # of the flowing text; the foot line stands below it

PAPER, INK, SOFT = HexColor("#FAF7F2"), HexColor("#1F2A2C"), HexColor("#4A5759")
PINE, WASH, EDGE = HexColor("#1F5F5B"), HexColor("#E0EEEA"), HexColor("#BFD9D3")

_LABEL_WIDTH: Final = 108.0
_FOOT: Final = 40.0  # upper edge of the foot line
_PAGE_WIDTH: Final = 70.0  # of its right end, where the page is named


class PageSize(Enum):
    """What the paper is printed on, in points."""

    LETTER = letter
    A4 = A4


def style(size: float, color: Any = INK, face: Face = Face.TEXT, **more: Any) -> ParagraphStyle:
    """Return how a paragraph is set; what is not told comes from its size."""
    more = {"leading": size * 1.4, "splitLongWords": 1} | more
    return ParagraphStyle(face, fontName=face.value, fontSize=size, textColor=color, **more)


def labelled_style(size: float, leading: float) -> ParagraphStyle:
    """Return how a paragraph with a label in the margin is set."""
    return style(
        size,
        leading=leading,
        leftIndent=_LABEL_WIDTH,
        bulletFontName=Face.TEXT.value,
        bulletFontSize=min(8.5, size),
        bulletColor=SOFT,
        bulletIndent=0,
    )


SMALL: Final = style(8.5, SOFT)
NOTE: Final = style(9.5, SOFT)
VALUE: Final = labelled_style(9.2, 13)


def text(words: str, how: ParagraphStyle, field: str = "text") -> Paragraph:
    """Return a paragraph; *field* is named when a character of it cannot be printed."""
    return Paragraph(markup(words, Face(how.fontName), field=field), how)


def labelled(row: Row, how: ParagraphStyle = VALUE) -> list[Flowable]:
    """Return a row's paragraphs, its label beside the first, and a line below."""
    return [
        *unlined(row, how),
        HRFlowable("100%", 0.4, color=EDGE, spaceBefore=3.5, spaceAfter=3.5),
    ]


def legibly(row: Row) -> Row:
    """Return a row of told words as far as they can be printed; see `fonts.legible`."""
    return replace(row, paragraphs=tuple(map(legible, row.paragraphs)))


def unlined(row: Row, how: ParagraphStyle) -> list[Flowable]:
    """Return a row's paragraphs, its label beside the first."""
    return [
        Paragraph(markup(words, field=row.field), how, bulletText=row.label if place == 0 else None)
        for place, words in enumerate(row.paragraphs)
    ]


def panel(left: list[Flowable], right: list[Flowable], width: float) -> Table:
    """Return the panel in which a paper says its result, with a smaller word to the right."""
    drawn = Table([[left, right]], colWidths=[width * 0.66, width * 0.34])
    drawn.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), Face.TEXT.value),
            ("BACKGROUND", (0, 0), (-1, -1), WASH),
            ("ROUNDEDCORNERS", [8, 8, 8, 8]),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("RIGHTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 9),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 11),
        ]
    )
    return drawn


def frame(size: PageSize, bottom: float = BOTTOM) -> Frame:
    """Return the column of the flowing text, from the top margin down to *bottom*."""
    page_width, page_height = size.value
    return Frame(
        MARGIN,
        bottom,
        page_width - 2 * MARGIN,
        page_height - TOP - bottom,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )


def draw_page(canvas: Any, foot: str, *, page: int, pages: int) -> None:
    """Draw what every page has: the colour of the paper, a pine edge, the foot line."""
    page_width, page_height = canvas._pagesize  # noqa: SLF001 # reportlab has no public name for it
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, page_width, page_height, stroke=0, fill=1)
    canvas.setFillColor(PINE)
    canvas.rect(0, page_height - 7, page_width, 7, stroke=0, fill=1)
    column = page_width - 2 * MARGIN - _PAGE_WIDTH
    place(canvas, [text(foot, SMALL, "foot")], MARGIN, column, top=_FOOT, height=_FOOT - 8)
    last = text(f"Page {page} of {pages}", style(8.5, SOFT, alignment=2))
    place(canvas, [last], MARGIN + column, _PAGE_WIDTH, top=_FOOT, height=_FOOT - 8)


def place(
    canvas: Any, flow: list[Flowable], left: float, width: float, *, top: float, height: float
) -> None:
    """Draw *flow* in a box whose upper edge is *top*, smaller where it would not fit."""
    box = KeepInFrame(width, height, flow, mode="shrink")
    _, used = box.wrapOn(canvas, width, height)
    box.drawOn(canvas, left, top - used)
