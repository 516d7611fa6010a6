"""Taking a seat by the link of an invitation: whoever is signed in, for themselves, once.

Whoever holds the link and is no member reads what happens next, and can ask to come in. Nobody
comes in by a link: whoever looks after the house decides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.dispatch import Order, Work
from services.house import House
from services.practices.commands import AcceptSeat, AskToComeIn
from services.web.context import web_of
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form
from services.web.pages.memberships.beside import is_charged
from services.web.pages.memberships.view import desk_of
from services.web.pages.practices.practices import VIEW
from services.web.signing_in.links import network_of
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page

_ENTRIES: Final = Throttle("seat_entry", limit=20, window=timedelta(minutes=10))
_OVER: Final = Refused(422, "Nothing was asked for: the offer had ended by then.", {})


class SeatLinkController(Controller):
    """``/seats/{practice_id}/{seat_id}/{word}``: opening it changes nothing, its button does."""

    path = "/seats/{practice_id:uuid}/{seat_id:uuid}/{word:str}"

    @get()
    async def show(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        word: FromPath[str],
        house: TheHouse,
    ) -> Response[str]:
        """Say whose seat it is, and what the practice will see; to strangers, how they come in."""
        pool = await _pool(house, practice_id, seat_id, word)
        session = await web_of(request).sessions.current(request)
        if session is None:
            return await _page_for_strangers(request, house, pool, seat_id)
        return await _page(request, house, pool, seat_id, session.person_id)

    @post("/come-in")
    async def ask_to_come_in(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        word: FromPath[str],
        house: TheHouse,
    ) -> Response[Any]:
        """Keep that the invitee is no member yet and asks; the same link asks once."""
        pool = await _pool(house, practice_id, seat_id, word)
        web = web_of(request)
        await take_turn(_ENTRIES, network_of(request), web.ports, web.settings)
        # The same link asks once until it is answered, so what became of it is stored under one id:
        # that answer must not be given to whoever asks when the offer waits no more.
        if not pool.is_open(seat_id, house.clock.now()):
            return await _page_for_strangers(request, house, pool, seat_id, refused=_OVER)
        command = AskToComeIn(practice_id=practice_id, seat_id=seat_id)
        order = Order(command_id=_asking_id(pool, seat_id))
        refused = await attempt(give(house, command, order, VIEW))
        if refused is not None:
            return await _page_for_strangers(request, house, pool, seat_id, refused=refused)
        here = request.url.path.removesuffix("/come-in")
        return Redirect(f"{here}?done=entry_asked", status_code=303)

    @post(guards=(signed_in,))
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
            return await _page(request, house, pool, seat_id, person_id, refused=refused)
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


def _asking_id(pool: SeatPool, seat_id: UUID) -> UUID:
    """Return the id of the asking that a link makes now, or made and waits with."""
    entry = pool.entries.get(seat_id)
    number = 1 if entry is None else len(entry.asked_at) + (not entry.waits)
    return uuid5(seat_id, "come-in" if number == 1 else f"come-in:{number}")


async def _page_for_strangers(
    request: Asking,
    house: House,
    pool: SeatPool,
    seat_id: UUID,
    *,
    refused: Refused | None = None,
) -> Response[str]:
    waits = pool.is_open(seat_id, house.clock.now())
    return await subject_page(
        request,
        "practices/seat_invited.html",
        status=refused.status if refused else 200,
        headers={"Cache-Control": "no-store"},
        practice=pool.name,
        open=waits,
        # Whoever was answered read so in their mail: others who hold the link learn nothing of it.
        asked=not pool.may_ask_to_come_in(seat_id, house.clock.now()),
        waits_until=pool.offer_ends_at(seat_id) if waits else None,
        action=request.url.path.removesuffix("/come-in"),
        problem=refused.sentence if refused else "",
    )


async def _page(
    request: Asking,
    house: House,
    pool: SeatPool,
    seat_id: UUID,
    person_id: UUID,
    *,
    refused: Refused | None = None,
) -> Response[str]:
    own = pool.seats.get(person_id)
    return await subject_page(
        request,
        "practices/seat.html",
        status=refused.status if refused else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        practice=pool.name,
        open=pool.is_open(seat_id, house.clock.now()),
        mine=own is not None and own.seat_id == seat_id,
        charged=await is_charged(house, person_id),
        action=request.url.path,
        problem=refused.sentence if refused else "",
    )
