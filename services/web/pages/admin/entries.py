"""For administrators: letting in, or not, somebody who is invited to a seat and asks."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.practices.rules import ASK_AGAIN_AFTER, MOST_ASKINGS
from domain.practices.seat_pool import SeatPool, seat_pool_id
from services.days import zone_of
from services.dispatch import Work
from services.house import House
from services.members.names import unprintable
from services.practices.entries import DeclineEntry, LetIn, give_address, newcomer_id
from services.web.edge.problems import to_problem
from services.web.forms.attempts import attempt, with_refusal
from services.web.forms.orders import Asking, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.pages.admin.admin import PERSON_FORM
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page

_VIEWS: Final = ("patrons", "people")
_NAME: Final = PERSON_FORM.fields["name"]
_SENTENCE: Final = Field(
    name="sentence",
    label="A sentence to them",
    hint="It stands in the mail as you write it. It is kept encrypted, and can be read no more "
    "once the offer of the seat ends.",
    required=False,
    kind="textarea",
    longest=1000,
)
ENTRY_FORM: Final = Form(_NAME, _SENTENCE)
LET_IN_FORM: Final = Form(_NAME)
DECLINE_FORM: Final = Form(_SENTENCE)


class EntryController(Controller):
    """``/admin/practices/{practice_id}/entries/{seat_id}``."""

    path = "/admin/practices/{practice_id:uuid}/entries/{seat_id:uuid}"
    guards = (administrator,)

    @get()
    async def show(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask what is decided about somebody."""
        pool = await _pool(house, practice_id, seat_id)
        return await _page(request, house, pool, seat_id, person_id)

    @post("/let-in")
    async def let_in(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Let them in; whoever is a member by now is told so."""
        pool = await _pool(house, practice_id, seat_id)
        sent = await request.form()
        member_id = await _known(house, seat_id) or newcomer_id(seat_id)
        name = ""
        if member_id == newcomer_id(seat_id):
            form = LET_IN_FORM.read(sent)
            if not form.ok:
                return await _page(request, house, pool, seat_id, person_id, form=form, status=400)
            name = form["name"]
        else:
            form = LET_IN_FORM.blank()
        command = LetIn(
            practice_id=practice_id,
            seat_id=seat_id,
            member_id=member_id,
            name_on_papers=name,
            by=person_id,
        )
        refusal = await attempt(house, command, order_from_form(request, sent, person_id), *_VIEWS)
        if refusal is not None:
            pool = await _pool(house, practice_id, seat_id)
            form = with_refusal(form, refusal, "name")
            status = to_problem(refusal).status
            return await _page(request, house, pool, seat_id, person_id, form=form, status=status)
        await give_address(house.vault, seat_id, member_id)
        done = "let_in_unprinted" if name and await unprintable(house, name) else "let_in"
        return Redirect(f"/admin/practices?done={done}", status_code=303)

    @post("/decline")
    async def decline(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        seat_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Do not let them in."""
        pool = await _pool(house, practice_id, seat_id)
        sent = await request.form()
        form = DECLINE_FORM.read(sent)
        if not form.ok:
            return await _page(request, house, pool, seat_id, person_id, form=form, status=400)
        command = DeclineEntry(
            practice_id=practice_id, seat_id=seat_id, sentence=form["sentence"], by=person_id
        )
        refusal = await attempt(house, command, order_from_form(request, sent, person_id), *_VIEWS)
        if refusal is not None:
            pool = await _pool(house, practice_id, seat_id)
            form = with_refusal(form, refusal, "sentence")
            status = to_problem(refusal).status
            return await _page(request, house, pool, seat_id, person_id, form=form, status=status)
        return Redirect("/admin/practices?done=entry_declined", status_code=303)


async def _pool(house: House, practice_id: UUID, seat_id: UUID) -> SeatPool:
    """Return the practice's seats, if somebody asked to come in by this one's invitation.

    Raises:
        NotFound: nobody did, or the offer is over.
    """
    pool = await Work(house.store, uuid4()).find(SeatPool, seat_pool_id(practice_id))
    if pool is None or seat_id not in pool.entries:
        raise NotFound("Nobody asks to come in here. They may have taken their seat by now.")
    return pool


async def _known(house: House, seat_id: UUID) -> UUID | None:
    """Return who is a member under the invitation's address."""
    address = await house.vault.invitation(seat_id)
    return None if address is None else await house.vault.person_with_mail(address)


async def _page(
    request: Asking,
    house: House,
    pool: SeatPool,
    seat_id: UUID,
    person_id: UUID,
    *,
    form: Filled | None = None,
    status: int = 200,
) -> Response[str]:
    async with house.views() as conn:
        zone = await zone_of(conn, person_id)
    entry = pool.entries[seat_id]
    blank = ENTRY_FORM.blank()
    if form is not None:  # each button sends its own field; the other's stays empty
        blank = Filled(fields=ENTRY_FORM.fields, typed=form.typed, errors=form.errors)
    waits = entry.waits and pool.is_open(seat_id, house.clock.now())
    return await subject_page(
        request,
        "admin/entry.html",
        status=status,
        here="you",
        headers={"Cache-Control": "no-store"},
        practice_id=pool.practice_id,
        practice=pool.name,
        seat_id=seat_id,
        address=await house.vault.invitation(seat_id),
        known=await _known(house, seat_id) is not None,
        waits=waits,
        asked_at=entry.asked_at[-1],
        asked_often=len(entry.asked_at),
        asks_left=len(entry.asked_at) < MOST_ASKINGS,
        ask_again_days=ASK_AGAIN_AFTER.days,
        waits_until=pool.offer_ends_at(seat_id),
        zone=zone,
        form=blank,
    )
