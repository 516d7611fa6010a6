"""For administrators: claims to payers, what came back, and what is set right."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.certificates import verification_code as codes
from domain.claims.rules import ClaimState, SetAsideReason
from projections.claims_board import queries as board
from services.claims import runs
from services.claims.answers import DecideLines, SetAsideClaim, TakeBackLine
from services.house import House
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Filled
from services.web.pages.admin.claim_forms import (
    AGAIN,
    INSTEAD,
    SET_ASIDE_FORM,
    answer_form,
    answers_of,
    period_form,
    read_period,
    take_back_form,
)
from services.web.pages.admin.claim_view import ClaimView, instead_words, line_of, view_of
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, names_of, subject_page, zone_of_reader
from services.web.words import record as words

_VIEW: Final = "claims_board"


class ClaimController(Controller):
    """``/admin/claims``."""

    path = "/admin/claims"
    guards = (administrator,)

    @get()
    async def index(self, request: Asking, house: TheHouse) -> Response[str]:
        """Show what is ready, what went to payers and what came back."""
        return await _index_page(request, house)

    @post("/preparations")
    async def prepare(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Prepare claims for what a payer was not asked for yet."""
        sent = await request.form()
        async with house.views() as conn:
            payers = await board.payers(conn)
        form = read_period(payers, sent)
        if not form.ok:
            return await _index_page(request, house, form, status=400)
        order = order_from_form(request, sent, person_id)
        what = form["payer_id"], form["first"], form["last"]
        ready = await runs.make_ready(house, *what, order=order)
        done = "prepared" if ready.prepared else "nothing_new"
        return Redirect(f"/admin/claims?done={done}", status_code=303)

    @get("/{claim_id:uuid}")
    async def show(
        self, request: Asking, claim_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Show a claim, line by line."""
        view = await view_of(house, claim_id)
        return await subject_page(
            request,
            "admin/claim.html",
            here="you",
            view=view,
            printed=codes.printed,
            zone=await zone_of_reader(request, house),
        )

    @get("/{claim_id:uuid}/answer")
    async def ask_for_answer(
        self, request: Asking, claim_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Ask what the payer answered."""
        view = await view_of(house, claim_id)
        return await _answer_page(request, view)

    @post("/{claim_id:uuid}/answer")
    async def answer(
        self,
        request: Asking,
        claim_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Keep what the payer answered to each line."""
        view = await view_of(house, claim_id)
        sent = await request.form()
        form = answer_form(view.sent_last, view.row.currency).read(sent)
        if not form.ok:
            return await _answer_page(request, view, form, status=400)
        answers, errors = answers_of(form, view.sent_last)
        if errors:
            return await _answer_page(request, view, form.with_errors(errors), status=400)
        command = DecideLines(
            claim_id=claim_id, answers=answers, reference=form["reference"], by=person_id
        )
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, _VIEW)
        if refusal is not None:
            form = with_refusal(form, refusal, "reference")
            return await _answer_page(request, view, form, status=to_problem(refusal).status)
        return Redirect(f"/admin/claims/{claim_id}?done=answered", status_code=303)

    @get("/{claim_id:uuid}/lines/{line_id:str}/take-back")
    async def ask_why_back(
        self,
        request: Asking,
        claim_id: FromPath[UUID],
        line_id: FromPath[str],
        house: TheHouse,
    ) -> Response[str]:
        """Ask why a line is taken back, and what becomes of the hour."""
        view = await view_of(house, claim_id)
        return await _back_page(request, view, line_of(view, line_id))

    @post("/{claim_id:uuid}/lines/{line_id:str}/take-back")
    async def take_back(
        self,
        request: Asking,
        claim_id: FromPath[UUID],
        line_id: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take a line back, and perhaps put what its new certificate says in its place."""
        view = await view_of(house, claim_id)
        line = line_of(view, line_id)
        sent = await request.form()
        form = take_back_form(instead_words(view, line)).read(sent)
        if not form.ok:
            return await _back_page(request, view, line, form, status=400)
        instead = view.instead(line) if form["then"] == INSTEAD else None
        command = TakeBackLine(
            claim_id=claim_id,
            line_id=line_id,
            reason=form["reason"],
            asked_again=form["then"] == AGAIN,
            certificate_id=None if instead is None else instead.certificate_id,
            earlier_claim_ids=view.unnumbered,
            by=person_id,
        )
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, _VIEW)
        if refusal is not None:
            form = with_refusal(form, refusal, "then")
            status = to_problem(refusal).status
            return await _back_page(request, view, line, form, status=status)
        return Redirect(f"/admin/claims/{claim_id}?done=taken_back", status_code=303)

    @get("/{claim_id:uuid}/set-aside")
    async def ask_why_aside(
        self, request: Asking, claim_id: FromPath[UUID], house: TheHouse
    ) -> Response[str]:
        """Ask why a claim is not sent."""
        view = await view_of(house, claim_id)
        return await _aside_page(request, view)

    @post("/{claim_id:uuid}/set-aside")
    async def set_aside(
        self,
        request: Asking,
        claim_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """End a claim that was never sent."""
        view = await view_of(house, claim_id)
        sent = await request.form()
        form = SET_ASIDE_FORM.read(sent)
        if not form.ok:
            return await _aside_page(request, view, form, status=400)
        command = SetAsideClaim(
            claim_id=claim_id,
            reason=SetAsideReason(form["reason"]),
            asked_again=form["then"] == AGAIN,
            by=person_id,
        )
        order = order_from_form(request, sent, person_id)
        refusal = await attempt(house, command, order, _VIEW)
        if refusal is not None:
            form = with_refusal(form, refusal, "reason")
            return await _aside_page(request, view, form, status=to_problem(refusal).status)
        return Redirect(f"/admin/claims/{claim_id}?done=set_aside", status_code=303)


def _totals(rows: list[board.ClaimRow]) -> dict[str, tuple[int, int]]:
    """Return claimed and paid minor units by currency; amounts of two are never added."""
    claimed: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for row in rows:
        if row.state != ClaimState.SET_ASIDE:
            claimed[row.currency] += row.total_cents
            paid[row.currency] += row.paid_cents or 0
    return {currency: (claimed[currency], paid[currency]) for currency in sorted(claimed)}


async def _index_page(
    request: Asking, house: House, form: Filled | None = None, *, status: int = 200
) -> Response[str]:
    async with house.views() as conn:
        payers = await board.payers(conn)
        boards = [(payer, await board.of_payer(conn, payer.payer_id)) for payer in payers]
        names = await names_of(conn, [row.member_id for _, rows in boards for row in rows])
    return await subject_page(
        request,
        "admin/claims.html",
        status=status,
        here="you",
        boards=[(payer, rows, _totals(rows)) for payer, rows in boards],
        names={str(member_id): name for member_id, name in names.items()},
        form=form or period_form(payers).blank(),
    )


async def _answer_page(
    request: Asking, view: ClaimView, form: Filled | None = None, *, status: int = 200
) -> Response[str]:
    if form is None:
        known = {
            f"paid-{line.line_id}": words.plain_money(line.amount_cents, view.row.currency)
            for line in view.sent_last
        }
        form = answer_form(view.sent_last, view.row.currency).blank(**known)
    return await subject_page(
        request, "admin/claim_answer.html", status=status, here="you", view=view, form=form
    )


async def _back_page(
    request: Asking,
    view: ClaimView,
    line: board.LineRow,
    form: Filled | None = None,
    *,
    status: int = 200,
) -> Response[str]:
    return await subject_page(
        request,
        "admin/claim_line.html",
        status=status,
        here="you",
        view=view,
        line=line,
        form=form or take_back_form(instead_words(view, line)).blank(),
    )


async def _aside_page(
    request: Asking, view: ClaimView, form: Filled | None = None, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request,
        "admin/claim_set_aside.html",
        status=status,
        here="you",
        view=view,
        form=form or SET_ASIDE_FORM.blank(),
    )
