"""Ending a membership, and staying after all.

It is asked for here and done by the payment service. That may be away for a while: what was asked
for waits, the page says so, and nothing is done twice.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.memberships.rules import own_membership_id
from services.house import House
from services.memberships.commands import AskToCancel, WithdrawCancellation
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.pages.memberships.view import VIEW, desk_of, stand
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words

_REASON: Final = Field(
    name="reason",
    label="Why",
    hint="Nobody has to say. If you do, the people who look after the house may read it.",
    required=False,
    kind="textarea",
    longest=500,
)
CANCEL_FORM: Final = Form(_REASON)


class MembershipChangeController(Controller):
    """``/membership/cancel``."""

    path = "/membership"
    guards = (signed_in,)

    @get("/cancel")
    async def ask_to_cancel(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Say what an end means, on the page on which it is asked for."""
        return await _page(
            request, house, person_id, "memberships/cancel.html", form=CANCEL_FORM.blank()
        )

    @post("/cancel")
    async def cancel(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Ask to stop at the end of what is paid for."""
        form = CANCEL_FORM.read(await request.form())
        if not form.ok:
            return await _page(request, house, person_id, "memberships/cancel.html", form=form)
        reason = form["reason"]
        command = AskToCancel(
            membership_id=own_membership_id(person_id), reason=reason, by=person_id
        )
        return await _ask(
            request, house, command, "memberships/cancel.html", "cancel_asked", form=form
        )

    @post("/cancel/undo")
    async def keep(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Stay after all."""
        command = WithdrawCancellation(membership_id=own_membership_id(person_id), by=person_id)
        return await _ask(
            request, house, command, "memberships/cancel.html", "keep_asked",
            form=CANCEL_FORM.blank(),
        )  # fmt: skip


async def _ask(
    request: Asking,
    house: House,
    command: AskToCancel | WithdrawCancellation,
    template: str,
    done: str,
    *,
    form: Filled | None = None,
) -> Response[Any]:
    """Ask for something; where it stands afterwards is told on the membership's own page."""
    desk_of(house)
    order = order_from_form(request, await request.form(), command.by)
    refused = await attempt(give(house, command, order, VIEW))
    if refused is not None:
        return await _page(request, house, command.by, template, form=form, refused=refused)
    return Redirect(f"/membership?done={done}", status_code=303)


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    template: str,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[Any]:
    desk_of(house)
    standing = await stand(house, person_id)
    if standing.membership is None:
        return Redirect("/membership", status_code=303)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        template,
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        standing=standing,
        dues=membership_words,
        form=form,
        problem=refused.sentence if refused else "",
    )
