"""For administrators: what is stuck, who may come in, what payers owe."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.errors import AlreadyExists, DomainError, NotAllowed, NotFound, Stale
from domain.members import Role
from projections.audit_trail import queries as audit_trail
from projections.claims_board import queries as claims_board
from services.house import House
from services.members import GrantRole, RegisterMember
from services.web.form_values import LONGEST_ADDRESS, email
from services.web.forms import Field, Filled, Form
from services.web.orders import Asking, give, order_from_form
from services.web.problems import to_problem
from services.web.refusals import LaterPlease
from services.web.session import administrator
from services.web.subjects import TheHouse, names_of, subject_page

_NEWEST: Final = 30

PERSON_FORM: Final = Form(
    Field(
        name="name",
        label="Name on papers",
        hint="As it stands on the licence.",
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


class AdminController(Controller):
    """``/admin``."""

    path = "/admin"
    guards = (administrator,)

    @get()
    async def desk(self, request: Asking, house: TheHouse) -> Response[str]:
        """Show what waits for a person, and what happened last."""
        return await _desk_page(request, house)

    @post("/revive")
    async def revive(self, request: Asking, house: TheHouse) -> Response[Any]:
        """Try a stuck piece again."""
        sent = await request.form()
        where, key = str(sent.get("where", "")), str(sent.get("key", ""))
        known = any((row.where, row.key) == (where, key) for row in await house.desk.stuck())
        if not known or not await house.desk.revive(where, key):
            gone = Stale("This is not stuck any more. Here is what is.")
            return await _desk_page(request, house, status=409, problem=gone.message)
        return Redirect("/admin?done=revived", status_code=303)

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
        return Redirect("/admin/people?done=registered", status_code=303)

    @post("/administrators")
    async def grant(
        self,
        request: Asking,
        person_id: NamedDependency[UUID],
        house: TheHouse,
    ) -> Response[Any]:
        """Make a member an administrator."""
        sent = await request.form()
        form = ROLE_FORM.read(sent)
        member_id = await house.vault.person_with_mail(form["email"]) if form.ok else None
        if form.ok and member_id is None:
            form = form.with_errors({"email": "Nobody here has this address."})
        if not form.ok or member_id is None:
            return await _people_page(request, status=400, role=form)
        command = GrantRole(member_id=member_id, role=Role.ADMINISTRATOR, by=person_id)
        await give(house, command, order_from_form(request, sent, person_id), "people")
        return Redirect("/admin/people?done=granted", status_code=303)

    @get("/claims")
    async def claims(self, request: Asking, house: TheHouse) -> Response[str]:
        """Show what went to payers and what came back."""
        async with house.views() as conn:
            boards = [
                (payer, await claims_board.of_payer(conn, payer.payer_id))
                for payer in await claims_board.payers(conn)
            ]
            names = await names_of(conn, [row.member_id for _, rows in boards for row in rows])
        return await subject_page(
            request,
            "admin_claims.html",
            here="you",
            boards=[(payer, rows, _totals(rows)) for payer, rows in boards],
            names={str(member_id): name for member_id, name in names.items()},
        )


def _totals(rows: list[claims_board.ClaimRow]) -> dict[str, tuple[int, int]]:
    """Return claimed and paid minor units by currency; amounts of two are never added."""
    claimed: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for row in rows:
        claimed[row.currency] += row.total_cents
        paid[row.currency] += row.paid_cents or 0
    return {currency: (claimed[currency], paid[currency]) for currency in sorted(claimed)}


async def _desk_page(
    request: Asking, house: House, *, status: int = 200, problem: str = ""
) -> Response[str]:
    async with house.views() as conn:
        trail = await audit_trail.newest(conn, _NEWEST)
    return await subject_page(
        request,
        "admin.html",
        status=status,
        here="you",
        stuck=await house.desk.stuck(),
        waiting=await house.desk.waiting(),
        lags=await house.desk.lags(),
        trail=trail,
        problem=problem,
    )


async def _people_page(
    request: Asking,
    *,
    status: int = 200,
    form: Filled | None = None,
    role: Filled | None = None,
) -> Response[str]:
    return await subject_page(
        request,
        "admin_people.html",
        status=status,
        here="you",
        form=form or PERSON_FORM.blank(),
        role=role or ROLE_FORM.blank(),
    )
