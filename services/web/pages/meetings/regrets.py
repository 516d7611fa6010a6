"""Before a meeting, for everybody expected: I cannot come, and I can after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Controller, Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from domain.errors import InvalidFields
from services.dispatch import Order
from services.meetings.regrets import SendRegrets, send_regrets, take_regrets_back
from services.web.context import web_of
from services.web.edge.refusals import TooManyRegrets
from services.web.edge.throttles import Throttle, take_turn
from services.web.forms.orders import Refused, attempt
from services.web.forms.reading import Field, Form, Unusable
from services.web.pages.meetings.visit import TheVisit, Visit
from services.web.signing_in.session import signed_in

TURNS: Final = Throttle("meeting.regrets", 30, timedelta(hours=6), TooManyRegrets)


def _instant(text: str) -> datetime:
    """Read when the page said that the meeting begins."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unusable("Load the page again.")


WHEN_FORM: Final = Form(
    Field(name="starts_at", label="Begins", parse=_instant, kind="hidden", required=False)
)


class RegretController(Controller):
    """``/meetings/{id}/regrets``."""

    path = "/regrets"
    guards = (signed_in,)

    @post()
    async def send(self, visit: TheVisit) -> Response[Any]:
        """Say that I cannot come; a form sent twice says it once."""
        form = WHEN_FORM.read(await visit.request.form())
        if not form.ok:
            raise InvalidFields(**form.errors)
        said = SendRegrets(
            regret_id=regret_id_of(visit, await visit.order()),
            meeting_id=visit.meeting_id,
            member_id=visit.person_id,
            starts_at=form["starts_at"],
        )
        return await _after(visit, await attempt(keep(visit, said)), "regrets")

    @post("/{regret_id:uuid}/take-back")
    async def take_back(self, visit: TheVisit, regret_id: FromPath[UUID]) -> Response[Any]:
        """Say that I can come after all."""
        doing = take_regrets_back(
            visit.house, visit.meeting_id, regret_id, member_id=visit.person_id
        )
        return await _after(visit, await attempt(doing), "regrets_back")


def regret_id_of(visit: Visit, order: Order) -> UUID:
    """Return under which id what the visitor says with an order is kept."""
    return uuid5(order.command_id, f"regret:{visit.meeting_id}:{visit.person_id}")


async def keep(visit: Visit, said: SendRegrets) -> UUID:
    """Keep it, unless somebody changes it all the time; return under which id it stands."""
    web = web_of(visit.request)
    await take_turn(TURNS, str(visit.person_id), web.ports, web.settings)
    return await send_regrets(visit.house, said)


async def _after(visit: Visit, refused: Refused | None, done: str) -> Response[Any]:
    if refused is None:
        return Redirect(visit.done(done), status_code=303)
    return await (await visit.once_more()).show(refused=refused)
