"""Taking leave, and coming back: one page for everybody, whoever pays for them, or nobody.

Whoever pays dues that can be paused asks for that, and is away in their groups once they are paused
(:mod:`services.members.leave`). Everybody else is away in their groups at once.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import NotFound
from domain.memberships.membership import Membership
from domain.memberships.rules import Wish, own_membership_id
from domain.memberships.standings import MembershipState
from projections.people import queries as people
from projections.schedule import queries as schedule
from services.days import zone_of
from services.house import House
from services.members.commands import ComeBack, TakeLeave
from services.memberships.checkouts import find_membership
from services.memberships.commands import AskForLeave, AskToReturn
from services.web.forms.orders import SEEN, Asking, Refused, attempt, give, order_from_form
from services.web.pages.memberships.return_cost import (
    agreed_to,
    charged,
    cost_of_return,
    is_within,
    seen_as,
)
from services.web.pages.memberships.view import VIEW
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words


class LeaveController(Controller):
    """``/membership/leave``."""

    path = "/membership/leave"
    guards = (signed_in,)

    @get()
    async def ask(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """Say what leave means before it is taken; or offer to come back."""
        return await _page(request, house, person_id)

    @post()
    async def take(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Take leave; somebody on leave already stays so."""
        membership = await find_membership(house, person_id)
        if _has_dues_to_pause(membership):
            asked = AskForLeave(membership_id=own_membership_id(person_id), by=person_id)
            return await _give(request, house, person_id, asked)
        return await _give(request, house, person_id, TakeLeave(member_id=person_id))

    @post("/end")
    async def come_back(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Be expected again, or take the asking for a leave back."""
        membership = await find_membership(house, person_id)
        if membership is not None and membership.state is MembershipState.ON_LEAVE:
            return await _return(request, house, person_id, membership)
        if _dues_rest(membership):  # a pause that has not begun costs nothing to take back
            asked = AskToReturn(membership_id=own_membership_id(person_id), by=person_id)
            return await _give(request, house, person_id, asked)
        return await _give(request, house, person_id, ComeBack(member_id=person_id))


async def _return(
    request: Asking, house: House, person_id: UUID, membership: Membership
) -> Response[Any]:
    """Come back for what was shown; while the service is away, the worker sees to it."""
    agreed = agreed_to(str((await request.form()).get(SEEN, "")))
    if agreed is None:
        return await _page(request, house, person_id, refused=_SHOWN_FIRST)
    cost = await cost_of_return(request, house, person_id, membership)
    if cost is not None and not is_within(charged(cost), agreed):
        return await _page(request, house, person_id, refused=_CHANGED)
    asked = AskToReturn(membership_id=membership.id, by=person_id, agreed=agreed)
    return await _give(request, house, person_id, asked)


_SHOWN_FIRST: Final = Refused(
    409, "Here is what coming back costs. Nothing was changed yet; press the button below.", {}
)
_CHANGED: Final = Refused(
    409, "What it costs changed since you looked. Nothing was changed; here is how it is now.", {}
)
_DONE = {
    AskForLeave: "/membership?done=leave_asked",
    AskToReturn: "/membership?done=return_asked",
    TakeLeave: "/you?done=leave",
    ComeBack: "/you?done=back",
}


def _has_dues_to_pause(membership: Membership | None) -> bool:
    """Tell whether dues are paid that go on: a trial charges nothing, and an end ends them."""
    if membership is None:
        return False
    away = membership.state is MembershipState.ON_LEAVE
    return away or (membership.state is MembershipState.ACTIVE and not membership.will_end)


def _dues_rest(membership: Membership | None) -> bool:
    """Tell whether dues are paused, or are going to be."""
    if membership is None:
        return False
    return membership.state is MembershipState.ON_LEAVE or Wish.LEAVE in membership.wishes


async def _give(
    request: Asking,
    house: House,
    person_id: UUID,
    command: AskForLeave | AskToReturn | TakeLeave | ComeBack,
) -> Response[Any]:
    """Ask for it; a refusal is told where it was asked."""
    order = order_from_form(request, await request.form(), person_id)
    view = VIEW if isinstance(command, (AskForLeave, AskToReturn)) else "people"
    refused = await attempt(give(house, command, order, view))
    if refused is not None:
        return await _page(request, house, person_id, refused=refused)
    return Redirect(_DONE[type(command)], status_code=303)


async def _page(
    request: Asking, house: House, person_id: UUID, *, refused: Refused | None = None
) -> Response[str]:
    membership = await find_membership(house, person_id)
    async with house.views() as conn:
        person = await people.person(conn, person_id)
        groups = await schedule.groups_of(conn, person_id)
        zone = await zone_of(conn, person_id)
    if person is None:
        raise NotFound("You are not registered here any more.")
    cost = await cost_of_return(request, house, person_id, membership)
    return await subject_page(
        request,
        "you/leave.html",
        status=refused.status if refused else 200,
        here="you",
        away=person.on_leave,
        led=[group for group in groups if group.facilitator_id == person_id],
        held=membership,
        dues=_has_dues_to_pause(membership),
        cost=cost,
        seen="" if cost is None else seen_as(charged(cost)),
        words_of_dues=membership_words,
        zone=zone,
        problem=refused.sentence if refused else "",
    )
