"""The public check of a certificate, for programs of boards and payers."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from domain.certificates import verification_code as codes
from domain.certificates.checks import CheckChannel
from projections.certificate_register import queries as register
from services.web.api.shapes import CertificateFacts, Verification
from services.web.checks import keep_check
from services.web.forms.orders import Asking
from services.web.pages.verify import spend_check
from services.web.subjects import TheHouse
from services.web.words import record as words


class VerificationApi(Controller):
    """``/api/v1/verifications/{code}``: no sign-in."""

    path = "/verifications"
    tags = ("Verification",)

    @get(
        "/{typed:str}",
        operation_id="VerifyCertificate",
        responses={
            404: ResponseSpec(
                data_container=Verification,
                description="No certificate has this code: state is unknown.",
                generate_examples=False,
            )
        },
    )
    async def verify(
        self, request: Asking, typed: FromPath[str], house: TheHouse
    ) -> Response[Verification]:
        """What stands under a code; its check symbols are looked at first."""
        code = codes.normalise(typed)
        await spend_check(request)
        async with house.views() as conn:
            row = await register.by_code(conn, code)
        answer = Verification(code=codes.printed(code), state="unknown", as_of=house.clock.now())
        if row is not None:
            await keep_check(request, house, row, CheckChannel.PROGRAM)
            replaced = row.replaced_by_code
            answer.state = "standing" if row.stands else row.state
            answer.reason = row.reason
            answer.changed_at = row.changed_at
            answer.replaced_by = None if replaced is None else codes.printed(replaced)
            answer.certificate = _facts(row)
        return Response(
            answer,
            status_code=404 if row is None else 200,
            headers={"Cache-Control": "no-store"},
        )


def _facts(row: register.CertificateRow) -> CertificateFacts:
    return CertificateFacts(
        serial=row.serial,
        holder=row.holder_name,
        licence=words.masked_licence(row.licence),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        modality=row.modality,
        minutes=row.minutes,
        amount=words.amount(row.amount),
        unit=row.unit_name,
        rule=row.rule_name,
        rule_version=row.rule_version,
        rule_source=row.rule_source,
        arithmetic=list(row.arithmetic),
        evidence_strength=row.strength,
        evidence=list(row.evidence),
        provider=row.provider_name,
        provider_contact=row.provider_contact,
        objectives=list(row.objectives),
        topics=list(row.topics),
        location=row.location,
        presenter=row.presenter,
        approvals=list(row.approvals),
        authorised_by=row.authorised_by,
        issued_at=row.issued_at,
        pdf_sha256=row.pdf_sha256,
    )
