"""For administrators: practices that nobody looks after, and invitees who ask to come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import Stale
from projections.patrons import queries as patrons
from projections.patrons.queries import EntryRow
from services.days import zone_of
from services.house import House
from services.practices.commands import NameSeatManager
from services.web.forms.orders import Asking, Refused, attempt, give, order_from_form, was_given
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import LONGEST_ADDRESS, email
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page

_VIEW: Final = "patrons"
MANAGER_FORM: Final = Form(
    Field(
        name="manager",
        label="Email address of a member of this house",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody who is invited to a seat and asks to come in.

    Attributes:
        practice: who invited them.
        address: where the invitation went, while that is kept.
        asked_at: when they asked.
        is_member: whether somebody with this address is a member by now.
    """

    practice: str
    address: str
    asked_at: datetime
    is_member: bool


class AdminPracticeController(Controller):
    """``/admin/practices``."""

    path = "/admin/practices"
    guards = (administrator,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List who asks to come in, and which practices have nobody."""
        return await _page(request, house, person_id)

    @post("/{practice_id:uuid}/managers")
    async def name_manager(
        self,
        request: Asking,
        practice_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Name somebody who looks after a practice that has nobody; it is on record by whom.

        Raises:
            Stale: somebody looks after it by now.
        """
        sent = await request.form()
        form = MANAGER_FORM.read(sent)
        member_id = await house.vault.person_with_mail(form["manager"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"manager": "No member of this house has this address."})
        if not form.ok or member_id is None:
            return await _page(request, house, person_id, form=form, about=practice_id)
        order = order_from_form(request, sent, person_id)
        command = NameSeatManager(practice_id=practice_id, member_id=member_id, by=person_id)
        async with house.views() as conn:
            unmanaged = await patrons.unmanaged_practices(conn)
        waits = practice_id in {each.practice_id for each in unmanaged}
        if not waits and not await was_given(house, command, order):
            raise Stale("Somebody looks after this practice by now, or there is none. Look again.")
        refused = await attempt(give(house, command, order, _VIEW))
        if refused is not None:
            return await _page(
                request, house, person_id, form=form, about=practice_id, refused=refused
            )
        return Redirect("/admin/practices?done=practice_in_hands", status_code=303)


async def practices_waiting(house: House) -> int:
    """Return how much on this page waits for a person; who is a member by now was let in."""
    async with house.views() as conn:
        unmanaged = await patrons.unmanaged_practices(conn)
        asked = await patrons.entries_asked(conn)
    entries = [await _entry(house, each) for each in asked]
    return len(unmanaged) + sum(not each.is_member for each in entries)


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    form: Filled | None = None,
    about: UUID | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    async with house.views() as conn:
        unmanaged = await patrons.unmanaged_practices(conn)
        asked = await patrons.entries_asked(conn)
        zone = await zone_of(conn, person_id)
    forms = {each.practice_id: MANAGER_FORM.blank() for each in unmanaged}
    if form is not None and about is not None:
        forms[about] = form
    faulty = form is not None and not form.ok
    return await subject_page(
        request,
        "admin/practices.html",
        status=refused.status if refused else 400 if faulty else 200,
        here="you",
        headers={"Cache-Control": "no-store"},
        entries=[await _entry(house, each) for each in asked],
        unmanaged=unmanaged,
        forms=forms,
        zone=zone,
        problem=refused.sentence if refused else "",
    )


async def _entry(house: House, row: EntryRow) -> Entry:
    address = await house.vault.invitation(row.seat_id) or ""
    known = await house.vault.person_with_mail(address) if address else None
    return Entry(
        practice=row.name, address=address, asked_at=row.asked_at, is_member=known is not None
    )
