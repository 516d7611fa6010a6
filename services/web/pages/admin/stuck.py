"""What an administrator does about stuck things: try again, or say how they were dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from domain.troubles import Place
from services.house import House, StuckRow
from services.troubles import SettleTrouble, TryAgain
from services.web.forms.orders import SEEN, Asking, attempt, give, order_from_form, was_given
from services.web.forms.reading import Field, Filled, Form
from services.web.pages.admin.admin import desk_page
from services.web.signing_in.session import administrator
from services.web.subjects import TheHouse, subject_page, zone_of_reader

_GONE: Final = "This is not stuck any more, or not in this way. Here is what is."
SETTLE_FORM: Final = Form(
    Field(
        name="reason",
        label="What did you do about it?",
        hint="It is recorded with your name. Name nobody else.",
        kind="textarea",
        missing="Write what you did, for whoever wonders later.",
        longest=1000,
    ),
)


class StuckController(Controller):
    """``/admin/revive`` and ``/admin/settle``."""

    path = "/admin"
    guards = (administrator,)

    @post("/revive")
    async def revive(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Let the worker try something stuck again."""
        sent = await request.form()
        order, asked = order_from_form(request, sent, person_id), _asked_about(sent)
        row = await asked.row(house) if asked else None
        if asked is None or (row and not row.retriable):
            return await desk_page(request, house, status=409, problem=_GONE)
        command = TryAgain(
            place=asked.place, key=asked.key, problem=asked.problem(row), by=person_id
        )
        if row is None and not await was_given(house, command, order):
            return await desk_page(request, house, status=409, problem=_GONE)
        await give(house, command, order, "audit_trail")
        return Redirect("/admin?done=revived", status_code=303)

    @get("/settle")
    async def ask_how(self, request: Asking, house: TheHouse) -> Response[str]:
        """Ask what was done about something stuck."""
        asked = _asked_about(request.query_params)
        row = await asked.row(house) if asked else None
        if row is None or not row.settleable:
            return await desk_page(request, house, status=409, problem=_GONE)
        return await _settle_page(request, house, row, SETTLE_FORM.blank())

    @post("/settle")
    async def settle(
        self, request: Asking, person_id: NamedDependency[UUID], house: TheHouse
    ) -> Response[Any]:
        """Record how something stuck was dealt with, and take it off the list."""
        sent = await request.form()
        order, asked = order_from_form(request, sent, person_id), _asked_about(sent)
        row = await asked.row(house) if asked else None
        form = SETTLE_FORM.read(sent)
        if asked is None or (row and not row.settleable) or not (row or form.ok):
            return await desk_page(request, house, status=409, problem=_GONE)
        if row and not form.ok:
            return await _settle_page(request, house, row, form, status=400)
        command = SettleTrouble(
            place=asked.place,
            key=asked.key,
            problem=asked.problem(row),
            reason=form["reason"],
            by=person_id,
        )
        if row is None and not await was_given(house, command, order):
            return await desk_page(request, house, status=409, problem=_GONE)
        refused = await attempt(give(house, command, order, "audit_trail"))
        if refused and row:
            form = form.with_errors({"reason": refused.sentence})
            return await _settle_page(request, house, row, form, status=refused.status)
        return Redirect("/admin?done=settled", status_code=303)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a form or an address is about.

    Attributes:
        place: where it is stuck.
        key: what identifies it there.
        seen: the problem that the page showed; empty where it showed none.
    """

    place: Place
    key: str
    seen: str

    async def row(self, house: House) -> StuckRow | None:
        """Return the stuck thing, if it is still stuck and in the way that the page showed."""
        for row in await house.desk.stuck():
            if (row.where, row.key) == (self.place.value, self.key):
                return row if self.seen in {"", row.problem} else None
        return None

    def problem(self, row: StuckRow | None) -> str:
        """Return the word that is recorded for what stood in its way."""
        return row.problem if row else self.seen


def _asked_about(sent: Any) -> _Asked | None:
    where, key, seen = (str(sent.get(name, "")) for name in ("where", "key", SEEN))
    return _Asked(Place(where), key, seen) if where in set(Place) else None


async def _settle_page(
    request: Asking, house: House, row: StuckRow, form: Filled, *, status: int = 200
) -> Response[str]:
    return await subject_page(
        request,
        "admin/settle.html",
        status=status,
        here="you",
        row=row,
        form=form,
        zone=await zone_of_reader(request, house),
    )
