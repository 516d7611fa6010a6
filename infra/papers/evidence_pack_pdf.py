"""The evidence pack as a PDF: the certificate's sheet, as many pages as there are meetings."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from reportlab.platypus import BaseDocTemplate, PageTemplate

from infra.papers import evidence_pack_wording as wording
from infra.papers.evidence_pack_layout import story
from infra.papers.fonts import Face
from infra.papers.layout import MARGIN, PageSize, draw_page, frame
from infra.papers.words import licence_line

if TYPE_CHECKING:
    from domain.evidence.pack import EvidencePack

_ON_LETTER: Final = ("US", "CA")  # countries whose offices have Letter paper in their printers


def page_size(jurisdiction: str) -> PageSize:
    """Return what the reviewers of a jurisdiction print on.

    >>> page_size("US-MD").name, page_size("AU").name
    ('LETTER', 'A4')
    """
    country, _, _ = jurisdiction.partition("-")
    return PageSize.LETTER if country in _ON_LETTER else PageSize.A4


def render(pack: EvidencePack, *, size: PageSize | None = None) -> bytes:
    """Draw one evidence pack.

    Args:
        pack: the facts.
        size: that of the licence's jurisdiction if not given.

    Returns:
        A PDF. The same facts, their time included, give the same bytes as long as the installed
        fonts, reportlab and zlib stay the same.

    Raises:
        fonts.ScriptNotSupported: the holder's name is in a script that cannot be set rightly.
        fonts.CharacterWithoutFont: a character of it that no font can draw.
        papers.PaperContradictsItself: the zone of a meeting is unknown.
    """
    size = size or page_size(pack.licence.jurisdiction)
    pages, _ = _draw(pack, size, pages=1)
    return _draw(pack, size, pages=pages)[1]  # each page names how many there are


def _draw(pack: EvidencePack, size: PageSize, *, pages: int) -> tuple[int, bytes]:
    foot = wording.foot(pack)
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=size.value,
        invariant=1,
        title=f"{wording.HEADING}: {pack.text.body}, {wording.cycle(pack)}",
        author=pack.holder_name,
        subject=licence_line(pack.licence),
        creator="Peerhour",
        lang="en-US",
        initialFontName=Face.TEXT.value,  # else each page begins in Helvetica, never embedded
    )

    def page(canvas: Any, current: Any) -> None:
        draw_page(canvas, foot, page=current.page, pages=pages)

    document.addPageTemplates([PageTemplate("page", [frame(size)], onPage=page)])
    document.build(story(pack, width=size.value[0] - 2 * MARGIN))
    return document.page, out.getvalue()
