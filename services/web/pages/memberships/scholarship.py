"""A scholarship: which tier is right, on one's own word; still right; needed no more."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import NotFound
from domain.memberships.funds import Fund
from domain.memberships.scholarships import ASKED_BEFORE_DAYS, Scholarship, Tier, scholarship_id
from domain.payments.refusals import PaymentsAway
from domain.values import Money
from services.days import zone_of
from services.dispatch import Order, Work
from services.house import House
from services.memberships.checkouts import find_membership
from services.memberships.scholarship_wishes import carry, dues_of, part_of, year_of_dues
from services.memberships.scholarships import ApplyForScholarship, EndScholarship, RenewScholarship
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import one_of
from services.web.pages.memberships.funds import FundLine, fund_lines
from services.web.pages.memberships.view import desk_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

VIEW: Final = "patrons"
_AWAY: Final = Refused(
    503,
    "Our payment service does not answer, so nobody can say what a year costs. Nothing was "
    "changed. Try again in some minutes.",
    {},
)
_TIERS: Final = [
    (str(int(Tier.QUARTER)), "A quarter of the dues is carried; you pay three quarters"),
    (str(int(Tier.HALF)), "Half is carried; you pay the other half"),
    (str(int(Tier.THREE_QUARTERS)), "Three quarters are carried; you pay a quarter"),
    (str(int(Tier.FULL)), "All of it is carried; you pay nothing, and no card is asked for"),
]
TIER_FORM: Final = Form(
    Field(
        name="tier",
        label="Which is right for you?",
        hint="Nobody asks why, nobody checks, and nobody in your groups knows.",
        kind="radio",
        choices=_TIERS,
        parse=one_of([value for value, _ in _TIERS]),
        missing="Choose one of these.",
    )
)


@dataclass(frozen=True, slots=True)
class Carried:
    """A person's scholarship, as their page tells it.

    Attributes:
        percent: how much a fund carries, until *until*; ``None`` if none does.
        asked: the tier that waits for a fund.
        is_asked_again: whether it is time to say that it is still right.
    """

    percent: int | None
    until: datetime | None
    asked: int | None
    is_asked_again: bool


class ScholarshipController(Controller):
    """``/scholarship``."""

    path = "/scholarship"
    guards = (signed_in,)

    @get()
    async def show(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Tell what is carried and what waits; and ask which tier is right."""
        return await _page(request, house, person_id)

    @post()
    async def ask_for(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Keep the wish, and let a fund carry it at once if one holds enough."""
        desk_of(house)
        sent = await request.form()
        form = TIER_FORM.read(sent)
        if not form.ok:
            return await _page(request, house, person_id, form=form)
        tier = Tier(int(form["tier"]))
        order = order_from_form(request, sent, person_id)
        command = ApplyForScholarship(member_id=person_id, tier=tier, by=person_id)
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _page(request, house, person_id, form=form, refused=refused)
        step = Order(command_id=uuid5(order.command_id, "carry"), actor_id=person_id)
        with suppress(PaymentsAway):  # the wish is kept; the worker tries again within the hour
            await carry(house, person_id, step)
        kept = (await _carried(house, person_id)).asked is not None
        return Redirect(f"/scholarship?done={'wish_kept' if kept else 'carried'}", status_code=303)

    @post("/renew")
    async def renew(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Say with one click that it is still right."""
        desk_of(house)
        amount = await _another_year(house, person_id)
        if amount is None:
            return await _page(request, house, person_id, refused=_AWAY)
        command = RenewScholarship(member_id=person_id, amount=amount, by=person_id)
        return await _do(request, house, command, "scholarship_renewed")

    @post("/end")
    async def end(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Say that it is not needed any more; what is left of its year is the fund's again."""
        desk_of(house)
        command = EndScholarship(member_id=person_id, by=person_id)
        return await _do(request, house, command, "scholarship_ended")


async def _do(
    request: Asking, house: House, command: RenewScholarship | EndScholarship, done: str
) -> Response[Any]:
    order = order_from_form(request, await request.form(), command.by)
    refused = await attempt(give(house, command, order))
    if refused is not None:
        return await _page(request, house, command.by, refused=refused)
    return Redirect(f"/scholarship?done={done}", status_code=303)


async def _find(house: House, person_id: UUID) -> Scholarship | None:
    return await Work(house.store, person_id).find(Scholarship, scholarship_id(person_id))


async def _carried(house: House, person_id: UUID) -> Carried:
    found, now = await _find(house, person_id), house.clock.now()
    if found is None:
        return Carried(None, None, None, is_asked_again=False)
    near = found.until is not None and now >= found.until - timedelta(days=ASKED_BEFORE_DAYS)
    return Carried(
        percent=None if found.percent is None else int(found.percent),
        until=found.until,
        asked=None if found.asked is None else int(found.asked),
        is_asked_again=near,
    )


async def _another_year(house: House, person_id: UUID) -> Money | None:
    """Return what another year of somebody's scholarship costs its fund; ``None``: nobody knows.

    Raises:
        NotFound: none runs.
    """
    found = await _find(house, person_id)
    if found is None or found.fund_id is None or found.percent is None:
        raise NotFound("No scholarship runs at the moment. Ask for one again.")
    fund = await Work(house.store, person_id).load(Fund, found.fund_id)
    try:
        prices = await desk_of(house).prices()
    except PaymentsAway:
        return None
    year = year_of_dues(prices, await dues_of(house, person_id), fund.currency)
    return None if year is None else part_of(year, found.percent)


async def _pays(house: House, person_id: UUID) -> bool:
    """Tell whether there are dues of which a part can be carried."""
    membership = await find_membership(house, person_id)
    return membership is not None and not membership.can_begin


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    form: Filled | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    desk_of(house)
    carried = await _carried(house, person_id)
    async with house.views() as conn:
        zone = await zone_of(conn, person_id)
    funds: list[FundLine] = await fund_lines(house)
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "memberships/scholarship.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        carried=carried,
        funds=funds,
        pays=await _pays(house, person_id),
        zone=zone,
        form=form or TIER_FORM.blank(tier=carried.asked or carried.percent),
        problem=refused.sentence if refused else "",
    )
