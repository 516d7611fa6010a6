"""Credits that I earned elsewhere: what I entered, corrected and took back, and its documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.evidence.documents import Document
from projections.outside_credits import queries as outside
from projections.outside_credits.queries import OutsideCreditRow
from projections.people import queries as people
from services.credits.licence_texts import categories_of
from services.credits.outside import (
    CorrectOutsideCredit,
    EnterOutsideCredit,
    RemoveOutsideCredit,
)
from services.credits.renewals import counts_under
from services.days import own_day
from services.house import House
from services.web.edge.problems import to_problem
from services.web.forms.orders import Asking, give, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.credits.outside_credit_forms import (
    DROP,
    REASON,
    REMOVAL_FORM,
    Target,
    activity_of,
    answers,
    credit_form,
    document_of_row,
    refused,
    targets,
)
from services.web.pages.credits.sent_documents import VIEW, arrived_with, give_with_document
from services.web.settings import UPLOAD_LIMIT
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page


class OutsideCreditController(Controller):
    """``/credits/outside``."""

    path = "/credits/outside"
    guards = (signed_in,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List what I entered, with what I wrote before and why I changed it."""
        async with house.views() as conn:
            rows = await outside.of_member(conn, person_id)
            licences = await people.licences(conn, person_id)
        packs = {pack.id: pack for pack in house.rules().packs}  # the newest of each text
        return await subject_page(
            request,
            "credits/outside_credits.html",
            here="credits",
            rows=[row for row in rows if row.counts],
            removed=[row for row in rows if not row.counts],
            packs=packs,
            licences={row.licence_id: row for row in licences},
            counts_under=counts_under,
        )

    @get("/new")
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Ask what was earned elsewhere."""
        offered = await _targets(house, person_id)
        return await _form_page(request, offered, credit_form(offered).blank())

    @post(request_max_body_size=UPLOAD_LIMIT)
    async def enter(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Enter a credit."""
        arrived = await arrived_with(request, person_id)
        offered = await _targets(house, person_id)
        form = credit_form(offered).read(arrived.sent)
        if not form.ok:
            return await _form_page(request, offered, form, status=400)

        def command(document: Document | None) -> EnterOutsideCredit:
            return EnterOutsideCredit(
                credit_id=uuid5(arrived.order.command_id, "outside credit"),
                member_id=person_id,
                activity=activity_of(form, document),
                by=person_id,
            )

        refusal = await give_with_document(request, house, arrived, command, kept=None)
        if refusal is not None:
            status = to_problem(refusal).status
            return await _form_page(request, offered, refused(form, refusal), status=status)
        return Redirect("/credits/outside?done=credit_entered", status_code=303)

    @get("/{credit_id:uuid}/correct")
    async def ask_for_correction(
        self,
        request: Asking,
        credit_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask what is right, and why."""
        row = await _own(house, person_id, credit_id)
        offered = await _targets(house, person_id, row)
        form = _correction(offered, row, answers(row.now))
        return await _form_page(request, offered, form, row=row)

    @post("/{credit_id:uuid}/correct", request_max_body_size=UPLOAD_LIMIT)
    async def correct(
        self,
        request: Asking,
        credit_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Set an entry right; what it said before stands beside it."""
        row = await _own(house, person_id, credit_id)
        arrived = await arrived_with(request, person_id)
        offered = await _targets(house, person_id, row)
        form = _correction(offered, row, arrived.sent)
        if not form.ok:
            return await _form_page(request, offered, form, row=row, status=400)

        def command(document: Document | None) -> CorrectOutsideCredit:
            return CorrectOutsideCredit(
                credit_id=credit_id,
                activity=activity_of(form, document),
                reason=form["reason"],
                by=person_id,
            )

        kept = None if form.values.get("drop_document") else document_of_row(row.now)
        refusal = await give_with_document(request, house, arrived, command, kept=kept)
        if refusal is not None:
            status = to_problem(refusal).status
            form = refused(form, refusal)
            return await _form_page(request, offered, form, row=row, status=status)
        return Redirect("/credits/outside?done=credit_corrected", status_code=303)

    @get("/{credit_id:uuid}/remove")
    async def ask_for_removal(
        self,
        request: Asking,
        credit_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask whether to take an entry back, and why."""
        row = await _own(house, person_id, credit_id)
        return await _removal_page(request, row, REMOVAL_FORM.blank())

    @post("/{credit_id:uuid}/remove")
    async def remove(
        self,
        request: Asking,
        credit_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take an entry back; the same form again finds it done."""
        row = await _own(house, person_id, credit_id, removed=True)
        sent = await request.form()
        form = REMOVAL_FORM.read(sent)
        if not form.ok:
            return await _removal_page(request, row, form, status=400)
        command = RemoveOutsideCredit(credit_id=credit_id, reason=form["reason"], by=person_id)
        await give(house, command, order_from_form(request, sent, person_id), VIEW)
        return Redirect("/credits/outside?done=credit_removed", status_code=303)

    @get("/{credit_id:uuid}/document")
    async def document(
        self,
        credit_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[bytes]:
        """Hand my document back as it came; a browser saves it and shows nothing of it."""
        row = await _own(house, person_id, credit_id)
        document = document_of_row(row.now)
        content = None if document is None else await house.documents.fetch(document.document_id)
        if document is None or content is None:
            raise NotFound("There is no document with this entry.")
        name = f"credit-{row.now.day}-{str(credit_id)[:8]}.{document.kind.suffix}"
        return Response(
            content,
            media_type=document.kind.value,
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )


async def _targets(
    house: House, person_id: UUID, row: OutsideCreditRow | None = None
) -> list[Target]:
    async with house.views() as conn:
        licences = await people.licences(conn, person_id)
        today = await own_day(conn, person_id, house.clock.now())
    also = None if row is None else (row.now.licence_id, row.now.pack_id)
    return targets(house.rules(), licences, today, also=also)


async def _own(
    house: House, person_id: UUID, credit_id: UUID, *, removed: bool = False
) -> OutsideCreditRow:
    """Return an entry of mine; one that I took back only where *removed* says so."""
    async with house.views() as conn:
        rows = await outside.of_member(conn, person_id)
    for row in rows:
        if row.credit_id == credit_id and (removed or row.counts):
            return row
    raise NotFound("There is no such entry, or it is not yours, or you took it back.")


def _correction(
    offered: list[Target], row: OutsideCreditRow, said: dict[str, object] | FormMultiDict
) -> Filled:
    extra = (REASON,) if row.now.document_id is None else (DROP, REASON)
    form = credit_form(offered, *extra, topics=row.now.topics)
    return form.read(said) if isinstance(said, FormMultiDict) else form.blank(**said)


async def _form_page(
    request: Asking,
    offered: list[Target],
    form: Filled,
    *,
    row: OutsideCreditRow | None = None,
    status: int = 200,
) -> Response[str]:
    return await subject_page(
        request,
        "credits/outside_credit.html",
        status=status,
        here="credits",
        form=form,
        row=row,
        offered=offered,
        categories=sorted(categories_of([target.pack for target in offered])),
    )


async def _removal_page(
    request: Asking, row: OutsideCreditRow, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request,
        "credits/outside_credit_remove.html",
        status=status,
        here="credits",
        row=row,
        form=form,
    )
