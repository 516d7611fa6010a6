"""A practice's seats: offered to whom, who sits, who looks after them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.house import House
from services.practices.checkouts import find_pool
from services.practices.commands import (
    FreezeSeat,
    NameSeatManager,
    OfferSeat,
    ReleaseSeat,
    RelieveSeatManager,
    ThawSeat,
    WithdrawSeatOffer,
)
from services.practices.invitations import waits_already
from services.web.context import web_of
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Asking, attempt, give, order_from_form
from services.web.pages.memberships.view import desk_of
from services.web.pages.practices.practices import VIEW, practices_page
from services.web.pages.practices.view import (
    OFFER_FORM,
    Practice,
    gather,
    manager_form,
    practice_page,
)
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse

# Each invitation is a mail to somebody who may not know us.
_INVITATIONS: Final = Throttle("seat_invitation", limit=40, window=timedelta(hours=1))

_INVITED: Final = "An invitation to this address waits already. Withdraw it to send another."

SeatCommand = ReleaseSeat | FreezeSeat | ThawSeat


class PracticeSeatController(Controller):
    """``/practices/{practice_id}/offers``, ``/seats/…`` and ``/managers``."""

    path = "/practices/{practice_id:uuid}"
    guards = (signed_in,)

    @post("/offers")
    async def offer(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Offer a seat; the address goes to the vault, and from there to the mail."""
        practice = await gather(house, practice_id, person_id)
        sent = await request.form()
        form = OFFER_FORM.read(sent)
        order = order_from_form(request, sent, person_id)
        seat_id = uuid5(order.command_id, "seat")
        if form.ok and _waits_elsewhere(practice, form["email"], seat_id, house.clock.now()):
            form = form.with_errors({"email": _INVITED})
        if not form.ok:
            return await practice_page(request, house, practice_id, person_id, offer_form=form)
        web = web_of(request)
        await take_turn(_INVITATIONS, str(person_id), web.ports, web.settings)
        await house.vault.keep_invitation(seat_id, form["email"], at=house.clock.now())
        command = OfferSeat(practice_id=practice_id, seat_id=seat_id, by=person_id)
        refused = await attempt(give(house, command, order))
        if refused is not None:
            await house.vault.forget(seat_id)
            return await practice_page(
                request, house, practice_id, person_id, offer_form=form, refused=refused
            )
        pool = await find_pool(house, practice_id, person_id)
        if seat_id not in pool.offers:  # the same form again, after its offer was taken
            await house.vault.forget(seat_id)
        elif await waits_already(pool, seat_id, form["email"], house.vault):
            taken_back = WithdrawSeatOffer(practice_id=practice_id, seat_id=seat_id, by=person_id)
            await give(house, taken_back, order.step("twice"), VIEW)
            form = form.with_errors({"email": _INVITED})
            return await practice_page(request, house, practice_id, person_id, offer_form=form)
        return Redirect(f"/practices/{practice_id}?done=seat_offered", status_code=303)

    @post("/offers/{seat_id:uuid}/withdraw")
    async def withdraw(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take an offer back."""
        await gather(house, practice_id, person_id)
        command = WithdrawSeatOffer(practice_id=practice_id, seat_id=seat_id, by=person_id)
        return await _manage(request, house, command, "offer_withdrawn")

    @post("/seats/{member_id:uuid}/release")
    async def release(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Free a seat, one's own or somebody's."""
        command = ReleaseSeat(practice_id=practice_id, member_id=member_id, by=person_id)
        return await _change_seat(request, house, command, "seat_freed")

    @post("/seats/{member_id:uuid}/freeze")
    async def freeze(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Keep a seat while its holder is away."""
        command = FreezeSeat(practice_id=practice_id, member_id=member_id, by=person_id)
        return await _change_seat(request, house, command, "seat_frozen")

    @post("/seats/{member_id:uuid}/thaw")
    async def thaw(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let somebody sit again."""
        command = ThawSeat(practice_id=practice_id, member_id=member_id, by=person_id)
        return await _change_seat(request, house, command, "seat_thawed")

    @post("/managers")
    async def name_manager(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let somebody who sits look after the seats, too."""
        practice = await gather(house, practice_id, person_id)
        form = manager_form(practice).read(await request.form())
        if not form.ok:
            return await practice_page(request, house, practice_id, person_id, named=form)
        command = NameSeatManager(
            practice_id=practice_id, member_id=UUID(form["manager"]), by=person_id
        )
        return await _manage(request, house, command, "manager_named")

    @post("/managers/{member_id:uuid}/relieve")
    async def relieve_manager(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let somebody not look after the seats any more."""
        await gather(house, practice_id, person_id)
        command = RelieveSeatManager(practice_id=practice_id, member_id=member_id, by=person_id)
        done = "manager_left" if member_id == person_id else "manager_relieved"
        return await _manage(request, house, command, done, list_after=person_id)


def _waits_elsewhere(practice: Practice, address: str, seat_id: UUID, at: datetime) -> bool:
    """Tell whether another seat is offered to an address; the same form twice is one offer."""
    return any(
        each.seat_id != seat_id and each.address == address and at < each.until
        for each in practice.offers
    )


async def _manage(
    request: Asking,
    house: House,
    command: WithdrawSeatOffer | NameSeatManager | RelieveSeatManager,
    done: str,
    *,
    list_after: UUID | None = None,
) -> Response[Any]:
    order = order_from_form(request, await request.form(), command.by)
    refused = await attempt(give(house, command, order, VIEW))
    practice_id = command.practice_id
    if refused is not None:
        return await practice_page(request, house, practice_id, command.by, refused=refused)
    gone = isinstance(command, RelieveSeatManager) and command.member_id == list_after
    here = "/practices" if gone else f"/practices/{practice_id}"
    return Redirect(f"{here}?done={done}", status_code=303)


async def _change_seat(
    request: Asking, house: House, command: SeatCommand, done: str
) -> Response[Any]:
    """Change a seat for its holder or for those who look after it; each goes back to their page."""
    desk_of(house)
    order = order_from_form(request, await request.form(), command.by)
    refused = await attempt(give(house, command, order, VIEW))
    mine = command.member_id == command.by
    if refused is not None:
        if mine:
            return await practices_page(request, house, command.by, refused=refused)
        return await practice_page(request, house, command.practice_id, command.by, refused=refused)
    if mine and isinstance(command, ReleaseSeat):
        done = "seat_left"
    here = "/practices" if mine else f"/practices/{command.practice_id}"
    return Redirect(f"{here}?done={done}", status_code=303)
