"""For administrators: finding a certificate by its code or its holder, and revoking it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.certificates import verification_code as codes
from domain.certificates.certificate import RevocationReason
from domain.errors import NotFound
from projections.certificate_register import queries as register
from projections.certificate_register.queries import CertificateRow
from projections.claims_board import queries as board
from projections.people import queries as people
from services.certificates.issuing import RevokeCertificate
from services.house import House
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of
from services.web.pages.verify import CODE_FORM
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page
from services.web.words import record as words

_NEWEST: Final = 50  # certificates on a page
_PEOPLE: Final = 500  # who share a part of a name; more need more of it
_NOBODY: Final = "Nobody here is called so."
_NO_PAPERS: Final = "Whoever is called so has no certificate."

# The other two are the house's own: it replaces the paper when attendance or name are set right.
_BY_HAND: Final = (
    RevocationReason.ISSUED_IN_ERROR,
    RevocationReason.PROVIDER_APPROVAL_LAPSED,
    RevocationReason.FRAUD,
    RevocationReason.AT_HOLDERS_REQUEST,
)
HOLDER_FORM: Final = Form(
    Field(
        name="holder",
        label="The holder's name",
        hint="Or a part of it, as the house knows them today.",
        missing="Write a name, or a part of one.",
        longest=120,
    ),
)
REASON_FORM: Final = Form(
    Field(
        name="reason",
        label="Why",
        hint="Everybody who checks the certificate reads this.",
        parse=one_of(_BY_HAND),
        kind="radio",
        choices=tuple((each.value, words.REASON[each].capitalize()) for each in _BY_HAND),
        missing="Choose why.",
    ),
)


class RevocationController(Controller):
    """``/admin/certificates``."""

    path = "/admin/certificates"
    guards = (administrator,)

    @get()
    async def find(self, request: Asking, house: TheHouse) -> Response[Any]:
        """Ask for a code; a certificate that has it is shown."""
        typed = str(request.query_params.get("code", "")).strip()
        form = CODE_FORM.blank(code=typed[:64])
        if not typed:
            if "code" in request.query_params:
                form = form.with_errors({"code": CODE_FORM.fields["code"].missing})
            return await _find_page(request, form, status=200 if form.ok else 400)
        try:
            code = codes.normalise(typed)
        except codes.MalformedCode as refusal:
            form = form.with_errors({"code": refusal.message})
            return await _find_page(request, form, status=422)
        async with house.views() as conn:
            row = await register.by_code(conn, code)
        if row is None:
            form = form.with_errors({"code": "No certificate has this code."})
            return await _find_page(request, form, status=404)
        return Redirect(f"/admin/certificates/{row.certificate_id}/revoke", status_code=303)

    @post()
    async def find_by_holder(self, request: Asking, house: TheHouse) -> Response[str]:
        """List the certificates of whoever is called so; a name stands in no address of ours."""
        by_holder = HOLDER_FORM.read(await request.form())
        blank = CODE_FORM.blank()
        if not by_holder.ok:
            return await _find_page(request, blank, by_holder, status=400)
        async with house.views() as conn:
            named = await people.named(conn, by_holder["holder"], limit=_PEOPLE)
            names = {each.member_id: each.name for each in named}
            found = await register.of_members(conn, list(names), limit=_NEWEST + 1)
        if not found:
            told = _NO_PAPERS if named else _NOBODY
            by_holder = by_holder.with_errors({"holder": told})
            return await _find_page(request, blank, by_holder, status=404)
        return await _find_page(request, blank, by_holder, found, names)

    @get("/{certificate_id:uuid}/revoke")
    async def ask(
        self, request: Asking, certificate_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Show the certificate and ask why it is to be revoked."""
        return await _revoke_page(request, house, await _certificate(house, certificate_id))

    @post("/{certificate_id:uuid}/revoke")
    async def revoke(
        self,
        request: Asking,
        certificate_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Revoke it, in public and for ever."""
        row = await _certificate(house, certificate_id)
        sent = await request.form()
        form = REASON_FORM.read(sent)
        if not form.ok:
            return await _revoke_page(request, house, row, form, status=400)
        command = RevokeCertificate(
            certificate_id=certificate_id, reason=RevocationReason(form["reason"]), by=person_id
        )
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, "certificate_register")
        if refusal is not None:
            form = with_refusal(form, refusal, "reason")
            status = to_problem(refusal).status
            return await _revoke_page(request, house, row, form, status=status)
        address = f"/admin/certificates/{certificate_id}/revoke?done=revoked"
        return Redirect(address, status_code=303)


async def _certificate(house: House, certificate_id: UUID) -> CertificateRow:
    async with house.views() as conn:
        row = await register.by_id(conn, certificate_id)
    if row is None:
        raise NotFound("There is no such certificate.")
    return row


async def _find_page(
    request: Asking,
    form: Filled,
    by_holder: Filled | None = None,
    found: Sequence[CertificateRow] = (),
    names: Mapping[UUID, str] = MappingProxyType({}),
    *,
    status: int = 200,
) -> Response[str]:
    return await subject_page(
        request,
        "admin/certificates.html",
        status=status,
        here="you",
        form=form,
        by_holder=by_holder or HOLDER_FORM.blank(),
        found=found[:_NEWEST],
        names=names,
        there_is_more=len(found) > _NEWEST,
        printed=codes.printed,
    )


async def _revoke_page(
    request: Asking,
    house: House,
    row: CertificateRow,
    form: Filled | None = None,
    *,
    status: int = 200,
) -> Response[str]:
    async with house.views() as conn:
        claims = await board.resting_on(
            conn, row.certificate_id, member_id=row.member_id, starts_at=row.starts_at
        )
    return await subject_page(
        request,
        "admin/certificate_revoke.html",
        status=status,
        here="you",
        row=row,
        claims=claims,
        code=codes.printed(row.verification_code),
        form=form or REASON_FORM.blank(),
    )
