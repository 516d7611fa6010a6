"""For administrators: an answer of a payer that does not hold, and the one in its place."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.claims.lines import LineAnswer
from domain.claims.rules import AnswerCorrection
from projections.claims_board.queries import LineRow, SendingRow
from services.claims.answers import CorrectAnswer
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form, require_fresh
from services.web.forms.reading import Filled, Form
from services.web.pages.admin.claim_forms import answers_of, correct_answer_form
from services.web.pages.admin.claim_view import ClaimView, sending_of, view_of
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page
from services.web.words import record as words

_VIEW: Final = "claims_board"


class ClaimAnswerController(Controller):
    """``/admin/claims/{claim_id}/answers/{number}/correct``; *number* counts the sendings."""

    path = "/admin/claims/{claim_id:uuid}/answers/{number:int}/correct"
    guards = (administrator,)

    @get()
    async def ask(
        self,
        request: Asking,
        claim_id: FromPath[UUID],
        number: FromPath[int],
        house: TheHouse,
    ) -> Response[str]:
        """Ask what the payer answered instead, and how that is known."""
        view = await view_of(house, claim_id)
        return await _page(request, view, sending_of(view, number))

    @post()
    async def correct(
        self,
        request: Asking,
        claim_id: FromPath[UUID],
        number: FromPath[int],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Keep that the answer does not hold, and what holds instead.

        Raises:
            Stale: somebody else corrected it since the page was loaded.
        """
        view = await view_of(house, claim_id)
        sending, lines = sending_of(view, number), view.lines_of(number)
        sent = await request.form()
        none_came = _may_be_none(view, sending) and bool(sent.get("none"))
        form = _form(view, sending, none_came=none_came).read(sent)
        if not form.ok:
            return await _page(request, view, sending, form, status=400)
        answers: list[LineAnswer] | None = None
        if not none_came:
            answers, errors = answers_of(form, lines)
            if errors:
                form = form.with_errors(errors)
                return await _page(request, view, sending, form, status=400)
        order = order_from_form(request, sent, person_id)
        async with house.views() as conn:
            await require_fresh(conn, sent, _seen(sending), stream_id=claim_id, order=order)
        command = CorrectAnswer(
            claim_id=claim_id,
            sending=number,
            answers=answers,
            reference=form["reference"] or "",
            why=AnswerCorrection(form["why"]),
            reason=form["reason"],
            by=person_id,
        )
        refusal = await attempt(house, command, order, _VIEW)
        if refusal is not None:
            form = with_refusal(form, refusal, "reference")
            status = to_problem(refusal).status
            return await _page(request, view, sending, form, status=status)
        return Redirect(f"/admin/claims/{claim_id}?done=answer_corrected", status_code=303)


def _may_be_none(view: ClaimView, sending: SendingRow) -> bool:
    """Tell whether it can be that the payer did not answer: nothing went out that rests on it."""
    return sending.sending == len(view.sendings)


def _form(view: ClaimView, sending: SendingRow, *, none_came: bool = False) -> Form:
    return correct_answer_form(
        view.lines_of(sending.sending),
        view.row.currency,
        may_be_none=_may_be_none(view, sending),
        none_came=none_came,
    )


def _seen(sending: SendingRow) -> str:
    """Return what the page showed: which answer is corrected."""
    return "" if sending.answered_at is None else sending.answered_at.isoformat()


def _kept(view: ClaimView, lines: list[LineRow], sending: SendingRow) -> dict[str, object]:
    """Return the answer as it is kept, for the fields of the form.

    Where the payer answered to all lines at once, each is shown as it was asked for.
    """
    known: dict[str, object] = {"reference": sending.reference}
    for line in lines:
        paid = line.amount_cents if line.paid_cents is None else line.paid_cents
        known[f"paid-{line.line_id}"] = words.plain_money(paid, view.row.currency)
        known[f"reason-{line.line_id}"] = line.reason_code
    return known


async def _page(
    request: Asking,
    view: ClaimView,
    sending: SendingRow,
    form: Filled | None = None,
    *,
    status: int = 200,
) -> Response[str]:
    if form is None:
        form = _form(view, sending).blank(**_kept(view, view.lines_of(sending.sending), sending))
    return await subject_page(
        request,
        "admin/claim_answer_correct.html",
        status=status,
        here="you",
        view=view,
        sending=sending,
        seen=_seen(sending),
        form=form,
    )
