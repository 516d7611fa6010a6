"""Taking a seat by the link of an invitation: whoever is signed in, for themselves, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.memberships.seat_pools import SeatPool, seat_pool_id
from services.dispatch import Work
from services.house import House
from services.memberships.seats import AcceptSeat
from services.web.orders import Asking, Refused, attempt, give, order_from_form
from services.web.pages.memberships.view import desk_of
from services.web.pages.practices.practices import VIEW
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page


class SeatLinkController(Controller):
    """``/seats/{practice_id}/{seat_id}/{word}``: opening it changes nothing, its button does."""

    path = "/seats/{practice_id:uuid}/{seat_id:uuid}/{word:str}"
    guards = (signed_in,)

    @get()
    async def show(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        word: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Say whose seat it is, and what the practice will see."""
        pool = await _pool(house, practice_id, seat_id, word)
        return await _page(request, pool, seat_id, person_id)

    @post()
    async def take(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        word: FromPath[str],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take the seat."""
        pool = await _pool(house, practice_id, seat_id, word)
        order = order_from_form(request, await request.form(), person_id)
        command = AcceptSeat(
            practice_id=practice_id, seat_id=seat_id, member_id=person_id, by=person_id
        )
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _page(request, pool, seat_id, person_id, refused=refused)
        return Redirect("/practices?done=seat_taken", status_code=303)


async def _pool(house: House, practice_id: UUID, seat_id: UUID, word: str) -> SeatPool:
    """Return the practice's seats, if the link is one of ours.

    Raises:
        NotFound: it is none, whatever else is right about it.
    """
    desk_of(house)
    pool = await Work(house.store, seat_id).find(SeatPool, seat_pool_id(practice_id))
    if pool is None or not house.links.opens(seat_id, word):
        raise NotFound("This link opens nothing. Ask the practice for another invitation.")
    return pool


async def _page(
    request: Asking,
    pool: SeatPool,
    seat_id: UUID,
    person_id: UUID,
    *,
    refused: Refused | None = None,
) -> Response[str]:
    own = pool.seats.get(person_id)
    return await subject_page(
        request,
        "seat.html",
        status=refused.status if refused else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        practice=pool.name,
        open=seat_id in pool.offers,
        mine=own is not None and own.seat_id == seat_id,
        action=request.url.path,
        problem=refused.sentence if refused else "",
    )
