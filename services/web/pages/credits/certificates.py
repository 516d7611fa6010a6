"""My certificates, and their PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.certificates import verification_code as codes
from domain.errors import NotFound
from projections.certificate_checks import queries as checks
from projections.certificate_register import queries as register
from projections.certificate_register.queries import CertificateRow
from services.web.forms.orders import Asking
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, is_administrator, subject_page


class CertificateController(Controller):
    """``/certificates``."""

    path = "/certificates"
    guards = (signed_in,)

    @get()
    async def index(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """List my certificates, those that stand and those replaced or withdrawn."""
        async with house.views() as conn:
            rows = await register.of_member(conn, person_id)
            looks = await checks.counted(conn, [row.certificate_id for row in rows])
        return await subject_page(
            request,
            "credits/certificates.html",
            here="credits",
            rows=rows,
            looks=looks,
            printed=codes.printed,
        )

    @get("/{certificate_id:uuid}/pdf")
    async def paper(
        self,
        request: Asking,
        certificate_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Hand the PDF to its holder, or to an administrator."""
        async with house.views() as conn:
            row = await register.by_id(conn, certificate_id)
            others = [] if row is None else await register.of_member(conn, row.member_id)
        mine = row is not None and row.member_id == person_id
        if row is None or not (mine or await is_administrator(request, person_id)):
            raise NotFound("There is no such certificate, or it is not yours.")
        pdf = await house.papers.fetch(certificate_id)
        if pdf is not None:
            return Response(
                pdf,
                media_type="application/pdf",
                headers={
                    "Cache-Control": "no-store",
                    "Content-Disposition": f'attachment; filename="{file_name(row, others)}"',
                },
            )
        if row.state != "issued":
            raise NotFound("This paper is no longer kept.")
        # Not found yet, in words: the worker draws it within moments.
        return await subject_page(
            request, "credits/certificate_drawn.html", status=404, here="credits", row=row
        )


def file_name(row: CertificateRow, others: Sequence[CertificateRow]) -> str:
    """Return a name that no other version of the paper has: ``PH-2026-AB12CD34-v2.pdf``.

    Args:
        row: the certificate.
        others: all of its holder's, itself among them.
    """
    replaced = {each.replaced_by_code: each for each in others if each.replaced_by_code}
    version, earlier = 1, replaced.get(row.verification_code)
    while earlier is not None:
        version, earlier = version + 1, replaced.get(earlier.verification_code)
    return f"{row.serial}-v{version}.pdf"
