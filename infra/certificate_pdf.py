"""The certificate as a PDF: calm, readable, the same bytes every time.

One page as a rule. What is longer flows to a second one; the first always holds the QR code, the
verification code and who authorised the certificate. Signing, log proofs and the tag tree are
later passes over these bytes.
"""

from __future__ import annotations

from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reportlab.lib.pagesizes import A4, letter
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate

from domain import papers, verification_code
from infra import certificate_wording as wording
from infra.certificate_layout import (
    BOTTOM,
    MARGIN,
    SEAL_HEIGHT,
    TOP,
    Footer,
    draw_page,
    draw_seal,
    story,
)
from infra.fonts import Face

if TYPE_CHECKING:
    from domain.papers import CertificatePaper


class PageSize(Enum):
    """What the paper is printed on, in points."""

    LETTER = letter
    A4 = A4


def render(paper: CertificatePaper, *, size: PageSize = PageSize.LETTER) -> bytes:
    """Draw one certificate.

    Args:
        paper: complete and consistent; it is checked first.
        size: US Letter unless the provider is elsewhere.

    Returns:
        A PDF. The same paper and size give the same bytes as long as the installed fonts,
        reportlab and zlib stay the same; store the bytes, do not count on making them again.

    Raises:
        papers.PaperIncomplete: and the other refusals of :func:`domain.papers.check`.
        fonts.ScriptNotSupported: a text in a script that cannot be set rightly.
        fonts.CharacterWithoutFont: a character that no font can draw.
    """
    papers.check(paper)
    pages, drawn = _draw(paper, size, pages=1)
    if pages > 1:  # the footer names the number of pages, which is known only now
        _, drawn = _draw(paper, size, pages=pages)
    return drawn


def _draw(paper: CertificatePaper, size: PageSize, *, pages: int) -> tuple[int, bytes]:
    code = verification_code.printed(verification_code.normalise(paper.verification_code))
    footer = Footer(f"Certificate {paper.serial}, version {paper.version}", code, pages)
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=size.value,
        invariant=1,
        title=f"{wording.heading(paper)} {paper.serial}",
        author=paper.provider.name,
        subject=paper.title,
        creator="Peerhour",
        lang="en-US",
        initialFontName=Face.TEXT.value,  # else each page begins in Helvetica, never embedded
    )

    def first(canvas: Any, _: Any) -> None:
        draw_page(canvas, footer, page=1)
        draw_seal(canvas, paper, code)

    def later(canvas: Any, current: Any) -> None:
        draw_page(canvas, footer, page=current.page)

    document.addPageTemplates(
        [
            PageTemplate("first", [_frame(size, BOTTOM + SEAL_HEIGHT)], onPage=first),
            PageTemplate("later", [_frame(size, BOTTOM)], onPage=later),
        ]
    )
    flow = story(paper, width=size.value[0] - 2 * MARGIN)
    document.build([NextPageTemplate("later"), *flow])
    return document.page, out.getvalue()


def _frame(size: PageSize, bottom: float) -> Frame:
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
