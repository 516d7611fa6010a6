"""Another plan: exactly what it costs first, then the asking."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.memberships.standings import MembershipState
from domain.payments.prices import Preview
from domain.values import Money
from services.house import House
from services.memberships.commands import AskForPlan
from services.web.forms.orders import SEEN, Asking, Refused, attempt, give, order_from_form
from services.web.pages.memberships.plan_change import PATH
from services.web.pages.memberships.view import VIEW, Standing, ask_service, desk_of, stand
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words

_PRICES: Final = re.compile(r"[0-9]{1,9} [A-Z]{3}(;[0-9]{1,9} [A-Z]{3}){0,19}")
_CHANGED: Final = Refused(
    409, "What it costs changed since you looked. Nothing was changed; here is how it is now.", {}
)
_UNKNOWN: Final = Refused(400, "Choose one of the plans that are offered.", {})


class MembershipPlanController(Controller):
    """``/membership/plan``."""

    path = "/membership/plan"
    guards = (signed_in,)

    @get()
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """List the other plans; with ``?to=`` show exactly what the change to one would cost."""
        desk_of(house)
        standing = await stand(house, person_id)
        if standing.membership is None or not standing.lives:
            return Redirect("/membership", status_code=303)
        wanted = request.query_params.get("to")
        away = standing.state is MembershipState.ON_LEAVE  # what it costs then is not what it says
        if wanted is None or away or standing.unpaid:
            return await _list(request, standing)
        await ask_service(request, person_id)
        return await _preview(request, house, standing, str(wanted))

    @post()
    async def change(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Ask for the plan, if it costs what its page showed."""
        desk_of(house)
        await ask_service(request, person_id)
        standing = await stand(house, person_id)
        if standing.membership is None or not standing.lives:
            return Redirect("/membership", status_code=303)
        sent = await request.form()
        plan = str(sent.get("plan", ""))
        if not _is_offered(standing, plan):
            return await _list(request, standing, refused=_UNKNOWN)
        price_now = _price_of(standing, plan)
        if price_now is not None and sent.get(SEEN, price_now) != price_now:
            return await _preview(request, house, standing, plan, refused=_CHANGED)
        agreed = _agreed(str(sent.get(SEEN, price_now or "")))
        if not agreed:
            return await _list(request, standing, refused=_CHANGED)
        command = AskForPlan(
            membership_id=standing.membership.id, plan=plan, by=person_id, agreed=agreed
        )
        order = order_from_form(request, sent, person_id)
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _list(request, standing, refused=refused)
        return Redirect(f"{PATH}?to={plan}", status_code=303)


def _is_offered(standing: Standing, plan: str) -> bool:
    """Tell whether a plan can be asked for; while the service is away, the worker finds out."""
    known = standing.prices is None or any(each.plan == plan for each in standing.prices)
    return known and plan in membership_words.PLANS and not plan.startswith("seat-")


def _price_of(standing: Standing, plan: str) -> str | None:
    """Return what a plan costs in each currency, in a word that a form carries."""
    if standing.prices is None:
        return None
    found = [each.amount for each in standing.prices if each.plan == plan]
    return ";".join(f"{each.cents} {each.currency}" for each in found)


def _agreed(seen: str) -> tuple[Money, ...]:
    """Return the prices that a form carries; none if it carries anything else."""
    found = _PRICES.fullmatch(seen)
    parts = seen.split(";") if found else []
    return tuple(
        Money(int(cents), currency) for cents, currency in (each.split(" ") for each in parts)
    )


async def _list(
    request: Asking, standing: Standing, *, refused: Refused | None = None
) -> Response[Any]:
    return await subject_page(
        request,
        "memberships/plan.html",
        status=refused.status if refused else 200,
        here="you",
        standing=standing,
        dues=membership_words,
        problem=refused.sentence if refused else "",
    )


async def _preview(
    request: Asking,
    house: House,
    standing: Standing,
    plan: str,
    *,
    refused: Refused | None = None,
) -> Response[Any]:
    subscription = standing.membership.observed if standing.membership else None
    if not _is_offered(standing, plan) or subscription is None:
        return await _list(request, standing, refused=_UNKNOWN)
    seen: list[Preview] = []

    async def look() -> None:
        seen.append(await desk_of(house).preview_plan(subscription.subscription_id, plan))

    told = await attempt(look())
    if told is not None:
        return await _list(request, standing, refused=told)
    return await subject_page(
        request,
        "memberships/plan_preview.html",
        status=refused.status if refused else 200,
        here="you",
        standing=standing,
        dues=membership_words,
        plan=plan,
        preview=seen[0],
        seen=_price_of(standing, plan) or "",
        problem=refused.sentence if refused else "",
    )
