"""Coming back from the payment service's page: look at once, and never say what is not so.

The page believes nothing that stands in its address. The service is asked what became of the page
that was opened, only whoever opened it is told, and the membership is looked at there and then. If
the look is not there yet, this page says so, and asks again by itself, a few times.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import DomainError, NotFound
from domain.memberships.standings import MembershipState
from domain.money.billing_accounts import billing_account_id
from domain.payments.checkouts import CheckoutSeen
from domain.payments.refusals import PaymentsAway
from services.house import House
from services.memberships.checkouts import RETURN_PATH, find_membership
from services.payments.looking import look_at
from services.web.forms.orders import Asking
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

_SESSION: Final = re.compile(r"cs_[A-Za-z0-9_]{1,250}", re.ASCII)
_AGAIN_AFTER: Final = 5  # seconds
_MOST_LOOKS: Final = 12  # then somebody presses the button, if they are still there
_RUNS: Final = frozenset({MembershipState.TRIAL, MembershipState.ACTIVE})
_NOT_YOURS: Final = "This payment page is not one of yours. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Came:
    """What is known of somebody who came back.

    Attributes:
        paid: whether they went through the page, with or without a charge; ``None`` while the
            service does not answer.
        begun: whether the membership has begun.
        well: whether it runs, with nothing missing and nobody away: an old address of this page
            welcomes nobody whose card failed since.
        on_trial: whether it begins with a trial, so that nothing was charged.
    """

    paid: bool | None
    begun: bool
    well: bool
    on_trial: bool


class MembershipReturnController(Controller):
    """``/membership/return``."""

    path = RETURN_PATH
    guards = (signed_in,)

    @get()
    async def come_back(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Tell what became of the page that was opened."""
        desk_of(house)
        session_id = request.query_params.get("session_id")
        if session_id is None:  # somebody signed in on the way, and their address lost its end
            session_id = await _waiting_page(house, person_id)
        if session_id is None:
            return Redirect("/membership", status_code=303)
        if not _SESSION.fullmatch(session_id):
            raise NotFound(_NOT_YOURS)
        await ask_service(request, person_id)
        came = await _came(house, person_id, session_id)
        if came.begun:
            said = "?done=begun" if came.well else ""
            return Redirect(f"/membership{said}", status_code=303)
        if came.paid is False:
            return Redirect("/membership/start?done=turned_back", status_code=303)
        return await _setting_up(request, session_id, came)


async def _came(house: House, person_id: UUID, session_id: str) -> Came:
    """Ask what became of a page, look at what began with it, and tell where things stand.

    Raises:
        NotFound: the page is somebody else's, or nobody's.
    """
    try:
        seen = await desk_of(house).checkout(session_id)
    except PaymentsAway:
        seen = None
    if seen is not None:
        if seen.account_id != billing_account_id(person_id):
            raise NotFound(_NOT_YOURS)
        await _look(house, seen)
    membership = await find_membership(house, person_id)
    return Came(
        paid=None if seen is None else seen.complete,
        begun=membership is not None and not membership.can_begin,
        well=membership is not None and membership.state in _RUNS,
        on_trial=membership is not None and not membership.has_begun,
    )


async def _look(house: House, seen: CheckoutSeen) -> None:
    """Let the membership observe what began; a look that fails is made again by the worker."""
    if seen.complete and seen.subscription_id is not None:
        with suppress(DomainError):  # the page says that it is being set up, which is so
            await look_at(house, seen.subscription_id)


async def _waiting_page(house: House, person_id: UUID) -> str | None:
    membership = await find_membership(house, person_id)
    page = None if membership is None else membership.checkout
    return None if page is None else page[0]


async def _setting_up(request: Asking, session_id: str, came: Came) -> Response[str]:
    """Say what is known, and look again by itself: without script, and not for ever."""
    looks = _looks(str(request.query_params.get("look", "")))
    again = f"{RETURN_PATH}?session_id={session_id}&look={looks + 1}"
    headers = {"Cache-Control": "no-store"}
    if looks < _MOST_LOOKS:
        headers["Refresh"] = f"{_AGAIN_AFTER}; url={again}"
    return await subject_page(
        request,
        "memberships/setting_up.html",
        here="you",
        headers=headers,
        came=came,
        by_itself=looks < _MOST_LOOKS,
        again=again,
        seconds=_AGAIN_AFTER,
    )


def _looks(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0  # noqa: PLR2004 - of digits
