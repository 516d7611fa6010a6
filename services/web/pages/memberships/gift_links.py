"""Taking gift months by their link: whoever is signed in, for themselves, once.

Whoever holds the link and is no member reads what waits for them, who lets people in, and what to
ask for. A link opens no door: nothing is stored when a stranger looks.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.memberships.gifts import Gift
from services.dispatch import Work
from services.house import House
from services.memberships.gifts import RedeemGift
from services.web.context import web_of
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.pages.memberships.beside import is_charged
from services.web.pages.memberships.gifts import VIEW
from services.web.pages.memberships.view import desk_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page


class GiftLinkController(Controller):
    """``/gifts/{gift_id}/{word}``: opening it changes nothing, its button does."""

    path = "/gifts/{gift_id:uuid}/{word:str}"

    @get()
    async def show(
        self, request: Asking, gift_id: FromPath[UUID], word: FromPath[str], house: TheHouse
    ) -> Response[str]:
        """Say what the link gives; to strangers, how they come in."""
        gift = await _gift(house, gift_id, word)
        session = await web_of(request).sessions.current(request)
        if session is None:
            return await _page_for_strangers(request, gift)
        return await _page(request, house, gift, session.person_id)

    @post(guards=(signed_in,))
    async def take(
        self, request: Asking, gift_id: FromPath[UUID], word: FromPath[str], house: TheHouse,
        person_id: NamedDependency[UUID],
    ) -> Response[Any]:  # fmt: skip
        """Take the months for oneself."""
        gift = await _gift(house, gift_id, word)
        order = order_from_form(request, await request.form(), person_id)
        command = RedeemGift(gift_id=gift_id, member_id=person_id, by=person_id)
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _page(request, house, gift, person_id, refused=refused)
        return Redirect("/membership?done=months_taken", status_code=303)


async def _gift(house: House, gift_id: UUID, word: str) -> Gift:
    """Return a gift, if the link is one of ours.

    Raises:
        NotFound: it is none; the sentence names nothing.
    """
    desk_of(house)
    gift = await Work(house.store, gift_id).find(Gift, gift_id)
    if gift is None or not house.links.opens(gift_id, word):
        raise NotFound("This link opens nothing. Ask whoever gave it to you.")
    return gift


async def _page_for_strangers(request: Asking, gift: Gift) -> Response[str]:
    return await subject_page(
        request,
        "memberships/gift_invited.html",
        headers={"Cache-Control": "no-store"},
        months=gift.months,
        by_house=gift.giver_id is None,
        spent=gift.redeemed is not None,
        gone=gift.is_taken_back,
        action=request.url.path,
    )


async def _page(
    request: Asking, house: House, gift: Gift, person_id: UUID, *, refused: Refused | None = None
) -> Response[str]:
    return await subject_page(
        request,
        "memberships/gift.html",
        status=refused.status if refused else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        months=gift.months,
        by_house=gift.giver_id is None,
        spent=gift.redeemed is not None,
        mine=gift.redeemed is not None and gift.redeemed[0] == person_id,
        gone=gift.is_taken_back,
        charged=await is_charged(house, person_id),
        action=request.url.path,
        problem=refused.sentence if refused else "",
    )
