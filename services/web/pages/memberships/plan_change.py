"""Another plan that was asked for: what became of it, and what it still waits for.

The payment service charges another period at once. Where a bank wants its customer to confirm that,
or refuses the card, the plan waits and nothing changes, until the invoice is paid on the service's
own page, or its time is over. This page looks at once, and says only what is so.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import DomainError
from domain.memberships.rules import Wish
from services.house import House
from services.memberships.checkouts import find_membership
from services.memberships.commands import AskForPlan
from services.payments.looking import look_at
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.pages.memberships.view import VIEW, Standing, ask_service, desk_of, stand
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words

PATH: Final = "/membership/plan/change"
_AGAIN_AFTER: Final = 5  # seconds
_MOST_LOOKS: Final = 12  # then somebody presses the button, if they are still there


class MembershipPlanChangeController(Controller):
    """``/membership/plan/change`` and ``/membership/plan/keep``."""

    path = "/membership/plan"
    guards = (signed_in,)

    @get("/change")
    async def show(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Tell what became of it; with ``?to=``, the plan that was asked for."""
        desk_of(house)
        await _look(request, house, person_id)
        standing = await stand(house, person_id)
        held = standing.membership
        if held is None:
            return Redirect("/membership", status_code=303)
        if standing.plan_waits is not None or Wish.PLAN in held.wishes:
            return await _page(request, standing)
        wanted = request.query_params.get("to")
        done = "plan_kept" if "kept" in request.query_params else "plan_changed"
        said = f"?done={done}" if wanted == held.plan and standing.lives else ""
        return Redirect(f"/membership{said}", status_code=303)

    @post("/keep")
    async def keep(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Take the asking back: the plan stays, and what it waited for is not to be paid."""
        desk_of(house)
        held = await find_membership(house, person_id)
        if held is None:
            return Redirect("/membership", status_code=303)
        command = AskForPlan(membership_id=held.id, plan=held.plan, by=person_id)
        order = order_from_form(request, await request.form(), person_id)
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _page(request, await stand(house, person_id), refused=refused)
        return Redirect(f"{PATH}?to={held.plan}&kept=yes", status_code=303)


async def _look(request: Asking, house: House, person_id: UUID) -> None:
    """Look at what is waited for; a look that fails is made again by the worker."""
    held = await find_membership(house, person_id)
    counts = None if held is None else held.observed
    if held is None or counts is None:
        return
    if Wish.PLAN in held.wishes or counts.plan_waits is not None:
        await ask_service(request, person_id)
        with suppress(DomainError):  # the page says that it waits, which is so
            await look_at(house, counts.subscription_id)


async def _page(
    request: Asking, standing: Standing, *, refused: Refused | None = None
) -> Response[str]:
    """Say what it waits for; while that is the service, look again by itself, and not for ever."""
    held = standing.membership
    assert held is not None, "whoever has none is sent elsewhere"
    looks = _looks(str(request.query_params.get("look", "")))
    kept = "&kept=yes" if "kept" in request.query_params else ""
    again = f"{PATH}?to={held.plan_wanted or held.plan}{kept}"
    by_itself = standing.plan_waits is None and looks < _MOST_LOOKS and refused is None
    headers = {"Cache-Control": "no-store"}
    if by_itself:
        headers["Refresh"] = f"{_AGAIN_AFTER}; url={again}&look={looks + 1}"
    return await subject_page(
        request,
        "memberships/plan_change.html",
        status=refused.status if refused else 200,
        here="you",
        headers=headers,
        standing=standing,
        held=held,
        dues=membership_words,
        again=again,
        by_itself=by_itself,
        seconds=_AGAIN_AFTER,
        problem=refused.sentence if refused else "",
    )


def _looks(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0  # noqa: PLR2004 - of digits
