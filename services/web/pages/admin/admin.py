"""For administrators: what waits for them, what is stuck, who may come in, what payers owe."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import AlreadyExists, DomainError, NotAllowed, NotFound
from projections.audit_trail import queries as audit_trail
from projections.schedule import queries as schedule
from services.attention import attention
from services.house import House
from services.members.commands import RegisterMember
from services.members.names import unprintable
from services.payments.figures import money_figures
from services.web.edge.problems import to_problem
from services.web.edge.refusals import LaterPlease
from services.web.forms.orders import Asking, give, order_from_form
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import LONGEST_ADDRESS, email
from services.web.pages.admin.practices import practices_waiting
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, names_of, subject_page, zone_of_reader
from services.web.words import billing as billing_words

_NEWEST: Final = 30
_SHOWN: Final = 8  # of each list of what waits

PERSON_FORM: Final = Form(
    Field(
        name="name",
        label="Name on papers",
        hint="As it stands on the licence, in their own letters. Papers can print Latin, Greek, "
        "Cyrillic, Chinese, Japanese and Korean ones; for others, they say how papers write it.",
        missing="Write the name.",
        longest=120,
    ),
    Field(
        name="email",
        label="Email address",
        hint="They sign in with it.",
        parse=email,
        kind="email",
        inputmode="email",
        longest=LONGEST_ADDRESS,
        missing="Write the address.",
    ),
)


class AdminController(Controller):
    """``/admin``."""

    path = "/admin"
    guards = (administrator,)

    @get()
    async def desk(self, request: Asking, house: TheHouse) -> Response[str]:
        """Show what waits for a person, and what happened last."""
        return await desk_page(request, house)

    @get("/groups")
    async def groups(self, request: Asking, house: TheHouse) -> Response[str]:
        """List every group: an administrator belongs to none, and takes members into all."""
        async with house.views() as conn:
            groups = await schedule.groups(conn)
            names = await names_of(conn, (each.facilitator_id for each in groups))
        return await subject_page(
            request, "admin/groups.html", here="you", groups=groups, names=names
        )

    @get("/people")
    async def people(self, request: Asking) -> Response[str]:
        """Ask whom to let in."""
        return await _people_page(request)

    @post("/people")
    async def register(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Register a member: the address goes to the vault, the name into the record."""
        sent = await request.form()
        form = PERSON_FORM.read(sent)
        if not form.ok:
            return await _people_page(request, status=400, form=form)
        order = order_from_form(request, sent, person_id)
        member_id = uuid5(order.command_id, "member")
        try:
            if await house.vault.person_with_mail(form["email"]) not in {None, member_id}:
                raise AlreadyExists("Somebody else is known under this address.")
            # The name first: one that is refused must not hold the address for ever.
            command = RegisterMember(member_id=member_id, name_on_papers=form["name"])
            await give(house, command, order, "people")
            await house.vault.keep_mail(member_id, form["email"])
        except (NotFound, NotAllowed, LaterPlease):
            raise
        except DomainError as refusal:
            form = form.with_errors({"email": refusal.message})
            return await _people_page(request, status=to_problem(refusal).status, form=form)
        done = "registered_unprinted" if await unprintable(house, form["name"]) else "registered"
        return Redirect(f"/admin/people?done={done}", status_code=303)


async def desk_page(
    request: Asking, house: House, *, status: int = 200, problem: str = ""
) -> Response[str]:
    """Answer with what waits for a person, and what happened last."""
    async with house.views() as conn:
        trail = await audit_trail.newest(conn, _NEWEST)
    return await subject_page(
        request,
        "admin/admin.html",
        status=status,
        here="you",
        waits=await attention(house),
        zone=await zone_of_reader(request, house),
        shown_of_each=_SHOWN,
        stuck=await house.desk.stuck(),
        waiting=await house.desk.waiting(),
        set_aside=await house.desk.set_aside(),
        lags=await house.desk.lags(),
        figures=await money_figures(house) if house.takes_dues else None,
        billing=billing_words,
        trail=trail,
        practices_waiting=await practices_waiting(house),
        takes_dues=house.payments is not None,
        problem=problem,
    )


async def _people_page(
    request: Asking,
    *,
    status: int = 200,
    form: Filled | None = None,
) -> Response[str]:
    return await subject_page(
        request,
        "admin/people.html",
        status=status,
        here="you",
        form=form or PERSON_FORM.blank(),
    )
