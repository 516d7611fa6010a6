"""The certificate as a PDF: calm, readable, the same bytes every time.

One page as a rule. What is longer flows to a second one; the first always holds the QR code, the
verification code and who authorised the certificate. Signing, log proofs and the tag tree are
later passes over these bytes.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from reportlab.platypus import BaseDocTemplate, NextPageTemplate, PageTemplate

from domain.certificates import papers, verification_code
from infra.papers import certificate_wording as wording
from infra.papers.certificate_layout import SEAL_HEIGHT, draw_seal, story
from infra.papers.fonts import Face
from infra.papers.layout import BOTTOM, MARGIN, PageSize, draw_page, frame

if TYPE_CHECKING:
    from domain.certificates.papers import CertificatePaper


def render(paper: CertificatePaper, *, size: PageSize = PageSize.LETTER) -> bytes:
    """Draw one certificate.

    Args:
        paper: complete and consistent; it is checked first.
        size: US Letter unless the provider is elsewhere.

    Returns:
        A PDF. The same paper and size give the same bytes as long as the installed fonts,
        reportlab and zlib stay the same; store the bytes, do not count on making them again.

    Raises:
        papers.PaperIncomplete: and the other refusals of :func:`domain.certificates.papers.check`.
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
    foot = f"Certificate {paper.serial}, version {paper.version}. Verification code {code}"
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
        draw_page(canvas, foot, page=1, pages=pages)
        draw_seal(canvas, paper, code)

    def later(canvas: Any, current: Any) -> None:
        draw_page(canvas, foot, page=current.page, pages=pages)

    document.addPageTemplates(
        [
            PageTemplate("first", [frame(size, BOTTOM + SEAL_HEIGHT)], onPage=first),
            PageTemplate("later", [frame(size)], onPage=later),
        ]
    )
    flow = story(paper, width=size.value[0] - 2 * MARGIN)
    document.build([NextPageTemplate("later"), *flow])
    return document.page, out.getvalue()
