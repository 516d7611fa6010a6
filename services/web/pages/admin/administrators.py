"""For administrators: who looks after the house, giving that role, and taking it back."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import NotFound
from domain.members.member import Role
from projections.people import queries as people
from services.house import House
from services.members.commands import GrantRole, WithdrawRole
from services.web.forms.orders import Asking, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import LONGEST_ADDRESS, email
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page

ROLE_FORM: Final = Form(
    Field(
        name="email",
        label="Email address of a member",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    ),
)


class AdministratorController(Controller):
    """``/admin/administrators``."""

    path = "/admin/administrators"
    guards = (administrator,)

    @get()
    async def index(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[str]:
        """List who looks after the house."""
        return await _page(request, house, person_id)

    @post()
    async def grant(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Make a member an administrator."""
        sent = await request.form()
        form = ROLE_FORM.read(sent)
        member_id = await house.vault.person_with_mail(form["email"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"email": "Nobody here has this address."})
        if not form.ok or member_id is None:
            return await _page(request, house, person_id, status=400, form=form)
        command = GrantRole(member_id=member_id, role=Role.ADMINISTRATOR, by=person_id)
        await give(house, command, order_from_form(request, sent, person_id), "people")
        return Redirect("/admin/administrators?done=granted", status_code=303)

    @get("/{member_id:uuid}/withdraw")
    async def ask(
        self,
        request: Asking,
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[str]:
        """Ask once more."""
        async with house.views() as conn:
            person = await people.person(conn, member_id)
        if person is None or not person.administrator:
            raise NotFound("This person is no administrator.")
        return await subject_page(
            request,
            "admin/role_withdraw.html",
            here="you",
            person=person,
            mine=member_id == person_id,
        )

    @post("/{member_id:uuid}/withdraw")
    async def withdraw(
        self,
        request: Asking,
        member_id: FromPath[UUID],
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Take the role back; a second time changes nothing."""
        order = order_from_form(request, await request.form(), person_id)
        command = WithdrawRole(member_id=member_id, role=Role.ADMINISTRATOR, by=person_id)
        await give(house, command, order, "people")
        return Redirect("/admin/administrators?done=role_taken", status_code=303)


async def _page(
    request: Asking,
    house: House,
    person_id: UUID,
    *,
    status: int = 200,
    form: Filled | None = None,
) -> Response[str]:
    async with house.views() as conn:
        rows = await people.administrators(conn)
    return await subject_page(
        request,
        "admin/administrators.html",
        status=status,
        here="you",
        rows=rows,
        me=person_id,
        form=form or ROLE_FORM.blank(),
    )
