"""How many seats a practice pays for: what another number costs first, then the asking."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.payments.prices import Preview
from domain.practices.rules import MOST_SEATS
from domain.practices.seat_pool import SeatPool
from services.house import House
from services.practices.commands import AskForSeats
from services.web.forms.orders import SEEN, Asking, Refused, attempt, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import whole_number
from services.web.pages.memberships.view import ask_service, desk_of
from services.web.pages.practices.view import Practice, gather
from services.web.signing_in.session import signed_in
from services.web.subjects import TheHouse, subject_page
from services.web.words import memberships as membership_words

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


class PracticeCountController(Controller):
    """``/practices/{practice_id}/seats``."""

    path = "/practices/{practice_id:uuid}/seats"
    guards = (signed_in,)

    @get()
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

    @post()
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


def seen_of(pool: SeatPool) -> str:
    """Return how many seats there are and will be, in a word that a form carries."""
    return f"{pool.bought} {'' if pool.scheduled is None else pool.scheduled[0]}"


def _query(request: Asking) -> FormMultiDict:
    """Return what stands in the address as a form would send it."""
    return FormMultiDict([("count", str(request.query_params["count"]))])


async def _count_page(
    request: Asking, practice: Practice, form: Filled, *, refused: Refused | None = None
) -> Response[str]:
    return await subject_page(
        request,
        "practices/seats.html",
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
        "practices/seats.html",
        here="you",
        practice=practice,
        form=form,
        count=count,
        preview=seen[0],
        seen=seen_of(practice.pool),
        dues=membership_words,
        problem="",
    )
