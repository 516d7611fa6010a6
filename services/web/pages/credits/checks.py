"""When somebody looked at one of my certificates."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.certificates import verification_code as codes
from domain.errors import NotFound
from projections.certificate_checks import queries as checks
from projections.certificate_register import queries as register
from services.web.forms.orders import Asking
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

_MOST: Final = 100
CHANNEL: Final = {"page": "on the check page", "program": "by a program"}


class CheckController(Controller):
    """``/certificates/{id}/checks``."""

    path = "/certificates/{certificate_id:uuid}/checks"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        certificate_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Show its holder when a certificate was looked at."""
        async with house.views() as conn:
            row = await register.by_id(conn, certificate_id)
            if row is None or row.member_id != person_id:
                raise NotFound("There is no such certificate, or it is not yours.")
            looks = await checks.of_certificate(conn, certificate_id, _MOST)
            counted = await checks.counted(conn, [certificate_id])
        return await subject_page(
            request,
            "credits/certificate_checks.html",
            here="credits",
            row=row,
            looks=looks,
            many=counted[certificate_id].many if looks else 0,
            channel=CHANNEL,
            printed=codes.printed,
        )
