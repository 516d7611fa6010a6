"""A practice's seats: how many, offered to whom, who sits, who looks after them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.payments import Preview
from domain.seat_pools import MOST_SEATS, SeatPool
from services.house import House
from services.practice_checkouts import find_pool
from services.seats import (
    AskForSeats,
    FreezeSeat,
    NameSeatManager,
    OfferSeat,
    ReleaseSeat,
    RelieveSeatManager,
    ThawSeat,
    WithdrawSeatOffer,
)
from services.web import membership_words
from services.web.context import web_of
from services.web.form_values import whole_number
from services.web.forms import Field, Filled, Form
from services.web.orders import SEEN, Asking, Refused, attempt, give, order_from_form
from services.web.pages.membership_view import ask_service, desk_of
from services.web.pages.practice_view import (
    MANAGER_FORM,
    OFFER_FORM,
    Practice,
    gather,
    practice_page,
)
from services.web.pages.practices import VIEW, practices_page
from services.web.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.throttles import Throttle, take_turn

COUNT_FORM: Final = Form(
    Field(
        name="count",
        label="How many seats",
        hint="More begin at once. Fewer begin with the next renewal, and until then you keep all.",
        parse=whole_number(1, MOST_SEATS),
        inputmode="numeric",
        missing="Write how many.",
        longest=4,
    )
)
_CHANGED: Final = Refused(
    409, "The number of seats changed since you looked. Here is how it is now.", {}
)
# Each invitation is a mail to somebody who may not know us.
_INVITATIONS: Final = Throttle("seat_invitation", limit=40, window=timedelta(hours=1))

SeatCommand = ReleaseSeat | FreezeSeat | ThawSeat


class PracticeSeatController(Controller):
    """``/practices/{practice_id}/seats``, ``/offers`` and ``/managers``."""

    path = "/practices/{practice_id:uuid}"
    guards = (signed_in,)

    @get("/seats")
    async def ask_for_count(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Ask how many; with ``?count=`` show exactly what that would cost."""
        practice = await gather(house, practice_id, person_id)
        if practice.subscription_id is None:
            return Redirect(f"/practices/{practice_id}/start", status_code=303)
        if "count" not in request.query_params:
            return await _count_page(request, practice, COUNT_FORM.blank())
        await ask_service(request, person_id)
        form = COUNT_FORM.read(_query(request))
        if not form.ok:
            return await _count_page(request, practice, form)
        return await _preview_page(request, house, practice, form)

    @post("/seats")
    async def change_count(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Ask for the number whose price was shown."""
        practice = await gather(house, practice_id, person_id)
        if practice.subscription_id is None:
            return Redirect(f"/practices/{practice_id}/start", status_code=303)
        sent = await request.form()
        form = COUNT_FORM.read(sent)
        if not form.ok:
            return await _count_page(request, practice, form)
        if sent.get(SEEN, seen_of(practice.pool)) != seen_of(practice.pool):
            return await _count_page(request, practice, form, refused=_CHANGED)
        command = AskForSeats(practice_id=practice_id, count=form["count"], by=person_id)
        order = order_from_form(request, sent, person_id)
        refused = await attempt(give(house, command, order))
        if refused is not None:
            return await _count_page(request, practice, form, refused=refused)
        done = "count_kept" if form["count"] == practice.pool.bought else "count_asked"
        return Redirect(f"/practices/{practice_id}?done={done}", status_code=303)

    @post("/offers")
    async def offer(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Offer a seat; the address goes to the vault, and from there to the mail."""
        await gather(house, practice_id, person_id)
        sent = await request.form()
        form = OFFER_FORM.read(sent)
        if not form.ok:
            return await practice_page(request, house, practice_id, person_id, offer_form=form)
        web = web_of(request)
        await take_turn(_INVITATIONS, str(person_id), web.ports, web.settings)
        order = order_from_form(request, sent, person_id)
        seat_id = uuid5(order.command_id, "seat")
        await house.vault.keep_invitation(seat_id, form["email"])
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
        """Let somebody else look after the seats, too."""
        await gather(house, practice_id, person_id)
        sent = await request.form()
        form = MANAGER_FORM.read(sent)
        member_id = await house.vault.person_with_mail(form["manager"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"manager": "No member of this house has this address."})
        if not form.ok or member_id is None:
            return await practice_page(request, house, practice_id, person_id, manager_form=form)
        command = NameSeatManager(practice_id=practice_id, member_id=member_id, by=person_id)
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
        return await _manage(request, house, command, "manager_relieved", list_after=person_id)


def seen_of(pool: SeatPool) -> str:
    """Return how many seats there are and will be, in a word that a form carries."""
    return f"{pool.bought} {'' if pool.scheduled is None else pool.scheduled[0]}"


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


def _query(request: Asking) -> FormMultiDict:
    """Return what stands in the address as a form would send it."""
    return FormMultiDict([("count", str(request.query_params["count"]))])


async def _count_page(
    request: Asking, practice: Practice, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await subject_page(
        request,
        "practice_seats.html",
        status=refused.status if refused else 200 if form.ok else 400,
        here="you",
        practice=practice,
        form=form,
        preview=None,
        dues=membership_words,
        problem=refused.sentence if refused else "",
    )


async def _preview_page(
    request: Asking, house: House, practice: Practice, form: Filled
) -> Response[Any]:
    """Show what a number would cost; fewer cost nothing before the renewal."""
    count, subscription_id = form["count"], practice.subscription_id
    assert subscription_id is not None, "looked at before"
    seen: list[Preview] = []

    async def look() -> None:
        seen.append(await desk_of(house).preview_seats(subscription_id, count))

    refused = await attempt(look())
    if refused is not None:
        return await _count_page(request, practice, form, refused=refused)
    return await subject_page(
        request,
        "practice_seats.html",
        here="you",
        practice=practice,
        form=form,
        count=count,
        preview=seen[0],
        seen=seen_of(practice.pool),
        dues=membership_words,
        problem="",
    )
